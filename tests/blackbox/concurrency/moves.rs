//! Bookings are moved while they are confirmed, cancelled, moved elsewhere, and while others take the
//! seats that they are moved to.

use antrian_tests::app::DATE;
use antrian_tests::offices::OFFICE;
use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp};
use futures_util::future::{BoxFuture, FutureExt};
use reqwest::Method;
use serde_json::json;

use super::{at_once, books, crowd, shows, statuses, switched, take_guards_off};

/// Seats of a slot: as many as there are people who move out of it.
const QUOTA: u16 = 8;
/// They and those who want a seat where they move to.
const PEOPLE: u32 = 20;
/// Seats that are given back can be claimed after this time at the latest.
const COOLED_DOWN_SECS: i64 = 61;
const NEXT_DATE: &str = "2026-12-03";
const SLOTS: [(&str, &str); 3] = [(DATE, "09:00"), (DATE, "10:00"), (NEXT_DATE, "09:00")];

/// Bookings at 09:00, every second of them confirmed.
async fn bookings(app: &TestApp, movers: &[Person]) -> Vec<String> {
    let mut codes = Vec::new();
    for (number, mover) in movers.iter().enumerate() {
        let held = mover.hold(app, DATE, "09:00").await;
        assert_eq!(held.status, 201, "{held:?}");
        codes.push(held.text("code"));
        if number % 2 == 0 {
            mover.act(app, &codes[number], "confirm").await;
        }
    }
    codes
}

/// Every booking is confirmed and moved to two places, some are cancelled, and others want the seats
/// at 10:00, all at the same moment.
async fn scramble(app: &TestApp, people: &[Person]) -> Vec<Answer> {
    let (movers, others) = people.split_at(usize::from(QUOTA));
    let codes = bookings(app, movers).await;
    let mut wishes: Vec<BoxFuture<'_, Answer>> = Vec::new();
    for (number, (mover, code)) in movers.iter().zip(&codes).enumerate() {
        wishes.push(mover.reschedule(app, code, DATE, "10:00").boxed());
        wishes.push(mover.reschedule(app, code, NEXT_DATE, "09:00").boxed());
        wishes.push(mover.act(app, code, "confirm").boxed());
        if number % 3 == 0 {
            wishes.push(mover.act(app, code, "cancel").boxed());
        }
    }
    wishes.extend(others.iter().map(|other| other.hold(app, DATE, "10:00").boxed()));
    at_once(wishes).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_moved_while_everything_else_happens_keep_one_seat_each() {
    for _ in 0..3 {
        let app = TestApp::with_quota(QUOTA).await;
        let people = crowd(&app, PEOPLE).await;
        let answers = scramble(&app, &people).await;
        let is_clear = |answer: &Answer| matches!(answer.status, 200 | 201 | 409);
        assert!(answers.iter().all(is_clear), "{:?}", statuses(&answers));
        app.advance(COOLED_DOWN_SECS);
        assert_eq!(books(&app, &people, QUOTA, &SLOTS).await, [""; 0]);
    }
}

async fn books_without(guards: &'static [Item]) -> Vec<String> {
    let (app, switch) = switched(QUOTA).await;
    let people = crowd(&app, PEOPLE).await;
    take_guards_off(&switch, guards);
    scramble(&app, &people).await;
    switch.disarm();
    app.advance(COOLED_DOWN_SECS);
    books(&app, &people, QUOTA, &SLOTS).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_moves_meet_on_a_seat() {
    assert_ne!(books_without(&[Item::Seat]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_bookings_version_seats_are_lost() {
    assert_ne!(books_without(&[Item::Booking]).await, [""; 0]);
}

/// Eight people missed nine o'clock. A clerk moves their visits while they book anew, all at the same moment.
async fn missed_and_booked_anew(app: &TestApp) -> Vec<String> {
    let people = crowd(app, u32::from(QUOTA)).await;
    let booked = at_once(people.iter().map(|person| person.book(app, DATE, "09:00"))).await;
    app.advance_to("2026-12-02T01:40:00Z");
    app.tick().await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let mut wishes: Vec<BoxFuture<'_, Answer>> = Vec::new();
    for booking in &booked {
        let path = format!("/v1/offices/{OFFICE}/bookings/{}/reschedule", booking.text("code"));
        let to = json!({"date": NEXT_DATE, "slot": "09:00"});
        let clerk = &clerk;
        wishes.push(
            async move { app.call(Method::POST, &path, Some(clerk), Some(to)).await }.boxed(),
        );
    }
    wishes.extend(people.iter().map(|person| person.hold(app, NEXT_DATE, "09:00").boxed()));
    at_once(wishes).await;
    books(app, &people, QUOTA, &[(NEXT_DATE, "09:00")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missed_visit_that_is_moved_while_its_person_books_anew_leaves_one() {
    for _ in 0..3 {
        let (app, _) = switched(QUOTA).await;
        assert_eq!(missed_and_booked_anew(&app).await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_persons_condition_a_missed_visit_becomes_a_second_one() {
    let round = async || {
        let (app, switch) = switched(QUOTA).await;
        take_guards_off(&switch, &[Item::Person]);
        !missed_and_booked_anew(&app).await.is_empty()
    };
    assert!(shows(round).await);
}
