//! Answers as people give them every day: agreement that is none, hours and services in their own words,
//! places by their everyday names, thanks.

use antrian::domain::office::Office;
use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};
use serde_json::{Value, json};

use super::{NUMBER, WISH, code_in};
use crate::steps::office_with;

#[tokio::test]
async fn a_doubt_or_a_question_confirms_nothing_and_the_seat_is_shown_again() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    for words in [
        "belum mau konfirmasi",
        "oke nanti saya konfirmasi",
        "konfirmasi nanti sore",
        "konfirmasi kapan?",
        "gimana cara konfirmasi?",
        "jangan konfirmasi dulu",
        "❌",
        "😭",
        "terima kasih",
    ] {
        let answer = phone.say(words).await;
        assert!(!answer.is_empty(), "{words}: silence");
        assert!(!answer[0].text.contains("sudah terkonfirmasi"), "{words}: {}", answer[0].text);
    }
    let held = phone.say("hmm").await;
    assert!(held[0].text.contains("menunggu konfirmasi"), "{}", held[0].text);
    let confirmed = phone.say("sudah benar").await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
    assert!(phone.say("terima kasih").await.is_empty(), "nothing waits");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_word_gives_no_held_seat_back_without_a_question() {
    for words in ["tidak", "batal", "BATAL code"] {
        let app = TestApp::start().await;
        let mut phone = Phone::new(&app, NUMBER);
        let code = code_in(&phone.say(WISH).await);
        let asked = phone.say(&words.replace("code", &code)).await;
        assert!(asked[0].text.contains("Batalkan jadwal ini?"), "{words}: {}", asked[0].text);
        assert_eq!(app.assert_audit_agrees().await.live_bookings, 1, "{words}");
        phone.say("ya").await;
        assert_eq!(app.assert_audit_agrees().await.live_bookings, 0, "{words}");
    }
}

fn office(id: &str, city: &str, province: &str, regency: &str) -> Office {
    office_with(4, |office| {
        (office["id"], office["city"], office["province"]) =
            (json!(id), json!(city), json!(province));
        office["name"] = json!(format!("Kantor {city}"));
        (office["domicile"], office["regencies"]) = (json!("required"), json!([regency]));
        let service = |id: &str, name: &str, en: &str| json!({"id": id, "name": {"id": name, "en": en}, "queue_group": "A"});
        office["services"] = Value::Array(vec![
            service("passport_new", "Paspor baru", "New passport"),
            service("passport_replacement", "Penggantian paspor", "Passport replacement"),
        ]);
    })
}

async fn country() -> TestApp {
    let offices = vec![
        office("balikpapan", "Balikpapan", "Kalimantan Timur", "Kota Balikpapan"),
        office("denpasar", "Denpasar", "Bali", "Kab. Badung"),
        office("makassar", "Makassar", "Sulawesi Selatan", "Kota Makassar"),
    ];
    TestApp::start_with(Setup { offices, ..Setup::default() }).await
}

#[tokio::test]
async fn a_place_is_the_one_that_is_named_and_not_one_that_is_spelled_alike() {
    let app = country().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    let asked = phone.say("bali").await;
    assert!(asked[0].text.contains("Denpasar"), "{}", asked[0].text);
    phone.say("yang baru aja kak").await;
    phone.say("Budi Contoh # 9971010101909001").await;
    phone.say("2 desember").await;
    let held = phone.say("9 pagi").await;
    assert!(held[0].text.contains("pukul 09.00"), "{}", held[0].text);
    // An office's own regency is Badung.
    let noted = phone.say("bandung").await;
    assert!(!noted[0].text.contains("Badung"), "{}", noted[0].text);
    let noted = phone.say("kabupaten badung pak").await;
    assert!(noted[0].text.contains("Kabupaten Badung"), "{}", noted[0].text);
    assert!(!noted[0].text.contains("Badung pak"), "{}", noted[0].text);
}

#[tokio::test]
async fn a_sentence_says_its_service_too_and_a_seat_that_waits_is_not_forgotten() {
    let app = country().await;
    let mut phone = Phone::new(&app, NUMBER);
    let asked = phone.say("mau bikin paspor baru di makassar").await;
    assert!(
        asked[0].text.contains("NIK"),
        "neither office nor service is asked: {}",
        asked[0].text
    );
    phone.say("Budi Contoh # 9971010101909001").await;
    phone.say("2 desember").await;
    let held = phone.say("jam sembilan").await;
    assert!(held[0].text.contains("Paspor baru"), "{}", held[0].text);
    let asked = phone.say("booking").await;
    assert!(asked[0].text.contains("Di kantor mana?"), "{}", asked[0].text);
    let shown = phone.say("oke").await;
    assert!(shown[0].text.contains("menunggu konfirmasi"), "{}", shown[0].text);
    let confirmed = phone.say("oke").await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
    let shown = phone.say("mana tiketnya").await;
    assert!(shown[0].text.contains("2 Desember 2026"), "{}", shown[0].text);
}

#[tokio::test]
async fn any_hour_will_do_and_a_part_of_the_day_asks_for_the_hour_again() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    phone.say("Budi Contoh # 9971010101909001").await;
    phone.say("2 desember").await;
    let again = phone.say("siang aja").await;
    assert!(again[0].text.contains("am berapa"), "{}", again[0].text);
    let held = phone.say("terserah").await;
    assert!(held[0].text.contains("pukul 09.00"), "{}", held[0].text);
}
