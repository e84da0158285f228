//! Where offices stand.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, Setup, TestApp, offices};
use serde_json::json;

use super::books;
use crate::steps::office_with;

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_tells_where_it_stands_can_be_found_by_distance() {
    let located = office_with(2, |office| {
        office["id"] = "dekat".into();
        office["location"] = json!({"latitude": -5.1477, "longitude": 119.4327});
    });
    let setup = Setup { offices: vec![located, offices::office(2)], ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let mut browser = Browser::new(&app);
    let start = browser.get("/").await;
    assert_eq!(start.html.matches("data-at=").count(), 1, "{start:?}");
    assert!(start.html.contains("data-at=\"-5.1477 119.4327\""), "{start:?}");
    assert!(start.html.contains("Lokasi Anda tidak dikirim"), "{start:?}");
    let marked = "https://www.openstreetmap.org/?mlat=-5.1477&#38;mlon=119.4327";
    assert!(browser.get("/kantor/dekat").await.html.contains(marked));
    let searched = "https://www.openstreetmap.org/search?query=Jalan+Contoh";
    assert!(browser.get("/kantor/uji").await.html.contains(searched));
    let listed = app.get("/v1/offices").await.body["offices"].clone();
    let location = |id: &str| {
        let mut all = listed.as_array().unwrap().iter();
        all.find(|office| office["id"] == id).unwrap()["location"].clone()
    };
    assert_eq!(location("dekat"), json!({"latitude": -5.1477, "longitude": 119.4327}));
    assert_eq!(location("uji"), json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_gets_the_whole_visit() {
    let app = TestApp::start().await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let page = browser.get(&format!("/tiket/{code}")).await;
    // A slot of this office is an hour long; Makassar is eight hours ahead.
    let dates = format!("dates={0}T010000Z%2F{0}T020000Z", DATE.replace('-', ""));
    assert!(page.html.contains(&dates), "{page:?}");
    let address = format!("/t/{}/kalender.ics", page.between("href=\"/t/", "/kalender.ics"));
    let file = browser.get(&address).await;
    assert!(file.html.contains(&format!("DTEND:{}T020000Z", DATE.replace('-', ""))), "{file:?}");
}
