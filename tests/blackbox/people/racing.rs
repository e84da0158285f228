//! A hold on its way while its person is removed or gets another NIK.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Call, Gate, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Setup, TestApp};
use serde_json::json;

use super::{correct, remove};
use crate::steps::wrong_fields;

async fn switched() -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    (TestApp::start_with(Setup { http_client, ..Setup::default() }).await, switch)
}

/// A hold waits on its way to the table, and goes on as `then` says, until `meanwhile` is done.
async fn hold_beside(
    app: &TestApp,
    switch: &Switch,
    person: &Person,
    then: impl Fn(&Call) -> Action + Send + 'static,
    meanwhile: impl Future<Output = Answer>,
) -> (Answer, Answer) {
    let gate = Gate::default();
    let stopped = gate.clone();
    switch.arm(move |call| match touched(call).contains(&Item::Seat) {
        true => Action::Wait(stopped.clone(), Box::new(then(call))),
        false => Action::Pass,
    });
    let meanwhile = async {
        gate.reached().await;
        let done = meanwhile.await;
        gate.open();
        done
    };
    let answers = tokio::join!(person.hold(app, DATE, "09:00"), meanwhile);
    switch.disarm();
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_booked_for_who_was_removed_meanwhile() {
    let (app, switch) = switched().await;
    let person = Person::register(&app, 1).await;
    let (held, removed) =
        hold_beside(&app, &switch, &person, |_| Action::Pass, remove(&app, &person, "p1")).await;
    assert_eq!(removed.status, 204, "{removed:?}");
    assert_eq!(wrong_fields(&held), ["applicant_id"]);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_booked_for_under_a_nik_that_was_corrected_meanwhile() {
    let (app, switch) = switched().await;
    let person = Person::register(&app, 1).await;
    let correcting = correct(&app, &person, "p1", json!({"nik": nik(2)}));
    let (held, corrected) = hold_beside(&app, &switch, &person, |_| Action::Pass, correcting).await;
    assert_eq!(corrected.status, 200, "{corrected:?}");
    assert_eq!(wrong_fields(&held), ["applicant_id"]);
    assert_eq!(
        person.hold(&app, DATE, "09:00").await.status,
        201,
        "asked again it is as it should be"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_its_condition_a_hold_books_for_somebody_who_is_gone() {
    let (app, switch) = switched().await;
    let person = Person::register(&app, 1).await;
    let unguarded = |call: &Call| without_conditions_on(&[Item::Account], call);
    let (held, removed) =
        hold_beside(&app, &switch, &person, unguarded, remove(&app, &person, "p1")).await;
    assert_eq!((held.status, removed.status), (201, 204), "{held:?} {removed:?}");
}
