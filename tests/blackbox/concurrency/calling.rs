//! Counters that call at the same moment, and clerks who are of different minds about one person.

use std::collections::BTreeSet;

use antrian_tests::desk::Desk;
use antrian_tests::wire::Item;
use antrian_tests::{Answer, TestApp};
use serde_json::{Value, json};

use super::{at_once, count, switched, take_guards_off, waiting};

const PEOPLE: u32 = 20;
const COUNTERS: u32 = 12;

/// All counters call at once.
async fn call_all(app: &TestApp, desk: &Desk) -> Vec<Answer> {
    let names: Vec<_> = (1..=COUNTERS).map(|counter| counter.to_string()).collect();
    let answers = at_once(names.iter().map(|counter| desk.call(app, counter))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    answers
}

fn numbers(answers: &[Answer]) -> BTreeSet<String> {
    let called = answers.iter().filter(|answer| answer.status == 200);
    called.map(|answer| answer.text("queue_number")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_counters_that_call_at_once_get_the_first_twelve_numbers() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    let expected: BTreeSet<_> = (1..=COUNTERS).map(|number| format!("A-{number:03}")).collect();
    assert_eq!(numbers(&call_all(&app, &desk).await), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_places_state_a_number_is_called_to_several_counters() {
    let (app, switch) = switched(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    take_guards_off(&switch, &[Item::Entry]);
    let called = numbers(&call_all(&app, &desk).await);
    assert!(called.len() < COUNTERS as usize, "{called:?}");
}

/// One counter that calls twelve numbers at once: what keeps it to one is its own item, not theirs.
async fn call_often(app: &TestApp, desk: &Desk) -> Vec<Answer> {
    let call = |number| json!({"counter": "1", "number": format!("A-{number:03}")});
    at_once((1..=COUNTERS).map(|number| desk.queue(app, "call", call(number)))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_calls_twelve_times_at_once_gets_one_number() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    let answers = call_often(&app, &desk).await;
    assert_eq!(count(&answers, 200, ""), 1, "{answers:?}");
    assert_eq!(count(&answers, 409, "counter_busy"), COUNTERS as usize - 1, "{answers:?}");
    assert_eq!(desk.today(&app).await.body["waiting"], PEOPLE - 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_counters_guard_it_gets_several() {
    let (app, switch) = switched(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    take_guards_off(&switch, &[Item::Desk]);
    let answers = call_often(&app, &desk).await;
    assert!(count(&answers, 200, "") > 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_finished_twelve_times_at_once_is_served_once() {
    let app = TestApp::with_quota(20).await;
    let (desk, _) = waiting(&app, PEOPLE).await;
    assert_eq!(desk.call(&app, "1").await.status, 200);
    let answers = at_once((0..COUNTERS).map(|_| desk.step(&app, "finish", "1"))).await;
    assert_eq!(count(&answers, 200, ""), 1, "{answers:?}");
    assert_eq!(count(&answers, 409, "counter_idle"), COUNTERS as usize - 1, "{answers:?}");
    assert_eq!(app.records_of("served").len(), 1);
    app.assert_audit_agrees().await;
}

/// What is wrong: somebody who fetches a paper is at a counter, or a counter has nobody.
async fn torn(app: &TestApp, desk: &Desk) -> Vec<Value> {
    let today = desk.today(app).await.body;
    let entries = today["entries"].as_array().unwrap().clone();
    let counters = today["counters"].as_array().unwrap();
    let is_torn = |at: &&Value| {
        let entry = entries.iter().find(|entry| entry["queue_number"] == at["queue_number"]);
        entry.unwrap()["state"] != at["state"] || entry.unwrap()["counter"] != at["counter"]
    };
    counters.iter().filter(is_torn).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_at_a_counter_and_away_for_a_paper() {
    let app = TestApp::with_quota(20).await;
    let (desk, codes) = waiting(&app, PEOPLE).await;
    // A counter may find that all have left before it could call.
    let missing =
        json!({"decision": "incomplete", "missing": ["kk"], "deadline": "2026-12-02T07:00:00Z"});
    let sending = at_once(codes.iter().map(|code| desk.documents(&app, code, missing.clone())));
    let names: Vec<_> = (1..=COUNTERS).map(|counter| counter.to_string()).collect();
    let calling = at_once(names.iter().map(|counter| desk.call(&app, counter)));
    let (sent, called) = tokio::join!(sending, calling);
    assert_eq!(count(&sent, 200, ""), codes.len(), "{sent:?}");
    assert!(called.iter().all(|a| a.status == 200 || a.code() == "queue_empty"), "{called:?}");
    assert_eq!(torn(&app, &desk).await, [Value::Null; 0]);
    let today = desk.today(&app).await.body;
    assert_eq!(today["awaiting_documents"], PEOPLE, "{today}");
    app.assert_audit_agrees().await;
}
