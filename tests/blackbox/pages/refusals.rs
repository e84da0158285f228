//! What does not work leads on with a sentence, keeps what was typed and changes nothing.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, Person, TestApp};

use super::{books, checks, choice, holds};
use crate::person_claims::stranger;

#[tokio::test(flavor = "multi_thread")]
async fn a_form_keeps_what_was_typed_and_says_what_does_not_fit() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&app, "628000000001", "/saya").await;
    let long = "A".repeat(101);
    let form = [
        ("name", long.as_str()),
        ("nik", "9971 0145"),
        ("day", "31"),
        ("month", "2"),
        ("year", "1990"),
        ("ktp_regency", "<i>Kota</i>"),
        ("category", "elderly"),
        ("ke", "/saya"),
    ];
    let page = browser.post("/orang/baru", &form).await;
    assert_eq!(page.status, 422);
    for kept in
        [&*long, "9971 0145", "value=\"31\"", "&#60;i&#62;Kota", "value=\"elderly\" checked"]
    {
        assert!(page.html.contains(kept), "{kept}: {}", page.html);
    }
    assert_eq!(page.html.matches("class=\"fault\"").count(), 3, "{}", page.html);
    assert!(page.html.contains("<title>Salah:") && page.html.contains("href=\"#nik\""));
    let described = " aria-invalid=\"true\" aria-describedby=\"nik-salah nik-hint\">";
    assert!(page.html.contains(described), "a field says what is wrong with it: {}", page.html);
    assert!(!browser.get("/saya").await.html.contains("Kota"), "nothing was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_hour_leads_to_free_ones() {
    let app = TestApp::with_quota(1).await;
    let (mut browser, check) = checks(&app, 1, "09:00").await;
    Person::register(&app, 2).await.book(&app, DATE, "09:00").await;
    let refused = browser.hold(&check).await;
    assert_eq!(refused.status, 409);
    assert!(refused.html.contains("Jam ini baru saja terisi"), "{refused:?}");
    let other = refused.between("<li><a href=\"", "\"").replace("&#38;", "&");
    assert!(other.starts_with("/pesan/periksa?") && other.ends_with("orang=p1"), "{other}");
    let check = browser.get(&other).await;
    assert_eq!(browser.hold(&check).await.status, 303, "one press away");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_booking_is_led_to_it() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let check = browser
        .get(&format!("{}&orang=p1", choice("10:00").replace("/pesan?", "/pesan/periksa?")))
        .await;
    let refused = browser.hold(&check).await;
    assert_eq!(refused.status, 409);
    assert!(refused.html.contains(&format!("href=\"/pesanan/{code}\"")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_ran_out_says_so_and_leads_to_the_hours() {
    let app = TestApp::start().await;
    let (mut browser, page) = holds(&app, 1, "09:00").await;
    app.advance(15 * 60);
    for shown in [browser.get(&page).await, browser.post(&format!("{page}/pasti"), &[]).await] {
        assert_eq!(shown.status, 409, "{shown:?}");
        assert!(shown.html.contains("Waktu untuk konfirmasi habis"), "{shown:?}");
        assert!(shown.html.contains(&format!("/kantor/uji/passport_new/{DATE}")), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_page_in_words() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    for (path, status) in [
        ("/kantor/nowhere", 404),
        ("/kantor/uji/nothing", 422),
        ("/kantor/uji/passport_new/2026-13-45", 404),
        ("/kantor/uji/passport_new/1999-01-01", 404),
        ("/kantor/uji/passport_new?dari=x", 422),
        ("/aset/old.css", 404),
        ("/nowhere/at/all", 404),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}: {page:?}");
        assert!(page.html.contains("<h1>") && page.html.contains("href=\"/\""), "{path}: {page:?}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
    }
    let unknown = app.get("/v1/nowhere").await;
    assert_eq!((unknown.status, unknown.code()), (404, "not_found"), "the API stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_and_back() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    for path in [
        "/saya",
        "/tiket/ABCDE12345",
        "/pesan/periksa?kantor=uji&layanan=passport_new&tanggal=2026-12-02&jam=09%3A00",
        "/orang/baru",
    ] {
        let asked = browser.get(path).await;
        assert_eq!(asked.status, 303, "{path}");
        let page = browser.get(asked.location()).await;
        assert_eq!(page.hidden("ke").replace("&#38;", "&"), *path);
    }
    for path in ["/pesanan/ABCDE12345/pasti", "/keluar", "/saya/hapus"] {
        assert_eq!(browser.post(path, &[]).await.location(), "/masuk?ke=%2Fsaya", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_back_to_what_everybody_may_see() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let hours = format!("/kantor/uji/passport_new/{DATE}");
    let chosen = choice("09:00");
    for (to, back) in [(chosen.as_str(), hours.as_str()), ("/saya", "/"), ("/pesan?jam=1", "/")] {
        let asked = browser.get(&format!("/masuk?ke={}", escaped(to))).await;
        assert_eq!(asked.between("class=\"back\" href=\"", "\""), back, "{to}");
        assert_eq!(browser.get(back).await.status, 200, "{back} asks nobody to sign in");
    }
    let begun = browser.post("/masuk", &[("ke", &chosen)]).await;
    let code = browser.get(begun.location()).await;
    let back = code.between("class=\"back\" href=\"", "\"").to_owned();
    assert_eq!(browser.get(&back).await.hidden("ke").replace("&#38;", "&"), chosen);
}

fn escaped(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_cookies_is_told_so() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let begun = browser.post("/masuk", &[("ke", "/saya")]).await;
    browser.cookies.clear();
    let page = browser.get(begun.location()).await;
    assert!(page.html.contains("tidak menyimpan cookie"), "{page:?}");
    assert_eq!(browser.get("/masuk/status").await.html, "over");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_presses_before_answering_in_the_chat_is_asked_to_answer() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.post("/masuk", &[("ke", "/saya")]).await;
    assert_eq!(browser.get("/masuk/status").await.html, "waiting");
    let early = browser.post("/masuk/selesai", &[("ke", "/saya")]).await;
    assert_eq!(early.status, 409);
    assert!(
        early.html.contains("belum kami terima") && early.html.contains("DAFTAR "),
        "{early:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_booked_from_another_number_is_claimed_on_the_page() {
    let app = TestApp::start().await;
    let (mut browser, check) = checks(&app, 1, "10:00").await;
    let other = stranger(&app, 50, 1).await;
    let code = other.book(&app, DATE, "09:00").await.text("code");
    let refused = browser.hold(&check).await;
    assert_eq!(refused.status, 409);
    assert!(refused.html.contains("Kami perlu memastikan dahulu"), "{refused:?}");
    assert!(refused.html.contains("action=\"/orang/p1/klaim\"") && !refused.html.contains(&code));
    let claimed = browser.post("/orang/p1/klaim", &[]).await;
    assert_eq!(claimed.status, 200);
    assert!(claimed.html.contains("Klaim Anda kami terima"), "{claimed:?}");
    assert_eq!(browser.post("/orang/p5/klaim", &[]).await.status, 404);
    app.drain().await;
    assert!(app.sent_ids().iter().any(|id| id.ends_with("-claim_asked")));
}
