//! `Idempotency-Key`: a repeated request has one effect and one answer.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::person::hold_body;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Setup, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, path};

const KEY: &str = "a-key-of-sixteen-characters-or-more";

async fn send(app: &TestApp, path: &str, token: Option<&str>, key: &str, body: &Value) -> Answer {
    app.post_with_key(path, token, key, body.clone()).await
}

/// Sends a request twice under one key, then another body under it; the first answer.
async fn repeats(
    app: &TestApp,
    path: &str,
    token: Option<&str>,
    body: Value,
    other: Value,
) -> Answer {
    let first = send(app, path, token, KEY, &body).await;
    assert!((200..300).contains(&first.status), "{path}: {first:?}");
    let second = send(app, path, token, KEY, &body).await;
    assert_eq!(first, second, "{path}: the same request");
    let mismatch = send(app, path, token, KEY, &other).await;
    assert_eq!((mismatch.status, mismatch.code()), (422, "idempotency_mismatch"), "{path}");
    let third = send(app, path, token, KEY, &body).await;
    assert_eq!(first, third, "{path}: after a mismatch");
    first
}

#[tokio::test]
async fn a_registration_begins_once() {
    let app = TestApp::start().await;
    let (body, other) = (json!({"locale": "id"}), json!({"locale": "en"}));
    let begun = repeats(&app, "/v1/registrations", None, body.clone(), other).await;
    let another = send(&app, "/v1/registrations", None, "another-key-of-16-or-more", &body).await;
    assert_ne!(begun.body["id"], another.body["id"]);
    let short = send(&app, "/v1/registrations", None, "fifteen-symbols", &body).await;
    assert_eq!((short.status, short.code()), (422, "invalid_request"));
    assert_eq!(short.body["errors"][0]["field"], "Idempotency-Key");
}

#[tokio::test]
async fn a_one_time_code_is_sent_once() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let (body, other) = (json!({"phone": "6280000000001"}), json!({"phone": "6280000000002"}));
    repeats(&app, &path(&begun, "otp"), None, body, other).await;
    app.tick().await;
    app.drain().await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_person_is_added_once() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    let body = |number: u32| {
        json!({"name": "Contoh", "nik": antrian_tests::person::nik(number),
            "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"})
    };
    let token = Some(person.token.as_str());
    let added = repeats(&app, "/v1/me/applicants", token, body(1), body(2)).await;
    assert_eq!(added.text("id"), "p1");
    let list = person.get(&app, "/v1/me/applicants").await;
    assert_eq!(list.body["applicants"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_seat_is_held_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let token = Some(person.token.as_str());
    let (body, other) = (hold_body(DATE, "09:00"), hold_body(DATE, "10:00"));
    let held = repeats(&app, "/v1/bookings", token, body, other).await;
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(2));
    let list = person.get(&app, "/v1/me/bookings").await;
    assert_eq!(list.body["bookings"].as_array().unwrap().len(), 1);
    assert_eq!(list.body["bookings"][0]["code"], held.body["code"]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_booking_is_moved_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let path = format!("/v1/bookings/{code}/reschedule");
    let body = json!({"date": DATE, "slot": "10:00"});
    let other = json!({"date": "2026-12-03", "slot": "10:00"});
    let moved = repeats(&app, &path, Some(&person.token), body, other).await;
    assert_eq!(moved.text("slot"), "10:00");
    let history = person.get(&app, &format!("/v1/bookings/{code}")).await.body["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 3, "held, confirmed, moved: {history}");
}

#[tokio::test]
async fn a_move_that_is_repeated_after_another_move_does_not_move_it_back() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let path = format!("/v1/bookings/{code}/reschedule");
    let to_ten = json!({"date": DATE, "slot": "10:00"});
    let first = send(&app, &path, Some(&person.token), KEY, &to_ten).await;
    assert_eq!(first.status, 200, "{first:?}");
    person.reschedule(&app, &code, "2026-12-03", "09:00").await;
    assert_eq!(send(&app, &path, Some(&person.token), KEY, &to_ten).await, first);
    let now = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(now.text("date"), "2026-12-03");
}

#[tokio::test]
async fn confirming_and_cancelling_twice_is_as_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    for action in ["confirm", "cancel"] {
        let path = format!("/v1/bookings/{code}/{action}");
        let first = send(&app, &path, Some(&person.token), KEY, &json!({})).await;
        assert_eq!(first.status, 200, "{first:?}");
        assert_eq!(send(&app, &path, Some(&person.token), KEY, &json!({})).await, first);
        assert_eq!(person.act(&app, &code, action).await, first, "without a key too");
    }
    let history = person.get(&app, &format!("/v1/bookings/{code}")).await.body["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 3, "{history}");
}

#[tokio::test]
async fn a_scan_under_a_key_is_no_second_scan() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");
    app.advance_to("2026-12-02T00:30:00Z");
    let desk = app.staff("uji", &["desk"]).await;
    let (body, other) = (json!({"ticket": ticket}), json!({"ticket": ticket, "gate": "B"}));
    let scanned = repeats(&app, "/v1/check-ins", Some(&desk), body.clone(), other).await;
    assert_eq!(scanned.body["duplicate"], false);
    let again = app.call(Method::POST, "/v1/check-ins", Some(&desk), Some(body)).await;
    assert_eq!(again.body["duplicate"], true, "a scan of its own is one");
}

#[tokio::test]
async fn dates_are_released_once() {
    let app = TestApp::start().await;
    let admin = app.staff("uji", &["admin"]).await;
    let (path, token) = ("/v1/offices/uji/releases", Some(admin.as_str()));
    let body = json!({"from": "2027-01-11", "to": "2027-01-12"});
    let other = json!({"from": "2027-01-11", "to": "2027-01-13"});
    let released = repeats(&app, path, token, body, other).await;
    assert_eq!(released.body["opened"], json!(["2027-01-11", "2027-01-12"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_wish_twenty_times_at_once_is_one_booking() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let wishes = (0..20).map(|_| person.hold_with_key(&app, DATE, "09:00", KEY));
    let answers: Vec<_> = join_all(wishes).await.into_iter().map(Result::unwrap).collect();
    let held: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!held.is_empty() && held.iter().all(|answer| *answer == held[0]), "{answers:?}");
    assert!(answers.iter().all(|answer| [201, 503].contains(&answer.status)), "{answers:?}");
    let again = person.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap();
    assert_eq!(again, *held[0]);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 1);
}

#[tokio::test]
async fn the_same_key_of_two_accounts_is_two_keys() {
    let app = TestApp::start().await;
    let (one, two) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let first = one.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap();
    let second = two.hold_with_key(&app, DATE, "10:00", KEY).await.unwrap();
    assert_eq!((first.status, second.status), (201, 201));
    assert_ne!(first.text("code"), second.text("code"));
}

#[tokio::test]
async fn a_hold_whose_answer_was_lost_is_found_again_when_the_slot_is_full() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let (one, two) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let late = Person::register(&app, 3).await;
    switch.arm(|call| match call.target.as_str() {
        "TransactWriteItems" => Action::LoseAnswer,
        _ => Action::Pass,
    });
    let lost = one.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap();
    assert_eq!(lost.status, 503, "{lost:?}");
    switch.disarm();
    assert_eq!(two.hold(&app, DATE, "09:00").await.status, 201);
    let refused = late.hold(&app, DATE, "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "slot_full"));

    let found = one.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap();
    assert_eq!((found.status, found.text("status").as_str()), (201, "held"), "{found:?}");
    let other = hold_body(DATE, "10:00");
    let mismatch = send(&app, "/v1/bookings", Some(&one.token), KEY, &other).await;
    assert_eq!(mismatch.code(), "idempotency_mismatch");
    let confirmed = one.act(&app, &found.text("code"), "confirm").await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 2);
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let app = TestApp::with_quota(1).await;
    let (one, two) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = one.hold(&app, DATE, "09:00").await.text("code");
    let full = two.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap();
    assert_eq!(full.code(), "slot_full");
    assert_eq!(one.act(&app, &code, "cancel").await.status, 200);
    app.advance(61);
    assert_eq!(two.hold_with_key(&app, DATE, "09:00", KEY).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_key_that_makes_no_sense_is_refused_before_anything_is_done() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let long = "k".repeat(129);
    for key in ["", " ", "two words", "ké", long.as_str()] {
        let refused = person.hold_with_key(&app, DATE, "09:00", key).await.unwrap();
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{key:?}");
        assert_eq!(refused.body["errors"][0]["field"], "Idempotency-Key");
    }
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    let longest = "k".repeat(128);
    assert_eq!(person.hold_with_key(&app, DATE, "09:00", &longest).await.unwrap().status, 201);
}

/// The same scan twice at once: neither knows of the other when it is made, and both keep their
/// answers at the same moment.
async fn scans_at_once(guards_off: &'static [Item]) -> Vec<Answer> {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    app.advance_to("2026-12-02T00:30:00Z");
    let desk = app.staff("uji", &["desk"]).await;
    let gate = Gate::default();
    let stop = gate.clone();
    switch.arm(move |call| {
        let keeps =
            touched(call) == [Item::Request] && call.body.to_string().contains("sealed_body");
        match keeps {
            true => {
                let then = match guards_off {
                    [] => Action::Pass,
                    items => without_conditions_on(items, call),
                };
                Action::Wait(stop.clone(), Box::new(then))
            }
            false => Action::Pass,
        }
    });
    let body = json!({"code": code});
    let scans = (0..2).map(|_| send(&app, "/v1/check-ins", Some(&desk), KEY, &body));
    let both = async {
        gate.reached_by(2).await;
        gate.open();
    };
    let (mut answers, ()) = tokio::join!(join_all(scans), both);
    switch.disarm();
    answers.push(send(&app, "/v1/check-ins", Some(&desk), KEY, &body).await);
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_twice_at_once_gets_one_answer() {
    let answers = scans_at_once(&[]).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_an_answer_that_overwrites_another_makes_two() {
    let answers = scans_at_once(&[Item::Request]).await;
    assert_ne!(answers[0], answers[1], "one is a second scan");
}

#[tokio::test]
async fn a_key_belongs_to_one_body_also_where_no_answer_is_kept() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let (token, secret) = (path(&begun, "token"), begun["secret"].clone());
    let early = send(&app, &token, None, KEY, &json!({"secret": secret})).await;
    assert_eq!(early.code(), "not_verified");
    for text in [&begun["code"], &begun["match_number"]] {
        let sent = json!({"from": "6280000000001", "text": text});
        app.post("/local/whatsapp", sent).await;
    }
    app.listen().await;
    let signed_in = send(&app, &token, None, KEY, &json!({"secret": secret})).await;
    assert_eq!(signed_in.status, 200, "what was refused before is done now: {signed_in:?}");
    assert_eq!(send(&app, &token, None, KEY, &json!({"secret": secret})).await, signed_in);
    let verify = path(&begun, "verify");
    let otp = |otp: &str| json!({"secret": secret, "otp": otp});
    assert_eq!(send(&app, &verify, None, KEY, &otp("123456")).await.status, 200);
    let other = send(&app, &verify, None, KEY, &otp("654321")).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_mismatch"));
}
