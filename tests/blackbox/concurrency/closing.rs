//! A closed day is cleared while its people move, cancel, and others take the seats that were found.

use antrian_tests::app::DATE;
use antrian_tests::wire::{Action, Gate, Item, touched};
use antrian_tests::{Answer, Person, TestApp};
use futures_util::future::{BoxFuture, FutureExt};

use super::{at_once, books, crowd, statuses, switched, take_guards_off};
use crate::steps::close;

const QUOTA: u16 = 8;
/// Eight whose day is closed, and as many who want the seats that they would go to.
const PEOPLE: u32 = 16;
const NEXT: &str = "2026-12-03";
const LATER: &str = "2026-12-04";
const COOLED_DOWN_SECS: i64 = 61;
const SLOTS: [(&str, &str); 4] =
    [(NEXT, "09:00"), (NEXT, "10:00"), (LATER, "09:00"), (LATER, "10:00")];

/// The scheduler clears the day at the moment at which everybody else acts.
async fn scramble(app: &TestApp, people: &[Person]) -> Vec<Answer> {
    let (closed_out, others) = people.split_at(usize::from(QUOTA));
    let mut codes = vec![];
    for person in closed_out {
        codes.push(person.book(app, DATE, "09:00").await.text("code"));
    }
    close(app, &[DATE]).await;
    app.advance(31);
    let mut wishes: Vec<BoxFuture<'_, Answer>> = Vec::new();
    for (number, (person, code)) in closed_out.iter().zip(&codes).enumerate() {
        match number % 3 {
            0 => wishes.push(person.act(app, code, "cancel").boxed()),
            1 => wishes.push(person.reschedule(app, code, LATER, "09:00").boxed()),
            _ => {}
        }
    }
    wishes.extend(others.iter().map(|other| other.hold(app, NEXT, "09:00").boxed()));
    let (answers, _) = tokio::join!(at_once(wishes), app.tick());
    app.advance(60);
    app.tick().await;
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_cleared_while_its_people_act_leaves_each_one_seat_or_none() {
    for _ in 0..3 {
        let app = TestApp::with_quota(QUOTA).await;
        let people = crowd(&app, PEOPLE).await;
        let answers = scramble(&app, &people).await;
        let is_clear = |answer: &Answer| matches!(answer.status, 200 | 201 | 409);
        assert!(answers.iter().all(is_clear), "{:?}", statuses(&answers));
        app.advance(COOLED_DOWN_SECS);
        assert_eq!(books(&app, &people, QUOTA, &SLOTS).await, [""; 0]);
        for person in &people {
            let list = person.get(&app, "/v1/me/bookings").await;
            let bookings = list.body["bookings"].as_array().unwrap().clone();
            assert!(bookings.iter().all(|b| b["date"] != DATE || b["status"] == "cancelled"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_confirms_while_the_closed_day_is_cleared_is_moved_and_not_cancelled() {
    let (app, switch) = switched(QUOTA).await;
    let person = crowd(&app, 1).await.remove(0);
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    app.advance(31);
    let gate = Gate::default();
    let (door, mut stopped) = (gate.clone(), None);
    switch.arm(move |call| match call.token() {
        Some(token) if touched(call).contains(&Item::Booking) => {
            let is_first = stopped.get_or_insert_with(|| token.to_owned()) == token;
            if is_first { Action::Wait(door.clone(), Box::new(Action::Pass)) } else { Action::Pass }
        }
        _ => Action::Pass,
    });
    let meanwhile = async {
        gate.reached().await;
        assert_eq!(person.act(&app, &code, "confirm").await.status, 200);
        gate.open();
    };
    tokio::join!(app.tick(), meanwhile);
    app.advance(60);
    app.tick().await;
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.text("status"), seen.text("date")), ("confirmed".to_owned(), NEXT.to_owned()));
    app.assert_audit_agrees().await;
}

async fn books_without(guards: &'static [Item]) -> Vec<String> {
    let mut wrong = vec![];
    // Both have to meet on one booking, or one seat: that is a matter of chance.
    for _ in 0..6 {
        let (app, switch) = switched(QUOTA).await;
        let people = crowd(&app, PEOPLE).await;
        take_guards_off(&switch, guards);
        scramble(&app, &people).await;
        switch.disarm();
        app.advance(COOLED_DOWN_SECS);
        wrong.extend(books(&app, &people, QUOTA, &SLOTS).await);
        if !wrong.is_empty() {
            break;
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_bookings_version_a_cleared_day_loses_seats() {
    assert_ne!(books_without(&[Item::Booking]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_a_cleared_day_sells_seats_twice() {
    assert_ne!(books_without(&[Item::Seat]).await, [""; 0]);
}
