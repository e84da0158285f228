//! Counters call numbers.

use std::sync::Arc;

use antrian_tests::app::Answer;
use antrian_tests::desk::Desk;
use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{MORNING, hall, hall_on};
use crate::steps::{booked_for, reach, scanned_in_turn, two_services};

async fn number_called(app: &TestApp, desk: &Desk, counter: &str) -> String {
    desk.call(app, counter).await.text("queue_number")
}

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

#[tokio::test]
async fn numbers_are_called_in_order_and_a_visit_ends_as_served() {
    let (app, desk, codes, people) = hall(3).await;
    let first = desk.call(&app, "3").await;
    assert_eq!(first.status, 200, "{first:?}");
    let expected = json!({"counter": "3", "queue_number": "A-001", "state": "called", "calls": 1,
        "priority": false, "code": codes[0], "service": "passport_new",
        "applicant": {"name": "Contoh 1", "identity": "nik", "category": "general"}});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(first.body[name], *value, "{name}");
    }
    // Scanned three minutes before; the clock goes on while the test runs.
    assert!((180..600).contains(&first.body["waited_secs"].as_i64().unwrap()), "{first:?}");
    assert_eq!(number_called(&app, &desk, "4").await, "A-002");
    assert_eq!(desk.step(&app, "recall", "3").await.body["calls"], 2);
    assert_eq!(desk.step(&app, "serve", "3").await.body["state"], "serving");
    let busy = desk.call(&app, "3").await;
    assert_eq!(refused(&busy), (409, "counter_busy"));
    assert_eq!(busy.body["queue_number"], "A-001");
    assert_eq!(people[0].hold(&app, "2026-12-04", "09:00").await.code(), "already_booked");
    assert_eq!(desk.step(&app, "finish", "3").await.body["state"], "finished");
    assert_eq!(refused(&desk.step(&app, "finish", "3").await), (409, "counter_idle"));
    let own = people[0].get(&app, &format!("/v1/bookings/{}", codes[0])).await;
    assert_eq!(own.body["status"], "served");
    let history = own.body["history"].as_array().unwrap();
    assert_eq!(history.last().unwrap()["by"], "office");
    assert_eq!(people[0].book(&app, "2026-12-04", "09:00").await.status, 200, "may book again");
    assert_eq!(number_called(&app, &desk, "3").await, "A-003");
    assert_eq!(desk.step(&app, "finish", "4").await.status, 200);
    assert_eq!(refused(&desk.call(&app, "4").await), (409, "queue_empty"));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_did_not_hear_the_call_is_called_again_by_number() {
    let (app, desk, codes, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "skip", "1").await.body["state"], "skipped");
    assert_eq!(number_called(&app, &desk, "1").await, "A-002", "not the one that was skipped");
    let by_number = |number: &str| json!({"counter": "2", "number": number});
    let again = desk.queue(&app, "call", by_number("a1")).await;
    assert_eq!((again.text("code"), again.body["calls"].clone()), (codes[0].clone(), json!(2)));
    let taken = desk.queue(&app, "call", json!({"counter": "3", "number": "A-002"})).await;
    assert_eq!(refused(&taken), (409, "not_waiting"));
    assert_eq!(taken.body["state"], "called");
    let nobody = desk.queue(&app, "call", json!({"counter": "3", "number": "A-099"})).await;
    assert_eq!(refused(&nobody), (404, "not_found"));
}

#[tokio::test]
async fn a_step_meant_for_another_number_is_refused_and_a_repeated_one_is_known() {
    let (app, desk, _, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    let finish = |number: &str| json!({"counter": "1", "number": number});
    assert_eq!(refused(&desk.queue(&app, "finish", finish("A-002")).await), (409, "counter_idle"));
    for _ in 0..2 {
        let done = desk.queue(&app, "finish", finish("A-001")).await;
        assert_eq!((done.status, &done.body["state"]), (200, &json!("finished")));
    }
    let call = json!({"counter": "1"});
    let key = "a-key-of-the-counter-1";
    let first = desk.queue_with_key(&app, "call", key, call.clone()).await;
    let second = desk.queue_with_key(&app, "call", key, call).await;
    assert_eq!((first.status, &first), (200, &second));
    assert_eq!(first.text("queue_number"), "A-002");
    let late = desk.queue(&app, "finish", finish("A-001")).await;
    assert_eq!(late.status, 200, "told again, and A-002 stays at the counter");
    assert_eq!(desk.entry(&app, "A-002").await["state"], "called");
}

#[tokio::test]
async fn a_request_is_known_again_even_if_its_answer_could_not_be_kept() {
    let switch = Arc::new(Switch::default());
    let (app, desk, _) = hall_on(Some(client(switch.clone())), 3).await;
    let (call, key) = (json!({"counter": "1"}), "a-key-of-the-counter-1");
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    let mut is_done = false;
    switch.arm(move |call| {
        is_done |= touched(call).contains(&Item::Desk);
        match is_done && touched(call).contains(&Item::Request) {
            true => Action::Answer { status: 400, body: denied() },
            false => Action::Pass,
        }
    });
    let lost = desk.queue_with_key(&app, "finish", key, call.clone()).await;
    assert!(lost.status >= 500, "{lost:?}");
    switch.disarm();
    assert_eq!(number_called(&app, &desk, "1").await, "A-002");
    let again = desk.queue_with_key(&app, "finish", key, call.clone()).await;
    assert_eq!((again.status, again.text("queue_number")), (200, "A-001".to_owned()));
    assert_eq!(desk.entry(&app, "A-002").await["state"], "called", "nobody else is finished by it");
}

fn denied() -> Value {
    json!({"__type": "com.amazonaws.dynamodb.v20120810#AccessDeniedException"})
}

#[tokio::test]
async fn an_answer_that_is_kept_for_repetitions_holds_no_name() {
    let (app, desk, _, people) = hall(1).await;
    let (call, key) = (json!({"counter": "1"}), "a-key-of-the-counter-1");
    let called = desk.queue_with_key(&app, "call", key, call.clone()).await;
    assert_eq!(called.body["applicant"]["name"], "Contoh 1");
    assert_eq!(desk.queue_with_key(&app, "call", key, call.clone()).await, called);
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    let token = Some(people[0].token.as_str());
    assert_eq!(app.call(Method::DELETE, "/v1/me", token, None).await.status, 204);
    let again = desk.queue_with_key(&app, "call", key, call).await;
    assert_eq!((again.status, &again.body["applicant"]), (200, &Value::Null), "{again:?}");
}

#[tokio::test]
async fn a_counter_is_one_however_it_is_typed() {
    let (app, desk, _, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "Foto-1").await, "A-001");
    assert_eq!(refused(&desk.call(&app, " foto-1 ").await), (409, "counter_busy"));
}

#[tokio::test]
async fn priority_goes_first_and_counters_may_serve_some_queues_only() {
    let app = two_queues().await;
    let desk = Desk::sign_in(&app).await;
    let by = |groups: Value| json!({"counter": "1", "groups": groups});
    assert_eq!(desk.queue(&app, "call", by(json!(["C"]))).await.code(), "queue_empty");
    let second = desk.queue(&app, "call", by(json!(["b"]))).await;
    assert_eq!(second.text("queue_number"), "B-001");
    let first = desk.call(&app, "2").await;
    assert_eq!(
        (first.text("queue_number"), &first.body["priority"]),
        ("A-002".into(), &json!(true))
    );
    assert_eq!(number_called(&app, &desk, "3").await, "A-001");
}

/// One waits for each of two services, and an old person, who came last.
async fn two_queues() -> TestApp {
    let office = two_services(4);
    let setup = antrian_tests::Setup { offices: vec![office], ..Default::default() };
    let app = TestApp::start_with(setup).await;
    let mut codes = Vec::new();
    for (number, service) in (1..).zip(["passport_new", "passport_replacement", "passport_new"]) {
        let person = Person::register_only(&app, number).await;
        let details = json!({"name": "Contoh", "nik": antrian_tests::person::nik(number),
            "birth_date": "1950-01-01", "ktp_regency": "Kota Makassar",
            "category": if number == 3 { "elderly" } else { "general" }});
        assert_eq!(person.post(&app, "/v1/me/applicants", details).await.status, 201);
        codes.push(booked_for(&app, &person, service, "09:00").await);
    }
    reach(&app, MORNING);
    scanned_in_turn(&app, &codes).await;
    app
}

#[tokio::test]
async fn a_queue_begins_anew_each_day() {
    let (app, desk, _, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    reach(&app, "2026-12-03T00:30:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(
        refused(&desk.call(&app, "1").await),
        (409, "queue_empty"),
        "and the counter is free"
    );
    assert_eq!(desk.today(&app).await.body["entries"], json!([]));
}

#[tokio::test]
async fn counters_are_called_by_clerks_of_the_office_and_have_short_names() {
    let (app, desk, _, _) = hall(1).await;
    let path = "/v1/offices/uji/queue/call";
    let body = || Some(json!({"counter": "1"}));
    for (office, scope) in [("lain", "desk"), ("uji", "office_admin")] {
        let other = app.staff(office, &[scope]).await;
        let answer = app.call(Method::POST, path, Some(&other), body()).await;
        assert_eq!(refused(&answer), (403, "forbidden"), "{office} {scope}");
    }
    let nobody = app.call(Method::POST, path, None, body()).await;
    assert_eq!(refused(&nobody), (401, "unauthenticated"));
    for groups in [json!(["1"]), json!(["é"]), json!(vec!["A"; 27])] {
        let answer = desk.queue(&app, "call", json!({"counter": "1", "groups": groups})).await;
        assert_eq!(refused(&answer), (422, "invalid_request"), "{groups}");
    }
    for bad in [
        json!({"counter": ""}),
        json!({"counter": "loket #3"}),
        json!({}),
        json!({"counter": "1", "number": "14"}),
        json!({"counter": "1", "nama": "x"}),
    ] {
        let answer = desk.queue(&app, "call", bad.clone()).await;
        assert_eq!(refused(&answer), (422, "invalid_request"), "{bad}");
    }
    assert_eq!(desk.entry(&app, "A-001").await["state"], "waiting");
}
