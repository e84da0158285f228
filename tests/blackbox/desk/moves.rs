//! A clerk moves a booking of the office: later than its owner could, and after a missed visit.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::phone::Phone;
use antrian_tests::{Answer, Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use super::hall;
use crate::chat::code_in;
use crate::steps::{close, office_with, outcome, reach, wrong_fields};

/// 08:50 on the day: the visit at nine cannot be moved by its owner any more.
const BEFORE_NINE: &str = "2026-12-02T00:50:00Z";
/// 09:40: it was missed.
const AFTER_NINE: &str = "2026-12-02T01:40:00Z";
const LATER: &str = "2026-12-04";

async fn moved(app: &TestApp, code: &str, to: Value) -> Answer {
    let token = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/bookings/{code}/reschedule");
    app.call(Method::POST, &path, Some(&token), Some(to)).await
}

/// Somebody with a visit at nine.
async fn booked(app: &TestApp) -> (Person, String) {
    let person = Person::register(app, 1).await;
    let code = person.book(app, DATE, "09:00").await.text("code");
    app.drain().await;
    (person, code)
}

async fn report(app: &TestApp, date: &str) -> Value {
    let token = app.staff(OFFICE, &["auditor"]).await;
    let path = format!("/v1/offices/{OFFICE}/report?from={date}");
    let all = app.call(Method::GET, &path, Some(&token), None).await.body["total"].clone();
    json!([all["booked"], all["no_shows"], all["moved_away"], all["to_come"]])
}

#[tokio::test]
async fn who_writes_with_us_is_told_whether_the_office_has_moved_the_visit() {
    for (reason, says) in [
        ("office", "*Kantor memindahkan jadwal Anda.*"),
        ("asked", "*Jadwal Anda sudah dipindahkan.*"),
    ] {
        let app = TestApp::start().await;
        let mut phone = Phone::new(&app, "6280000000501");
        let code = code_in(&phone.say("#Budi Contoh#9971010101909001#02-12-2026").await);
        phone.say("ya").await;
        let to = json!({"date": LATER, "slot": "10:00", "reason": reason});
        assert_eq!(moved(&app, &code.replace('-', ""), to).await.status, 200);
        let told = phone.read().await;
        assert!(told[0].text.contains(says), "{reason}: {}", told[0].text);
        let asks_who = told[0].text.contains("Bukan Anda");
        assert_eq!(asks_who, reason == "asked", "{}", told[0].text);
        phone.say("pindah").await;
        phone.say("3 desember jam 9").await;
        let own = phone.read().await;
        assert!(!own.iter().any(|kept| kept.text.contains("Kantor memindahkan")), "{own:?}");
    }
}

#[tokio::test]
async fn a_clerk_moves_a_visit_on_its_own_day_and_its_account_is_told() {
    let app = TestApp::start().await;
    let (person, code) = booked(&app).await;
    reach(&app, BEFORE_NINE);
    let own = person.reschedule(&app, &code, DATE, "10:00").await;
    assert_eq!(outcome(&own), (409, "too_late_to_move"), "what its owner may");

    let mut phone = Phone::new(&app, &person.phone);
    let to = json!({"date": DATE, "slot": "10:00", "reason": "office"});
    for _ in 0..2 {
        let answer = moved(&app, &code, to.clone()).await;
        let seen = json!([answer.body["status"], answer.body["date"], answer.body["slot"]]);
        assert_eq!((answer.status, seen), (200, json!(["confirmed", DATE, "10:00"])));
    }
    let told = phone.read().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].text.contains("sudah dipindahkan") && told[0].text.contains("10.00"),
        "{told:?}"
    );
    let token = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/bookings/{code}");
    let seen = app.call(Method::GET, &path, Some(&token), None).await;
    let last = &seen.body["history"][2];
    assert_eq!(
        json!([last["by"], last["slot"], last["reason"]]),
        json!(["office", "10:00", "office"])
    );
    app.advance(3_700);
    assert_eq!(Desk::sign_in(&app).await.scan(&app, &code).await.status, 200, "comes at ten");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_missed_visit_is_moved_and_stays_missed_in_the_report_of_its_day() {
    let app = TestApp::start().await;
    let (person, code) = booked(&app).await;
    reach(&app, AFTER_NINE);
    assert_eq!(report(&app, DATE).await, json!([1, 1, 0, 0]));
    let own = person.reschedule(&app, &code, LATER, "10:00").await;
    assert_eq!(outcome(&own), (409, "booking_ended"), "what its owner may");

    let answer = moved(&app, &code, json!({"date": LATER, "slot": "10:00"})).await;
    assert_eq!((answer.status, answer.text("status").as_str()), (200, "confirmed"), "{answer:?}");
    assert_eq!(report(&app, DATE).await, json!([1, 1, 0, 0]), "it was missed all the same");
    assert_eq!(report(&app, LATER).await, json!([1, 0, 0, 1]));
    let again = person.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!(outcome(&again), (409, "already_booked"), "one visit is enough");
    app.assert_audit_agrees().await;

    reach(&app, "2026-12-04T02:00:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
    assert_eq!(report(&app, LATER).await, json!([1, 0, 0, 0]));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_missed_visit_is_moved_for_as_many_days_as_the_office_says() {
    let three = office_with(2, |office| office["policy"]["missed_move_days"] = json!(3));
    let app = TestApp::start_with(Setup { offices: vec![three], ..Setup::default() }).await;
    let (_, code) = booked(&app).await;
    reach(&app, "2026-12-05T01:30:00Z");
    let to = json!({"date": "2026-12-07", "slot": "10:00"});
    let late = moved(&app, &code, to).await;
    assert_eq!(outcome(&late), (409, "too_late_to_move"));
    assert!(late.text("detail").contains("3 hari"), "{late:?}");

    let app = TestApp::start().await;
    let (person, code) = booked(&app).await;
    reach(&app, AFTER_NINE);
    assert_eq!(person.hold(&app, LATER, "09:00").await.status, 201, "booked anew since");
    let second = moved(&app, &code, json!({"date": LATER, "slot": "10:00"})).await;
    assert_eq!(outcome(&second), (409, "already_booked"));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn what_cannot_be_moved_keeps_its_seat() {
    let app = TestApp::with_quota(1).await;
    let (person, code) = booked(&app).await;
    Person::register(&app, 2).await.book(&app, DATE, "10:00").await;
    close(&app, &["2026-12-03"]).await;
    let full = moved(&app, &code, json!({"date": DATE, "slot": "10:00"})).await;
    assert_eq!(outcome(&full), (409, "slot_full"));
    assert!(!full.body["alternatives"].as_array().unwrap().is_empty());
    let closed = moved(&app, &code, json!({"date": "2026-12-03", "slot": "09:00"})).await;
    assert_eq!(outcome(&closed), (409, "office_closed"));
    let past = moved(&app, &code, json!({"date": "2026-11-27", "slot": "09:00"})).await;
    assert_eq!(outcome(&past), (409, "office_closed"));
    for (field, to) in [
        ("slot", json!({"date": LATER, "slot": "09:15"})),
        ("reason", json!({"date": LATER, "slot": "09:00", "reason": "misuse"})),
        ("date", json!({"date": "4 Desember", "slot": "09:00"})),
    ] {
        assert_eq!(wrong_fields(&moved(&app, &code, to).await), [field]);
    }
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.text("date").as_str(), seen.text("slot").as_str()), (DATE, "09:00"));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn nobody_who_is_at_the_office_is_moved() {
    let (app, _, codes, _) = hall(1).await;
    let refused = moved(&app, &codes[0], json!({"date": LATER, "slot": "10:00"})).await;
    assert_eq!(outcome(&refused), (409, "already_checked_in"));
    app.assert_audit_agrees().await;
}
