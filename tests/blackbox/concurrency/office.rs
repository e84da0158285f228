//! The office changes a day while people book it.

use antrian_tests::app::DATE;
use antrian_tests::offices::SERVICE;
use antrian_tests::wire::{Action, Gate, Item};
use antrian_tests::{Answer, Person, TestApp};
use futures_util::future::FutureExt;
use reqwest::Method;
use serde_json::json;

use super::{at_once, books, count, crowd, statuses, stop_at, switched, take_guards_off};
use crate::steps::{administer, close};

const SLOT: [(&str, &str); 1] = [(DATE, "09:00")];

async fn set_quota(app: &TestApp, quota: u16) -> Answer {
    let body = json!({"service": SERVICE, "quota": quota});
    administer(app, Method::PATCH, &format!("/slots/{DATE}/09:00"), body).await
}

/// Everybody asks while the quota goes down, up and down again; then it is `last`.
async fn book_while_the_quota_changes(app: &TestApp, people: &[Person], last: u16) -> Vec<Answer> {
    let ask = people.iter().map(|person| person.hold(app, DATE, "09:00").boxed());
    let change = async {
        for quota in [3, 14, 6, last] {
            let answer = set_quota(app, quota).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    };
    let (answers, ()) = tokio::join!(at_once(ask), change);
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_that_changes_while_people_book_oversells_nothing_and_loses_nobody() {
    const QUOTA: u16 = 30;
    let app = TestApp::with_quota(10).await;
    let people = crowd(&app, 60).await;
    let first = book_while_the_quota_changes(&app, &people, QUOTA).await;
    let had = count(&first, 201, "");
    assert_eq!(had + count(&first, 409, "slot_full"), people.len(), "{:?}", statuses(&first));
    app.advance(2);
    let again = at_once(people.iter().map(|person| person.hold(&app, DATE, "09:00"))).await;
    assert_eq!(had + count(&again, 201, ""), usize::from(QUOTA), "{:?}", statuses(&again));
    assert_eq!(books(&app, &people, QUOTA, &SLOT).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_a_changing_quota_sells_seats_twice() {
    let (app, switch) = switched(10).await;
    let people = crowd(&app, 60).await;
    take_guards_off(&switch, &[Item::Seat]);
    book_while_the_quota_changes(&app, &people, 10).await;
    switch.disarm();
    assert_ne!(books(&app, &people, 10, &SLOT).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lowered_quota_keeps_those_above_it_and_takes_nobody_new() {
    let app = TestApp::with_quota(10).await;
    let people = crowd(&app, 30).await;
    let (first, late) = people.split_at(10);
    at_once(first.iter().map(|person| person.book(&app, DATE, "09:00"))).await;
    assert_eq!(set_quota(&app, 4).await.status, 200);
    let answers = at_once(late.iter().map(|person| person.hold(&app, DATE, "09:00"))).await;
    assert_eq!(count(&answers, 409, "slot_full"), late.len(), "{:?}", statuses(&answers));
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (10, 10));
}

/// Everybody books while the day is closed. Tells who was given a booking.
async fn book_while_the_day_closes(app: &TestApp, people: &[Person]) -> usize {
    let ask = at_once(people.iter().map(|person| person.hold(app, DATE, "09:00").boxed()));
    let (answers, closed) = tokio::join!(ask, close(app, &[DATE]));
    assert_eq!(closed.status, 200, "{closed:?}");
    let had = count(&answers, 201, "");
    assert_eq!(
        had + count(&answers, 409, "office_closed"),
        people.len(),
        "{:?}",
        statuses(&answers)
    );
    had
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_closed_while_people_book_keeps_nobody_and_tells_everybody() {
    let app = TestApp::with_quota(60).await;
    let people = crowd(&app, 60).await;
    let had = book_while_the_day_closes(&app, &people).await;
    app.advance(31);
    assert_eq!(app.tick().await.cleared as usize, had);
    app.drain().await;
    let report = app.assert_audit_agrees().await;
    assert_eq!(report.live_bookings, 0);
    let told = app.sent_ids().iter().filter(|id| id.ends_with("-office_closed")).count();
    assert_eq!(told, had, "{:?}", app.sent_ids());
}

/// A hold that saw the day open is written `secs` after it was closed, and after the scheduler
/// looked at it. Tells how many bookings the scheduler finds later.
async fn hold_written_late(secs: i64) -> u32 {
    let (app, switch) = switched(2).await;
    let person = crowd(&app, 1).await.remove(0);
    let gate = Gate::default();
    stop_at(&gate, &switch, |_| Action::Pass);
    let meanwhile = async {
        gate.reached().await;
        close(&app, &[DATE]).await;
        app.advance(secs);
        assert_eq!(app.tick().await.cleared, 0);
        gate.open();
    };
    let (held, ()) = tokio::join!(person.hold(&app, DATE, "09:00"), meanwhile);
    assert_eq!(held.status, 201, "{held:?}");
    app.advance(31);
    app.tick().await.cleared
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_saw_the_day_open_is_found_after_it_was_closed() {
    assert_eq!(hold_written_late(25).await, 1);
}

/// No request lives so long: the functions end before. Were one to, the recount would find it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_after_the_scheduler_has_looked_long_enough_a_hold_stays() {
    assert_eq!(hold_written_late(95).await, 0);
}
