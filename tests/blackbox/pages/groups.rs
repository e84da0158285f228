//! A family books in one go.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, TestApp};

use super::choice;

#[tokio::test(flavor = "multi_thread")]
async fn a_family_on_one_phone_books_in_one_go() {
    let app = TestApp::with_quota(2).await;
    let mut browser = Browser::new(&app);
    let to = choice("09:00");
    browser.sign_in(&app, "628000000001", &to).await;
    browser.add(1, &to).await;
    let check = browser.get(&format!("{}&orang=p1", to.replace("/pesan", "/pesan/periksa"))).await;
    assert!(check.html.contains("Tahan tempat ini"), "{check:?}");
    // Somebody else comes, too: what was chosen stays chosen.
    let one_more = format!("{}&orang=p1&tambah=1", to.replace("/pesan", "/pesan/periksa"));
    let form = browser.get(&one_more).await;
    assert!(form.location().starts_with("/orang/baru?ke=%2Fpesan%3F"), "{form:?}");
    let mut back = format!("{to}&orang=p1");
    for number in [2, 3] {
        let added = browser.add(number, &back).await;
        back = added.location().replace("/pesan/periksa", "/pesan");
    }
    let boxes = browser.get(&back).await;
    assert_eq!(boxes.html.matches("name=\"orang\"").count(), 3, "{boxes:?}");
    assert_eq!(boxes.html.matches(" checked>").count(), 3, "{boxes:?}");
    let check = browser.get(&back.replace("/pesan", "/pesan/periksa")).await;
    for said in ["Contoh 1", "Contoh 2", "Contoh 3", "Tahan tempat untuk 3 orang", "jam terdekat"] {
        assert!(check.html.contains(said), "{said}: {check:?}");
    }
    let held = browser.hold(&check).await;
    let page = browser.get(held.location()).await;
    assert_eq!(
        page.html.matches("pukul 10.00 WITA").count(),
        1,
        "one comes an hour later: {page:?}"
    );
    assert!(
        page.html.contains("Ditahan untuk 3 orang") || page.html.contains("3 orang"),
        "{page:?}"
    );
    let confirmed = browser.post(&format!("{}/pasti", held.location()), &[]).await;
    let ticket = browser.get(confirmed.location()).await;
    assert_eq!(
        ticket.html.matches("Tiket Contoh").count(),
        2,
        "the others are a tap away: {ticket:?}"
    );
    let mine = browser.get("/saya").await;
    assert_eq!(mine.html.matches("href=\"/tiket/").count(), 3, "{mine:?}");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_chooses_nobody_is_asked_again() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let to = choice("09:00");
    browser.sign_in(&app, "628000000001", &to).await;
    browser.add(1, &to).await;
    let asked = browser.get(&to.replace("/pesan", "/pesan/periksa")).await;
    assert_eq!(asked.status, 422);
    assert!(asked.html.contains("<a href=\"#orang\">Pilih siapa yang datang"), "{asked:?}");
    let strangers = format!("{}&orang=p4", to.replace("/pesan", "/pesan/periksa"));
    assert_eq!(browser.get(&strangers).await.status, 422, "nobody of this account");
}
