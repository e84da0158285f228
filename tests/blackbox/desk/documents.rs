//! A paper is missing: a deadline, a message, the same place in the line; never a lost morning.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::phone::Phone;
use antrian_tests::{Answer, Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{fill, hall};
use crate::reports::report;
use crate::steps::{after, close, reach, wrong_fields};

fn incomplete(deadline: &str) -> Value {
    json!({"decision": "incomplete", "missing": ["kk"], "deadline": deadline})
}

fn complete() -> Value {
    json!({"decision": "complete"})
}

/// 11:00 and 15:00 at the office on the day.
const ELEVEN: &str = "2026-12-02T03:00:00Z";
const THREE: &str = "2026-12-02T07:00:00Z";

fn told(answer: &Answer) -> [&Value; 3] {
    ["status", "queue_number", "deadline"].map(|name| &answer.body[name])
}

#[tokio::test]
async fn who_lacks_a_paper_is_told_what_and_until_when_and_comes_back_to_the_same_place() {
    let (app, desk, codes, people) = hall(2).await;
    let sent = desk.documents(&app, &codes[0], incomplete(THREE)).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let deadline = json!("2026-12-02T15:00:00+08:00");
    assert_eq!(told(&sent), [&json!("awaiting_documents"), &json!("A-001"), &deadline]);
    assert_eq!(sent.body["missing"][0]["label"], "Kartu keluarga (KK)");

    app.drain().await;
    let message = app.sent().pop().unwrap();
    assert!(message.contains("Kartu keluarga (KK)"), "{message}");
    assert!(message.contains("Rabu, 2 Desember 2026 pukul 15.00 WITA"), "{message}");
    assert!(!message.contains("KTP"), "only what is missing: {message}");
    assert_eq!(
        *app.sent_ids().last().unwrap(),
        format!("{}-4-documents_missing", codes[0].to_lowercase())
    );
    let own = people[0].get(&app, &format!("/v1/bookings/{}", codes[0])).await;
    assert_eq!(own.body["status"], "awaiting_documents");
    assert_eq!(own.body["missing"]["deadline"], deadline);
    assert_eq!(own.body["missing"]["documents"][0]["id"], "kk");

    assert_eq!(desk.entry(&app, "A-001").await["state"], "awaiting_documents");
    let scanned = desk.scan(&app, &codes[0]).await;
    assert_eq!(
        (&scanned.body["missing"], &scanned.body["duplicate"]),
        (&json!(["kk"]), &json!(true))
    );
    reach(&app, ELEVEN);
    let back = desk.documents(&app, &codes[0], complete()).await;
    assert_eq!(told(&back), [&json!("checked_in"), &json!("A-001"), &Value::Null]);
    let called = desk.call(&app, "1").await;
    assert_eq!(
        (called.text("queue_number"), called.text("code")),
        ("A-001".into(), codes[0].clone())
    );
    let waited = called.body["waited_secs"].as_i64();
    assert!(matches!(waited, Some(0..600)), "two hours of errand are no waiting: {waited:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_does_not_come_back_in_time_can_book_anew() {
    let (app, desk, codes, people) = hall(1).await;
    assert_eq!(desk.documents(&app, &codes[0], incomplete(ELEVEN)).await.status, 200);
    assert_eq!(people[0].hold(&app, "2026-12-04", "09:00").await.code(), "already_booked");
    reach(&app, ELEVEN);
    for is_written_down in [false, true] {
        let late = desk.documents(&app, &codes[0], complete()).await;
        assert_eq!((late.status, late.code()), (409, "deadline_passed"), "{is_written_down}");
        assert_eq!(desk.scan(&app, &codes[0]).await.code(), "deadline_passed", "{is_written_down}");
        let own = people[0].get(&app, &format!("/v1/bookings/{}", codes[0])).await;
        assert_eq!(own.body["status"], "lapsed", "{is_written_down}");
        app.tick().await;
    }
    assert_eq!(people[0].book(&app, "2026-12-04", "09:00").await.status, 200);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn papers_that_come_on_another_day_have_a_new_number_of_that_day() {
    let (app, desk, codes, people) = hall(2).await;
    let friday = "2026-12-04T07:00:00Z";
    assert_eq!(desk.documents(&app, &codes[1], incomplete(friday)).await.status, 200);
    reach(&app, "2026-12-04T01:00:00Z");
    app.tick().await;
    app.assert_audit_agrees().await;
    assert_eq!(people[1].hold(&app, "2026-12-07", "09:00").await.code(), "already_booked");
    let desk = Desk::sign_in(&app).await;
    let back = desk.documents(&app, &codes[1], complete()).await;
    assert_eq!(told(&back)[..2], [&json!("checked_in"), &json!("A-001")]);
    assert_eq!(desk.today(&app).await.body["waiting"], 1);
    assert_eq!(desk.call(&app, "1").await.text("code"), codes[1]);
    assert_eq!(desk.step(&app, "finish", "1").await.body["state"], "finished");
    assert_eq!(people[1].book(&app, "2026-12-07", "09:00").await.status, 200);
    app.assert_audit_agrees().await;
}

/// Friday at 15:00, and the Monday after it.
const FRIDAY: &str = "2026-12-04T07:00:00Z";
const MONDAY: &str = "2026-12-07T07:00:00Z";

/// A quota of one in each hour, and somebody who is in on Wednesday.
async fn narrow() -> (TestApp, Desk, String, Person) {
    let app = TestApp::with_quota(1).await;
    let (desk, mut codes, mut people) = fill(&app, 1).await;
    (app, desk, codes.remove(0), people.remove(0))
}

fn seat(date: &str, slot: &str) -> Value {
    json!({"date": date, "slot": slot})
}

#[tokio::test]
async fn whoever_returns_on_another_day_has_a_seat_there_that_nobody_else_gets() {
    let (app, desk, code, person) = narrow().await;
    let sent = desk.documents(&app, &code, incomplete(FRIDAY)).await;
    assert_eq!(sent.body["return_seat"], seat("2026-12-04", "09:00"), "at their hour: {sent:?}");
    app.drain().await;
    let message = app.sent().pop().unwrap();
    let until = "sebelum *Jumat, 4 Desember 2026 pukul 15.00 WITA (kursi Anda: pukul 09.00 WITA)*";
    assert!(message.contains(until), "{message}");
    let own = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(own.body["missing"]["return_seat"], seat("2026-12-04", "09:00"));
    let other = Person::register(&app, 7).await;
    assert_eq!(other.hold(&app, "2026-12-04", "09:00").await.code(), "slot_full");
    app.assert_audit_agrees().await;

    reach(&app, "2026-12-04T01:00:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.documents(&app, &code, complete()).await.status, 200);
    assert_eq!(desk.call(&app, "1").await.text("code"), code);
    assert_eq!(desk.step(&app, "finish", "1").await.body["state"], "finished");
    let report = report(&app, "?from=2026-12-04&to=2026-12-04").await;
    let hours = report.body["slots"].as_array().unwrap();
    let unused: Vec<_> = hours.iter().map(|hour| hour["seats_unused"].clone()).collect();
    assert_eq!(unused, [json!(0), json!(1)], "{report:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_seat_to_return_to_is_given_back_by_whoever_needs_it_no_more() {
    let (app, desk, code, person) = narrow().await;
    let free = async |date: &str| {
        app.advance(11);
        app.seats_free(date, "09:00").await
    };
    desk.documents(&app, &code, incomplete(FRIDAY)).await;
    assert_eq!(free("2026-12-04").await, Some(0));
    let later = desk.documents(&app, &code, incomplete(MONDAY)).await;
    assert_eq!(later.body["return_seat"], seat("2026-12-07", "09:00"));
    assert_eq!((free("2026-12-04").await, free("2026-12-07").await), (Some(1), Some(0)));
    let sooner = desk.documents(&app, &code, incomplete("2026-12-07T05:00:00Z")).await;
    assert_eq!(sooner.body["return_seat"], seat("2026-12-07", "09:00"), "the same one");
    app.assert_audit_agrees().await;
    let back = desk.documents(&app, &code, complete()).await;
    assert_eq!(back.body["return_seat"], Value::Null);
    assert_eq!(free("2026-12-07").await, Some(1), "back on the day of the visit");
    desk.documents(&app, &code, incomplete(MONDAY)).await;
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    assert_eq!(free("2026-12-07").await, Some(1), "given up");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_seat_to_return_to_is_free_by_itself_once_the_deadline_has_passed() {
    let (app, desk, code, _) = narrow().await;
    let early = desk.documents(&app, &code, incomplete("2026-12-04T00:30:00Z")).await;
    assert_eq!(early.body["return_seat"], Value::Null, "before the first hour of that day");
    let noon = desk.documents(&app, &code, incomplete("2026-12-04T01:30:00Z")).await;
    assert_eq!(noon.body["return_seat"], seat("2026-12-04", "09:00"));
    reach(&app, "2026-12-04T01:31:00Z");
    let desk = Desk::sign_in(&app).await;
    let walk_in = json!({"name": "Budi Contoh", "nik": "9971010101909077", "birth_date": "1990-01-01",
        "ktp_regency": "Kota Makassar", "service": "passport_new"});
    let came = desk.post(&app, "/v1/offices/uji/walk-ins", walk_in).await;
    assert_eq!(came.status, 201, "{came:?}");
    app.tick().await;
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_finds_no_seat_to_return_to_may_return_all_the_same() {
    let (app, desk, code, _) = narrow().await;
    for (number, slot) in [(7, "09:00"), (8, "10:00")] {
        Person::register(&app, number).await.book(&app, "2026-12-04", slot).await;
    }
    let sent = desk.documents(&app, &code, incomplete(FRIDAY)).await;
    assert_eq!((sent.status, &sent.body["return_seat"]), (200, &Value::Null));
    reach(&app, "2026-12-04T01:00:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.documents(&app, &code, complete()).await.status, 200);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_want_the_last_seat_at_once_one_gets_it() {
    for number in 0..6 {
        let (app, desk, code, _) = narrow().await;
        let other = Person::register(&app, 20 + number).await;
        let (held, sent) = tokio::join!(
            other.hold(&app, "2026-12-04", "09:00"),
            desk.documents(&app, &code, incomplete(FRIDAY))
        );
        let has_nine = sent.body["return_seat"] == seat("2026-12-04", "09:00");
        assert_eq!((sent.status, held.status == 201), (200, !has_nine), "{held:?} {sent:?}");
        app.assert_audit_agrees().await;
    }
}

#[tokio::test]
async fn a_counter_that_misses_a_paper_is_free_at_once() {
    let (app, desk, codes, _) = hall(2).await;
    assert_eq!(desk.call(&app, "3").await.text("code"), codes[0]);
    assert_eq!(desk.documents(&app, &codes[0], incomplete(THREE)).await.status, 200);
    assert_eq!(desk.step(&app, "finish", "3").await.code(), "counter_idle");
    assert_eq!(desk.call(&app, "3").await.text("code"), codes[1]);
    assert_eq!(desk.documents(&app, &codes[0], complete()).await.status, 200);
    assert_eq!(desk.entry(&app, "A-001").await["state"], "waiting");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_same_decision_again_changes_nothing_and_another_one_counts() {
    let (app, desk, codes, people) = hall(1).await;
    let version = async || {
        let own = people[0].get(&app, &format!("/v1/bookings/{}", codes[0])).await;
        own.body["history"].as_array().unwrap().len()
    };
    for _ in 0..2 {
        assert_eq!(desk.documents(&app, &codes[0], complete()).await.status, 200);
        assert_eq!(version().await, 4);
    }
    for _ in 0..2 {
        assert_eq!(desk.documents(&app, &codes[0], incomplete(ELEVEN)).await.status, 200);
        assert_eq!(version().await, 5);
    }
    assert_eq!(desk.documents(&app, &codes[0], incomplete(THREE)).await.status, 200);
    assert_eq!(version().await, 6, "more time");
    app.drain().await;
    let told = app.sent_ids().into_iter().filter(|id| id.ends_with("documents_missing"));
    assert_eq!(told.count(), 1, "the first one is overtaken");
}

#[tokio::test]
async fn a_decision_that_does_not_fit_names_what_does() {
    let (app, desk, codes, _) = hall(1).await;
    let past = after(&app.now().to_rfc3339(), -1);
    let far = after(&app.now().to_rfc3339(), 15 * 86_400);
    for (body, field) in [
        (json!({"decision": "incomplete"}), "missing"),
        (json!({"decision": "incomplete", "missing": ["passport_of_a_friend"]}), "missing"),
        (json!({"decision": "complete", "missing": ["kk"]}), "decision"),
        (json!({"decision": "perhaps"}), "decision"),
        (json!({"decision": "incomplete", "missing": ["kk"]}), "deadline"),
        (incomplete(&past), "deadline"),
        (incomplete(&far), "deadline"),
        (incomplete("three o'clock"), "deadline"),
    ] {
        let refused = desk.documents(&app, &codes[0], body.clone()).await;
        assert_eq!(wrong_fields(&refused), [field], "{body}");
    }
    let named = desk.documents(&app, &codes[0], json!({"decision": "incomplete"})).await;
    let detail = named.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("kk"), "the ids that there are: {detail}");
}

#[tokio::test]
async fn a_deadline_is_on_a_day_on_which_somebody_is_there() {
    let (app, desk, codes, _) = hall(1).await;
    close(&app, &["2026-12-03"]).await;
    let thursday = desk.documents(&app, &codes[0], incomplete("2026-12-03T05:00:00Z")).await;
    assert_eq!(wrong_fields(&thursday), ["deadline"]);
    let friday = desk.documents(&app, &codes[0], incomplete("2026-12-04T05:00:00Z")).await;
    assert_eq!(friday.status, 200, "{friday:?}");
}

#[tokio::test]
async fn papers_are_looked_at_once_the_person_is_in_and_by_the_own_office() {
    let (app, desk, codes, _) = hall(1).await;
    let other = Person::register(&app, 9).await;
    let held = other.hold(&app, DATE, "10:00").await.text("code");
    assert_eq!(desk.documents(&app, &held, complete()).await.code(), "not_checked_in");
    assert_eq!(other.act(&app, &held, "confirm").await.status, 200);
    assert_eq!(desk.documents(&app, &held, complete()).await.code(), "not_checked_in");
    assert_eq!(other.act(&app, &held, "cancel").await.status, 200);
    assert_eq!(desk.documents(&app, &held, complete()).await.code(), "booking_ended");
    let elsewhere = app.staff("lain", &["desk"]).await;
    let path = format!("/v1/check-ins/{}/documents", codes[0]);
    let refused = app.call(Method::POST, &path, Some(&elsewhere), Some(complete())).await;
    assert_eq!((refused.status, refused.code()), (409, "wrong_office"));
    let counter = app.staff("uji", &["counter"]).await;
    let refused = app.call(Method::POST, &path, Some(&counter), Some(complete())).await;
    assert_eq!(refused.status, 403);
    // The day is over: nobody is at the office any more.
    reach(&app, "2026-12-02T16:00:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.documents(&app, &codes[0], complete()).await.code(), "booking_ended");
}

#[tokio::test]
async fn who_does_not_get_the_paper_can_give_the_booking_up_or_erase_the_account() {
    let (app, desk, codes, people) = hall(2).await;
    for code in &codes {
        assert_eq!(desk.documents(&app, code, incomplete(THREE)).await.status, 200);
    }
    let cancelled = people[0].act(&app, &codes[0], "cancel").await;
    assert_eq!(cancelled.body["status"], "cancelled", "{cancelled:?}");
    assert_eq!(people[0].book(&app, "2026-12-04", "09:00").await.status, 200);
    assert_eq!(desk.documents(&app, &codes[0], complete()).await.code(), "booking_ended");
    let token = Some(people[1].token.as_str());
    assert_eq!(app.call(Method::DELETE, "/v1/me", token, None).await.status, 204);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_chat_knows_what_is_missing_and_until_when() {
    let (app, desk, codes, people) = hall(1).await;
    assert_eq!(desk.documents(&app, &codes[0], incomplete(THREE)).await.status, 200);
    app.drain().await;
    let mut phone = Phone::new(&app, &people[0].phone);
    let shown = phone.say("JADWAL").await;
    let until = "dokumen belum lengkap, ditunggu sampai Rabu, 2 Desember 2026 pukul 15.00 WITA";
    assert!(shown[0].text.contains(until), "{shown:?}");
    for told in [phone.tap("Dokumen yang kurang").await, phone.say(&codes[0]).await] {
        assert!(told[0].text.contains("Kartu keluarga (KK)"), "{told:?}");
    }
    phone.say("JADWAL").await;
    let mut told = phone.tap("Batal").await;
    told.extend(phone.read().await);
    assert!(told.len() == 1 && told[0].message_id.ends_with("-cancelled"), "{told:?}");
}
