//! Words that mean the same anywhere, and what is not understood.

use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};
use serde_json::json;

use super::{NUMBER, WISH, assert_chat, titles};
use crate::steps::office_with;

#[tokio::test]
async fn what_is_not_understood_gets_an_example_twice_and_then_the_contact() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("mau tanya soal paspor anak saya dong pak").await;
    phone.deliver(json!({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg"}})).await;
    phone.say("kok tidak dijawab").await;
    assert!(
        phone.say("halo halo apakah ada orang di sana").await.is_empty(),
        "no machine's quarrel"
    );
    assert!(!phone.say("MENU").await.is_empty(), "a known word is always answered");
    assert!(!phone.say("blablabla").await.is_empty());
    assert_chat("misread", &phone);
}

#[tokio::test]
async fn details_that_stay_unreadable_lead_to_the_contact_too() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    for _ in 0..3 {
        let asked = phone.say("#Budi#123#").await;
        assert!(asked[0].text.contains("Kirim NIK-nya saja"), "{}", asked[0].text);
    }
    let told = phone.say("#Budi#123#").await;
    assert!(told[0].text.contains("(0411) 000-0100"), "{}", told[0].text);
    assert!(!phone.say("#Budi#123#").await.is_empty(), "a question is open");
    let held = phone.say(WISH).await;
    assert!(held[0].text.contains("belum terkonfirmasi"), "{}", held[0].text);
}

#[tokio::test]
async fn help_language_and_reminders() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("bantuan").await;
    phone.say("English").await;
    phone.say(WISH).await;
    phone.tap("Confirm").await;
    phone.say("STOP").await;
    phone.say("mulai").await;
    phone.say("bahasa").await;
    assert_chat("commands", &phone);
}

#[tokio::test]
async fn a_reaction_is_answered_by_what_waits_and_agrees_to_nothing() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let held = phone.say(WISH).await;
    let again = phone.deliver(reaction()).await;
    assert!(again[0].text.starts_with("Jadwal ini menunggu konfirmasi"), "{}", again[0].text);
    assert_eq!(again[0].choices, held[0].choices, "the seat waits as before");
    let code = phone.tap("Konfirmasi").await;
    assert!(code[0].text.contains("terkonfirmasi"), "{code:?}");
    phone.say("batal").await;
    assert!(phone.deliver(reaction()).await[0].text.contains("Batalkan"), "asked once more");
    phone.say("jadwal").await;
    assert!(app.seats_free(DATE, "09:00").await < Some(2), "nothing was given back");
}

fn reaction() -> serde_json::Value {
    json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}})
}

#[tokio::test]
async fn a_reaction_or_an_empty_text_is_not_answered_where_nothing_waits() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("menu").await;
    assert!(phone.deliver(reaction()).await.is_empty());
    assert!(phone.say("👍").await.is_empty());
    assert!(phone.say("ok").await.is_empty(), "nothing was asked");
}

#[tokio::test]
async fn a_nik_or_a_date_that_cannot_be_is_named() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("#Budi Contoh#997101010190900#02-12-2026").await;
    phone.say("Budi Contoh#9971010101909001").await;
    phone.say("batal").await;
    phone.say("#Budi Contoh#9971010101909001#31-02-2027").await;
    phone.say("#Budi Contoh#9971010101909001#29-11-2026").await;
    assert_chat("faults", &phone);
}

#[tokio::test]
async fn a_conversation_that_rests_begins_anew() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    app.advance(31 * 60);
    let answer = phone.say("2").await;
    assert!(answer[0].text.contains("belum kami pahami"), "{}", answer[0].text);
}

#[tokio::test]
async fn a_tap_on_an_old_message_means_what_it_meant() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("menu").await;
    app.advance(3 * 3600);
    let asked = phone.tap("Buat janji").await;
    assert!(titles(&asked).is_empty(), "asks for the details of the first person");
    assert!(asked[0].text.contains("NIK"));
}

#[tokio::test]
async fn whom_to_ask_has_a_number_and_hours_also_among_many_offices() {
    let office = |id: &str, city: &str, phone: &str, online: bool| {
        office_with(4, |office| {
            (office["id"], office["city"]) = (json!(id), json!(city));
            (office["name"], office["online"]) = (json!(format!("Kantor {city}")), json!(online));
            let contact = format!("Telepon {phone}, Senin–Jumat 08.00–15.00 WITA.");
            office["contact"] = json!({"id": contact, "en": contact});
        })
    };
    let offices = vec![
        office("makassar", "Makassar", "(0411) 000-0001", true),
        office("balikpapan", "Balikpapan", "(0542) 000-0002", true),
        office("merauke", "Merauke", "(0971) 000-0003", false),
    ];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let mut phone = Phone::new(&app, NUMBER);
    for _ in 0..2 {
        phone.say("bla bla bla").await;
    }
    let told = phone.say("bla bla bla").await;
    for number in ["(0411) 000-0001", "(0542) 000-0002"] {
        assert!(told[0].text.contains(number), "{}", told[0].text);
    }
    assert!(titles(&told).contains(&"Buat janji".to_owned()), "the menu");
    let help = phone.say("bantuan").await;
    assert!(help[0].text.contains("*kontak Balikpapan*"), "{}", help[0].text);
    for (words, number) in [
        ("kontak Balikpapan", "(0542) 000-0002"),
        ("nomor telepon kantor makassar dong", "(0411) 000-0001"),
        ("hubungi merauke", "(0971) 000-0003"),
    ] {
        let told = phone.say(words).await;
        let text = &told[0].text;
        assert!(text.contains(number) && text.contains("08.00–15.00 WITA"), "{words}: {text}");
    }
    phone.say("booking").await;
    phone.say("makassar").await;
    for _ in 0..3 {
        phone.say("#Budi#123#").await;
    }
    let told = phone.say("#Budi#123#").await;
    assert!(told[0].text.contains("(0411) 000-0001"), "that of the wish: {}", told[0].text);
    assert!(!titles(&told).is_empty(), "and the menu");
}
