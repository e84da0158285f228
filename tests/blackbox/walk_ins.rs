//! People without a booking, or without a phone: the desk books for them.

use std::sync::Arc;

use antrian::domain::office::Office;
use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Item, Switch, client};
use antrian_tests::{Answer, Person, Recorder, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{office_with, outcome, reach, wrong_fields};

/// Half past eight at the office on the day.
const MORNING: &str = "2026-12-02T00:30:00Z";
/// An hour that has begun, and the next one that has not.
const HALF_PAST_NINE: &str = "2026-12-02T01:30:00Z";

/// One seat an hour for people who walk in, until the hour; the others are for everybody.
fn pooled(quota: u16) -> Office {
    office_with(quota, |office| {
        let own = json!([{"channel": "walk_in", "seats": 1, "opens_to_all_minutes_before": 0}]);
        office["sessions"][0]["pools"] = own;
    })
}

async fn start(quota: u16) -> TestApp {
    TestApp::start_with(Setup { offices: vec![pooled(quota)], ..Setup::default() }).await
}

fn somebody(number: u32) -> Value {
    json!({"service": "passport_new", "name": format!("Contoh {number}"), "nik": nik(number),
        "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"})
}

const PATH: &str = "/v1/offices/uji/walk-ins";

async fn walk_in(app: &TestApp, desk: &Desk, body: Value) -> Answer {
    desk.post(app, PATH, body).await
}

async fn free(app: &TestApp) -> Value {
    let token = app.staff(OFFICE, &["desk"]).await;
    let seen = app.call(Method::GET, PATH, Some(&token), None).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    seen.body["services"][0]["seats_free"].clone()
}

#[tokio::test]
async fn somebody_without_a_booking_is_in_at_once_from_the_desks_own_seats() {
    let app = start(1).await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    assert_eq!(free(&app).await, 2, "one at nine, one at ten");
    let came = walk_in(&app, &desk, somebody(1)).await;
    assert_eq!(came.status, 201, "{came:?}");
    let seen = json!([
        came.body["date"],
        came.body["slot"],
        came.body["check_in"]["queue_number"],
        came.body["check_in"]["status"],
        came.body["check_in"]["applicant"]["name"]
    ]);
    assert_eq!(seen, json!([DATE, "09:00", "A-001", "checked_in", "Contoh 1"]));
    assert!(!came.body["documents"].as_array().unwrap().is_empty());
    let page = came.text("page");
    let page = app.get(&page[page.find("/t/").unwrap()..]).await;
    assert_eq!(page.status, 200, "the slip's address opens");

    assert_eq!(walk_in(&app, &desk, somebody(2)).await.body["slot"], "10:00");
    let third = walk_in(&app, &desk, somebody(3)).await;
    assert_eq!(outcome(&third), (409, "slot_full"));
    let called = desk.call(&app, "1").await;
    assert_eq!(called.text("queue_number"), "A-001", "{called:?}");
    app.drain().await;
    assert!(app.sent().is_empty(), "nobody is written to who has no phone");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_events_say_which_clerk_made_them_and_a_refusal_leaves_nobody_behind() {
    let (app, recorder) = Recorder::start().await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    let came = walk_in(&app, &desk, somebody(1)).await;
    let events = recorder.items_of(&format!("BOOKING#{}", came.text("code"))).await;
    let events: Vec<_> = events.iter().filter(|item| !item["by"].is_null()).collect();
    assert_eq!(events.len(), 3, "held, confirmed, in: {events:?}");
    for event in &events {
        assert_eq!(event["by"]["S"], "office", "{event}");
    }
    assert!(!events[0]["clerk"]["M"]["staff"]["S"].as_str().unwrap().is_empty());

    let before = recorder.items_of("ACCOUNT#").await.len();
    let again = walk_in(&app, &desk, somebody(1)).await;
    assert_eq!(outcome(&again), (409, "person_needs_confirmation"), "a person has one visit");
    assert_eq!(recorder.items_of("ACCOUNT#").await.len(), before, "no person without a booking");
}

#[tokio::test]
async fn what_is_left_of_an_hour_that_has_begun_is_for_whoever_stands_there() {
    let app = TestApp::with_quota(1).await;
    let late = Person::register(&app, 1).await;
    late.book(&app, DATE, "09:00").await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    // At half past eight the web is closed for nine; ten is free for everybody.
    assert_eq!(free(&app).await, 1);
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(1));
    reach(&app, HALF_PAST_NINE);
    assert_eq!(free(&app).await, 1, "whoever has the seat at nine may still come");
    app.advance(3600);
    app.tick().await;
    assert_eq!(free(&app).await, 2, "nobody came for it, and ten has one left");
    assert_eq!(app.seats_free(DATE, "10:00").await, None, "not for the web");
    let came = walk_in(&app, &desk, somebody(2)).await;
    assert_eq!(came.body["slot"], "09:00", "{came:?}");
    let too_late = late.hold(&app, DATE, "10:00").await;
    assert_eq!(too_late.status, 409, "{too_late:?}");
    let came = walk_in(&app, &desk, somebody(1)).await;
    assert_eq!((came.status, came.body["slot"].as_str()), (201, Some("10:00")), "{came:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_visit_on_another_day_has_a_slip_and_is_scanned_by_its_code() {
    let app = TestApp::with_quota(2).await;
    let desk = Desk::sign_in(&app).await;
    let visit = json!({"date": DATE, "slot": "10:00"});
    let body = [somebody(1), json!({"visit": visit})];
    let body = merged(&body);
    let booked = walk_in(&app, &desk, body).await;
    assert_eq!(booked.status, 201, "{booked:?}");
    assert_eq!(booked.body["check_in"], Value::Null);
    reach(&app, "2026-12-02T01:45:00Z");
    let desk = Desk::sign_in(&app).await;
    let scanned = desk.scan(&app, &booked.text("code")).await;
    assert_eq!(scanned.text("queue_number"), "A-001", "{scanned:?}");
    let visit = "2026-12-04";
    let nowhere = merged(&[somebody(2), json!({"visit": {"date": visit, "slot": "03:00"}})]);
    assert_eq!(wrong_fields(&walk_in(&app, &desk, nowhere).await), ["slot"]);
    app.assert_audit_agrees().await;
}

fn merged(parts: &[Value]) -> Value {
    let parts = parts.iter().flat_map(|part| part.as_object().unwrap().clone());
    Value::Object(parts.collect())
}

#[tokio::test]
async fn who_has_a_right_to_it_goes_first_and_whoever_was_to_come_keeps_their_seat() {
    let app = start(3).await;
    Person::register(&app, 9).await.book(&app, DATE, "09:00").await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    walk_in(&app, &desk, somebody(1)).await;
    let elderly = json!({"birth_date": "1950-01-01", "category": "elderly"});
    let came = walk_in(&app, &desk, merged(&[somebody(2), elderly])).await;
    assert_eq!(came.body["check_in"]["priority"], true, "{came:?}");
    assert_eq!(desk.call(&app, "1").await.text("queue_number"), "A-002");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_same_request_again_is_the_same_visit_wherever_the_first_was_cut_off() {
    let switch = Arc::new(Switch::default());
    let offices = vec![pooled(9)];
    let setup = Setup { offices, http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    reach(&app, MORNING);
    let token = app.staff(OFFICE, &["desk"]).await;
    // The account, the person, the hold, the confirmation, the scan: each is cut off once, and tried again at
    // once, or when a hold has run out.
    for (nth, (cut, waits)) in (0..5).flat_map(|cut| [(cut, 0), (cut, 1200)]).enumerate() {
        let mut transactions = 0;
        switch.arm(move |call| {
            let is_one = call.target == "TransactWriteItems";
            transactions += usize::from(is_one);
            if is_one && transactions > cut { Action::Refuse } else { Action::Pass }
        });
        let key = format!("walk-in-{nth}");
        let number = u32::try_from(nth).unwrap() + 1;
        let first = app.post_with_key(PATH, Some(&token), &key, somebody(number)).await;
        assert_eq!(first.status, 503, "{cut}: {first:?}");
        switch.disarm();
        app.advance(waits);
        for _ in 0..2 {
            let again = app.post_with_key(PATH, Some(&token), &key, somebody(number)).await;
            let seen = again.body["check_in"]["queue_number"].clone();
            assert_eq!((again.status, seen), (201, json!(format!("A-{number:03}"))), "{again:?}");
            assert_eq!(again.body["check_in"]["applicant"]["name"], format!("Contoh {number}"));
        }
        let other = app.post_with_key(PATH, Some(&token), &key, somebody(99)).await;
        assert_eq!(outcome(&other), (422, "idempotency_mismatch"));
    }
    app.assert_audit_agrees().await;
}

/// Web and desk want the last seat at the same moment.
async fn last_seat(app: &TestApp) -> usize {
    let people = [Person::register(app, 1).await, Person::register(app, 2).await];
    reach(app, "2026-12-02T00:10:00Z");
    let desk = Desk::sign_in(app).await;
    let visit = json!({"visit": {"date": DATE, "slot": "09:00"}});
    let bodies: Vec<_> = (3..6).map(|number| merged(&[somebody(number), visit.clone()])).collect();
    let web = people.iter().map(|person| person.hold(app, DATE, "09:00"));
    let walk_ins = bodies.into_iter().map(|body| walk_in(app, &desk, body));
    let (web, walk_ins) =
        tokio::join!(futures_util::future::join_all(web), futures_util::future::join_all(walk_ins));
    web.iter().chain(&walk_ins).filter(|answer| answer.status == 201).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn web_and_desk_share_the_last_seat_with_nobody() {
    let app = TestApp::with_quota(1).await;
    assert_eq!(last_seat(&app).await, 1);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_seats_condition_both_have_it() {
    let switch = Arc::new(Switch::default());
    let setup = Setup {
        offices: vec![office_with(1, |_| {})],
        http_client: Some(client(switch.clone())),
        ..Setup::default()
    };
    let app = TestApp::start_with(setup).await;
    switch.arm(|call| without_conditions_on(&[Item::Seat], call));
    assert!(last_seat(&app).await > 1);
}

#[tokio::test]
async fn only_the_offices_own_desk_books_for_people_and_says_what_is_wrong() {
    let app = TestApp::with_quota(1).await;
    reach(&app, MORNING);
    for (office, scopes, expected) in [("lain", ["desk"], 403), (OFFICE, ["office_admin"], 403)] {
        let token = app.staff(office, &scopes).await;
        let refused = app.call(Method::POST, PATH, Some(&token), Some(somebody(1))).await;
        assert_eq!(refused.status, expected, "{refused:?}");
        let refused = app.call(Method::GET, PATH, Some(&token), None).await;
        assert_eq!(refused.status, expected, "{refused:?}");
    }
    let desk = Desk::sign_in(&app).await;
    let wrong = merged(&[somebody(1), json!({"nik": "1", "name": "", "birth_date": "2030-01-01"})]);
    assert_eq!(wrong_fields(&walk_in(&app, &desk, wrong).await), ["name", "nik", "birth_date"]);
    let wrong = merged(&[somebody(1), json!({"service": "visa"})]);
    assert_eq!(wrong_fields(&walk_in(&app, &desk, wrong).await), ["service"]);
    let wrong = merged(&[somebody(1), json!({"gate": "x".repeat(41)})]);
    assert_eq!(wrong_fields(&walk_in(&app, &desk, wrong).await), ["gate"]);
}

#[tokio::test]
async fn an_office_that_is_not_online_takes_people_who_come() {
    let office = office_with(1, |office| office["online"] = json!(false));
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    let came = walk_in(&app, &desk, somebody(1)).await;
    assert_eq!(came.status, 201, "{came:?}");
}
