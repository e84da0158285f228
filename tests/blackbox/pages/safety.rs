//! What others try with pages.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, TestApp};

use super::{books, checks, holds};

/// Pages that are somebody's own, with a booking's code.
fn own_pages(code: &str) -> Vec<String> {
    let ticket = format!("/tiket/{code}");
    let moved = format!("{ticket}/pindah?tanggal={DATE}&jam=10%3A00");
    let files = ["tiket.png", "batal"].map(|name| format!("{ticket}/{name}"));
    ["/saya".to_owned(), "/saya/hapus".to_owned(), "/orang/baru".to_owned(), moved, ticket]
        .into_iter()
        .chain(files)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let (mut browser, page) = holds(&app, 1, "09:00").await;
    for headers in [
        [("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")],
        [("sec-fetch-site", "same-site"), ("origin", "http://localhost")],
        [("origin", "null"), ("user-agent", "old")],
    ] {
        for path in [
            format!("{page}/pasti"),
            format!("{page}/lepas"),
            "/keluar".to_owned(),
            "/saya/hapus".to_owned(),
            "/masuk".to_owned(),
        ] {
            let refused = browser.post_from(&path, &[], &headers).await;
            assert_eq!(refused.status, 403, "{path} {headers:?}: {refused:?}");
            assert!(refused.html.contains("tidak dikirim dari halaman kami"), "{refused:?}");
        }
    }
    assert!(browser.get(&page).await.html.contains("Pastikan sebelum"), "it is held as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn own_pages_are_kept_nowhere_and_public_ones_for_seconds() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    for path in own_pages(&code) {
        let page = browser.get(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{path}");
    }
    for path in [
        "/".to_owned(),
        "/kantor/uji".to_owned(),
        "/kantor/uji/passport_new".to_owned(),
        format!("/kantor/uji/passport_new/{DATE}"),
        "/kantor/uji/dokumen".to_owned(),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.header("cache-control"), "public, max-age=5", "{path}");
        let mut stranger = Browser::new(&app);
        assert_eq!(stranger.get(&path).await.html, page.html, "{path} says the same to everybody");
    }
    let script = browser.get("/").await.between("type=\"module\" src=\"", "\"").to_owned();
    assert_eq!(
        browser.get(&script).await.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_run_no_script_but_their_own_and_stand_in_no_frame() {
    let app = TestApp::start().await;
    let (mut browser, check) = checks(&app, 1, "09:00").await;
    for page in
        [browser.get("/").await, browser.get("/saya").await, browser.get("/kantor/x").await, check]
    {
        let policy = page.header("content-security-policy");
        for rule in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(rule), "{rule}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        for inline in [" style=", " onclick=", "javascript:"] {
            assert!(!page.html.contains(inline), "{inline}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_booking_is_not_there() {
    let app = TestApp::start().await;
    let (_, code) = books(&app, 1, "09:00").await;
    let mut stranger = Browser::new(&app);
    stranger.sign_in(&app, "6280000000002", "/saya").await;
    for path in own_pages(&code).into_iter().filter(|path| path.contains(&code)) {
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
    }
    for path in [
        format!("/tiket/{code}/batal"),
        format!("/pesanan/{code}/lepas"),
        format!("/pesanan/{code}/pasti"),
    ] {
        assert_eq!(stranger.post(&path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_address_of_a_message_may_look_and_nothing_more() {
    let app = TestApp::start().await;
    let (_, code) = books(&app, 1, "09:00").await;
    app.drain().await;
    let base = format!("{}/t/", app.stack.base_url);
    let sent = app.sent().join("\n");
    let address = sent.split(&base).nth(1).unwrap().split_whitespace().next().unwrap();
    let mut anybody = Browser::new(&app);
    let page = anybody.get(&format!("/t/{address}")).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    for shown in ["<svg xmlns", "Rabu, 2 Desember 2026", "Masuk untuk memindahkan"] {
        assert!(page.html.contains(shown), "{shown}: {page:?}");
    }
    for owners in ["/batal", "/pindah", "tiket.png", "628000000001", "Contoh 1"] {
        assert!(!page.html.contains(owners), "{owners}: {page:?}");
    }
    let calendar = format!("/t/{address}/kalender.ics");
    assert!(page.html.contains(&calendar), "{page:?}");
    let file = anybody.get(&calendar).await;
    assert!(file.html.contains("STATUS:CONFIRMED"), "{file:?}");
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    let way = anybody.get(&format!("/tiket/{code}")).await;
    assert!(way.location().starts_with("/masuk?"), "changing wants the owner");
    let (other, mark) = address.split_once('-').unwrap();
    let forged = [
        other.to_owned(),
        format!("{other}-"),
        format!("{other}-{}", "0".repeat(16)),
        format!("{other}-{}", &mark[..15]),
        format!("{}-{mark}", "00000-00000"),
    ];
    for address in forged {
        for path in [format!("/t/{address}"), format!("/t/{address}/kalender.ics")] {
            assert_eq!(anybody.get(&path).await.status, 404, "{path}");
        }
    }
    app.advance_to("2026-12-02T16:00:00Z");
    assert_eq!(anybody.get(&format!("/t/{address}")).await.status, 404, "the day is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_name_is_a_name() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&app, "628000000001", "/saya").await;
    let nik = antrian_tests::person::nik(1);
    let form = [
        ("name", "<script>alert(1)</script>\" Budi"),
        ("nik", &*nik),
        ("day", "1"),
        ("month", "1"),
        ("year", "1990"),
        ("ktp_regency", "Kota Makassar"),
        ("category", "general"),
        ("ke", "/saya"),
    ];
    assert_eq!(browser.post("/orang/baru", &form).await.status, 303);
    let page = browser.get("/saya").await;
    assert!(
        !page.html.contains("<script>alert") && page.html.contains("&#60;script&#62;"),
        "{page:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_our_own_pages_only() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    for to in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let signed_in = browser.sign_in(&app, "628000000001", to).await;
        assert_eq!(signed_in.location(), "/saya", "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_stands_in_an_address() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let nik = antrian_tests::person::nik(1);
    for path in own_pages(&code) {
        let page = browser.get(&path).await;
        for part in page.html.split("href=\"").skip(1).chain(page.html.split("action=\"").skip(1)) {
            let address = part.split('"').next().unwrap();
            for personal in ["Contoh+1", "Contoh%201", &*nik, "628000000001"] {
                assert!(!address.contains(personal), "{path}: {address}");
            }
            let elsewhere =
                address.starts_with("http") && !address.starts_with(&app.stack.base_url);
            assert!(!(elsewhere && address.contains(&code)), "{path}: {address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_forms_and_addresses_make_nothing_fail() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let odd = [
        "",
        "x",
        "%00",
        "🦀",
        "../../etc/passwd",
        "2026-12-02",
        "99999999999999999999",
        "p1",
        "09:00",
    ];
    for value in odd {
        for path in [
            format!("/?cari={value}"),
            format!("/kantor/{value}"),
            format!("/kantor/uji/{value}"),
            format!("/kantor/uji/passport_new/{value}"),
            format!("/kantor/uji/dokumen?layanan={value}&pemohon={value}&asal={value}"),
            format!("/kantor/uji/passport_new?bulan={value}"),
            format!("/pesan?kantor=uji&layanan=passport_new&tanggal={value}&jam={value}"),
            format!("/masuk?ke={value}"),
            format!("/tiket/{value}"),
            format!("/tiket/{code}/pindah?tanggal={value}&jam={value}"),
            format!("/aset/{value}"),
        ] {
            let page = browser.get(&path).await;
            assert!(page.status < 500, "{path}: {page:?}");
        }
        for path in [
            "/masuk",
            "/masuk/selesai",
            "/masuk/nomor",
            "/masuk/otp",
            "/orang/baru",
            "/pesan",
            "/bahasa",
            &format!("/tiket/{code}/pindah"),
        ] {
            let form = [
                ("ke", value),
                ("phone", value),
                ("otp", value),
                ("name", value),
                ("kantor", value),
                ("tanggal", value),
                ("jam", value),
            ];
            let page = browser.post(path, &form).await;
            assert!(page.status < 500, "{path} {value:?}: {page:?}");
        }
    }
    assert!(browser.get(&format!("/tiket/{code}")).await.html.contains("pukul 09.00 WITA"));
}
