//! The fallback for those who cannot send a message: a one-time code by template.

use antrian_tests::{Answer, Recorder, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, exchange, path};

const PHONE: &str = "6280000000001";

/// Asks for a code.
async fn ask(app: &TestApp, begun: &Value, phone: &str) -> Answer {
    app.post(&path(begun, "otp"), json!({"phone": phone})).await
}

/// Asks for a code and reads it from the message.
async fn code(app: &TestApp, begun: &Value) -> String {
    let asked = ask(app, begun, PHONE).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    last_code(app).await
}

async fn last_code(app: &TestApp) -> String {
    app.drain().await;
    let kept = app.stack.graph.sent();
    let message = kept.last().unwrap();
    assert_eq!(message.to.as_deref(), Some(PHONE));
    let text = &message.text;
    let mut digits = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    let code = digits.next().unwrap().to_owned();
    assert_eq!(digits.next(), None, "one code in a message: {text}");
    code
}

async fn verify(app: &TestApp, begun: &Value, otp: &str) -> Answer {
    app.post(&path(begun, "verify"), json!({"secret": begun["secret"], "otp": otp})).await
}

/// A code of six digits that is not `code`.
fn another(code: &str, by: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + by) % 1_000_000)
}

#[tokio::test]
async fn the_code_in_the_message_opens_a_session() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let code = code(&app, &begun).await;
    let signed_in = verify(&app, &begun, &format!(" {code} ")).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let me = app.call(Method::GET, "/v1/me", Some(&signed_in.text("token")), None).await;
    assert_eq!(me.text("phone"), "62800•••001");
    assert_eq!(exchange(&app, &begun).await, signed_in, "either way leads to the same session");
}

#[tokio::test]
async fn a_code_counts_for_ten_minutes() {
    let app = TestApp::start().await;
    for (wait, status) in [(9 * 60, 200), (10 * 60, 422)] {
        let begun = begin(&app).await;
        let code = code(&app, &begun).await;
        app.advance(wait);
        assert_eq!(verify(&app, &begun, &code).await.status, status, "after {wait} s");
    }
}

#[tokio::test]
async fn a_code_counts_once() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let code = code(&app, &begun).await;
    let token = verify(&app, &begun, &code).await.text("token");
    assert_eq!(app.call(Method::DELETE, "/v1/session", Some(&token), None).await.status, 204);
    let again = verify(&app, &begun, &code).await;
    assert_eq!((again.status, again.code()), (409, "registration_ended"));
    let other = begin(&app).await;
    assert_eq!(verify(&app, &other, &code).await.code(), "wrong_otp", "nor elsewhere");
}

#[tokio::test]
async fn five_tries_are_all_and_a_new_code_gives_no_more() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let first = code(&app, &begun).await;
    for left in [4, 3, 2] {
        let wrong = verify(&app, &begun, &another(&first, left)).await;
        assert_eq!((wrong.status, wrong.code()), (422, "wrong_otp"));
        assert_eq!(wrong.body["tries_left"], left);
    }
    app.advance(61);
    let second = code(&app, &begun).await;
    for left in [1, 0] {
        let wrong = verify(&app, &begun, &another(&second, left + 1)).await;
        assert_eq!((wrong.code(), &wrong.body["tries_left"]), ("wrong_otp", &json!(left)));
    }
    let right = verify(&app, &begun, &second).await;
    assert_eq!((right.status, right.code()), (429, "too_many_tries"));
    app.advance(61);
    assert_eq!(ask(&app, &begun, PHONE).await.code(), "too_many_tries");
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_are_counted_too() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let right = code(&app, &begun).await;
    let guesses: Vec<_> = (1..=30).map(|by| another(&right, by)).collect();
    let answers = join_all(guesses.iter().map(|guess| verify(&app, &begun, guess))).await;
    let compared = answers.iter().filter(|answer| answer.code() == "wrong_otp").count();
    assert!(compared <= 5, "{compared} guesses were compared");
    let refused = ["wrong_otp", "too_many_tries", "busy"];
    assert!(answers.iter().all(|answer| refused.contains(&answer.code())), "{answers:?}");
    for by in 31..36 {
        verify(&app, &begun, &another(&right, by)).await;
    }
    assert_eq!(verify(&app, &begun, &right).await.code(), "too_many_tries");
}

#[tokio::test]
async fn a_newer_code_replaces_the_older_one() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let first = code(&app, &begun).await;
    app.advance(61);
    let second = code(&app, &begun).await;
    if first != second {
        assert_eq!(verify(&app, &begun, &first).await.code(), "wrong_otp");
    }
    assert_eq!(verify(&app, &begun, &second).await.status, 200);
}

#[tokio::test]
async fn a_minute_passes_between_two_codes() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    code(&app, &begun).await;
    let url = format!("{}{}", app.stack.base_url, path(&begun, "otp"));
    let soon = app.http.post(url).json(&json!({"phone": PHONE})).send().await.unwrap();
    assert_eq!(soon.status(), 429);
    let wait: u32 = soon.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let soon: Value = soon.json().await.unwrap();
    assert_eq!(soon["code"], "too_many_requests");
    app.advance(i64::from(wait));
    assert_eq!(ask(&app, &begun, PHONE).await.status, 202, "after the time that was told");
}

#[tokio::test]
async fn a_number_gets_five_codes_a_day_whoever_asks() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        assert_eq!(ask(&app, &begin(&app).await, PHONE).await.status, 202);
    }
    let begun = begin(&app).await;
    let sixth = ask(&app, &begun, "+62 800-0000-0001").await;
    assert_eq!((sixth.status, sixth.code()), (429, "no_code_number"));
    assert_eq!(ask(&app, &begun, "6280000000002").await.status, 202, "another number");
    app.advance(24 * 3600);
    assert_eq!(ask(&app, &begin(&app).await, PHONE).await.status, 202, "another day");
    app.drain().await;
    // Codes of the day before are stale by now and are not sent.
    assert!(
        app.stack.graph.sent().iter().filter(|kept| kept.to.as_deref() == Some(PHONE)).count() <= 6
    );
}

#[tokio::test]
async fn what_is_no_number_and_what_is_no_registration_gets_no_code() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    for phone in ["", "123", "0", "halo", "+62812000000010000"] {
        let refused = ask(&app, &begun, phone).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{phone}");
        assert_eq!(refused.body["errors"][0]["field"], "phone");
    }
    assert_eq!(verify(&app, &begun, "000000").await.code(), "wrong_otp", "none was sent");
    app.advance(15 * 60);
    assert_eq!(ask(&app, &begun, PHONE).await.code(), "registration_ended");
    app.drain().await;
    assert!(app.sent().is_empty());
}

#[tokio::test]
async fn a_code_is_stored_hashed_and_carried_sealed() {
    let (app, recorder) = Recorder::start().await;
    let begun = begin(&app).await;
    let code = code(&app, &begun).await;
    verify(&app, &begun, &another(&code, 1)).await;
    let items = recorder.items_of("REGISTRATION#").await;
    assert_eq!(items.len(), 1);
    assert!(items[0]["otp_hash"]["S"].as_str().unwrap().len() >= 32, "{:?}", items[0]);
    let quoted = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|run| run == code);
    for item in recorder.items().await {
        assert!(!quoted(&item.to_string()), "{item}");
    }
    for body in recorder.bodies("SendMessage") {
        assert!(!quoted(&body.to_string()), "{body}");
    }
    assert!(quoted(&app.sent().concat()), "the search finds it where it is");
}
