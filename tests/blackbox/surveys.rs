//! What a tick reads grows with what changed, not with what exists.

use std::sync::Arc;

use antrian::domain::office::Office;
use antrian_tests::app::DATE;
use antrian_tests::offices::{self, OFFICE, SERVICE};
use antrian_tests::wire::client;
use antrian_tests::{Person, Recorder, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, close, office_with};

/// Days that were read since the recorder held `since` queries.
fn days_read(recorder: &Recorder, since: usize) -> usize {
    let queries = recorder.bodies("Query");
    let is_day = |query: &&Value| query.to_string().contains("\"DAY#");
    queries[since..].iter().filter(is_day).count()
}

/// What one tick reads of days, a minute later, so that nothing is remembered from before.
async fn tick(app: &TestApp, recorder: &Recorder) -> usize {
    app.advance(60);
    let since = recorder.bodies("Query").len();
    app.tick().await;
    days_read(recorder, since)
}

async fn start(offices: Vec<Office>) -> (TestApp, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let http_client = Some(client(recorder.clone()));
    let setup = Setup { offices, http_client, ..Setup::default() };
    (TestApp::start_with(setup).await, recorder)
}

/// As the list has it once nobody remembers an older one.
async fn next(app: &TestApp, office: &str) -> Value {
    app.advance(6);
    let listed = app.get("/v1/offices").await.body;
    let offices = listed["offices"].as_array().unwrap().clone();
    let found = offices.into_iter().find(|listed| listed["id"] == office).unwrap();
    found["next_available"].clone()
}

fn sold_out(number: usize) -> Office {
    office_with(0, |office| office["id"] = format!("habis-{number}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_that_is_booked_out_costs_a_tick_nothing_but_each_offices_turn() {
    let (app, recorder) = start((0..12).map(sold_out).collect()).await;
    // 372 dates are new: more than one tick looks at, and none is left out for long.
    let mut reads = vec![];
    for _ in 0..6 {
        reads.push(tick(&app, &recorder).await);
    }
    assert!(reads.iter().all(|reads| *reads <= 800), "{reads:?}");
    assert_eq!(reads[3..], [0, 0, 0], "{reads:?}");
    app.advance(15 * 60);
    let turn = tick(&app, &recorder).await;
    assert!((31 * 4..=200).contains(&turn), "{turn}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_is_given_back_in_a_full_country_is_found_by_the_next_tick() {
    // Two seats on one day, and none on all others.
    let (app, recorder) = start(vec![offices::office(0)]).await;
    let mut held = vec![];
    for (number, slot) in (0..).zip(["09:00", "10:00"]) {
        let quota = json!({"service": SERVICE, "quota": 1});
        administer(&app, Method::PATCH, &format!("/slots/{DATE}/{slot}"), quota).await;
        let person = Person::register(&app, number).await;
        let code = person.book(&app, DATE, slot).await.text("code");
        held.push((person, code));
    }
    for _ in 0..3 {
        tick(&app, &recorder).await;
    }
    assert_eq!(next(&app, OFFICE).await, Value::Null);
    assert_eq!(tick(&app, &recorder).await, 0);
    let (person, code) = &held[0];
    let cancelled = person.post(&app, &format!("/v1/bookings/{code}/cancel"), json!({})).await;
    assert_eq!(cancelled.status, 200);
    // The seat rests for up to a minute; the date is looked at once for the mark, once for its end.
    let looks = [tick(&app, &recorder).await, tick(&app, &recorder).await];
    assert!(looks.iter().sum::<usize>() <= 2, "{looks:?}");
    assert_eq!(next(&app, OFFICE).await["date"], DATE);

    // Seats that staff add are found, too.
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    tick(&app, &recorder).await;
    assert_eq!(next(&app, OFFICE).await, Value::Null);
    let quota = json!({"service": SERVICE, "quota": 2});
    administer(&app, Method::PATCH, &format!("/slots/{DATE}/10:00"), quota).await;
    tick(&app, &recorder).await;
    assert_eq!(next(&app, OFFICE).await["slot"], "10:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_its_office_opens_again_is_looked_at() {
    let (app, recorder) = start(vec![office_with(1, |office| {
        office["release"]["days_ahead"] = 1.into();
    })])
    .await;
    let today = app.now().date_naive().to_string();
    let tomorrow = app.now().date_naive().succ_opt().unwrap().to_string();
    close(&app, &[&today, &tomorrow]).await;
    tick(&app, &recorder).await;
    assert_eq!(next(&app, OFFICE).await, Value::Null);
    close(&app, &[&today]).await;
    tick(&app, &recorder).await;
    assert_eq!(next(&app, OFFICE).await["date"], tomorrow.as_str());
}
