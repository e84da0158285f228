//! Many instances, each with its own memory of the day, and people who want any hour of it.

use std::sync::Arc;

use antrian::domain::language::Locale;
use antrian::domain::office::{Channel, Office};
use antrian::ledger::{HoldRequest, Ledger, SlotChoice, Visitor};
use antrian_tests::app::DATE;
use antrian_tests::offices::SERVICE;
use antrian_tests::wire::client;
use antrian_tests::{Person, Recorder, Setup, TestApp};

use super::{at_once, crowd};
use crate::steps::office_with;

const PEOPLE: u32 = 40;

/// Eight hours of five seats.
fn office() -> Office {
    office_with(5, |office| {
        office["sessions"][0]["from"] = "08:00".into();
        office["sessions"][0]["until"] = "16:00".into();
    })
}

/// An instance that has seen the day with all its seats free.
async fn instance(app: &TestApp, office: &Office) -> Ledger {
    let known = &app.stack.app;
    let (store, queue) = (known.ledger.store().clone(), known.queue.clone());
    let ledger = Ledger::new(store, queue, known.metrics.clone());
    ledger.foresee(&office.id, DATE.parse().ok(), app.now()).await;
    ledger
}

/// Whether a person gets a seat of the date at any hour.
async fn holds(app: &TestApp, ledger: &Ledger, office: &Office, person: &Person) -> bool {
    let account = person.token.split_once('.').unwrap().0.parse().unwrap();
    let store = ledger.store();
    let applicant = store.applicants(&account).await.unwrap().remove(0);
    let (applicant, person) = (&applicant.id, applicant.person.as_str());
    let request = HoldRequest {
        office,
        service: &SERVICE.parse().unwrap(),
        choice: SlotChoice::Date(DATE.parse().unwrap()),
        account: &account,
        visitors: &[Visitor { applicant, person, channel: Channel::Web }],
        locale: Locale::Id,
        idempotency_key: None,
        request_hash: "any hour",
    };
    ledger.hold(&request, app.now()).await.unwrap().is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_any_hour_meets_the_others_once_and_then_goes_elsewhere() {
    let (recorder, office) = (Arc::new(Recorder::default()), office());
    let http_client = Some(client(recorder.clone()));
    let setup = Setup { offices: vec![office.clone()], http_client, ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let people = crowd(&app, PEOPLE).await;
    let mut instances = Vec::new();
    for _ in &people {
        instances.push(instance(&app, &office).await);
    }
    let before = recorder.bodies("TransactWriteItems").len();
    let wishes = instances.iter().zip(&people);
    let held = at_once(wishes.map(|(ledger, person)| holds(&app, ledger, &office, person))).await;
    assert!(held.iter().all(|held| *held), "there is a seat for everybody");
    let tries = recorder.bodies("TransactWriteItems").len() - before;
    // Those who always go to the earliest hour need 179.
    assert!(tries <= 3 * people.len(), "{tries} transactions for {PEOPLE} holds");
    app.assert_audit_agrees().await;
}
