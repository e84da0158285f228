//! The desk: papers are looked at, counters call numbers, the hall sees them.

mod calling;
mod documents;
mod shown;

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::{Person, TestApp};

use crate::steps::reach;

/// 08:30 at the office on the day.
const MORNING: &str = "2026-12-02T00:30:00Z";

/// So many people who were scanned in the order of their numbers, and a clerk. Their codes.
async fn hall(people: u32) -> (TestApp, Desk, Vec<String>, Vec<Person>) {
    let app = TestApp::with_quota(8).await;
    let (mut codes, mut persons) = (Vec::new(), Vec::new());
    for number in 1..=people {
        let person = Person::register(&app, number).await;
        codes.push(person.book(&app, DATE, "09:00").await.text("code"));
        persons.push(person);
    }
    app.drain().await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    for code in &codes {
        assert_eq!(desk.scan(&app, code).await.status, 200);
        app.advance(60);
    }
    (app, desk, codes, persons)
}
