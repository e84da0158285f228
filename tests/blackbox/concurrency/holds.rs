//! Everybody wants the same seats; one person asks many times.

use antrian::storage::AuditReport;
use antrian_tests::app::DATE;
use antrian_tests::crowd::enrol_as;
use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp};

use super::{at_once, count, crowd, statuses, switched, take_guards_off};

const PEOPLE: usize = 300;
const SEATS: usize = 20;
const TIMES: usize = 50;

async fn rush(app: &TestApp, people: &[Person]) -> Vec<Answer> {
    at_once(people.iter().map(|person| person.hold(app, DATE, "09:00"))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_people_get_twenty_seats() {
    let app = TestApp::with_quota(20).await;
    let people = crowd(&app, 300).await;
    let answers = rush(&app, &people).await;
    assert_eq!(count(&answers, 201, ""), SEATS, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 409, "slot_full"), PEOPLE - SEATS, "{:?}", statuses(&answers));
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (20, 20));

    // The hold's time, and the longest rest after it.
    app.advance(16 * 60 + 1);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(20));
    let again = rush(&app, &people).await;
    assert_eq!(count(&again, 201, ""), SEATS, "{:?}", statuses(&again));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_seats_are_sold_twice() {
    let (app, switch) = switched(20).await;
    let people = crowd(&app, 100).await;
    take_guards_off(&switch, &[Item::Seat]);
    let answers = rush(&app, &people).await;
    switch.disarm();
    assert!(count(&answers, 201, "") > SEATS, "{:?}", statuses(&answers));
    assert!(!app.audit().await.disagreements.is_empty());
}

#[derive(Clone, Copy)]
enum Keys {
    Same,
    Different,
    None,
}

/// One person asks many times: what the recount finds then, and what was answered.
async fn ask_often(app: &TestApp, person: &Person, keys: Keys) -> (AuditReport, Vec<Answer>) {
    let asked = (0..TIMES).map(|number| async move {
        let key = match keys {
            Keys::Same => "the-same-key-each-time".to_owned(),
            Keys::Different => format!("another-key-each-time-{number}"),
            Keys::None => return person.hold(app, DATE, "09:00").await,
        };
        person.hold_with_key(app, DATE, "09:00", &key).await.unwrap()
    });
    let answers = at_once(asked).await;
    (app.audit().await, answers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_fifty_times_is_one_booking_and_one_answer() {
    let app = TestApp::with_quota(60).await;
    let person = crowd(&app, 1).await.remove(0);
    let (report, answers) = ask_often(&app, &person, Keys::Same).await;
    assert_eq!(count(&answers, 201, ""), TIMES, "{:?}", statuses(&answers));
    let code = answers[0].text("code");
    assert!(answers.iter().all(|answer| answer.text("code") == code));
    assert_eq!((report.seats_taken, report.live_bookings), (1, 1));
    assert_eq!(report.disagreements, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_bookings_condition_a_repetition_takes_more_seats() {
    let (app, switch) = switched(60).await;
    let person = crowd(&app, 1).await.remove(0);
    take_guards_off(&switch, &[Item::Booking, Item::Person]);
    let (report, _) = ask_often(&app, &person, Keys::Same).await;
    switch.disarm();
    assert!(report.seats_taken > 1, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_asking_fifty_times_has_one_booking() {
    for keys in [Keys::Different, Keys::None] {
        let app = TestApp::with_quota(60).await;
        let person = crowd(&app, 1).await.remove(0);
        let (report, answers) = ask_often(&app, &person, keys).await;
        assert_eq!(count(&answers, 201, ""), 1, "{:?}", statuses(&answers));
        assert_eq!(count(&answers, 409, "already_booked"), TIMES - 1, "{:?}", statuses(&answers));
        assert_eq!((report.seats_taken, report.live_bookings), (1, 1));
        assert_eq!(report.disagreements, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_persons_condition_one_person_has_many_bookings() {
    let (app, switch) = switched(60).await;
    let person = crowd(&app, 1).await.remove(0);
    take_guards_off(&switch, &[Item::Person]);
    let (report, answers) = ask_often(&app, &person, Keys::Different).await;
    switch.disarm();
    assert!(count(&answers, 201, "") > 1, "{:?}", statuses(&answers));
    assert!(report.live_bookings > 1, "{report:?}");
    assert!(!report.disagreements.is_empty());
}

/// The same NIK in ten accounts.
async fn namesakes(app: &TestApp) -> Vec<Person> {
    at_once((1..=10).map(|number| enrol_as(app, number, 7))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_in_ten_accounts_has_one_booking() {
    let app = TestApp::with_quota(60).await;
    let answers = rush(&app, &namesakes(&app).await).await;
    assert_eq!(count(&answers, 201, ""), 1, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 409, "person_needs_confirmation"), 9, "{:?}", statuses(&answers));
    assert!(answers.iter().all(|answer| answer.body["booking_code"].is_null()), "{answers:?}");
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_persons_condition_each_account_books() {
    let (app, switch) = switched(60).await;
    let people = namesakes(&app).await;
    take_guards_off(&switch, &[Item::Person]);
    let answers = rush(&app, &people).await;
    switch.disarm();
    assert!(count(&answers, 201, "") > 1, "{:?}", statuses(&answers));
    assert!(!app.audit().await.disagreements.is_empty());
}
