//! Nobody keeps many seats from others: holds are counted, missed visits have a consequence, and a
//! family of five on one phone never notices.

use antrian_tests::app::DATE;
use antrian_tests::wire::{Item, Switch, client};
use antrian_tests::{Answer, Person, Setup, TestApp, offices};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

use antrian_tests::unguarded::without_conditions_on;

use crate::steps::{administer, office_with, reach};

/// Somebody of the account holds a seat and cancels it; what the hold was answered.
async fn hold_and_cancel(app: &TestApp, person: &Person, applicant: &str) -> Answer {
    let held = person.hold_for(app, applicant, DATE, "09:00").await;
    if held.status == 201 {
        let cancelled = person.act(app, &held.text("code"), "cancel").await;
        assert_eq!(cancelled.status, 200, "{cancelled:?}");
    }
    held
}

/// An account with five people.
async fn family(app: &TestApp, number: u32) -> Person {
    let person = Person::register_only(app, number).await;
    for member in 1..=5 {
        assert_eq!(person.add(app, number * 10 + member).await.status, 201);
    }
    person
}

const FAMILY: [&str; 5] = ["p1", "p2", "p3", "p4", "p5"];

#[tokio::test]
async fn a_person_may_have_a_seat_held_three_times_a_day() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    for _ in 0..3 {
        assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 201);
    }
    let refused = hold_and_cancel(&app, &person, "p1").await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_holds"), "{refused:?}");
    assert_eq!(refused.body["per_person"], 3);
    assert_eq!(refused.text("open_again_at"), "2026-12-01T00:00:00+08:00");
    reach(&app, "2026-11-30T15:59:00Z");
    assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 429, "a minute before midnight");
    reach(&app, "2026-11-30T16:00:00Z");
    assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 201, "the next day");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn another_account_does_not_give_a_person_more_holds() {
    let app = TestApp::with_quota(8).await;
    let first = Person::register(&app, 1).await;
    for _ in 0..3 {
        assert_eq!(hold_and_cancel(&app, &first, "p1").await.status, 201);
    }
    let second = Person::register_only(&app, 2).await;
    assert_eq!(second.add(&app, 1).await.status, 201);
    let refused = hold_and_cancel(&app, &second, "p1").await;
    assert_eq!(refused.code(), "person_needs_confirmation", "and does not tell of the other");
}

#[tokio::test]
async fn a_hold_that_is_repeated_under_its_key_is_counted_once() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    for _ in 0..5 {
        let held = person.hold_with_key(&app, DATE, "09:00", "same").await.unwrap();
        assert_eq!(held.status, 201, "{held:?}");
    }
    let code = person.hold_with_key(&app, DATE, "09:00", "same").await.unwrap().text("code");
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    for _ in 0..2 {
        assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 201);
    }
    assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 429);
}

#[tokio::test]
async fn a_family_of_five_lets_every_hold_lapse_and_books_anew() {
    let app = TestApp::with_quota(8).await;
    let family = family(&app, 1).await;
    for applicant in FAMILY {
        assert_eq!(family.hold_for(&app, applicant, DATE, "09:00").await.status, 201);
    }
    app.advance(17 * 60);
    for applicant in FAMILY {
        let held = family.hold_for(&app, applicant, DATE, "09:00").await;
        assert_eq!(held.status, 201, "{held:?}");
        assert_eq!(family.act(&app, &held.text("code"), "confirm").await.status, 200);
    }
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn an_account_may_hold_ten_seats_a_day_also_if_it_is_erased_and_made_again() {
    let app = TestApp::with_quota(20).await;
    let tout = family(&app, 1).await;
    for applicant in FAMILY.iter().chain(&FAMILY) {
        assert_eq!(hold_and_cancel(&app, &tout, applicant).await.status, 201);
    }
    let refused = hold_and_cancel(&app, &tout, "p1").await;
    assert_eq!(refused.code(), "too_many_holds");
    assert_eq!(refused.body["per_account"], 10);
    let erased = app.call(Method::DELETE, "/v1/me", Some(&tout.token), None).await;
    assert_eq!(erased.status, 204, "{erased:?}");
    let again = Person::register_only(&app, 1).await;
    assert_ne!(again.token, tout.token);
    assert_eq!(again.add(&app, 99).await.status, 201);
    assert_eq!(hold_and_cancel(&app, &again, "p1").await.code(), "too_many_holds");
}

/// Holds for all people of an account at the same moment; how many succeed.
async fn rush(app: &TestApp, family: &Person) -> usize {
    let holds = FAMILY.iter().map(|applicant| family.hold_for(app, applicant, DATE, "09:00"));
    let held = join_all(holds).await;
    held.iter().filter(|answer| answer.status == 201).count()
}

/// A system whose accounts may hold two seats a day, and the switch on its wire.
async fn two_a_day() -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let office = office_with(8, |o| o["policy"]["fair_use"] = json!({"holds_per_account": 2}));
    let setup = Setup { offices: vec![office], http_client, ..Setup::default() };
    (TestApp::start_with(setup).await, switch)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holds_at_the_same_moment_are_counted_one_by_one() {
    let (app, _) = two_a_day().await;
    let family = family(&app, 1).await;
    assert_eq!(rush(&app, &family).await, 2);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_accounts_condition_all_of_them_hold() {
    let (app, switch) = two_a_day().await;
    let family = family(&app, 1).await;
    switch.arm(|call| without_conditions_on(&[Item::Account], call));
    assert_eq!(rush(&app, &family).await, 5);
}

#[tokio::test]
async fn a_seat_whose_hold_ran_out_is_nobodys_at_a_known_second() {
    let app = TestApp::with_quota(1).await;
    let (tout, buyer) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let expires_at = tout.hold(&app, DATE, "09:00").await.text("hold_expires_at");
    reach(&app, &expires_at);
    assert_eq!(buyer.hold(&app, DATE, "09:00").await.code(), "slot_full", "it rests");
    assert_eq!(tout.hold(&app, DATE, "10:00").await.status, 201, "its person is free at once");
    app.advance(28);
    assert_eq!(
        buyer.hold(&app, DATE, "09:00").await.code(),
        "slot_full",
        "the shortest rest is 30 s"
    );
    app.assert_audit_agrees().await;
    app.advance(33);
    assert_eq!(buyer.hold(&app, DATE, "09:00").await.status, 201);
    app.tick().await;
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_seat_that_was_never_confirmed_rests_a_tenth_of_the_time() {
    let app = TestApp::with_quota(1).await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = first.hold(&app, DATE, "09:00").await.text("code");
    assert_eq!(first.act(&app, &code, "cancel").await.status, 200);
    assert_eq!(second.hold(&app, DATE, "09:00").await.code(), "slot_full");
    app.advance(7);
    assert_eq!(second.hold(&app, DATE, "09:00").await.status, 201);
}

#[tokio::test]
async fn a_booking_is_moved_a_few_times_and_not_back_and_forth_for_ever() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let mut moves = 0;
    let refused = loop {
        let slot = ["10:00", "09:00"][moves % 2];
        let moved = person.reschedule(&app, &code, DATE, slot).await;
        if moved.status != 200 {
            break moved;
        }
        moves += 1;
    };
    assert_eq!((moves, refused.code()), (6, "too_many_requests"));
}

/// Does not come on a date; the code of the booking.
async fn miss(app: &TestApp, person: &Person, applicant: &str, date: &str) -> String {
    let held = person.hold_for(app, applicant, date, "09:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    let code = held.text("code");
    assert_eq!(person.act(app, &code, "confirm").await.status, 200);
    code
}

async fn pass(app: &TestApp, date: &str) {
    reach(app, &format!("{date}T01:30:00Z"));
    app.tick().await;
}

#[tokio::test]
async fn two_missed_days_close_online_booking_until_a_clerk_lifts_it() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    miss(&app, &person, "p1", DATE).await;
    pass(&app, DATE).await;
    let code = miss(&app, &person, "p1", "2026-12-03").await;
    pass(&app, "2026-12-03").await;
    let refused = person.hold(&app, "2026-12-04", "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "too_many_missed"), "{refused:?}");
    assert!(refused.text("open_again_at").starts_with("2027-01-02T"), "{refused:?}");
    let clerk = app.staff(offices::OFFICE, &["desk"]).await;
    let excuse = format!("/v1/check-ins/{code}/excuse");
    let excused = app.call(Method::POST, &excuse, Some(&clerk), None).await;
    assert_eq!((excused.status, &excused.body["excused"]), (200, &json!(true)), "{excused:?}");
    let again = app.call(Method::POST, &excuse, Some(&clerk), None).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(person.hold(&app, "2026-12-04", "09:00").await.status, 201);
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    let last = seen.body["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["status"], &last["by"]), (&json!("no_show"), &json!("office")));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_day_that_a_family_missed_together_counts_once_and_a_second_one_closes_the_account() {
    let app = TestApp::with_quota(8).await;
    let family = family(&app, 1).await;
    for applicant in ["p1", "p2", "p3"] {
        miss(&app, &family, applicant, DATE).await;
    }
    pass(&app, DATE).await;
    miss(&app, &family, "p4", "2026-12-03").await;
    pass(&app, "2026-12-03").await;
    let refused = family.hold_for(&app, "p5", "2026-12-04", "09:00").await;
    assert_eq!(refused.code(), "too_many_missed", "the account has missed two days");
    reach(&app, "2027-01-02T02:00:00Z");
    app.tick().await;
    // The session has ended by then; the account is the same.
    let family = Person::register_only(&app, 1).await;
    assert_eq!(family.hold_for(&app, "p5", "2027-01-04", "09:00").await.status, 201);
}

#[tokio::test]
async fn only_a_missed_visit_of_the_own_office_is_excused() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let excuse = format!("/v1/check-ins/{code}/excuse");
    let clerk = app.staff(offices::OFFICE, &["desk"]).await;
    let refused = app.call(Method::POST, &excuse, Some(&clerk), None).await;
    assert_eq!((refused.status, refused.code()), (409, "not_missed"), "{refused:?}");
    let other = app.staff("lain", &["desk"]).await;
    let refused = app.call(Method::POST, &excuse, Some(&other), None).await;
    assert_eq!(refused.code(), "wrong_office", "{refused:?}");
    assert_eq!(app.call(Method::POST, &excuse, None, None).await.status, 401);
}

#[tokio::test]
async fn the_rules_are_told_before_they_bite() {
    let app = TestApp::with_quota(8).await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    assert_eq!(person.act(&app, &code, "confirm").await.status, 200);
    app.drain().await;
    let sent = app.sent().join("\n");
    assert!(sent.contains("paling banyak 3 kali sehari"), "{sent}");
    assert!(sent.contains("pada 2 hari dalam 90 hari tidak datang"), "{sent}");
}

#[tokio::test]
async fn an_office_sets_the_numbers_and_zero_switches_a_rule_off() {
    let off = json!({"holds_per_person": 0, "holds_per_account": 0, "missed_visits": 0});
    let office = office_with(40, |o| o["policy"]["fair_use"] = off);
    let setup = Setup { offices: vec![office], ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let person = Person::register(&app, 1).await;
    for _ in 0..12 {
        assert_eq!(hold_and_cancel(&app, &person, "p1").await.status, 201);
    }
    let mut description = serde_json::to_value(offices::office(8)).unwrap();
    description["policy"]["fair_use"] = json!({"missed_within_days": 0});
    let refused = administer(&app, Method::PUT, "", description).await;
    assert_eq!(refused.status, 422, "{refused:?}");
}

#[tokio::test]
async fn fifteen_people_a_day_may_be_added_also_if_the_account_is_made_again() {
    let app = TestApp::with_quota(8).await;
    for round in 0..3 {
        let person = Person::register_only(&app, 1).await;
        for number in 1..=5 {
            assert_eq!(person.add(&app, round * 5 + number).await.status, 201);
        }
        assert_eq!(app.call(Method::DELETE, "/v1/me", Some(&person.token), None).await.status, 204);
    }
    let person = Person::register_only(&app, 1).await;
    let refused: Value = person.add(&app, 50).await.body;
    assert_eq!(refused["code"], "too_many_people", "{refused:?}");
}
