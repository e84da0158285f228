//! Removing somebody: what stays of them, and whose name stands where.

use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::{Person, Recorder, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{people, refused, remove};
use crate::person_claims::stranger;
use crate::steps::{close, reach};

const LATER: &str = "2026-12-04";

fn ids(people: &[(String, String)]) -> Vec<&str> {
    people.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test]
async fn nobody_is_removed_whose_booking_is_on() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    refused(&remove(&app, &person, "p1").await, 409, "person_has_booking");
    assert_eq!(person.act(&app, &code, "confirm").await.status, 200);
    refused(&remove(&app, &person, "p1").await, 409, "person_has_booking");
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    assert_eq!(remove(&app, &person, "p1").await.status, 204);
    refused(&remove(&app, &person, "p1").await, 404, "not_found");
    assert!(people(&app, &person).await.is_empty());
    app.assert_audit_agrees().await;
}

/// A booking names its person by an id: nobody else ever gets it.
#[tokio::test]
async fn an_earlier_booking_never_shows_the_name_of_somebody_who_came_later() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    assert_eq!(person.add(&app, 2).await.status, 201);
    let held = person.hold_for(&app, "p2", DATE, "09:00").await;
    let code = held.text("code");
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    // The last id, one in the middle, and all of them.
    assert_eq!(remove(&app, &person, "p2").await.status, 204);
    assert_eq!(person.add(&app, 3).await.text("id"), "p3");
    assert_eq!(remove(&app, &person, "p1").await.status, 204);
    assert_eq!(remove(&app, &person, "p3").await.status, 204);
    for number in 4..=8 {
        assert_eq!(person.add(&app, number).await.status, 201);
    }
    assert_eq!(ids(&people(&app, &person).await), ["p4", "p5", "p6", "p7", "p8"]);
    refused(&person.add(&app, 9).await, 409, "applicants_full");
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.status, seen.text("applicant_id").as_str()), (200, "p2"), "{seen:?}");
    assert_eq!(seen.body["documents"], json!([]), "nothing is known of its person any more");
}

#[tokio::test]
async fn somebody_who_is_removed_leaves_no_trace_but_what_counts_against_them() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    person.add(&app, 2).await;
    let hash = |items: &[Value], id: &str| {
        let is_it = |item: &&Value| item["sk"]["S"] == format!("APPLICANT#{id}");
        items.iter().find(is_it).unwrap()["person"]["S"].as_str().unwrap().to_owned()
    };
    let before = recorder.items().await;
    let (one, two) = (hash(&before, "p1"), hash(&before, "p2"));
    person.hold(&app, DATE, "09:00").await;
    app.advance(3600);
    app.tick().await;
    for id in ["p1", "p2"] {
        assert_eq!(remove(&app, &person, id).await.status, 204);
    }
    let items = recorder.items().await;
    let guard = |hash: &str| {
        let key = format!("PERSON#{hash}");
        items.iter().find(|item| item["pk"]["S"] == key.as_str()).cloned()
    };
    let kept = guard(&one).unwrap();
    let names: Vec<_> = kept.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["holds_20261130", "pk", "sk", "ttl", "v"], "{kept:?}");
    assert!(guard(&two).is_none(), "nothing was held for them");
    assert!(items.iter().all(|item| !item["sk"]["S"].as_str().unwrap().starts_with("APPLICANT#")));
}

#[tokio::test]
async fn removing_and_adding_again_forgets_no_hold_and_no_missed_visit() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    for number in 1..=3 {
        let held = person.hold_for(&app, &format!("p{number}"), DATE, "09:00").await;
        assert_eq!(held.status, 201, "{held:?}");
        assert_eq!(person.act(&app, &held.text("code"), "cancel").await.status, 200);
        assert_eq!(remove(&app, &person, &format!("p{number}")).await.status, 204);
        assert_eq!(person.add(&app, 1).await.status, 201);
    }
    let fourth = person.hold_for(&app, "p4", DATE, "09:00").await;
    assert_eq!(fourth.status, 409, "{fourth:?}");
    let elsewhere = stranger(&app, 2, 1).await;
    refused(&elsewhere.hold(&app, DATE, "09:00").await, 409, "person_needs_confirmation");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn whoever_adds_and_removes_a_stranger_changes_nothing_for_them() {
    let app = TestApp::with_quota(8).await;
    let owner = Person::register(&app, 1).await;
    let code = owner.book(&app, DATE, "09:00").await.text("code");
    let other = stranger(&app, 2, 1).await;
    assert_eq!(remove(&app, &other, "p1").await.status, 204);
    let booked = owner.hold(&app, LATER, "09:00").await;
    refused(&booked, 409, "already_booked");
    assert_eq!(booked.body["booking_code"], code.as_str());
    app.assert_audit_agrees().await;
}

/// A booking that its office cancelled can be moved free of charge, but not without its person.
#[tokio::test]
async fn a_displaced_booking_does_not_come_back_without_its_person() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    app.advance(60);
    app.tick().await;
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(seen.text("status"), "cancelled", "{seen:?}");
    assert_eq!(remove(&app, &person, "p1").await.status, 204);
    refused(&person.reschedule(&app, &code, LATER, "09:00").await, 409, "booking_ended");
    assert_eq!(stranger(&app, 2, 1).await.hold(&app, LATER, "09:00").await.status, 201);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn an_export_and_an_erasure_know_who_was_removed_and_corrected() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    person.add(&app, 2).await;
    person.book(&app, DATE, "09:00").await;
    assert_eq!(super::correct(&app, &person, "p1", json!({"nik": nik(3)})).await.status, 200);
    assert_eq!(remove(&app, &person, "p2").await.status, 204);
    let export = person.get(&app, "/v1/me/export").await;
    let text = export.body.to_string();
    assert!(text.contains(&nik(3)) && !text.contains(&nik(1)) && !text.contains(&nik(2)), "{text}");
    assert_eq!(app.call(Method::DELETE, "/v1/me", Some(&person.token), None).await.status, 204);
    reach(&app, "2026-12-02T02:00:00Z");
    app.tick().await;
    app.assert_audit_agrees().await;
    let items = recorder.items().await;
    let people: Vec<_> = items
        .iter()
        .filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("PERSON#"))
        .collect();
    for guard in people {
        assert!(guard["code"].is_null() && guard["account"].is_null(), "{guard:?}");
    }
}
