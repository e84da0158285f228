//! Holds are confirmed and extended in the very second in which they run out and others take their seats.

use antrian_tests::app::DATE;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item, Switch};
use antrian_tests::{Answer, Person, TestApp};
use futures_util::stream::{StreamExt, iter};

use super::{AT_ONCE, at_once, books, count, crowd, statuses, stop_at, switched};

/// A minute less than a hold lasts: what a test does meanwhile takes seconds.
const NEARLY_OVER_SECS: i64 = 14 * 60;
/// From then on the hold is over.
const OVER_SECS: i64 = 2 * 60;
const SLOT: [(&str, &str); 1] = [(DATE, "09:00")];

/// A confirmation that saw its hold alive is written only after the hold ran out and, if one comes,
/// a rival took the seat. Tells what it is answered, and what is wrong afterwards.
async fn confirm_late(rivals: u32, guards_off: &'static [Item]) -> (Answer, Vec<String>) {
    act_late("confirm", rivals, guards_off).await
}

/// The same of anything that is done with a held booking.
async fn act_late(action: &str, rivals: u32, guards_off: &'static [Item]) -> (Answer, Vec<String>) {
    let (app, switch) = switched(1).await;
    let people = crowd(&app, 1 + rivals).await;
    let code = people[0].hold(&app, DATE, "09:00").await.text("code");
    app.advance(NEARLY_OVER_SECS);
    let gate = Gate::default();
    stop_at(&gate, &switch, move |call| match guards_off {
        [] => Action::Pass,
        items => without_conditions_on(items, call),
    });
    let acted = people[0].act(&app, &code, action);
    let meanwhile = async {
        gate.reached().await;
        app.advance(OVER_SECS);
        for rival in &people[1..] {
            let held = rival.hold(&app, DATE, "09:00").await;
            assert_eq!(held.status, 201, "{held:?}");
        }
        gate.open();
    };
    let (answer, ()) = tokio::join!(acted, meanwhile);
    switch.disarm();
    (answer, books(&app, &people, 1, &SLOT).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_that_comes_after_another_hold_of_the_seat_is_refused() {
    let (answer, wrong) = confirm_late(1, &[]).await;
    assert_eq!((answer.status, answer.code()), (409, "hold_expired"), "{answer:?}");
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_both_have_the_seat() {
    let (answer, wrong) = confirm_late(1, &[Item::Seat]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_ne!(wrong, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_that_was_under_way_in_time_counts_while_nobody_has_the_seat() {
    let (answer, wrong) = confirm_late(0, &[]).await;
    assert_eq!((answer.status, answer.text("status")), (200, "confirmed".to_owned()));
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_that_comes_after_another_hold_of_the_seat_is_refused() {
    let (answer, wrong) = act_late("extend", 1, &[]).await;
    assert_eq!((answer.status, answer.code()), (409, "hold_expired"), "{answer:?}");
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_an_extension_takes_it_back() {
    let (answer, wrong) = act_late("extend", 1, &[Item::Seat]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_ne!(wrong, [""; 0]);
}

/// Confirmations of these bookings stop at their gate.
fn stop_confirmations(switch: &Switch, gates: [(&Gate, &[String]); 2]) {
    let gates = gates.map(|(gate, codes)| (gate.clone(), codes.to_vec()));
    switch.arm(move |call| {
        let text = call.body.to_string();
        let is_of = |codes: &[String]| codes.iter().any(|code| text.contains(code));
        let stops = |(_, codes): &&(Gate, Vec<String>)| call.token().is_some() && is_of(codes);
        match gates.iter().find(stops) {
            Some((gate, _)) => Action::Wait(gate.clone(), Box::new(Action::Pass)),
            None => Action::Pass,
        }
    });
}

async fn confirm_all(app: &TestApp, holds: &[(&Person, String)]) -> Vec<Answer> {
    at_once(holds.iter().map(|(person, code)| person.act(app, code, "confirm"))).await
}

/// Some confirmations are written before anybody else comes, some together with the others' holds,
/// and some begin when the hold is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_goes_to_who_confirmed_it_or_to_one_who_came_after() {
    const QUOTA: u16 = 20;
    let (app, switch) = switched(QUOTA).await;
    let people = crowd(&app, 60).await;
    let (holders, rivals) = people.split_at(usize::from(QUOTA));
    let hold =
        async |person| (person, Person::hold(person, &app, DATE, "09:00").await.text("code"));
    let holds: Vec<(&Person, String)> = iter(holders).map(hold).buffered(AT_ONCE).collect().await;
    let codes: Vec<String> = holds.iter().map(|(_, code)| code.clone()).collect();
    app.advance(NEARLY_OVER_SECS);
    let (first, racing) = (Gate::default(), Gate::default());
    stop_confirmations(&switch, [(&first, &codes[..5]), (&racing, &codes[5..15])]);
    let before_rivals = async {
        let confirmed = confirm_all(&app, &holds[..5]).await;
        assert_eq!(count(&confirmed, 200, ""), 5, "{confirmed:?}");
        let held = rivals.iter().map(|rival| rival.hold(&app, DATE, "09:00"));
        tokio::join!(at_once(held), async { racing.open() }).0
    };
    let too_late = async {
        first.reached_by(5).await;
        racing.reached_by(10).await;
        app.advance(OVER_SECS);
        let refused = confirm_all(&app, &holds[15..]).await;
        assert_eq!(count(&refused, 409, "hold_expired"), 5, "{refused:?}");
        first.open();
    };
    let (held, raced, ()) = tokio::join!(before_rivals, confirm_all(&app, &holds[5..15]), too_late);
    let kept = count(&raced, 200, "");
    assert_eq!(kept + count(&raced, 409, "hold_expired"), 10, "{raced:?}");
    let taken = count(&held, 201, "");
    assert_eq!(taken + count(&held, 409, "slot_full"), 40, "{:?}", statuses(&held));
    assert!(5 + kept + taken <= usize::from(QUOTA), "{kept} confirmed, {taken} held");
    assert!(taken >= 5, "nobody holds what was given up: {:?}", statuses(&held));
    assert_eq!(books(&app, &people, QUOTA, &SLOT).await, [""; 0]);
}
