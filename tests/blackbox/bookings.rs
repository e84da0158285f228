//! Holding, confirming, cancelling and looking at bookings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use antrian_tests::app::{Answer, DATE};
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Switch, client};
use antrian_tests::{Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::{after, close, office_with, reach, wrong_fields};

/// Asks for a seat with what is named only.
async fn hold_any(app: &TestApp, person: &Person, date: Option<&str>) -> Answer {
    let mut wish = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE});
    if let Some(date) = date {
        wish["date"] = date.into();
    }
    person.post(app, "/v1/bookings", wish).await
}

fn place(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text("date"), answer.text("slot"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_says_where_when_and_what_to_bring() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let held = person.hold(&app, DATE, "09:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    insta::assert_json_snapshot!(held.body, {
        ".code" => "[code]", ".hold_expires_at" => "[time]", ".documents" => "[documents]",
        ".warnings" => "[warnings]",
    }, @r#"
    {
      "applicant_id": "p1",
      "check_in_from": "2026-12-02T08:00:00+08:00",
      "check_in_until": "2026-12-02T09:30:00+08:00",
      "code": "[code]",
      "date": "2026-12-02",
      "documents": "[documents]",
      "hold_expires_at": "[time]",
      "office": "uji",
      "reschedule_until": "2026-12-02T00:00:00+08:00",
      "service": "passport_new",
      "slot": "09:00",
      "starts_at": "2026-12-02T09:00:00+08:00",
      "status": "held",
      "warnings": "[warnings]"
    }
    "#);
    assert_eq!(held.body["documents"][0]["id"], "ktp");
    assert!(held.body["ticket"].is_null() && held.body["links"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_slot_or_a_date_the_earliest_is_held() {
    let app = TestApp::with_quota(1).await;
    let mut places = Vec::new();
    for number in 1..=4 {
        let person = Person::register(&app, number).await;
        let date = (number <= 2).then_some(DATE);
        places.push(place(&hold_any(&app, &person, date).await));
    }
    let expected =
        [(DATE, "09:00"), (DATE, "10:00"), ("2026-11-30", "09:00"), ("2026-11-30", "10:00")];
    assert_eq!(places, expected.map(|(date, slot)| (date.to_owned(), slot.to_owned())));

    let person = Person::register(&app, 5).await;
    let wish = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE, "slot": "09:00"});
    assert_eq!(wrong_fields(&person.post(&app, "/v1/bookings", wish).await), ["date"]);
    assert_eq!(hold_any(&app, &person, Some(DATE)).await.code(), "slot_full");
    assert_eq!(place(&hold_any(&app, &person, None).await).0, "2026-12-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_slot_comes_with_alternatives_that_are_free() {
    let app = TestApp::with_quota(1).await;
    Person::register(&app, 1).await.book(&app, DATE, "09:00").await;
    let person = Person::register(&app, 2).await;
    // A refusal from memory offers what has been looked at lately: here, two weeks.
    let path = format!("/v1/offices/{OFFICE}/availability?service={SERVICE}&from={DATE}");
    assert_eq!(app.get(&path).await.status, 200);
    let refused = person.hold(&app, DATE, "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "slot_full"));
    let alternatives = refused.body["alternatives"].as_array().unwrap().clone();
    assert_eq!(alternatives[0], json!({"date": DATE, "slot": "10:00", "seats_free": 1}));
    assert_eq!(alternatives.len(), 5);
    for (alternative, number) in alternatives.iter().zip(3..) {
        let text = |name: &str| alternative[name].as_str().unwrap();
        let person = Person::register(&app, number).await;
        let held = person.hold(&app, text("date"), text("slot")).await;
        assert_eq!(held.status, 201, "{alternative} {held:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_from_memory_asks_the_table_nothing() {
    let (switch, calls) = (Arc::new(Switch::default()), Arc::new(AtomicUsize::new(0)));
    let http_client = Some(client(switch.clone()));
    let offices = vec![antrian_tests::offices::office(1)];
    let app = TestApp::start_with(Setup { http_client, offices, ..Setup::default() }).await;
    Person::register(&app, 1).await.book(&app, DATE, "09:00").await;
    let person = Person::register(&app, 2).await;
    let count = calls.clone();
    switch.arm(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Action::Pass
    });
    // The memory lasts a second, and a busy machine may take longer for one request.
    for _ in 0..50 {
        let before = calls.load(Ordering::SeqCst);
        assert_eq!(person.hold(&app, DATE, "09:00").await.code(), "slot_full");
        if calls.load(Ordering::SeqCst) == before {
            return;
        }
    }
    panic!("every refusal asked the table");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_one_live_booking_whatever_the_account() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    let again = person.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!((again.status, again.code()), (409, "already_booked"));
    assert_eq!(again.text("booking_code"), code);

    let other = Person::register_only(&app, 2).await;
    assert_eq!(other.add(&app, 1).await.status, 201);
    let refused = other.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "person_needs_confirmation"));
    assert!(!refused.body.to_string().contains(&code), "{refused:?}");
    assert_eq!(app.seats_free("2026-12-03", "09:00").await, Some(2));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_is_refused_with_its_reason() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let early = person.hold(&app, "2026-12-31", "09:00").await;
    assert_eq!((early.status, early.code()), (409, "not_released"));
    assert_eq!(early.body["release_at"], "2026-12-01T00:00:00+08:00");
    let holiday = person.hold(&app, "2026-12-25", "09:00").await;
    assert_eq!((holiday.status, holiday.code()), (409, "office_closed"));
    assert_eq!(holiday.body["reason_code"], "holiday");
    let past = person.hold(&app, "2026-11-29", "09:00").await;
    assert_eq!((past.code(), &past.body["reason_code"]), ("office_closed", &json!("past")));
    assert_eq!(wrong_fields(&person.hold(&app, DATE, "09:30").await), ["slot"]);
    close(&app, &[DATE]).await;
    let closed = person.hold(&app, DATE, "09:00").await;
    assert_eq!((closed.status, closed.code()), (409, "office_closed"));
    assert_eq!(closed.body["reason"], "Pemadaman listrik");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offline_office_names_a_person_to_ask() {
    let offices = vec![office_with(2, |office| office["online"] = false.into())];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let refused = Person::register(&app, 1).await.hold(&app, DATE, "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "not_online"));
    let contact = "Call (0411) 000-0100, Mon–Fri 08:00–15:00 WITA.";
    assert_eq!(refused.body["contact"]["en"], contact);
}

#[tokio::test(flavor = "multi_thread")]
async fn confirming_twice_is_confirming_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let first = person.book(&app, DATE, "09:00").await;
    let second = person.act(&app, &first.text("code"), "confirm").await;
    assert_eq!(second.status, 200);
    assert_eq!(second.body, first.body);
    let seen = person.get(&app, &format!("/v1/bookings/{}", first.text("code"))).await;
    assert_eq!(seen.body["history"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_lapses_at_its_very_second_without_anything_running() {
    let app = TestApp::with_quota(1).await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let held = first.hold(&app, DATE, "09:00").await;
    let expires_at = held.text("hold_expires_at");
    reach(&app, &after(&expires_at, -30));
    assert_eq!(second.hold(&app, DATE, "09:00").await.code(), "slot_full");
    reach(&app, &expires_at);
    let code = held.text("code");
    assert_eq!(first.act(&app, &code, "confirm").await.code(), "hold_expired");
    assert_eq!(second.hold(&app, DATE, "09:00").await.code(), "slot_full", "it rests");
    app.advance(61);
    assert_eq!(second.hold(&app, DATE, "09:00").await.status, 201);
    assert_eq!(first.act(&app, &code, "confirm").await.code(), "hold_expired");
    assert_eq!(first.act(&app, &code, "cancel").await.code(), "hold_expired");
    assert_eq!(first.get(&app, &format!("/v1/bookings/{code}")).await.body["status"], "expired");
    assert_eq!(first.hold(&app, DATE, "10:00").await.status, 201, "the person is free too");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_seat_cools_down_and_cancelling_twice_is_cancelling_once() {
    let app = TestApp::with_quota(1).await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = first.book(&app, DATE, "09:00").await.text("code");
    let before = app.now().to_rfc3339();
    let cancelled = first.act(&app, &code, "cancel").await;
    let done = app.now().to_rfc3339();
    assert_eq!((cancelled.status, cancelled.text("status")), (200, "cancelled".to_owned()));
    assert_eq!(cancelled.body["cancel_reason"], "applicant");
    let again = first.act(&app, &code, "cancel").await;
    assert_eq!((again.status, &again.body), (200, &cancelled.body));
    assert_eq!(first.act(&app, &code, "confirm").await.code(), "booking_ended");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
    reach(&app, &after(&before, 18));
    assert_eq!(second.hold(&app, DATE, "09:00").await.code(), "slot_full");
    reach(&app, &after(&done, 61));
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    assert_eq!(second.hold(&app, DATE, "09:00").await.status, 201);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_seats_come_back_at_seconds_that_nobody_knows() {
    let app = TestApp::with_quota(8).await;
    let mut bookings = Vec::new();
    for number in 1..=8 {
        let person = Person::register(&app, number).await;
        let code = person.book(&app, DATE, "09:00").await.text("code");
        bookings.push((person, code));
    }
    for (person, code) in &bookings {
        assert_eq!(person.act(&app, code, "cancel").await.status, 200);
    }
    let begin = app.now();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|(_, free)| *free < 8) {
        app.advance(1);
        let free = app.seats_free(DATE, "09:00").await.unwrap();
        seen.push(((app.now() - begin).num_seconds(), free));
        assert!(seen.last().unwrap().0 < 120, "{seen:?}");
    }
    let first = seen.iter().find(|(_, free)| *free > 0).unwrap().0;
    let last = seen.last().unwrap().0;
    // Eight of thirty-one seconds fall within four of one another once in a hundred thousand times.
    assert!(last - first >= 4, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_every_transition() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    assert_eq!(person.reschedule(&app, &code, "2026-12-03", "10:00").await.status, 200);
    person.act(&app, &code, "cancel").await;
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    insta::assert_json_snapshot!(seen.body["history"], { "[].at" => "[time]" }, @r#"
    [
      {
        "at": "[time]",
        "by": "applicant",
        "date": "2026-12-02",
        "slot": "09:00",
        "status": "held",
        "version": 1
      },
      {
        "at": "[time]",
        "by": "applicant",
        "date": "2026-12-02",
        "slot": "09:00",
        "status": "confirmed",
        "version": 2
      },
      {
        "at": "[time]",
        "by": "applicant",
        "date": "2026-12-03",
        "slot": "10:00",
        "status": "confirmed",
        "version": 3
      },
      {
        "at": "[time]",
        "by": "applicant",
        "date": "2026-12-03",
        "slot": "10:00",
        "status": "cancelled",
        "version": 4
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_pages_through_all_of_its_bookings() {
    let office = office_with(30, |o| {
        o["policy"]["fair_use"] = json!({"holds_per_person": 0, "holds_per_account": 0});
    });
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let mut made = Vec::new();
    for _ in 0..21 {
        let code = person.hold(&app, DATE, "09:00").await.text("code");
        assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
        made.push(code);
    }
    let first = person.get(&app, "/v1/me/bookings").await;
    let next = first.text("next");
    let second = person.get(&app, &format!("/v1/me/bookings?after={next}")).await;
    assert_eq!(second.body["next"], Value::Null);
    let codes = |page: &Answer| -> Vec<String> {
        let bookings = page.body["bookings"].as_array().unwrap();
        bookings.iter().map(|b| b["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((codes(&first).len(), codes(&second).len()), (20, 1));
    let mut listed = [codes(&first), codes(&second)].concat();
    listed.sort();
    made.sort();
    assert_eq!(listed, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_booking_is_not_there_on_any_route() {
    let app = TestApp::start().await;
    let (owner, other) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = owner.book(&app, DATE, "09:00").await.text("code");
    for file in ["", "/ticket.svg", "/ticket.png", "/ticket.ics"] {
        let path = format!("/v1/bookings/{code}{file}");
        assert_eq!(other.get(&app, &path).await.status, 404, "{file}");
        assert_eq!(app.get(&path).await.status, 401, "{file}");
        assert_eq!(owner.get(&app, &path).await.status, 200, "{file}");
    }
    assert_eq!(other.act(&app, &code, "confirm").await.status, 404);
    assert_eq!(other.act(&app, &code, "cancel").await.status, 404);
    assert_eq!(other.reschedule(&app, &code, DATE, "10:00").await.status, 404);
    assert_eq!(other.get(&app, "/v1/me/bookings").await.body["bookings"], json!([]));
    let seen = owner.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.text("status"), seen.text("slot")), ("confirmed".into(), "09:00".into()));
}
