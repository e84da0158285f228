//! A seat is given back while others reach for it.

use antrian_tests::app::DATE;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item, Switch};
use antrian_tests::{Answer, Person, TestApp};

use super::{at_once, count, crowd, statuses, stop_at, switched};

const ROUNDS: usize = 12;
/// Seats that are given back can be claimed after this time at the latest.
const COOLED_DOWN_SECS: i64 = 61;

/// The owner's cancellation is on its way while the clock steps over the cool-down; it arrives
/// together with everybody else's wish for the seat.
async fn struggle(
    app: &TestApp,
    switch: &Switch,
    people: &[Person],
    owner: usize,
    code: &str,
) -> Vec<Answer> {
    let gate = Gate::default();
    stop_at(&gate, switch, |_| Action::Pass);
    let meanwhile = async {
        gate.reached().await;
        app.advance(COOLED_DOWN_SECS);
        let others = people.iter().enumerate().filter(|(number, _)| *number != owner);
        let holds = others.map(|(_, person)| person.hold(app, DATE, "09:00"));
        tokio::join!(at_once(holds), async { gate.open() }).0
    };
    let (cancelled, answers) = tokio::join!(people[owner].act(app, code, "cancel"), meanwhile);
    switch.disarm();
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    answers
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
    let (app, switch) = switched(1).await;
    let people = crowd(&app, 8).await;
    assert_eq!(people[0].hold(&app, DATE, "09:00").await.status, 201);
    for _ in 0..ROUNDS {
        let (owner, code) = owner_among(&app, &people).await;
        if owner % 2 == 0 {
            assert_eq!(people[owner].act(&app, &code, "confirm").await.status, 200);
        }
        let mut answers = struggle(&app, &switch, &people, owner, &code).await;
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
    assert_eq!(people[owner].act(&app, &code, "cancel").await.status, 200);
    app.advance(COOLED_DOWN_SECS);
    let gate = Gate::default();
    let stopped = gate.clone();
    switch.arm(move |call| match without_conditions_on(&[Item::Seat], call) {
        Action::Pass => Action::Pass,
        unguarded => Action::Wait(stopped.clone(), Box::new(unguarded)),
    });
    let together = async {
        gate.reached_by(2).await;
        gate.open();
    };
    let holds = people.iter().map(|person| person.hold(&app, DATE, "09:00"));
    let (answers, ()) = tokio::join!(at_once(holds), together);
    switch.disarm();
    assert!(count(&answers, 201, "") > 1, "{:?}", statuses(&answers));
    assert!(!app.audit().await.disagreements.is_empty());
}
