//! What several tests do.

use antrian::domain::office::Office;
use antrian_tests::app::{Answer, DATE};
use antrian_tests::desk::Desk;
use antrian_tests::{Person, TestApp, offices};
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

/// The test office with a second service, whose people wait in the line of B.
pub(crate) fn two_services(quota: u16) -> Office {
    office_with(quota, |office| {
        let service = json!({"id": "passport_replacement", "queue_group": "B",
            "name": {"id": "Penggantian paspor", "en": "Passport replacement"}});
        office["services"].as_array_mut().unwrap().push(service);
        let mut session = office["sessions"][0].clone();
        session["service"] = "passport_replacement".into();
        office["sessions"].as_array_mut().unwrap().push(session);
    })
}

/// A confirmed booking of a service, and its code.
pub(crate) async fn booked_for(
    app: &TestApp,
    person: &Person,
    service: &str,
    slot: &str,
) -> String {
    let wish = json!({"applicant_id": "p1", "office": offices::OFFICE, "service": service,
        "date": DATE, "slot": slot});
    let code = person.post(app, "/v1/bookings", wish).await.text("code");
    assert_eq!(person.act(app, &code, "confirm").await.status, 200);
    code
}

/// A clerk scans them one after the other, a minute apart.
pub(crate) async fn scanned_in_turn(app: &TestApp, codes: &[String]) {
    let desk = Desk::sign_in(app).await;
    for code in codes {
        assert_eq!(desk.scan(app, code).await.status, 200);
        app.advance(60);
    }
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

/// Status and reason of an answer.
pub(crate) fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

/// The text of the QR in a picture.
pub(crate) fn read_qr(picture: &image::GrayImage) -> Option<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixel = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
    let grids = prepared.detect_grids();
    grids.first()?.decode().ok().map(|(_, text)| text)
}
