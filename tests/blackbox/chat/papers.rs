//! Which documents to bring, asked in the chat before anything is booked.

use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};
use serde_json::{Value, json};

use super::{NUMBER, WISH, assert_chat, titles};
use crate::steps::office_with;

fn office(id: &str, city: &str) -> antrian::domain::office::Office {
    office_with(4, |office| {
        (office["id"], office["city"]) = (json!(id), json!(city));
        office["name"] = json!(format!("Kantor {city}"));
        let service = |id: &str, name: &str, en: &str| json!({"id": id, "name": {"id": name, "en": en}, "queue_group": "A"});
        office["services"] = Value::Array(vec![
            service("passport_new", "Paspor baru", "New passport"),
            service("passport_replacement", "Penggantian paspor", "Passport replacement"),
            service(
                "passport_lost_damaged",
                "Paspor hilang atau rusak",
                "Lost or damaged passport",
            ),
        ]);
    })
}

async fn cities() -> TestApp {
    let offices = vec![office("makassar", "Makassar"), office("balikpapan", "Balikpapan")];
    TestApp::start_with(Setup { offices, ..Setup::default() }).await
}

#[tokio::test]
async fn documents_are_listed_after_two_questions_at_most() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("syarat").await;
    phone.tap("Paspor baru").await;
    phone.tap("Anak").await;
    phone.say("syarat paspor baru").await;
    phone.say("dewasa").await;
    phone.say("apa saja syarat paspor baru untuk anak di Makassar?").await;
    phone.say("persyaratan paspor hilang dewasa").await;
    phone.say("english").await;
    phone.say("requirements new passport child").await;
    assert_chat("papers", &phone);
}

/// The chat and the API list the same.
#[tokio::test]
async fn the_list_is_that_of_the_pages() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    for (kind, word) in [("adult", "dewasa"), ("child", "anak")] {
        let query = format!("office=makassar&service=passport_new&applicant={kind}");
        let listed = app.get(&format!("/v1/requirements?{query}")).await;
        let said = phone.say(&format!("syarat paspor baru {word} makassar")).await;
        let rows = said[0].text.lines().filter(|line| line.starts_with("- "));
        let documents = listed.body["documents"].as_array().unwrap();
        assert_eq!(rows.count(), documents.len(), "{kind}: {}", said[0].text);
        for document in documents {
            let label = document["label"]
                .as_str()
                .unwrap_or_else(|| document["label"]["id"].as_str().unwrap());
            assert!(said[0].text.contains(label), "{label}: {}", said[0].text);
        }
    }
}

#[tokio::test]
async fn a_question_for_documents_leaves_the_wish_as_it_is() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    phone.say("Budi Contoh # 9971010101909001 # Kota Makassar").await;
    let kinds = phone.say("syarat").await;
    assert_eq!(titles(&kinds), ["Dewasa", "Anak"], "there is one service");
    phone.tap("Dewasa").await;
    let hours = phone.say("2 desember").await;
    assert!(hours[0].text.contains("Jam berapa?"), "{}", hours[0].text);
    let mut other = Phone::new(&app, "6280000000102");
    other.say(&WISH.replace("9001#", "9002#")).await;
    other.say("syarat dewasa").await;
    let confirmed = other.say("konfirmasi").await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
}
