//! Seats kept for channels, and quotas that staff change.

use antrian::domain::office::Office;
use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::{Person, Setup, TestApp};
use reqwest::Method;
use serde_json::json;

use crate::steps::{administer, office_with, reach, wrong_fields};

/// Four seats a slot: one each for WhatsApp, priority and walk-ins, and one for everybody.
fn pooled() -> Office {
    office_with(4, |office| {
        office["sessions"][0]["pools"] = json!([
            {"channel": "whatsapp", "seats": 1, "opens_to_all_minutes_before": 1440},
            {"channel": "priority", "seats": 1, "opens_to_all_minutes_before": 120},
            {"channel": "walk_in", "seats": 1, "opens_to_all_minutes_before": 60},
        ]);
    })
}

async fn start() -> TestApp {
    TestApp::start_with(Setup { offices: vec![pooled()], ..Setup::default() }).await
}

async fn elderly(app: &TestApp, number: u32) -> Person {
    let person = Person::register_only(app, number).await;
    let details = json!({"name": "Contoh Lansia", "nik": nik(number), "birth_date": "1950-01-01",
        "ktp_regency": "Kota Makassar", "category": "elderly"});
    assert_eq!(person.post(app, "/v1/me/applicants", details).await.status, 201);
    person
}

async fn set_quota(app: &TestApp, quota: u16) -> antrian_tests::Answer {
    let body = json!({"service": "passport_new", "quota": quota});
    administer(app, Method::PATCH, &format!("/slots/{DATE}/09:00"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_gets_general_seats_and_priority_its_own_first() {
    let app = start().await;
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    // The first of them uses the pool, so the general seat is left; the second takes that.
    assert_eq!(elderly(&app, 1).await.hold(&app, DATE, "09:00").await.status, 201);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    let (second, third) = (elderly(&app, 2).await, elderly(&app, 3).await);
    assert_eq!(second.hold(&app, DATE, "09:00").await.status, 201);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
    assert_eq!(third.hold(&app, DATE, "09:00").await.code(), "slot_full");
    let person = Person::register(&app, 4).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.code(), "slot_full");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_slot_that_is_full_is_still_open_to_priority() {
    let app = start().await;
    Person::register(&app, 1).await.book(&app, DATE, "09:00").await;
    let person = Person::register(&app, 2).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.code(), "slot_full");
    assert_eq!(elderly(&app, 3).await.hold(&app, DATE, "09:00").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_pool_has_left_is_open_to_all_from_its_time_on() {
    let app = start().await;
    // The slot starts on 2 December at 01:00 UTC: a day before, two hours before, one hour before.
    let steps = [
        ("2026-12-01T00:59:30Z", 1),
        ("2026-12-01T01:00:00Z", 2),
        ("2026-12-01T22:59:30Z", 2),
        ("2026-12-01T23:00:00Z", 3),
        ("2026-12-01T23:59:30Z", 3),
        ("2026-12-02T00:00:00Z", 4),
        ("2026-12-02T00:29:30Z", 4),
    ];
    for (instant, free) in steps {
        reach(&app, instant);
        assert_eq!(app.seats_free(DATE, "09:00").await, Some(free), "{instant}");
    }
    reach(&app, "2026-12-02T00:30:00Z");
    assert_eq!(app.seats_free(DATE, "09:00").await, None, "booking for it has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_quota_adds_seats() {
    let app = TestApp::with_quota(1).await;
    Person::register(&app, 1).await.book(&app, DATE, "09:00").await;
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
    let raised = set_quota(&app, 3).await;
    assert_eq!(raised.status, 200, "{raised:?}");
    assert_eq!((&raised.body["quota"], &raised.body["seats_taken"]), (&json!(3), &json!(1)));
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    for number in 2..=3 {
        Person::register(&app, number).await.book(&app, DATE, "09:00").await;
    }
    let person = Person::register(&app, 4).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.code(), "slot_full");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lowered_quota_takes_no_seat_away_and_gives_none_out() {
    let app = TestApp::with_quota(3).await;
    let mut bookings = Vec::new();
    for number in 1..=2 {
        let person = Person::register(&app, number).await;
        let code = person.book(&app, DATE, "09:00").await.text("code");
        bookings.push((person, code));
    }
    let lowered = set_quota(&app, 0).await;
    assert_eq!((&lowered.body["quota"], &lowered.body["seats_taken"]), (&json!(0), &json!(2)));
    let third = Person::register(&app, 3).await;
    assert_eq!(third.hold(&app, DATE, "09:00").await.code(), "slot_full");
    for (person, code) in &bookings {
        let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
        assert_eq!(seen.body["status"], "confirmed");
    }
    assert_eq!(bookings[0].0.act(&app, &bookings[0].1, "cancel").await.status, 200);
    app.advance(62);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0), "a seat above the line stays away");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_below_what_is_taken_sells_no_seat_below_it() {
    let app = TestApp::with_quota(10).await;
    let mut bookings = Vec::new();
    for number in 1..=5 {
        let person = Person::register(&app, number).await;
        let code = person.book(&app, DATE, "09:00").await.text("code");
        bookings.push((person, code));
    }
    set_quota(&app, 3).await;
    let late = Person::register(&app, 9).await;
    // With two gone as many as the quota are left; with the third gone there is room for one.
    for (nth, (person, code)) in bookings.iter().take(3).enumerate() {
        assert_eq!(app.seats_free(DATE, "09:00").await, Some(0), "{nth} gone");
        assert_eq!(late.hold(&app, DATE, "09:00").await.code(), "slot_full", "{nth} gone");
        assert_eq!(person.act(&app, code, "cancel").await.status, 200);
        app.advance(400);
    }
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    assert_eq!(late.hold(&app, DATE, "09:00").await.status, 201);
    let last = Person::register(&app, 10).await;
    assert_eq!(last.hold(&app, DATE, "09:00").await.code(), "slot_full");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await;
    assert_eq!(wrong_fields(&set_quota(&app, 1000).await), ["quota"]);
    let service = json!({"service": "passport_express", "quota": 1});
    let answer = administer(&app, Method::PATCH, &format!("/slots/{DATE}/09:00"), service).await;
    assert_eq!(wrong_fields(&answer), ["service"]);
    let body = json!({"service": "passport_new", "quota": 1});
    for place in [format!("/slots/{DATE}/09:30"), "/slots/2027-06-01/09:00".to_owned()] {
        assert_eq!(administer(&app, Method::PATCH, &place, body.clone()).await.status, 404);
    }
}
