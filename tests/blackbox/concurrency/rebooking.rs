//! A seat is given back while others reach for it.

use antrian_tests::app::DATE;
use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp};

use super::{at_once, count, crowd, statuses, switched, take_guards_off};

const ROUNDS: usize = 12;
/// Seats that are given back can be claimed after this time at the latest.
const COOLED_DOWN_SECS: i64 = 61;

enum Wish<'a> {
    Hold(&'a Person),
    Cancel(&'a Person, &'a str),
    Wait(i64),
}

async fn grant(app: &TestApp, wish: Wish<'_>) -> Option<Answer> {
    match wish {
        Wish::Hold(person) => Some(person.hold(app, DATE, "09:00").await),
        Wish::Cancel(person, code) => {
            let answer = person.act(app, code, "cancel").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            None
        }
        Wish::Wait(secs) => {
            app.advance(secs);
            None
        }
    }
}

/// The owner cancels while the others ask, and the clock steps over the cool-down in between.
async fn struggle(app: &TestApp, people: &[Person], owner: usize, code: &str) -> Vec<Answer> {
    let others = || people.iter().enumerate().filter(|(n, _)| *n != owner);
    let mut wishes: Vec<_> = others().map(|(_, person)| Wish::Hold(person)).collect();
    wishes.insert(2, Wish::Cancel(&people[owner], code));
    wishes.push(Wish::Wait(COOLED_DOWN_SECS));
    wishes.extend(others().map(|(_, person)| Wish::Hold(person)));
    let answers = at_once(wishes.into_iter().map(|wish| grant(app, wish))).await;
    answers.into_iter().flatten().collect()
}

async fn owner_among(app: &TestApp, people: &[Person]) -> (usize, String) {
    for (number, person) in people.iter().enumerate() {
        let bookings = person.get(app, "/v1/me/bookings").await;
        let bookings = bookings.body["bookings"].as_array().unwrap().clone();
        if let Some(held) = bookings.iter().find(|booking| booking["status"] == "held") {
            return (number, held["code"].as_str().unwrap().to_owned());
        }
    }
    panic!("nobody holds the seat");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_given_back_goes_to_one_other_person_and_is_never_lost() {
    let app = TestApp::with_quota(1).await;
    let people = crowd(&app, 8).await;
    assert_eq!(people[0].hold(&app, DATE, "09:00").await.status, 201);
    for _ in 0..ROUNDS {
        let (owner, code) = owner_among(&app, &people).await;
        if owner % 2 == 0 {
            assert_eq!(people[owner].act(&app, &code, "confirm").await.status, 200);
        }
        let mut answers = struggle(&app, &people, owner, &code).await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
        if count(&answers, 201, "") == 0 {
            app.advance(COOLED_DOWN_SECS);
            let again = people.iter().map(|person| person.hold(&app, DATE, "09:00"));
            answers = at_once(again).await;
        }
        assert_eq!(count(&answers, 201, ""), 1, "{:?}", statuses(&answers));
        let report = app.assert_audit_agrees().await;
        assert_eq!((report.seats_taken, report.live_bookings), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_a_seat_given_back_goes_to_several() {
    let (app, switch) = switched(1).await;
    let people = crowd(&app, 8).await;
    assert_eq!(people[0].hold(&app, DATE, "09:00").await.status, 201);
    let (owner, code) = owner_among(&app, &people).await;
    take_guards_off(&switch, &[Item::Seat]);
    let mut answers = struggle(&app, &people, owner, &code).await;
    // The others may all have come before the owner had cancelled.
    if count(&answers, 201, "") == 0 {
        app.advance(COOLED_DOWN_SECS);
        answers = at_once(people.iter().map(|person| person.hold(&app, DATE, "09:00"))).await;
    }
    switch.disarm();
    assert!(count(&answers, 201, "") > 1, "{:?}", statuses(&answers));
    assert!(!app.audit().await.disagreements.is_empty());
}
