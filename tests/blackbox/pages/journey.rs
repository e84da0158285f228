//! What works.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, TestApp};

use super::{books, checks, choice, holds};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_script_goes_from_the_first_page_to_a_ticket() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let start = browser.get("/?cari=sulawesi").await;
    assert!(start.html.contains("Kantor Uji") && start.html.contains("1 kantor"), "{start:?}");
    let office = browser.get("/kantor/uji").await;
    for said in
        ["Jalan Contoh No. 1, Makassar, Sulawesi Selatan", "30 hari ke depan", "09.00–11.00"]
    {
        assert!(office.html.contains(said), "{said}: {office:?}");
    }
    let days = browser.get("/kantor/uji/passport_new").await;
    assert_eq!(days.html.matches("<li><a href=\"/kantor/uji/passport_new/").count(), 5);
    let hours = browser.get(&format!("/kantor/uji/passport_new/{DATE}")).await;
    assert_eq!(hours.html.matches("type=\"radio\" name=\"jam\"").count(), 2);

    let chosen = browser.get(&choice("09:00")).await;
    assert_eq!(chosen.status, 303);
    let to = "/pesan?kantor=uji&layanan=passport_new&tanggal=2026-12-02&jam=09%3A00";
    let signed_in = browser.sign_in(&app, "628000000001", to).await;
    assert_eq!(signed_in.location(), to, "the choice survives the sign-in");
    let form = browser.follow(to).await;
    assert!(form.html.contains("Siapa yang datang?"), "nobody is known yet: {form:?}");
    let added = browser.add(1, to).await;
    let check = browser.follow(added.location()).await;
    for said in
        ["Contoh 1", "Rabu, 2 Desember 2026", "pukul 09.00 WITA", "KTP", "paling awal 60 menit"]
    {
        assert!(check.html.contains(said), "{said}: {check:?}");
    }
    let held = browser.hold(&check).await;
    let page = browser.follow(held.location()).await;
    assert!(page.html.contains("Pastikan sebelum <b>pukul 08.15 WITA</b>"), "{page:?}");
    let extended = browser.post(&format!("{}/perpanjang", held.location()), &[]).await;
    let page = browser.follow(extended.location()).await;
    assert!(page.html.contains("Pastikan sebelum <b>pukul 08.18 WITA</b>"), "{page:?}");
    let confirmed = browser.post(&format!("{}/pasti", held.location()), &[]).await;
    let ticket = browser.follow(confirmed.location()).await;
    assert!(
        ticket.html.contains("<svg xmlns") && ticket.html.contains("<h1>Contoh</h1>"),
        "{ticket:?}"
    );
    let mine = browser.get("/saya").await;
    assert!(mine.html.contains(confirmed.location()), "{mine:?}");
    app.drain().await;
    assert!(app.sent().iter().any(|text| text.contains("sudah terkonfirmasi")), "{:?}", app.sent());
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_a_choice_that_stays() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    assert!(browser.get("/").await.html.contains("lang=\"id\""));
    let switched = browser.post("/bahasa", &[("bahasa", "en"), ("ke", "/kantor/uji")]).await;
    assert_eq!(switched.location(), "/kantor/uji");
    for path in ["/kantor/uji", "/", "/masuk", "/kantor/nowhere"] {
        let page = browser.get(path).await;
        assert!(page.html.contains("<html lang=\"en\">"), "{path}: {page:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_moved_and_cancelled_and_its_seats_are_free_again() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    assert_eq!(
        browser.get(&format!("/tiket/{code}/hari")).await.location(),
        format!("/kantor/uji/passport_new?pindah={code}")
    );
    let hours = browser.get(&format!("/kantor/uji/passport_new/{DATE}?pindah={code}")).await;
    assert!(hours.html.contains(&format!("action=\"/tiket/{code}/pindah\"")), "{hours:?}");
    let path = format!("/tiket/{code}/pindah");
    let asked = format!("{path}?kantor=uji&layanan=passport_new&tanggal={DATE}&jam=10%3A00");
    let check = browser.get(&asked).await;
    assert!(check.html.contains("pukul 10.00 WITA"), "{check:?}");
    let moved = browser.post(&path, &[("tanggal", DATE), ("jam", "10:00")]).await;
    assert_eq!(moved.location(), format!("/tiket/{code}"));
    assert!(browser.get(moved.location()).await.html.contains("pukul 10.00 WITA"));
    let question = browser.get(&format!("/tiket/{code}/batal")).await;
    assert!(question.html.contains("dibuka untuk orang lain dalam 1 menit"), "{question:?}");
    browser.post(&format!("/tiket/{code}/batal"), &[]).await;
    let ticket = browser.get(&format!("/tiket/{code}")).await;
    assert!(
        ticket.html.contains("Dibatalkan") && !ticket.html.contains("<svg xmlns"),
        "{ticket:?}"
    );
    app.advance(61);
    for time in ["09:00", "10:00"] {
        assert_eq!(app.seats_free(DATE, time).await, Some(2), "{time}");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_is_pressed_twice_and_a_page_that_is_loaded_again_do_nothing_twice() {
    let app = TestApp::start().await;
    let (mut browser, check) = checks(&app, 1, "09:00").await;
    let first = browser.hold(&check).await;
    let second = browser.hold(&check).await;
    assert_eq!(first.location(), second.location(), "one seat");
    let address = format!("{}&orang=p1", choice("09:00").replace("/pesan", "/pesan/periksa"));
    let again = browser.get(&address).await;
    let third = browser.hold(&again).await;
    assert_eq!(first.location(), third.location(), "the page was loaded again: still one seat");
    let page = first.location().to_owned();
    for _ in 0..2 {
        let confirmed = browser.post(&format!("{page}/pasti"), &[]).await;
        assert_eq!(confirmed.status, 303, "{confirmed:?}");
        assert!(confirmed.location().starts_with("/tiket/"), "{confirmed:?}");
    }
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    let back = browser.hold(&check).await;
    assert_eq!(back.location(), page, "also after going back");
    assert!(browser.get(&page).await.location().starts_with("/tiket/"));
    app.drain().await;
    let told = app.sent().iter().filter(|text| text.contains("sudah terkonfirmasi")).count();
    assert_eq!(told, 1, "{:?}", app.sent());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_seat_can_be_given_up_for_another_hour() {
    let app = TestApp::start().await;
    let (mut browser, page) = holds(&app, 1, "09:00").await;
    let given = browser.post(&format!("{page}/lepas"), &[]).await;
    assert_eq!(given.location(), format!("/kantor/uji/passport_new/{DATE}"));
    app.advance(61);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_a_session_where_no_message_can_be_sent() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let sent = browser.post("/masuk/nomor", &[("phone", "0800 0000 001"), ("ke", "/saya")]).await;
    assert_eq!(sent.location(), "/masuk/otp?ke=%2Fsaya", "{sent:?}");
    app.drain().await;
    let message = app.sent().join(" ");
    let code: String = message
        .split(|c: char| !c.is_ascii_digit())
        .find(|part| part.len() == 6)
        .unwrap()
        .to_owned();
    let wrong = browser.post("/masuk/otp", &[("otp", "000000"), ("ke", "/saya")]).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.html.contains("class=\"fault\"") && wrong.html.contains("<title>Salah:"),
        "{wrong:?}"
    );
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let right = browser.post("/masuk/otp", &[("otp", &spaced), ("ke", "/saya")]).await;
    assert_eq!((right.status, right.location()), (303, "/saya"), "{right:?}");
    assert_eq!(browser.get("/saya").await.status, 200);
}

/// Asks for a code to this number, and reads it.
async fn code_for(app: &TestApp, browser: &mut Browser, phone: &str) -> String {
    browser.post("/masuk/nomor", &[("phone", phone), ("ke", "/saya")]).await;
    app.drain().await;
    let last = app.sent().pop().unwrap();
    last.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_rested_long_is_opened_by_digits_of_a_nik_or_begun_anew() {
    let app = TestApp::start().await;
    let (_, _) = books(&app, 1, "09:00").await;
    app.advance(91 * 24 * 3600);
    let mut browser = Browser::new(&app);
    let code = code_for(&app, &mut browser, "628000000001").await;
    let asked = browser.post("/masuk/otp", &[("otp", &code), ("ke", "/saya")]).await;
    assert_eq!(asked.status, 409);
    assert!(asked.html.contains("Milik siapa akun ini?"), "{asked:?}");
    assert!(!asked.html.contains("Contoh"), "nothing of the account is told: {asked:?}");
    let nik = antrian_tests::person::nik(1);
    let kept = asked.hidden("otp").to_owned();
    let digits = [("otp", &*kept), ("nik_last_digits", &nik[8..]), ("ke", "/saya")];
    let signed_in = browser.post("/masuk/otp", &digits).await;
    assert_eq!(signed_in.location(), "/saya", "{signed_in:?}");
    assert!(browser.get("/saya").await.html.contains("Contoh 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_erasing_leave_nothing_behind() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let kept = browser.cookies.clone();
    let left = browser.post("/keluar", &[]).await;
    assert_eq!(left.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(!browser.cookies.contains_key("antrian-sesi"), "{:?}", browser.cookies);
    browser.cookies = kept;
    assert!(browser.get("/saya").await.location().starts_with("/masuk?"), "the session has ended");
    browser.sign_in(&app, "628000000001", "/saya").await;
    let data = browser.get("/saya/data").await;
    assert!(data.html.contains(&antrian_tests::person::nik(1)), "{data:?}");
    assert_eq!(data.header("cache-control"), "no-store");
    app.advance(16 * 60);
    let late = browser.get("/saya/data").await;
    assert_eq!(late.location(), "/masuk?ke=%2Fsaya%2Fdata", "a lent phone shows it to nobody");
    assert_eq!(browser.get("/saya/hapus").await.status, 200);
    assert_eq!(browser.post("/saya/hapus", &[]).await.location(), "/");
    browser.sign_in(&app, "628000000001", "/saya").await;
    assert!(!browser.get("/saya").await.html.contains(&code));
    app.advance(61);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
}
