//! Scanners that hand in the same tickets at the same moment.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offline::{OfflineScanner, outcomes};
use antrian_tests::wire::Item;
use antrian_tests::{Answer, Person, TestApp};
use serde_json::Value;

use super::{at_once, crowd, shows, switched, take_guards_off};

const PEOPLE: u32 = 8;
const SCANNERS: [(&str, &str); 4] = [
    ("gate-1", "2026-12-02T00:20:00Z"),
    ("gate-2", "2026-12-02T00:10:00Z"),
    ("gate-3", "2026-12-02T00:05:00Z"),
    ("gate-4", "2026-12-02T00:15:00Z"),
];

/// Codes of people who confirmed, at the hour when they come.
async fn codes(app: &TestApp, people: &[Person]) -> Vec<String> {
    let booked = at_once(people.iter().map(|person| person.book(app, DATE, "09:00"))).await;
    app.advance_to("2026-12-02T00:30:00Z");
    booked.iter().map(|booking| booking.text("code")).collect()
}

/// Each scanner has scanned everybody, and all hand in at once, each ticket in a batch of its own.
async fn hand_in(app: &TestApp, codes: &[String]) -> Vec<Answer> {
    let desk = Desk::sign_in(app).await;
    let scanners = SCANNERS.iter().flat_map(|(name, at)| {
        codes.iter().map(move |code| OfflineScanner::new(name).code(code, code, at))
    });
    let scanners: Vec<_> = scanners.collect();
    at_once(scanners.iter().map(|scanner| scanner.hand_in(app, &desk))).await
}

/// Whether the visit of this answer has the first scan by time.
fn has_first(visit: &Value) -> bool {
    visit["first_scan"]["gate"] == "gate-3"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_scan_by_time_counts_and_every_scanner_is_told_the_truth() {
    let app = TestApp::with_quota(20).await;
    let people = crowd(&app, PEOPLE).await;
    let codes = codes(&app, &people).await;
    let answers = hand_in(&app, &codes).await;
    for answer in &answers {
        let (outcome, _) = outcomes(answer)[0];
        let visit = &answer.body["scans"][0]["visit"];
        let first = visit["first_scan"]["at"].as_str().unwrap();
        let own = answer.body["scans"][0]["scanned_at"].as_str().unwrap();
        match outcome {
            "accepted" => assert_eq!(first, own, "{answer:?}"),
            "duplicate" => assert!(first < own, "{answer:?}"),
            other => panic!("{other}: {answer:?}"),
        }
    }
    let again = hand_in(&app, &codes).await;
    assert!(again.iter().all(|answer| has_first(&answer.body["scans"][0]["visit"])), "{again:?}");
    let accepted = again.iter().filter(|answer| outcomes(answer)[0].0 == "accepted").count();
    assert_eq!(accepted, codes.len());
    let desk = Desk::sign_in(&app).await;
    let today = desk.today(&app).await;
    assert_eq!(today.body["entries"].as_array().unwrap().len(), codes.len(), "one number each");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_bookings_version_a_later_scan_takes_an_earlier_ones_place() {
    assert!(shows(several_numbers).await);
}

/// Whether several scanners are told that theirs is the one scan that gave a person a number.
async fn several_numbers() -> bool {
    let (app, switch) = switched(20).await;
    let people = crowd(&app, PEOPLE).await;
    let codes = codes(&app, &people).await;
    take_guards_off(&switch, &[Item::Booking]);
    let answers = hand_in(&app, &codes).await;
    let numbers = answers.iter().filter_map(|answer| {
        let scan = &answer.body["scans"][0];
        let visit = &scan["visit"];
        (scan["outcome"] == "accepted")
            .then(|| (visit["code"].to_string(), visit["queue_number"].to_string()))
    });
    let numbers: std::collections::BTreeSet<_> = numbers.collect();
    numbers.len() > codes.len()
}
