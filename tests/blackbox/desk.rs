//! The desk: papers are looked at, counters call numbers, the hall sees them.

mod bookings;
mod calling;
mod corrections;
mod counters;
mod documents;
mod moves;
mod shown;
mod turns;

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::{Person, Setup, TestApp, offices};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::steps::reach;

/// 08:30 at the office on the day.
const MORNING: &str = "2026-12-02T00:30:00Z";

/// So many people who were scanned in the order of their numbers, and a clerk. Their codes.
pub(crate) async fn hall(people: u32) -> (TestApp, Desk, Vec<String>, Vec<Person>) {
    let app = TestApp::with_quota(8).await;
    let (desk, codes, persons) = fill(&app, people).await;
    (app, desk, codes, persons)
}

/// The same on a wire of the test's own.
async fn hall_on(
    http_client: Option<SharedHttpClient>,
    people: u32,
) -> (TestApp, Desk, Vec<String>) {
    let offices = vec![offices::office(8)];
    let app = TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await;
    let (desk, codes, _) = fill(&app, people).await;
    (app, desk, codes)
}

async fn fill(app: &TestApp, people: u32) -> (Desk, Vec<String>, Vec<Person>) {
    let (mut codes, mut persons) = (Vec::new(), Vec::new());
    for number in 1..=people {
        let person = Person::register(app, number).await;
        codes.push(person.book(app, DATE, "09:00").await.text("code"));
        persons.push(person);
    }
    app.drain().await;
    reach(app, MORNING);
    let desk = Desk::sign_in(app).await;
    for code in &codes {
        assert_eq!(desk.scan(app, code).await.status, 200);
        app.advance(60);
    }
    (desk, codes, persons)
}
