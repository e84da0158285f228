//! What several tests do.

use antrian::domain::office::Office;
use antrian_tests::app::Answer;
use antrian_tests::{TestApp, offices};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

/// Moves the clock forward to an instant, and not a fraction of a second short of it.
pub(crate) fn reach(app: &TestApp, instant: &str) {
    app.advance_to(instant);
    let instant: DateTime<Utc> = instant.parse().unwrap();
    while app.now() < instant {
        app.advance(1);
    }
}

/// So many seconds after an instant.
pub(crate) fn after(instant: &str, secs: i64) -> String {
    (instant.parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(secs)).to_rfc3339()
}

/// The test office, its description changed.
pub(crate) fn office_with(quota: u16, change: impl FnOnce(&mut Value)) -> Office {
    let mut office = serde_json::to_value(offices::office(quota)).unwrap();
    change(&mut office);
    serde_json::from_value(office).unwrap()
}

/// Calls an administration route of the test office.
pub(crate) async fn administer(app: &TestApp, method: Method, path: &str, body: Value) -> Answer {
    let token = app.staff(offices::OFFICE, &["admin"]).await;
    app.call(method, &format!("/v1/offices/{}{path}", offices::OFFICE), Some(&token), Some(body))
        .await
}

/// Closes dates of the test office by its calendar.
pub(crate) async fn close(app: &TestApp, dates: &[&str]) -> Answer {
    let reason = json!({"id": "Pemadaman listrik", "en": "Power cut"});
    let exceptions: serde_json::Map<_, _> = dates
        .iter()
        .map(|date| ((*date).to_owned(), json!({"open": false, "reason": reason})))
        .collect();
    let answer = administer(app, Method::PUT, "/calendar", json!({"exceptions": exceptions})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// The fields that an answer finds wrong.
pub(crate) fn wrong_fields(answer: &Answer) -> Vec<&str> {
    assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{answer:?}");
    let errors = answer.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["field"].as_str().unwrap()).collect()
}

/// The text of the QR in a picture.
pub(crate) fn read_qr(picture: &image::GrayImage) -> Option<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixel = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
    let grids = prepared.detect_grids();
    grids.first()?.decode().ok().map(|(_, text)| text)
}
