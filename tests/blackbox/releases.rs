//! Days are made before they open: at the instant of a release nothing has to run.

use antrian::domain::office::Office;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::{Answer, Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, after, office_with, reach};

/// The second at which Thursday 3 December opens: a day before, at eight in the morning in Makassar.
const RELEASE: &str = "2026-12-02T00:00:00Z";
const RELEASED: &str = "2026-12-03";
/// An hour before it the last tick runs.
const MADE: i64 = -3600;

fn office(id: &str) -> Office {
    office_with(2, |office| {
        office["id"] = id.into();
        office["release"] = json!({"kind": "rolling", "days_ahead": 1, "at": "08:00"});
    })
}

async fn start(offices: &[&str]) -> TestApp {
    let offices = offices.iter().map(|id| office(id)).collect();
    TestApp::start_with(Setup { offices, ..Setup::default() }).await
}

async fn day(app: &TestApp, office: &str) -> Value {
    let query = format!("service={SERVICE}&from={RELEASED}&to={RELEASED}");
    let answer = app.get(&format!("/v1/offices/{office}/availability?{query}")).await;
    answer.body["days"][0].clone()
}

async fn statuses(app: &TestApp, offices: &[&str]) -> Vec<String> {
    let mut statuses = vec![];
    for office in offices {
        statuses.push(day(app, office).await["status"].as_str().unwrap().to_owned());
    }
    statuses
}

const OFFICES: [&str; 8] = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "uji"];

#[tokio::test(flavor = "multi_thread")]
async fn the_first_and_the_last_office_open_in_the_same_instant_and_nothing_runs() {
    let app = start(&OFFICES).await;
    reach(&app, &after(RELEASE, MADE));
    app.tick().await;
    let person = Person::register(&app, 1).await;
    reach(&app, &after(RELEASE, -30));
    assert_eq!(statuses(&app, &OFFICES).await, ["not_released"; 8]);
    let early = person.hold(&app, RELEASED, "09:00").await;
    assert_eq!((early.status, early.code()), (409, "not_released"));
    reach(&app, RELEASE);
    assert_eq!(statuses(&app, &OFFICES).await, ["open"; 8]);
    assert_eq!(person.hold(&app, RELEASED, "09:00").await.status, 201);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_days_that_were_not_made_ahead_wait_for_the_scheduler() {
    let app = start(&OFFICES).await;
    reach(&app, RELEASE);
    assert_eq!(statuses(&app, &OFFICES).await, ["not_released"; 8]);
    assert!(app.tick().await.days_made >= 8);
    app.advance(1);
    assert_eq!(statuses(&app, &OFFICES).await, ["open"; 8]);
}

async fn change(app: &TestApp, how: impl FnOnce(&mut Value)) -> Answer {
    let mut office = serde_json::to_value(office(OFFICE)).unwrap();
    how(&mut office);
    administer(app, Method::PUT, "", office).await
}

async fn seats(app: &TestApp) -> Vec<(String, u64)> {
    let day = day(app, OFFICE).await;
    let slots = day["slots"].as_array().unwrap().iter();
    let seats = slots.map(|slot| {
        (slot["slot"].as_str().unwrap().to_owned(), slot["seats_free"].as_u64().unwrap())
    });
    seats.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_changes_before_a_release_counts_for_it() {
    let app = start(&[OFFICE]).await;
    reach(&app, &after(RELEASE, MADE));
    app.tick().await;
    let quota = json!({"service": SERVICE, "quota": 7});
    let by_hand = format!("/slots/{RELEASED}/09:00");
    assert_eq!(administer(&app, Method::PATCH, &by_hand, quota).await.status, 200);
    let changed = change(&app, |office| {
        office["sessions"][0]["quota"] = 3.into();
        office["release"]["at"] = "08:30".into();
    });
    assert_eq!(changed.await.status, 200);
    app.advance(60);
    assert_eq!(app.tick().await.days_made, 0);
    reach(&app, RELEASE);
    assert_eq!(statuses(&app, &[OFFICE]).await, ["not_released"]);
    reach(&app, &after(RELEASE, 30 * 60));
    // A quota that was set by hand stays.
    let all = [("09:00".to_owned(), 7), ("10:00".to_owned(), 3)];
    assert_eq!(seats(&app).await, all);
    // What is open stays as people see it.
    assert_eq!(change(&app, |office| office["sessions"][0]["quota"] = 1.into()).await.status, 200);
    app.advance(60);
    app.tick().await;
    assert_eq!(seats(&app).await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_was_made_is_opened_by_hand_before_its_time() {
    let app = start(&[OFFICE]).await;
    reach(&app, &after(RELEASE, MADE));
    app.tick().await;
    let body = json!({"from": RELEASED, "to": RELEASED});
    let opened = administer(&app, Method::POST, "/releases", body.clone()).await;
    assert_eq!(opened.body, json!({"opened": [RELEASED], "slots_added": 0}));
    assert_eq!(statuses(&app, &[OFFICE]).await, ["open"]);
    let again = administer(&app, Method::POST, "/releases", body).await;
    assert_eq!(again.body, json!({"opened": [], "slots_added": 0}));
}
