//! The same on pages, without script.

use antrian_tests::person::nik;
use antrian_tests::{Browser, TestApp};

/// Somebody who is signed in and has added person 1.
async fn with_one(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in(app, "628000000001", "/saya").await;
    assert_eq!(browser.add(1, "/saya").await.status, 303);
    browser
}

fn form<'a>(name: &'a str, nik: &'a str) -> [(&'static str, &'a str); 7] {
    [
        ("name", name),
        ("nik", nik),
        ("day", "1"),
        ("month", "1"),
        ("year", "1990"),
        ("ktp_regency", "Kota Makassar"),
        ("category", "general"),
    ]
}

#[tokio::test]
async fn one_corrects_somebody_and_sees_no_nik_in_full() {
    let app = TestApp::start().await;
    let mut browser = with_one(&app).await;
    let own = browser.get("/saya").await;
    assert!(own.html.contains("<a href=\"/orang/p1\">"), "{}", own.html);
    let page = browser.get("/orang/p1").await;
    assert!(page.html.contains("value=\"Contoh 1\"") && !page.html.contains(&nik(1)));
    assert!(page.html.contains("paling banyak dua angka"), "the rule is said before it bites");
    let wrong = browser.post("/orang/p1", &form("", "123")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("href=\"#name\"") && wrong.html.contains("href=\"#nik\""));
    let saved = browser.post("/orang/p1", &form("Contoh Betul", "")).await;
    assert_eq!((saved.status, saved.location()), (303, "/saya"));
    let own = browser.get("/saya").await;
    assert!(own.html.contains("Contoh Betul") && own.html.contains("9900••••••••9001"));
    let nik_too = browser.post("/orang/p1", &form("Contoh Betul", &nik(2))).await;
    assert_eq!(nik_too.status, 303);
    assert!(browser.get("/saya").await.html.contains("9900••••••••9002"));
}

#[tokio::test]
async fn one_removes_somebody_after_being_asked() {
    let app = TestApp::start().await;
    let mut browser = with_one(&app).await;
    let asked = browser.get("/orang/p1/hapus").await;
    assert!(asked.html.contains("Hapus pemohon ini?") && asked.html.contains("Contoh 1"));
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(browser.post_from("/orang/p1/hapus", &[], &foreign).await.status, 403);
    for _ in 0..2 {
        let removed = browser.post("/orang/p1/hapus", &[]).await;
        assert_eq!((removed.status, removed.location()), (303, "/saya"));
    }
    assert!(!browser.get("/saya").await.html.contains("Contoh 1"));
    assert_eq!(browser.get("/orang/p1").await.status, 404);
}

#[tokio::test]
async fn an_earlier_booking_says_that_its_person_was_removed() {
    let app = TestApp::start().await;
    let (mut browser, code) = crate::pages::books(&app, 1, "09:00").await;
    let kept = browser.post("/orang/p1/hapus", &[]).await;
    assert_eq!(kept.status, 409);
    assert!(kept.html.contains("masih memiliki booking"), "{}", kept.html);
    assert_eq!(browser.post(&format!("/tiket/{code}/batal"), &[]).await.status, 303);
    assert_eq!(browser.post("/orang/p1/hapus", &[]).await.status, 303);
    assert_eq!(browser.add(2, "/saya").await.status, 303);
    let ticket = browser.get(&format!("/tiket/{code}")).await;
    assert_eq!(ticket.between("<h1>", "</h1>"), "Pemohon yang dihapus");
}
