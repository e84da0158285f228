//! Many people at the same moment. Each test has its control: with the guard off, the violation
//! that the test looks for appears.

mod calling;
mod closing;
mod counters;
mod desk;
mod expiry;
mod groups;
mod hand_in;
mod holds;
mod instances;
mod moves;
mod office;
mod rebooking;

use std::future::Future;
use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::crowd::enrol;
use antrian_tests::desk::Desk;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Call, Gate, Item, Switch, client};
use antrian_tests::{Answer, Person, Setup, TestApp};
use futures_util::stream::{StreamExt, iter};
use serde_json::{Value, json};

use crate::steps::office_with;

/// Requests in flight at most.
const AT_ONCE: usize = 64;

/// Does all of it at once, and tells in any order what came of it.
async fn at_once<T>(work: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    iter(work).buffer_unordered(AT_ONCE).collect().await
}

async fn crowd(app: &TestApp, people: u32) -> Vec<Person> {
    iter(1..=people).map(|number| enrol(app, number)).buffered(AT_ONCE).collect().await
}

/// So many people who wait; their codes.
async fn waiting(app: &TestApp, people: u32) -> (Desk, Vec<String>) {
    let people = crowd(app, people).await;
    let booked = at_once(people.iter().map(|person| person.book(app, DATE, "09:00"))).await;
    app.advance_to("2026-12-02T00:30:00Z");
    let desk = Desk::sign_in(app).await;
    let codes: Vec<_> = booked.iter().map(|booking| booking.text("code")).collect();
    let scans = at_once(codes.iter().map(|code| desk.scan(app, code))).await;
    assert_eq!(count(&scans, 200, ""), codes.len(), "{scans:?}");
    (desk, codes)
}

/// A system of `quota` seats a slot, and the switch on its wire.
async fn switched(quota: u16) -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    // How often somebody holds is not what these tests are about.
    let office = office_with(quota, |o| {
        o["policy"]["fair_use"] = json!({"holds_per_person": 0, "holds_per_account": 0});
    });
    let offices = vec![office];
    let setup = Setup { offices, http_client, ..Setup::default() };
    (TestApp::start_with(setup).await, switch)
}

/// Whether a race shows in one of a few rounds: how often two requests meet is the machine's.
async fn shows(round: impl AsyncFn() -> bool) -> bool {
    for _ in 0..6 {
        if round().await {
            return true;
        }
    }
    false
}

fn take_guards_off(switch: &Switch, items: &'static [Item]) {
    switch.arm(move |call| without_conditions_on(items, call));
}

/// Stops the next transaction at the gate, however often it is tried; `then` is what becomes of it.
fn stop_at(gate: &Gate, switch: &Switch, then: impl Fn(&Call) -> Action + Send + 'static) {
    let (gate, mut stopped) = (gate.clone(), None);
    switch.arm(move |call| {
        let Some(token) = call.token() else { return Action::Pass };
        if stopped.get_or_insert_with(|| token.to_owned()) != token {
            return Action::Pass;
        }
        Action::Wait(gate.clone(), Box::new(then(call)))
    });
}

/// How many answers have this status and, for a refusal, this code.
fn count(answers: &[Answer], status: u16, code: &str) -> usize {
    let is_such = |answer: &&Answer| status < 400 || answer.code() == code;
    answers.iter().filter(|answer| answer.status == status).filter(is_such).count()
}

fn statuses(answers: &[Answer]) -> Vec<(u16, &str)> {
    answers.iter().map(|answer| (answer.status, answer.code())).collect()
}

/// What is wrong, seen from outside and by the recount: in each slot, free seats and the live
/// bookings of all people are as many as the quota, and nobody has two.
async fn books(
    app: &TestApp,
    people: &[Person],
    quota: u16,
    slots: &[(&str, &str)],
) -> Vec<String> {
    let found = app.audit().await.disagreements;
    let mut wrong: Vec<String> = found.iter().map(|found| format!("{found:?}")).collect();
    let mut live: Vec<(String, String)> = Vec::new();
    for person in people {
        let list = person.get(app, "/v1/me/bookings").await;
        let is_live = |b: &&Value| matches!(b["status"].as_str(), Some("held" | "confirmed"));
        let bookings = list.body["bookings"].as_array().unwrap().iter().filter(is_live);
        let places: Vec<_> = bookings
            .map(|b| (b["date"].as_str().unwrap().into(), b["slot"].as_str().unwrap().into()))
            .collect();
        if places.len() > 1 {
            wrong.push(format!("one person has {places:?}"));
        }
        live.extend(places);
    }
    for &(date, slot) in slots {
        let taken = live.iter().filter(|place| (&*place.0, &*place.1) == (date, slot)).count();
        let free = app.seats_free(date, slot).await.unwrap();
        if free + taken as u64 != u64::from(quota) {
            wrong.push(format!("{date} {slot}: {taken} bookings and {free} free of {quota}"));
        }
    }
    wrong
}
