//! Clerks who do different things with one person at the same moment: call, send on, park, bring back,
//! close the counter.

use antrian_tests::desk::Desk;
use antrian_tests::wire::Item;
use antrian_tests::{Answer, TestApp};
use serde_json::{Value, json};

use super::{at_once, count, shows, switched, take_guards_off, waiting};

const TIMES: usize = 12;

/// Everything that a counter can do with its number, each at once with all others.
async fn everything(app: &TestApp, desk: &Desk) -> Vec<Answer> {
    assert_eq!(desk.set_counter(app, "5", json!({"open": true})).await.status, 200);
    let called = desk.call(app, "1").await;
    assert_eq!(called.status, 200, "{called:?}");
    let at = json!({"counter": "1", "number": called.text("queue_number")});
    let to = |extra: Value| {
        let mut body = at.clone();
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let asks = [
        ("park", at.clone()),
        ("skip", at.clone()),
        ("pass-back", at.clone()),
        ("transfer", to(json!({"to_counter": "5"}))),
        ("transfer", to(json!({"to_group": "A"}))),
        ("finish", at.clone()),
    ];
    at_once(asks.into_iter().map(|(what, body)| desk.queue(app, what, body))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_that_is_done_to_one_person_at_once_one_thing_is_done() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, 8).await;
    for _ in 0..6 {
        let answers = everything(&app, &desk).await;
        let done = count(&answers, 200, "");
        // Two people can be told of the same end: a letter's line that one is in by passing back, too.
        let idle = count(&answers, 409, "counter_idle");
        assert_eq!(done + idle, answers.len(), "{answers:?}");
        assert!(done >= 1, "{answers:?}");
        assert_eq!(desk.today(&app).await.body["counters"], json!([]), "the counter is free");
    }
    let today = desk.today(&app).await.body;
    for entry in today["entries"].as_array().unwrap() {
        let number = entry["queue_number"].as_str().unwrap();
        let history = desk.history(&app, number).await;
        let events = history.body["events"].as_array().unwrap();
        let ends: Vec<_> = events.iter().filter(|event| event["act"] != "call").collect();
        assert!(ends.len() <= events.len() - ends.len(), "one end for each call: {events:?}");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_guards_of_counter_and_place_several_things_are_done_to_one_person() {
    let (app, switch) = switched(20).await;
    let (desk, _) = waiting(&app, 8).await;
    take_guards_off(&switch, &[Item::Desk, Item::Entry]);
    let mut done = 0;
    for _ in 0..6 {
        done += count(&everything(&app, &desk).await, 200, "");
    }
    assert!(done > 6, "{done}");
}

/// How many people are brought back, one after the other.
const PEOPLE: u32 = 4;

/// Counters call a skipped number while others bring it back: the `n`th person, by counters that nobody else
/// has been at.
async fn fetch(app: &TestApp, desk: &Desk, n: u32) -> Vec<Answer> {
    let called = desk.call(app, "DEPAN").await.text("queue_number");
    assert_eq!(desk.step(app, "skip", "DEPAN").await.status, 200);
    let (number, names) = (called.as_str(), (1..=TIMES).map(|name| format!("{n}-{name}")));
    let calls = names.map(async |counter| {
        desk.queue(app, "call", json!({"counter": counter, "number": number})).await
    });
    let back = desk.queue(app, "bring-back", json!({"number": number}));
    let (answers, back) = tokio::join!(at_once(calls), back);
    let knows = back.status == 200 || back.code() == "not_skipped";
    assert!(knows, "{back:?}");
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_brought_back_and_called_by_twelve_is_at_one_counter() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    for n in 0..PEOPLE {
        let answers = fetch(&app, &desk, n).await;
        assert_eq!(count(&answers, 200, ""), 1, "{answers:?}");
        let counters = desk.today(&app).await.body["counters"].as_array().unwrap().len();
        assert_eq!(counters, n as usize + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_places_guard_a_number_that_is_brought_back_is_at_several() {
    let (app, switch) = switched(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    take_guards_off(&switch, &[Item::Entry]);
    let mut several = 0;
    for n in 0..PEOPLE {
        several += usize::from(count(&fetch(&app, &desk, n).await, 200, "") > 1);
    }
    assert!(several > 0, "of {PEOPLE} people nobody is at two counters");
}

/// A counter is closed at the moment in which it calls; how often it has a number and is closed.
async fn closed_with_a_number(app: &TestApp, desk: &Desk) -> usize {
    let mut torn = 0;
    for counter in (1..=TIMES).map(|name| name.to_string()) {
        let close = desk.set_counter(app, &counter, json!({"open": false}));
        let (called, closed) = tokio::join!(desk.call(app, &counter), close);
        assert!([200, 409].contains(&called.status) && [200, 409].contains(&closed.status));
        torn += usize::from(called.status == 200 && closed.status == 200);
    }
    torn
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_is_not_closed_with_a_number_at_it() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, 16).await;
    assert_eq!(closed_with_a_number(&app, &desk).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_checks_a_counter_is_closed_with_a_number_at_it() {
    let torn = async || {
        let (app, switch) = switched(20).await;
        let (desk, _) = waiting(&app, 16).await;
        take_guards_off(&switch, &[Item::Desk, Item::Setup]);
        closed_with_a_number(&app, &desk).await > 0
    };
    assert!(shows(torn).await);
}
