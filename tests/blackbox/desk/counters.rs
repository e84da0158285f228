//! Counters send people on, park them, pass a call back, are opened and closed. What clerks of other
//! systems complained of is a test each: nothing that a clerk does leaves a person in no list.

use antrian_tests::app::{Answer, DATE};
use antrian_tests::desk::Desk;
use antrian_tests::{Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{MORNING, hall};
use crate::steps::{booked_for, office_with, reach, scanned_in_turn, two_services};

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

async fn number_called(app: &TestApp, desk: &Desk, counter: &str) -> String {
    desk.call(app, counter).await.text("queue_number")
}

async fn transfer(app: &TestApp, desk: &Desk, counter: &str, to: Value) -> Answer {
    let mut body = json!({"counter": counter});
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    desk.queue(app, "transfer", body).await
}

async fn open(app: &TestApp, desk: &Desk, counter: &str) {
    assert_eq!(desk.set_counter(app, counter, json!({"open": true})).await.status, 200);
}

async fn bring_back(app: &TestApp, desk: &Desk, number: &str) -> Answer {
    desk.queue(app, "bring-back", json!({"number": number})).await
}

/// What the hall shows, the last call first.
async fn board(app: &TestApp) -> Vec<(String, String)> {
    app.advance(1);
    let board = app.get("/v1/offices/uji/board").await;
    let text = |at: &Value, name: &str| at[name].as_str().unwrap().to_owned();
    let shown = board.body["counters"].as_array().unwrap().iter();
    shown.map(|at| (text(at, "queue_number"), text(at, "counter"))).collect()
}

fn pair(number: &str, counter: &str) -> (String, String) {
    (number.to_owned(), counter.to_owned())
}

#[tokio::test]
async fn who_was_sent_to_a_counter_is_called_there_next_and_keeps_number_and_waiting_time() {
    let (app, desk, codes, _) = hall(3).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(120);
    open(&app, &desk, "5").await;
    let sent = transfer(&app, &desk, "1", json!({"to_counter": "5", "number": "A-001"})).await;
    assert_eq!((sent.status, &sent.body["state"]), (200, &json!("waiting")), "{sent:?}");
    assert_eq!(board(&app).await, [], "nobody is called to a counter that has not called");
    let entry = desk.entry(&app, "A-001").await;
    assert_eq!((&entry["for_counter"], &entry["code"]), (&json!("5"), &json!(codes[0])));
    assert_eq!(number_called(&app, &desk, "2").await, "A-002", "not by another counter");
    app.advance(60);
    let called = desk.call(&app, "5").await;
    assert_eq!(called.text("queue_number"), "A-001", "before A-003");
    let waited = called.body["waited_secs"].as_i64().unwrap();
    assert!((300..600).contains(&waited), "since they came: {waited}");
    assert_eq!(board(&app).await[0], pair("A-001", "5"));
    assert_eq!(desk.step(&app, "finish", "5").await.status, 200);
    app.assert_audit_agrees().await;
    let acts = desk.history(&app, "A-001").await;
    let events = acts.body["events"].as_array().unwrap();
    let told: Vec<_> =
        events.iter().map(|event| (event["act"].as_str(), event["counter"].as_str())).collect();
    let at = |act, counter| (Some(act), Some(counter));
    assert_eq!(
        told,
        [
            at("call", "1"),
            at("serve", "1"),
            at("transfer", "1"),
            at("call", "5"),
            at("finish", "5")
        ]
    );
    assert!(events.iter().all(|event| !event["subject"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn nobody_is_sent_to_a_counter_where_nobody_sits() {
    let (app, desk, _, _) = hall(3).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    let send = |to: &str| transfer(&app, &desk, "1", json!({"to_counter": to}));
    let first = send("55").await;
    assert_eq!(refused(&first), (409, "counter_closed"));
    assert!(first.text("detail").ends_with("Belum ada loket lain yang buka."), "{first:?}");
    assert_eq!(number_called(&app, &desk, "3").await, "A-002");
    open(&app, &desk, "foto 1").await;
    for (counter, body) in [("4", json!({"open": true})), ("4", json!({"open": false}))] {
        assert_eq!(desk.set_counter(&app, counter, body).await.status, 200);
    }
    let typo = send("55").await;
    assert_eq!(refused(&typo), (409, "counter_closed"));
    let detail = "Loket 55 belum dibuka dan belum memanggil hari ini. Loket yang buka: 3, FOTO 1.";
    assert_eq!(typo.text("detail"), detail);
    assert_eq!(refused(&send("4").await), (409, "counter_closed"), "opened and closed");
    assert_eq!(desk.entry(&app, "A-001").await["state"], "called", "where it was");
    assert_eq!(send("3").await.status, 200, "has called today, opened or not");
    assert_eq!(number_called(&app, &desk, "1").await, "A-003");
    assert_eq!(send("FOTO 1").await.status, 200, "opened, and has not called yet");
}

#[tokio::test]
async fn who_was_sent_to_another_service_stands_there_by_the_waiting_time() {
    let app = two_lines().await;
    let desk = Desk::sign_in(&app).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    let sent = transfer(&app, &desk, "1", json!({"to_group": "b"})).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    assert_eq!(desk.entry(&app, "A-001").await["queue_group"], "B");
    let next = |letter: &str| desk.queue(&app, "call", json!({"counter": "1", "groups": [letter]}));
    assert_eq!(next("B").await.text("queue_number"), "A-001", "came before B-001");
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    assert_eq!(next("B").await.text("queue_number"), "B-001");
    for bad in [
        json!({}),
        json!({"to_group": "Z"}),
        json!({"to_group": "A", "to_counter": "2"}),
        json!({"to_counter": "1"}),
    ] {
        let answer = transfer(&app, &desk, "1", bad.clone()).await;
        assert_eq!(refused(&answer), (422, "invalid_request"), "{bad}");
    }
    assert_eq!(desk.entry(&app, "B-001").await["state"], "called");
}

/// Two letters, one person in each, the one of A first.
async fn two_lines() -> TestApp {
    let office = two_services(4);
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let mut codes = vec![];
    for (number, service) in (1..).zip(["passport_new", "passport_replacement"]) {
        let person = Person::register(&app, number).await;
        codes.push(booked_for(&app, &person, service, "09:00").await);
    }
    reach(&app, MORNING);
    scanned_in_turn(&app, &codes).await;
    app
}

#[tokio::test]
async fn who_is_parked_comes_back_to_the_same_counter_and_the_time_there_counts() {
    let (app, desk, _, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(300);
    let parked = desk.queue(&app, "park", json!({"counter": "1", "number": "A-001"})).await;
    assert_eq!((parked.status, &parked.body["state"]), (200, &json!("parked")));
    let again = desk.queue(&app, "park", json!({"counter": "1", "number": "A-001"})).await;
    assert_eq!(again.status, 200, "told again: {again:?}");
    assert_eq!((&desk.today(&app).await.body["parked"], board(&app).await), (&json!(1), vec![]));
    assert_eq!(number_called(&app, &desk, "1").await, "A-002", "the counter is free");
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    let own = |counter: &str| json!({"counter": counter, "parked": true});
    assert_eq!(refused(&desk.queue(&app, "call", own("2")).await), (409, "queue_empty"));
    let back = desk.queue(&app, "call", own("1")).await;
    assert_eq!(back.text("queue_number"), "A-001");
    assert_eq!(board(&app).await, [pair("A-001", "1")]);
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(60);
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    let served = app.records_of("served");
    let secs = |nth: usize| served[nth]["ServiceTime"].as_i64().unwrap();
    assert!((360..600).contains(&secs(1)), "five minutes and one: {served:?}");
}

#[tokio::test]
async fn a_misclick_resets_nobodys_time_and_loses_nobody() {
    let (app, desk, _, _) = hall(2).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(600);
    for wrong in ["recall", "serve", "skip"] {
        assert_eq!(desk.step(&app, wrong, "1").await.status, 200, "{wrong}");
    }
    let again = desk.queue(&app, "call", json!({"counter": "1", "number": "A-001"})).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(60);
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    let served = app.records_of("served");
    let secs = served[0]["ServiceTime"].as_i64().unwrap();
    assert!((660..900).contains(&secs), "ten minutes and one: {served:?}");
}

#[tokio::test]
async fn a_call_that_is_passed_back_late_takes_no_time_away() {
    let (app, desk, _, _) = hall(1).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    app.advance(600);
    assert_eq!(desk.step(&app, "pass-back", "1").await.status, 200);
    app.advance(1800);
    assert_eq!(number_called(&app, &desk, "2").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "2").await.status, 200);
    app.advance(60);
    assert_eq!(desk.step(&app, "finish", "2").await.status, 200);
    let served = app.records_of("served");
    let secs = served[0]["ServiceTime"].as_i64().unwrap();
    assert!((660..900).contains(&secs), "ten minutes and one: {served:?}");
}

#[tokio::test]
async fn a_call_by_mistake_goes_back_to_where_it_was() {
    let (app, desk, _, _) = hall(3).await;
    let before = desk.entry(&app, "A-001").await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "serve", "1").await.status, 200);
    let back = desk.queue(&app, "pass-back", json!({"counter": "1", "number": "A-001"})).await;
    assert_eq!((back.status, &back.body["state"]), (200, &json!("waiting")), "{back:?}");
    let after = desk.entry(&app, "A-001").await;
    for name in ["state", "counter", "queue_group", "since"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    assert_eq!(board(&app).await, []);
    assert_eq!(refused(&desk.step(&app, "pass-back", "1").await), (409, "counter_idle"));
    let first = desk.call(&app, "2").await;
    assert_eq!((first.text("queue_number"), &first.body["calls"]), ("A-001".into(), &json!(1)));
    assert_eq!(number_called(&app, &desk, "1").await, "A-002");
}

#[tokio::test]
async fn who_was_skipped_comes_back_behind_three_of_those_who_wait() {
    let (app, desk, _, _) = hall(6).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(refused(&bring_back(&app, &desk, "A-001").await), (409, "not_skipped"));
    assert_eq!(refused(&bring_back(&app, &desk, "A-002").await), (409, "not_skipped"));
    assert_eq!(refused(&bring_back(&app, &desk, "A-099").await), (404, "not_found"));
    assert_eq!(desk.step(&app, "skip", "1").await.status, 200);
    assert_eq!(desk.today(&app).await.body["skipped"], 1);
    for _ in 0..2 {
        let back = bring_back(&app, &desk, "a1").await;
        assert_eq!((back.status, &back.body["state"]), (200, &json!("waiting")), "{back:?}");
    }
    let mut order = vec![];
    for _ in 0..6 {
        order.push(number_called(&app, &desk, "1").await);
        assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    }
    assert_eq!(order, ["A-002", "A-003", "A-004", "A-001", "A-005", "A-006"]);
}

#[tokio::test]
async fn counters_are_opened_for_letters_and_closed_without_losing_anybody() {
    let app = two_lines().await;
    let desk = Desk::sign_in(&app).await;
    let set = desk.set_counter(&app, "1", json!({"open": true, "groups": ["b", "B"]})).await;
    assert_eq!((set.status, &set.body["groups"]), (200, &json!(["B"])), "{set:?}");
    assert_eq!(number_called(&app, &desk, "1").await, "B-001", "its own letters");
    let busy = desk.set_counter(&app, "1", json!({"open": false})).await;
    assert_eq!(
        (refused(&busy), busy.text("queue_number")),
        ((409, "counter_busy"), "B-001".into())
    );
    open(&app, &desk, "2").await;
    let sent = transfer(&app, &desk, "1", json!({"to_counter": "loket 2"})).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    for counter in ["1", "2"] {
        assert_eq!(desk.set_counter(&app, counter, json!({"open": false})).await.status, 200);
    }
    assert_eq!(refused(&desk.call(&app, "2").await), (409, "counter_closed"));
    let number = json!({"counter": "2", "number": "B-001"});
    assert_eq!(refused(&desk.queue(&app, "call", number).await), (409, "counter_closed"));
    let setups = desk.today(&app).await.body["counter_setups"].clone();
    let open: Vec<_> = setups.as_array().unwrap().iter().map(|set| &set["open"]).collect();
    assert_eq!(open, [false, false]);
    assert_eq!(number_called(&app, &desk, "3").await, "A-001");
    let refused_to = transfer(&app, &desk, "3", json!({"to_counter": "2"})).await;
    assert_eq!(refused(&refused_to), (409, "counter_closed"));
    assert_eq!(number_called(&app, &desk, "4").await, "B-001", "sent to a counter that closed");
    let wrong = desk.set_counter(&app, "1", json!({"open": true, "groups": ["Z"]})).await;
    assert_eq!(refused(&wrong), (422, "invalid_request"));
}

#[tokio::test]
async fn one_call_of_three_goes_to_priority_if_the_office_says_so() {
    let office = office_with(8, |office| office["policy"]["priority_one_in"] = json!(3));
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let (desk, codes, _) = super::fill(&app, 6).await;
    for code in &codes[3..] {
        let path = format!("/v1/check-ins/{code}/priority");
        let first = desk.post(&app, &path, json!({"priority": true}));
        assert_eq!(first.await.status, 200);
    }
    let mut order = vec![];
    for _ in 0..6 {
        order.push(number_called(&app, &desk, "1").await);
        app.advance(60);
        assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    }
    assert_eq!(order, ["A-004", "A-001", "A-002", "A-005", "A-003", "A-006"]);
}

#[tokio::test]
async fn a_person_who_was_served_today_is_asked_about_before_they_are_served_again() {
    let app = TestApp::with_quota(4).await;
    let (mut codes, same) = (vec![], "Budi Contoh");
    for number in 1..=3 {
        let person = Person::register_only(&app, number).await;
        let name = if number == 3 { "Ani Contoh" } else { same };
        let details = json!({"name": name, "nik": antrian_tests::person::nik(number),
            "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"});
        assert_eq!(person.post(&app, "/v1/me/applicants", details).await.status, 201);
        codes.push(person.book(&app, DATE, "09:00").await.text("code"));
    }
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    for code in &codes {
        assert_eq!(desk.scan(&app, code).await.status, 200);
        app.advance(60);
    }
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    let asked = desk.call(&app, "1").await;
    assert_eq!(refused(&asked), (409, "served_before"));
    for (name, value) in [("queue_number", "A-002"), ("served_number", "A-001")] {
        assert_eq!(asked.text(name), value);
    }
    assert!(!asked.body.to_string().contains(same), "numbers only: {asked:?}");
    let by_number = desk.queue(&app, "call", json!({"counter": "1", "number": "A-002"})).await;
    assert_eq!(by_number.status, 200, "{by_number:?}");
    assert_eq!(desk.step(&app, "skip", "1").await.status, 200);
    assert_eq!(number_called(&app, &desk, "1").await, "A-003", "nobody waits for the question");
}

#[tokio::test]
async fn only_clerks_of_the_office_send_on_bring_back_and_open() {
    let (app, desk, _, _) = hall(1).await;
    assert_eq!(number_called(&app, &desk, "1").await, "A-001");
    let asks = [
        (Method::POST, "queue/transfer", json!({"counter": "1", "to_counter": "2"})),
        (Method::POST, "queue/park", json!({"counter": "1"})),
        (Method::POST, "queue/pass-back", json!({"counter": "1"})),
        (Method::POST, "queue/bring-back", json!({"number": "A-001"})),
        (Method::PUT, "counters/2", json!({"open": false})),
        (Method::GET, "queue-numbers/A-001", Value::Null),
    ];
    for (office, scope, expected) in
        [("lain", "desk", (403, "forbidden")), ("uji", "office_admin", (403, "forbidden"))]
    {
        let token = app.staff(office, &[scope]).await;
        for (method, what, body) in &asks {
            // Heads of offices look and call nobody.
            if scope == "office_admin" && *method == Method::GET {
                continue;
            }
            let path = format!("/v1/offices/uji/{what}");
            let body = Some(body.clone()).filter(|body| !body.is_null());
            let answer = app.call(method.clone(), &path, Some(&token), body).await;
            assert_eq!(refused(&answer), expected, "{office} {scope} {what}");
        }
    }
    assert_eq!(desk.entry(&app, "A-001").await["state"], "called");
    assert_eq!(desk.history(&app, "A-099").await.status, 404);
}
