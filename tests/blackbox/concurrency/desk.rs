//! Tickets scanned at the same moment at several gates.

use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp, app::DATE};
use reqwest::Method;
use serde_json::{Value, json};

use super::{at_once, crowd, switched, take_guards_off};

const TIMES: usize = 20;

/// Tickets of people who confirmed, at the hour when they come.
async fn tickets(app: &TestApp, people: &[Person]) -> Vec<String> {
    let book = people.iter().map(|person| person.book(app, DATE, "09:00"));
    let tickets = at_once(book).await.iter().map(|booking| booking.text("ticket")).collect();
    app.advance_to("2026-12-02T00:30:00Z");
    tickets
}

async fn scan(app: &TestApp, staff: &str, ticket: &str) -> Answer {
    let scan = json!({"ticket": ticket});
    app.call(Method::POST, "/v1/check-ins", Some(staff), Some(scan)).await
}

async fn scan_often(app: &TestApp, ticket: &str) -> Vec<Answer> {
    let staff = app.staff("uji", &["desk"]).await;
    let answers = at_once((0..TIMES).map(|_| scan(app, &staff, ticket))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    answers
}

fn firsts(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.body["duplicate"] == false).count()
}

fn numbers(answers: &[Answer]) -> Vec<Value> {
    let mut numbers: Vec<_> =
        answers.iter().map(|answer| answer.body["queue_number"].clone()).collect();
    numbers.sort_by_key(ToString::to_string);
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_scanned_twenty_times_at_once_has_one_first_scan_and_one_number() {
    let app = TestApp::with_quota(20).await;
    let people = crowd(&app, 1).await;
    let ticket = tickets(&app, &people).await.remove(0);
    let answers = scan_often(&app, &ticket).await;
    assert_eq!(firsts(&answers), 1, "{answers:?}");
    let mut numbers = numbers(&answers);
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_bookings_version_several_scans_are_the_first() {
    let (app, switch) = switched(20).await;
    let people = crowd(&app, 1).await;
    let ticket = tickets(&app, &people).await.remove(0);
    take_guards_off(&switch, &[Item::Booking]);
    let answers = scan_often(&app, &ticket).await;
    assert!(firsts(&answers) > 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_people_scanned_at_once_get_the_numbers_from_one_to_twenty() {
    let app = TestApp::with_quota(20).await;
    let people = crowd(&app, 20).await;
    let tickets = tickets(&app, &people).await;
    let staff = app.staff("uji", &["desk"]).await;
    let answers = at_once(tickets.iter().map(|ticket| scan(&app, &staff, ticket))).await;
    let expected: Vec<_> = (1..=20).map(|number| json!(format!("A-{number:03}"))).collect();
    assert_eq!(numbers(&answers), expected);
    assert_eq!(firsts(&answers), 20);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scans_that_lose_take_no_numbers() {
    let app = TestApp::with_quota(20).await;
    let people = crowd(&app, 2).await;
    let tickets = tickets(&app, &people).await;
    scan_often(&app, &tickets[0]).await;
    let staff = app.staff("uji", &["desk"]).await;
    let second = scan(&app, &staff, &tickets[1]).await;
    assert_eq!(second.text("queue_number"), "A-002", "{second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_sequences_condition_two_people_are_given_one_number() {
    let (app, switch) = switched(20).await;
    let people = crowd(&app, 20).await;
    let tickets = tickets(&app, &people).await;
    let staff = app.staff("uji", &["desk"]).await;
    take_guards_off(&switch, &[Item::Counter, Item::Entry]);
    let answers = at_once(tickets.iter().map(|ticket| scan(&app, &staff, ticket))).await;
    let mut numbers = numbers(&answers);
    numbers.dedup();
    assert!(numbers.len() < 20, "{numbers:?}");
}
