//! Scanning tickets at the office.

use std::sync::Arc;

use antrian_tests::app::{Answer, DATE};
use antrian_tests::desk::Desk;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{booked_for, reach, two_services};

async fn scan(app: &TestApp, scan: Value) -> Answer {
    Desk::sign_in(app).await.post(app, "/v1/check-ins", scan).await
}

async fn scan_code(app: &TestApp, code: &str) -> Answer {
    Desk::sign_in(app).await.scan(app, code).await
}

/// 08:30 at the office on the day.
const MORNING: &str = "2026-12-02T00:30:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_at_the_wrong_time_is_told_the_right_one() {
    let app = TestApp::start().await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = first.book(&app, DATE, "09:00").await.text("code");
    let later = second.book(&app, DATE, "10:00").await.text("code");
    let refused = scan_code(&app, &code).await;
    assert_eq!((refused.status, refused.code()), (409, "wrong_day"));
    assert_eq!((refused.text("date"), refused.text("slot")), (DATE.into(), "09:00".into()));

    reach(&app, "2026-12-01T23:59:00Z");
    let refused = scan_code(&app, &code).await;
    assert_eq!((refused.status, refused.code()), (409, "too_early"));
    assert_eq!(refused.body["check_in_from"], "2026-12-02T08:00:00+08:00");
    reach(&app, "2026-12-02T01:30:00Z");
    let refused = scan_code(&app, &code).await;
    assert_eq!((refused.status, refused.code()), (409, "too_late"));
    assert_eq!(refused.body["check_in_until"], "2026-12-02T09:30:00+08:00");
    app.tick().await;
    assert_eq!(scan_code(&app, &code).await.code(), "too_late", "also once it is written down");
    assert_eq!(scan_code(&app, &later).await.status, 200);
    reach(&app, "2026-12-03T01:00:00Z");
    assert_eq!(scan_code(&app, &code).await.code(), "wrong_day");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_confirmed_bookings_come_in() {
    let app = TestApp::start().await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let cancelled = first.book(&app, DATE, "09:00").await;
    first.act(&app, &cancelled.text("code"), "cancel").await;
    reach(&app, MORNING);
    let held = second.hold(&app, DATE, "10:00").await.text("code");
    assert_eq!(scan_code(&app, &held).await.code(), "not_confirmed");
    let refused = scan(&app, json!({"ticket": cancelled.text("ticket")})).await;
    assert_eq!((refused.status, refused.code()), (409, "booking_ended"));
    app.advance(16 * 60);
    assert_eq!(scan_code(&app, &held).await.code(), "hold_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_another_office_and_other_roles_are_refused() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");
    reach(&app, MORNING);
    let body = Some(json!({"ticket": ticket}));
    let elsewhere = app.staff("lain", &["desk"]).await;
    let refused = app.call(Method::POST, "/v1/check-ins", Some(&elsewhere), body.clone()).await;
    assert_eq!((refused.status, refused.code()), (409, "wrong_office"));
    assert_eq!(refused.body["office"], OFFICE);
    for token in [None, Some("x"), Some(person.token.as_str())] {
        let refused = app.call(Method::POST, "/v1/check-ins", token, body.clone()).await;
        assert_eq!((refused.status, refused.code()), (401, "unauthenticated"));
    }
    let counter = app.staff(OFFICE, &["counter"]).await;
    let refused = app.call(Method::POST, "/v1/check-ins", Some(&counter), body).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_foreign_tickets_are_bad_and_an_old_one_still_names_its_booking() {
    let (app, foreign) = (TestApp::start().await, TestApp::start().await);
    let person = Person::register(&app, 1).await;
    let booked = person.book(&app, DATE, "09:00").await;
    let ticket = booked.text("ticket");
    let stranger = Person::register(&foreign, 2).await.book(&foreign, DATE, "09:00").await;
    reach(&app, MORNING);
    let last = if ticket.ends_with('0') { "1" } else { "0" };
    let forged = format!("{}{last}", &ticket[..ticket.len() - 1]);
    for bad in [forged.as_str(), &ticket[..20], "", "https://example.org", &stranger.text("ticket")]
    {
        let refused = scan(&app, json!({"ticket": bad})).await;
        assert_eq!((refused.status, refused.code()), (422, "bad_ticket"), "{bad}");
    }
    let both = json!({"ticket": ticket, "code": booked.text("code")});
    assert_eq!(scan(&app, both).await.status, 422);
    assert_eq!(scan(&app, json!({})).await.status, 422);

    // A ticket printed before the booking was moved says which booking it is, not when.
    let mover = Person::register(&app, 3).await;
    let old = mover.book(&app, "2026-12-03", "09:00").await;
    let moved = mover.reschedule(&app, &old.text("code"), "2026-12-04", "09:00").await;
    assert_eq!(moved.status, 200, "{moved:?}");
    reach(&app, "2026-12-03T00:30:00Z");
    let refused = scan(&app, json!({"ticket": old.text("ticket")})).await;
    assert_eq!((refused.code(), refused.text("date")), ("wrong_day", "2026-12-04".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_read_as_people_type_it() {
    let app = TestApp::start().await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    let (first, second) = code.split_at(5);
    let typed = format!(" {}-{} ", first.to_lowercase(), second.to_lowercase());
    let came = scan_code(&app, &typed).await;
    assert_eq!((came.status, came.text("code")), (200, code.clone()));
    let mistyped: String = code.chars().rev().collect();
    let refused = scan_code(&app, &mistyped).await;
    assert!(mistyped == code || [404, 422].contains(&refused.status), "{refused:?}");
    assert_eq!(scan_code(&app, "ABC").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_scan_tells_when_and_where_the_first_was() {
    let app = TestApp::start().await;
    let ticket = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("ticket");
    reach(&app, MORNING);
    let first = scan(&app, json!({"ticket": ticket, "gate": "Gerbang 1"})).await;
    app.advance(300);
    let second = scan(&app, json!({"ticket": ticket, "gate": "Gerbang 2"})).await;
    assert_eq!(
        (&first.body["duplicate"], &second.body["duplicate"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(second.body["first_scan"], first.body["first_scan"]);
    assert_eq!(second.body["first_scan"]["gate"], "Gerbang 1");
    assert!(second.body["first_scan"]["at"].as_str().unwrap().starts_with("2026-12-02T08:3"));
    assert_eq!(second.body["queue_number"], "A-001");
    let without_gate = scan(&app, json!({"ticket": ticket, "gate": "x".repeat(41)})).await;
    assert_eq!(without_gate.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clerk_sees_who_it_is_what_to_ask_for_and_how_many_wait() {
    let app = TestApp::with_quota(3).await;
    let mut codes = Vec::new();
    for number in 1..=2 {
        let person = Person::register(&app, number).await;
        codes.push(person.book(&app, DATE, "09:00").await.text("code"));
    }
    let outside = Person::register_only(&app, 3).await;
    let details = json!({"name": "Contoh Luar", "nik": antrian_tests::person::nik(3),
        "birth_date": "1990-01-01", "ktp_regency": "Kota Kendari"});
    assert_eq!(outside.post(&app, "/v1/me/applicants", details).await.status, 201);
    codes.push(outside.book(&app, DATE, "09:00").await.text("code"));
    reach(&app, MORNING);
    let mut answers = Vec::new();
    for code in &codes {
        answers.push(scan_code(&app, code).await);
    }
    let ahead: Vec<_> = answers.iter().map(|answer| &answer.body["people_ahead"]).collect();
    assert_eq!(ahead, [0, 1, 2]);
    let numbers: Vec<_> = answers.iter().map(|answer| answer.text("queue_number")).collect();
    assert_eq!(numbers, ["A-001", "A-002", "A-003"]);
    assert_eq!(
        answers[2].body["applicant"],
        json!({"name": "Contoh Luar", "identity": "nik", "category": "general"})
    );
    let asks = |answer: &Answer| answer.body["documents"].to_string().contains("domicile_letter");
    assert_eq!(answers.iter().map(asks).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(answers[2].body["warnings"][0]["code"], "domicile_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_group_of_services_counts_for_itself() {
    let office = two_services(2);
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let mut codes = Vec::new();
    for (number, service) in (1..).zip([SERVICE, "passport_replacement", SERVICE]) {
        let person = Person::register(&app, number).await;
        let slot = if number == 3 { "10:00" } else { "09:00" };
        codes.push(booked_for(&app, &person, service, slot).await);
    }
    reach(&app, "2026-12-02T01:10:00Z");
    let mut numbers = Vec::new();
    for code in &codes {
        let answer = scan_code(&app, code).await;
        numbers.push((answer.text("queue_number"), answer.body["people_ahead"].clone()));
    }
    let expected = [("A-001", 0), ("B-001", 0), ("A-002", 1)];
    assert_eq!(numbers, expected.map(|(number, ahead)| (number.to_owned(), json!(ahead))));
}

#[tokio::test]
async fn who_is_in_is_told_so_even_if_nothing_more_can_be_read() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    let token = app.staff(OFFICE, &["desk"]).await;
    let mut is_in = false;
    switch.arm(move |call| {
        is_in |= touched(call).contains(&Item::Entry);
        match is_in && call.token().is_none() {
            true => {
                let kind = "com.amazonaws.dynamodb.v20120810#AccessDeniedException";
                Action::Answer { status: 400, body: json!({"__type": kind}) }
            }
            false => Action::Pass,
        }
    });
    let body = json!({"code": code});
    let scanned = app.call(Method::POST, "/v1/check-ins", Some(&token), Some(body)).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
    assert_eq!(scanned.body["duplicate"], false);
    assert_eq!(scanned.body["applicant"]["name"], "Contoh 1");
    assert_eq!(scanned.body["people_ahead"], Value::Null);
}
