//! Holds are confirmed in the very second in which they run out and others take their seats.

use antrian_tests::app::DATE;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item};
use antrian_tests::{Answer, Person, TestApp};
use futures_util::stream::{StreamExt, iter};

use super::{AT_ONCE, at_once, books, count, crowd, statuses, stop_at, switched};

/// A second less than a hold lasts.
const NEARLY_OVER_SECS: i64 = 15 * 60 - 1;
const SLOT: [(&str, &str); 1] = [(DATE, "09:00")];

/// A confirmation that saw its hold alive is written only after the hold ran out and, if one comes,
/// a rival took the seat. Tells what it is answered, and what is wrong afterwards.
async fn confirm_late(rivals: u32, guards_off: &'static [Item]) -> (Answer, Vec<String>) {
    let (app, switch) = switched(1).await;
    let people = crowd(&app, 1 + rivals).await;
    let code = people[0].hold(&app, DATE, "09:00").await.text("code");
    app.advance(NEARLY_OVER_SECS);
    let gate = Gate::default();
    stop_at(&gate, &switch, move |call| match guards_off {
        [] => Action::Pass,
        items => without_conditions_on(items, call),
    });
    let confirm = people[0].act(&app, &code, "confirm");
    let meanwhile = async {
        gate.reached().await;
        app.advance(2);
        for rival in &people[1..] {
            let held = rival.hold(&app, DATE, "09:00").await;
            assert_eq!(held.status, 201, "{held:?}");
        }
        gate.open();
    };
    let (answer, ()) = tokio::join!(confirm, meanwhile);
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
async fn every_seat_goes_to_who_confirmed_it_or_to_one_who_came_after() {
    const QUOTA: u16 = 20;
    let app = TestApp::with_quota(QUOTA).await;
    let people = crowd(&app, 60).await;
    let (holders, rivals) = people.split_at(usize::from(QUOTA));
    let hold = async |person: &Person| person.hold(&app, DATE, "09:00").await.text("code");
    let codes: Vec<String> = iter(holders).map(hold).buffered(AT_ONCE).collect().await;
    let holds = holders.iter().zip(&codes);
    app.advance(NEARLY_OVER_SECS);
    let (confirmed, (), rivals) = tokio::join!(
        at_once(holds.map(|(person, code)| person.act(&app, code, "confirm"))),
        async {
            tokio::task::yield_now().await;
            app.advance(2);
        },
        at_once(rivals.iter().map(|rival| rival.hold(&app, DATE, "09:00"))),
    );
    let kept = count(&confirmed, 200, "");
    assert_eq!(kept + count(&confirmed, 409, "hold_expired"), holders.len(), "{confirmed:?}");
    let taken = count(&rivals, 201, "");
    assert_eq!(taken + count(&rivals, 409, "slot_full"), 40, "{:?}", statuses(&rivals));
    assert!(kept + taken <= usize::from(QUOTA), "{kept} confirmed, {taken} held");
    assert_eq!(books(&app, &people, QUOTA, &SLOT).await, [""; 0]);
}
