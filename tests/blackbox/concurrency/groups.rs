//! Families and people alone want the same seats.

use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp};
use serde_json::json;

use super::{at_once, crowd, switched, take_guards_off};

const SEATS: u32 = 12;
const ACCOUNTS: u32 = 24;

/// Accounts of two people each: the second is told apart by a NIK of its own.
async fn families(app: &TestApp) -> Vec<Person> {
    let people = crowd(app, ACCOUNTS).await;
    for (number, person) in (500..).zip(&people) {
        assert_eq!(person.add(app, number).await.status, 201);
    }
    people
}

async fn together(app: &TestApp, person: &Person) -> Answer {
    let body = json!({"applicant_ids": ["p1", "p2"], "office": OFFICE, "service": SERVICE,
        "date": DATE, "slot": "09:00"});
    person.post(app, "/v1/group-bookings", body).await
}

/// Every second account wants one seat, the others want two; the seats that were given.
async fn rush(app: &TestApp, people: &[Person]) -> u32 {
    let asked = people.iter().enumerate().map(|(nth, person)| async move {
        match nth % 2 {
            0 => u32::from(person.hold(app, DATE, "09:00").await.status == 201),
            _ => 2 * u32::from(together(app, person).await.status == 201),
        }
    });
    at_once(asked).await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn families_and_people_alone_share_the_seats_and_no_family_is_torn_apart() {
    let app = TestApp::with_quota(12).await;
    let people = families(&app).await;
    let given = rush(&app, &people).await;
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (given, given));
    // Both hours, for a family may be spread over them.
    assert!((SEATS..=2 * SEATS).contains(&given), "{given}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_families_share_seats() {
    let (app, switch) = switched(12).await;
    let people = families(&app).await;
    take_guards_off(&switch, &[Item::Seat]);
    rush(&app, &people).await;
    switch.disarm();
    assert!(!app.audit().await.disagreements.is_empty());
}
