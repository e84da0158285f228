//! One number for several offices and services.

use antrian::domain::office::Office;
use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};
use serde_json::json;

use super::{NUMBER, WISH, assert_chat, titles};
use crate::steps::office_with;

fn office(number: usize, services: usize) -> Office {
    office_with(2, |office| {
        office["id"] = json!(format!("uji-{number}"));
        office["name"] = json!(format!("Kantor Uji {number}"));
        office["city"] = json!(format!("Kota {}", char::from(b'A' + number as u8)));
        let ids = ["passport_new", "passport_replacement"];
        let service =
            |id: &&str| json!({"id": id, "name": {"id": id, "en": id}, "queue_group": "A"});
        office["services"] = ids.iter().take(services).map(service).collect();
    })
}

async fn several(count: usize, services: usize) -> TestApp {
    let offices = (0..count).map(|number| office(number, services)).collect();
    TestApp::start_with(Setup { offices, ..Setup::default() }).await
}

#[tokio::test]
async fn office_and_service_are_asked_for_where_there_are_several() {
    let app = several(3, 2).await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("menu").await;
    phone.tap("Buat janji").await;
    phone.tap("Kota B").await;
    phone.tap("passport_new").await;
    phone.say("Siti Contoh#9971014501909001#Kota Makassar").await;
    phone.tap("Rab, 2 Des").await;
    phone.tap("09.00").await;
    phone.tap("Konfirmasi").await;
    assert_chat("several_offices", &phone);
}

#[tokio::test]
async fn a_one_liner_waits_for_its_office() {
    let app = several(2, 1).await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    let held = phone.say("kota b").await;
    assert!(held[0].text.contains("Kantor Uji 1"), "{}", held[0].text);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 1);
}

#[tokio::test]
async fn more_offices_than_a_list_holds_are_shown_in_turn() {
    let app = several(23, 1).await;
    let mut phone = Phone::new(&app, NUMBER);
    let mut seen = titles(&phone.say("booking").await);
    for _ in 0..2 {
        assert_eq!(seen.pop().as_deref(), Some("Kantor lainnya"));
        seen.extend(titles(&phone.tap("Kantor lainnya").await));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 23);
}
