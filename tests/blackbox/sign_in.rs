//! Signing in on the web by the chat: a code that somebody else began opens nothing by itself.

use antrian::storage::{Registration, RegistrationState};
use antrian_local::simulator::SentMessage;
use antrian_tests::phone::Phone;
use antrian_tests::{Answer, Person, TestApp};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::exchange;

const NUMBER: &str = "6280000000321";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/140.0.0.0 Mobile Safari/537.36";

/// Begins a registration in a browser.
async fn begin_in(app: &TestApp, locale: &str, browser: &str) -> Value {
    let url = format!("{}/v1/registrations", app.stack.base_url);
    let request = app.http.post(url).header("user-agent", browser).json(&json!({"locale": locale}));
    request.send().await.unwrap().json().await.unwrap()
}

async fn begin(app: &TestApp) -> Value {
    begin_in(app, "id", ANDROID).await
}

fn text<'a>(begun: &'a Value, name: &str) -> &'a str {
    begun[name].as_str().unwrap()
}

async fn code_of(app: &TestApp, begun: &Value) -> String {
    exchange(app, begun).await.code().to_owned()
}

/// A number of two digits that is not the page's.
fn another(begun: &Value) -> String {
    let number: u8 = text(begun, "match_number").parse().unwrap();
    (10 + (number - 9) % 90).to_string()
}

/// The chat, with the numbers to choose among replaced.
fn shown(phone: &Phone<'_>) -> String {
    let mask =
        |line: &str| match line.trim().strip_prefix('[').and_then(|row| row.strip_suffix(']')) {
            Some(number) if number.parse::<u8>().is_ok() => "  [angka]".to_owned(),
            _ if line.starts_with("> DAFTAR") => "> DAFTAR kode".to_owned(),
            _ => line.to_owned(),
        };
    phone.transcript().lines().map(mask).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_forwarded_link_alone_opens_nothing() {
    let app = TestApp::start().await;
    let victim = Person::register(&app, 1).await;
    app.drain().await;
    let mut phone = Phone::new(&app, &victim.phone);
    let attackers = begin(&app).await;
    for said in
        [text(&attackers, "code"), "ya", "oke", text(&attackers, "code"), "apa ini sebenarnya"]
    {
        let answers = phone.say(said).await;
        assert_eq!(answers.len(), 1, "{said}: {answers:?}");
        assert_eq!(code_of(&app, &attackers).await, "not_verified", "{said}");
    }
    let answers = phone.tap("Bukan saya").await;
    assert!(answers[0].text.contains("kami tutup"), "{answers:?}");
    assert_eq!(code_of(&app, &attackers).await, "registration_ended");
    // Nor does anything that is said afterwards open it.
    for said in [
        text(&attackers, "match_number"),
        text(&attackers, "code"),
        text(&attackers, "match_number"),
    ] {
        phone.say(said).await;
        assert_eq!(code_of(&app, &attackers).await, "registration_ended", "{said}");
    }
    let me = victim.get(&app, "/v1/me").await;
    assert_eq!(me.status, 200, "the victim's own session is untouched");
}

#[tokio::test]
async fn the_question_names_device_and_time_and_what_is_at_stake() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let begun = begin(&app).await;
    phone.say(text(&begun, "code")).await;
    phone.tap("Bukan saya").await;
    insta::assert_snapshot!(shown(&phone), @r"
    > DAFTAR kode
      Seseorang ingin mendaftar di halaman web dengan nomor WhatsApp ini: Chrome di Android, pukul 08.00 WITA.
      
      Bila itu Anda, pilih atau ketik angka yang tampil di halaman itu. Bila bukan, pilih *Bukan saya*: tidak ada yang dibuka.
      
      Jangan memakai angka dari orang lain: ia akan dapat melihat dan mengubah apa pun yang nanti Anda isi.
      [angka]
      [angka]
      [angka]
      [angka]
      [Bukan saya]
    > [Bukan saya]
      Baik, permintaan masuk itu kami tutup; tidak ada yang dibuka. Anda tidak perlu melakukan apa-apa lagi.
    ");

    let person = Person::register(&app, 1).await;
    app.drain().await;
    let mut phone = Phone::new(&app, &person.phone);
    phone.say("english").await;
    let begun = begin_in(&app, "id", "curl/8").await;
    phone.say(text(&begun, "code")).await;
    phone.say(&another(&begun)).await;
    insta::assert_snapshot!(shown(&phone).replace(&another(&begun), "another"), @r"
    > english
      All right, in English.
    > DAFTAR kode
      Somebody wants to sign in to your account on the web: an unknown device, at 08:00 WITA.
      
      If that is you, choose or type the number that the page shows. If not, choose *Not me*: nothing is opened.
      
      Never use a number that somebody else gives you: they could see and change the appointments of your account.
      [angka]
      [angka]
      [angka]
      [angka]
      [Not me]
    > another
      That is not the number on the page, so we closed that request; nothing was opened. If it was you, begin again on the page for a new number.
    ");
}

#[tokio::test]
async fn a_wrong_number_ends_the_registration_and_there_is_no_second_try() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let begun = begin(&app).await;
    phone.say(text(&begun, "code")).await;
    let answers = phone.say(&another(&begun)).await;
    assert!(answers[0].text.contains("tidak sama"), "{answers:?}");
    for said in [text(&begun, "match_number"), text(&begun, "code"), text(&begun, "match_number")] {
        phone.say(said).await;
    }
    assert_eq!(code_of(&app, &begun).await, "registration_ended");
    let otp = app.post(&crate::registration::path(&begun, "otp"), json!({"phone": NUMBER})).await;
    assert_eq!(otp.code(), "registration_ended", "the fallback ends with it");
}

#[tokio::test]
async fn the_numbers_are_the_same_however_often_the_code_comes() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let begun = begin(&app).await;
    let first = phone.say(text(&begun, "code")).await.remove(0);
    let again = phone.say(text(&begun, "code")).await.remove(0);
    let choices = |sent: &SentMessage| serde_json::to_string(&sent.choices).unwrap();
    assert_eq!(choices(&first), choices(&again), "the right one is not the one that comes again");
    assert!(choices(&first).contains(text(&begun, "match_number")));
}

#[tokio::test]
async fn of_several_pages_the_last_asked_about_counts_and_others_come_again_by_their_code() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let (first, second) = (begin(&app).await, begin(&app).await);
    phone.say(text(&first, "code")).await;
    phone.say(text(&second, "code")).await;
    // Two pages may show the same number: each is signed in by its own question.
    phone.say(text(&second, "match_number")).await;
    assert_eq!(code_of(&app, &first).await, "not_verified");
    assert_eq!(exchange(&app, &second).await.status, 200);
    phone.say(text(&first, "code")).await;
    phone.tap(text(&first, "match_number")).await;
    assert_eq!(exchange(&app, &first).await.status, 200);
}

#[tokio::test]
async fn a_tap_on_the_question_of_an_earlier_page_is_told_so() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let (first, second) = (begin(&app).await, begin(&app).await);
    phone.say(text(&first, "code")).await;
    phone.say(text(&second, "code")).await;
    let id = format!("sign-in:{}:{}", text(&first, "id"), text(&first, "match_number"));
    let reply = json!({"id": id, "title": text(&first, "match_number")});
    let tap = json!({"type": "list_reply", "list_reply": reply});
    let answers = phone.deliver(json!({"type": "interactive", "interactive": tap})).await;
    assert!(answers[0].text.contains("tidak berlaku"), "{answers:?}");
    assert_eq!(code_of(&app, &first).await, "not_verified");
}

#[tokio::test]
async fn whoever_said_yes_by_mistake_takes_it_back() {
    let app = TestApp::start().await;
    let victim = Person::register(&app, 1).await;
    app.drain().await;
    let mut phone = Phone::new(&app, &victim.phone);
    for exchanges in [true, false] {
        let attackers = begin(&app).await;
        phone.say(text(&attackers, "code")).await;
        let question = phone.chat.clone();
        phone.say(text(&attackers, "match_number")).await;
        assert!(question.contains("Seseorang ingin masuk"), "{question}");
        let opened = match exchanges {
            true => Some(exchange(&app, &attackers).await.text("token")),
            false => None,
        };
        let answers = phone.tap("Bukan saya").await;
        assert!(answers[0].text.contains("kami keluarkan"), "{answers:?}");
        for token in opened.iter().chain([&victim.token]) {
            let me: Answer = app.call(Method::GET, "/v1/me", Some(token), None).await;
            assert_eq!(me.status, 401, "every session has ended");
        }
        assert_eq!(code_of(&app, &attackers).await, "registration_ended", "nor is one opened now");
    }
}

#[tokio::test]
async fn a_registration_without_a_number_is_not_verified_by_a_message() {
    let app = TestApp::start().await;
    let store = app.stack.app.ledger.store();
    let code = "7KQ4MM2X";
    let earlier = Registration {
        id: store.registration_id(code).unwrap(),
        secret_hash: app.stack.app.keyring.token_hash("secret"),
        state: RegistrationState::Pending,
        locale: antrian::domain::language::Locale::Id,
        expires_at: app.now() + TimeDelta::minutes(15),
        page: None,
        account: None,
        otp_hash: None,
        otp_phone: None,
        otp_expires_at: None,
        otp_sent_at: None,
        otp_tries: 0,
    };
    assert!(store.put_registration(&earlier).await.unwrap());
    let mut phone = Phone::new(&app, NUMBER);
    let answers = phone.say(&format!("DAFTAR {code}")).await;
    assert!(answers[0].text.contains("tidak dikenal"), "{answers:?}");
    let begun = json!({"id": earlier.id.as_str(), "secret": "secret"});
    assert_eq!(code_of(&app, &begun).await, "not_verified");
}
