//! What people see of free seats: read by one instance for all, and never what the ledger decides by.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use antrian::domain::ids::OfficeId;
use antrian::domain::office::{Channel, Office};
use antrian::ledger::{DayStatus, Ledger};
use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Call, Gate, Item, Switch, client};
use antrian_tests::{Person, Recorder, Setup, TestApp};
use chrono::NaiveDate;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, office_with};

/// Another instance: it shares the table and remembers nothing.
fn instance(app: &TestApp) -> Ledger {
    let known = &app.stack.app;
    let (store, queue) = (known.ledger.store().clone(), known.queue.clone());
    Ledger::new(store, queue, known.metrics.clone())
}

async fn recorded(offices: Vec<Office>) -> (TestApp, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let http_client = Some(client(recorder.clone()));
    (TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await, recorder)
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Seats free at nine, as an instance shows them; `None`: the hour is not shown.
async fn seen(app: &TestApp, ledger: &Ledger, from: &str, to: &str) -> Vec<(DayStatus, u16)> {
    let (id, now): (OfficeId, _) = (OFFICE.parse().unwrap(), app.now());
    let office = ledger.offices().get(&id, now).await.unwrap().unwrap();
    let service = SERVICE.parse().unwrap();
    let (from, to) = (date(from), date(to));
    let days = ledger.availability(&office, &service, from, to, Channel::Web, now).await.unwrap();
    days.iter()
        .map(|day| (day.status.clone(), day.slots.first().map_or(0, |s| s.seats_free)))
        .collect()
}

async fn at_nine(app: &TestApp, ledger: &Ledger) -> u16 {
    seen(app, ledger, DATE, DATE).await[0].1
}

/// Queries of days and of views.
fn queries(recorder: &Recorder, kind: &str) -> usize {
    let of_kind = |body: &&Value| body.to_string().contains(&format!("\"{kind}#"));
    recorder.bodies("Query").iter().filter(of_kind).count()
}

const TWO_WEEKS: [&str; 2] = ["2026-12-01", "2026-12-14"];

#[tokio::test(flavor = "multi_thread")]
async fn however_many_instances_look_each_day_is_read_once_in_some_seconds() {
    let (app, recorder) = recorded(vec![]).await;
    app.advance(60);
    seen(&app, &instance(&app), TWO_WEEKS[0], TWO_WEEKS[1]).await;
    let instances: Vec<_> = (0..20).map(|_| instance(&app)).collect();
    let (days, views) = (queries(&recorder, "DAY"), queries(&recorder, "VIEW"));
    for _ in 0..5 {
        app.advance(1);
        let looks = instances.iter().map(|one| seen(&app, one, TWO_WEEKS[0], TWO_WEEKS[1]));
        join_all(looks).await;
    }
    assert_eq!(queries(&recorder, "DAY") - days, 0, "what was read five seconds ago will do");
    assert_eq!(queries(&recorder, "VIEW") - views, 100, "one call each, however many dates");
    for _ in 0..10 {
        app.advance(1);
        let looks = instances.iter().map(|one| seen(&app, one, TWO_WEEKS[0], TWO_WEEKS[1]));
        join_all(looks).await;
    }
    // Without views it is 20 instances x 14 dates x 15 seconds: 4,200.
    assert_eq!(queries(&recorder, "DAY") - days, 14, "one of them has read all dates anew");
}

/// Days that twenty instances read which all find the same view too old.
async fn days_read_together(guarded: bool) -> usize {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    seen(&app, &instance(&app), TWO_WEEKS[0], TWO_WEEKS[1]).await;
    app.advance(15);
    let read = Arc::new(AtomicUsize::new(0));
    let counted = read.clone();
    let gate = Gate::default();
    let wait = gate.clone();
    switch.arm(move |call| {
        let is_day = call.target == "Query" && call.body.to_string().contains("\"DAY#");
        counted.fetch_add(usize::from(is_day), Ordering::SeqCst);
        let then = match guarded {
            true => Action::Pass,
            false => without_conditions_on(&[Item::View], call),
        };
        if writes_view(call) { Action::Wait(wait.clone(), Box::new(then)) } else { then }
    });
    let instances: Vec<_> = (0..20).map(|_| instance(&app)).collect();
    let look = join_all(instances.iter().map(|one| seen(&app, one, TWO_WEEKS[0], TWO_WEEKS[1])));
    // All of them want the lease before anybody gets it.
    let together = async {
        gate.reached_by(20).await;
        gate.open();
    };
    tokio::join!(look, together);
    read.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_find_a_view_too_old_one_reads() {
    assert_eq!(days_read_together(true).await, 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_leases_condition_many_read() {
    let read = days_read_together(false).await;
    assert!(read > 2 * 14, "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_is_free_again_is_seen_at_that_very_time() {
    let (app, recorder) = recorded(vec![office_with(1, |_| {})]).await;
    let person = Person::register(&app, 1).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    let other = instance(&app);
    assert_eq!(at_nine(&app, &other).await, 0);
    let seat = recorder.items_of(&format!("DAY#{OFFICE}#{DATE}")).await;
    let free_at = seat.iter().find_map(|item| item["free_at"]["N"].as_str()?.parse::<i64>().ok());
    let left = free_at.unwrap() - app.now().timestamp();
    app.advance(left - 5);
    assert_eq!(at_nine(&app, &other).await, 0, "read anew five seconds before");
    let days = queries(&recorder, "DAY");
    app.advance(6);
    assert_eq!(at_nine(&app, &other).await, 1);
    assert_eq!(queries(&recorder, "DAY"), days, "nobody had to read");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_a_seat_sees_it_at_once_and_others_within_seconds() {
    let app = TestApp::start().await;
    let (own, other) = (&app.stack.app.ledger, instance(&app));
    assert_eq!([at_nine(&app, own).await, at_nine(&app, &other).await], [2, 2]);
    let person = Person::register(&app, 1).await;
    let held = person.hold(&app, DATE, "09:00").await;
    assert_eq!(at_nine(&app, own).await, 1, "here it was held");
    app.advance(3);
    assert_eq!(at_nine(&app, own).await, 1);
    app.advance(8);
    assert_eq!(at_nine(&app, &other).await, 1);
    assert_eq!(person.act(&app, &held.text("code"), "cancel").await.status, 200);
    app.advance(70);
    assert_eq!([at_nine(&app, own).await, at_nine(&app, &other).await], [2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_staff_add_are_seen_by_every_instance_within_seconds() {
    let app = TestApp::with_quota(1).await;
    Person::register(&app, 1).await.book(&app, DATE, "09:00").await;
    let other = instance(&app);
    assert_eq!(at_nine(&app, &other).await, 0);
    let more = json!({"service": SERVICE, "quota": 3});
    let slot = format!("/slots/{DATE}/09:00");
    assert_eq!(administer(&app, Method::PATCH, &slot, more).await.status, 200);
    app.advance(11);
    assert_eq!(at_nine(&app, &other).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_everything_full_a_wish_for_any_date_is_one_reading() {
    let (app, recorder) = recorded(vec![office_with(0, |_| {})]).await;
    let person = Person::register(&app, 1).await;
    app.advance(60);
    let end = "2027-01-30";
    // The scheduler works in this very process: what it has made it would read once more.
    seen(&app, &app.stack.app.ledger, "2026-11-30", end).await;
    app.advance(2);
    let (days, views) = (queries(&recorder, "DAY"), queries(&recorder, "VIEW"));
    let wish = json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE});
    let refused = person.post(&app, "/v1/bookings", wish).await;
    assert_eq!((refused.status, refused.code()), (409, "slot_full"));
    assert_eq!(queries(&recorder, "VIEW") - views, 1);
    assert_eq!(queries(&recorder, "DAY") - days, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_is_seen_and_is_gone_is_refused_by_the_ledger() {
    let app = TestApp::with_quota(1).await;
    let other = instance(&app);
    assert_eq!(at_nine(&app, &other).await, 1);
    let people = [Person::register(&app, 1).await, Person::register(&app, 2).await];
    assert_eq!(people[0].hold(&app, DATE, "09:00").await.status, 201);
    assert_eq!(at_nine(&app, &other).await, 1, "a hint, and an old one");
    let refused = people[1].hold(&app, DATE, "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "slot_full"));
}

/// Whether calls that write views are refused by the table.
fn writes_view(call: &Call) -> bool {
    call.target == "TransactWriteItems" && call.body.to_string().contains("\"VIEW#")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_what_is_free_when_no_view_can_be_written() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let denied = json!({"__type": "com.amazon.coral.service#AccessDeniedException"});
    switch.arm(move |call| match writes_view(call) {
        true => Action::Answer { status: 400, body: denied.clone() },
        false => Action::Pass,
    });
    for _ in 0..3 {
        app.advance(40);
        assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_dies_with_the_lease_keeps_nobody_waiting() {
    let app = TestApp::start().await;
    let (store, id): (_, OfficeId) = (app.stack.app.ledger.store(), OFFICE.parse().unwrap());
    let now = app.now();
    assert!(store.lease_view(&id, 0, now + chrono::TimeDelta::seconds(4), now).await.unwrap());
    assert!(!store.lease_view(&id, 0, now + chrono::TimeDelta::seconds(4), now).await.unwrap());
    assert_eq!(at_nine(&app, &instance(&app)).await, 2, "read, though not for others");
    assert_eq!(store.view(&id).await.unwrap().revision, 0);
    app.advance(5);
    assert_eq!(at_nine(&app, &instance(&app)).await, 2);
    assert_eq!(store.view(&id).await.unwrap().revision, 1);
}
