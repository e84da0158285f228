//! Correcting somebody: what it does to the booking that is on, and what it must not do.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::person::nik;
use antrian_tests::{Person, TestApp};
use serde_json::{Value, json};

use super::{correct, people, refused};
use crate::person_claims::stranger;
use crate::steps::{reach, wrong_fields};

const LATER: &str = "2026-12-04";

#[tokio::test]
async fn a_name_is_corrected_also_by_telling_the_same_nik_again() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let corrected = correct(&app, &person, "p1", json!({"name": "Contoh Satu"})).await;
    assert_eq!((corrected.status, corrected.text("name").as_str()), (200, "Contoh Satu"));
    let told = json!({"name": "Contoh Satu Betul", "nik": nik(1), "birth_date": "1990-01-01",
        "ktp_regency": "Kota Makassar"});
    let again = person.post(&app, "/v1/me/applicants", told).await;
    assert_eq!(
        (again.status, again.text("name").as_str()),
        (201, "Contoh Satu Betul"),
        "{again:?}"
    );
    assert_eq!(people(&app, &person).await, [("p1".to_owned(), "Contoh Satu Betul".to_owned())]);
    let events = person.get(&app, &format!("/v1/bookings/{code}")).await.body["history"].clone();
    assert_eq!(events.as_array().unwrap().len(), 2, "a name is no change of the booking");
    reach(&app, "2026-12-02T00:31:00Z");
    let scanned = Desk::sign_in(&app).await.scan(&app, &code).await;
    assert_eq!(scanned.body["applicant"]["name"], "Contoh Satu Betul", "{scanned:?}");
}

#[tokio::test]
async fn what_is_left_out_stays_and_what_does_not_fit_is_named() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    let elderly = json!({"name": "Contoh", "nik": nik(1), "birth_date": "1950-01-01",
        "ktp_regency": "Kota Makassar", "category": "elderly"});
    assert_eq!(person.post(&app, "/v1/me/applicants", elderly).await.status, 201);
    let one = correct(&app, &person, "p1", json!({"ktp_regency": "Kota Contoh"})).await;
    let seen = json!([one.body["name"], one.body["birth_date"], one.body["category"]]);
    assert_eq!(seen, json!(["Contoh", "1950-01-01", "elderly"]));
    let told = json!({"name": "Contoh", "nik": nik(1), "birth_date": "1950-01-01",
        "ktp_regency": "Kota Contoh"});
    let again = person.post(&app, "/v1/me/applicants", told).await;
    assert_eq!(again.body["category"], "elderly", "a right is not lost by not repeating it");
    for (body, field) in [
        (json!({"nik": "123"}), "nik"),
        (json!({"birth_date": "1.1.1990"}), "birth_date"),
        (json!({"birth_date": "1990-01-01"}), "category"),
        (json!({"category": "toddler"}), "category"),
        (json!({"name": ""}), "name"),
        (json!({"name": "Nama: Siti Contoh"}), "name"),
    ] {
        assert_eq!(wrong_fields(&correct(&app, &person, "p1", body).await), [field]);
    }
    refused(&correct(&app, &person, "p2", json!({})).await, 404, "not_found");
    let nothing = correct(&app, &person, "p1", json!({})).await;
    assert_eq!(nothing.body, again.body);
}

#[tokio::test]
async fn a_booking_that_is_on_goes_along_with_a_nik_that_was_mistyped() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let corrected = correct(&app, &person, "p1", json!({"nik": nik(2)})).await;
    assert_eq!(corrected.status, 200, "{corrected:?}");
    app.assert_audit_agrees().await;
    // The person is kept from another booking under the NIK as it is now, and nobody under the old one.
    let other = stranger(&app, 3, 2).await;
    refused(&other.hold(&app, LATER, "09:00").await, 409, "person_needs_confirmation");
    let owner = stranger(&app, 4, 1).await;
    assert_eq!(owner.hold(&app, LATER, "09:00").await.status, 201);
    refused(&person.hold(&app, LATER, "09:00").await, 409, "already_booked");
    // The ticket and the reminder are told anew, and the booking can still be scanned.
    app.drain().await;
    reach(&app, "2026-12-01T10:00:00Z");
    app.tick().await;
    app.drain().await;
    let ids: Vec<_> = app.sent_ids().into_iter().filter(|id| id.contains("-3-")).collect();
    assert!(ids.iter().any(|id| id.ends_with("-3-confirmed")), "{ids:?}");
    assert!(ids.iter().any(|id| id.ends_with("-3-reminder")), "{ids:?}");
    reach(&app, "2026-12-02T00:31:00Z");
    assert_eq!(Desk::sign_in(&app).await.scan(&app, &code).await.status, 200);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_held_seat_goes_along_too_and_is_confirmed_as_before() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    assert_eq!(correct(&app, &person, "p1", json!({"nik": nik(2)})).await.status, 200);
    assert_eq!(person.act(&app, &code, "confirm").await.status, 200);
    refused(
        &stranger(&app, 3, 2).await.hold(&app, LATER, "09:00").await,
        409,
        "person_needs_confirmation",
    );
    app.assert_audit_agrees().await;
}

/// Or a booking would be handed on: made for anybody, and then given to whoever pays.
#[tokio::test]
async fn a_booking_is_not_handed_on_by_correcting_its_person() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let buyer = json!({"name": "Pembeli", "nik": nik(123), "birth_date": "1985-05-05"});
    refused(&correct(&app, &person, "p1", buyer.clone()).await, 409, "person_has_booking");
    assert_eq!(people(&app, &person).await[0].1, "Contoh 1", "nothing of it was done");
    assert_eq!(correct(&app, &person, "p1", json!({"nik": nik(12)})).await.status, 200);
    let twice = correct(&app, &person, "p1", json!({"nik": nik(123)})).await;
    refused(&twice, 409, "person_has_booking");
    // Without the booking anything can be corrected.
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    assert_eq!(correct(&app, &person, "p1", buyer).await.status, 200);
    assert_eq!(person.book(&app, LATER, "09:00").await.status, 200);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn nobody_is_corrected_into_a_nik_that_is_in_use() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    assert_eq!(person.add(&app, 3).await.status, 201);
    refused(&correct(&app, &person, "p1", json!({"nik": nik(3)})).await, 409, "person_known");
    let owner = Person::register(&app, 2).await;
    owner.book(&app, DATE, "09:00").await;
    person.book(&app, DATE, "09:00").await;
    let busy = correct(&app, &person, "p1", json!({"nik": nik(2)})).await;
    refused(&busy, 409, "person_needs_confirmation");
    refused(&owner.hold(&app, LATER, "09:00").await, 409, "already_booked");
    refused(&person.hold(&app, LATER, "09:00").await, 409, "already_booked");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn nobody_is_corrected_while_they_are_at_the_office() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, "2026-12-02T00:31:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
    let name = || json!({"name": "Lain"});
    refused(&correct(&app, &person, "p1", name()).await, 409, "visit_in_progress");
    let told = json!({"name": "Lain", "nik": nik(1), "birth_date": "1990-01-01",
        "ktp_regency": "Kota Makassar"});
    refused(&person.post(&app, "/v1/me/applicants", told).await, 409, "visit_in_progress");
    assert_eq!(desk.call(&app, "1").await.status, 200);
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    assert_eq!(correct(&app, &person, "p1", name()).await.status, 200);
}

#[tokio::test]
async fn another_nik_counts_like_another_person() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let mut told = 1;
    let refusal = loop {
        told += 1;
        let answer = correct(&app, &person, "p1", json!({"nik": nik(told)})).await;
        if answer.status != 200 {
            break answer;
        }
    };
    refused(&refusal, 429, "too_many_people");
    assert_eq!(told, 16, "fifteen in a day");
}

/// What counts against a NIK stays with it, and the account's count with the account.
#[tokio::test]
async fn missed_visits_are_not_left_behind_by_a_correction() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    for date in [DATE, "2026-12-03"] {
        person.book(&app, date, "09:00").await;
        reach(&app, &format!("{date}T01:30:00Z"));
        if date == DATE {
            app.tick().await;
        }
    }
    // The second one has not been written down yet.
    assert_eq!(correct(&app, &person, "p1", json!({"nik": nik(2)})).await.status, 200);
    refused(&person.hold(&app, LATER, "09:00").await, 409, "too_many_missed");
    let elsewhere = stranger(&app, 3, 1).await;
    let answer: Value = elsewhere.hold(&app, LATER, "09:00").await.body;
    assert_eq!(answer["code"], "person_needs_confirmation", "{answer:?}");
    app.assert_audit_agrees().await;
}
