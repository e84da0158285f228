//! Refusals are counted under the code that the client is told.

use std::collections::BTreeSet;

use antrian::domain::office::Office;
use antrian_tests::app::{Answer, DATE};
use antrian_tests::phone::Phone;
use antrian_tests::{Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::{close, office_with};

/// How often a reason was counted on a date and a channel.
fn counted(app: &TestApp, reason: &str) -> Vec<(i64, String, String)> {
    let records = app.records_of("refusal").into_iter().filter(|record| record["Reason"] == reason);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    records
        .map(|record| {
            assert_eq!(record["office"], "uji", "{record}");
            let count = record["Refusals"].as_i64().unwrap();
            (count, text(&record["date"]), text(&record["channel"]))
        })
        .collect()
}

fn assert_counted(app: &TestApp, answer: &Answer, date: &str) {
    let known = counted(app, answer.code());
    assert_eq!(known, [(1, date.to_owned(), "web".to_owned())], "{answer:?}");
}

async fn hold(app: &TestApp, person: &Person, date: Option<&str>, slot: Option<&str>) -> Answer {
    let wish = json!({"applicant_id": "p1", "office": "uji", "service": "passport_new",
        "date": date, "slot": slot});
    person.post(app, "/v1/bookings", wish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_counted_under_its_answers_code() {
    let app = TestApp::with_quota(1).await;
    let (owner, person) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = owner.book(&app, DATE, "09:00").await.text("code");

    let full = hold(&app, &person, Some(DATE), Some("09:00")).await;
    assert_eq!(full.code(), "slot_full");
    assert_counted(&app, &full, DATE);
    let busy = hold(&app, &owner, Some(DATE), Some("10:00")).await;
    assert_eq!(busy.code(), "already_booked");
    assert_counted(&app, &busy, DATE);
    let early = hold(&app, &person, Some("2027-03-03"), None).await;
    assert_eq!(early.code(), "not_released");
    assert_counted(&app, &early, "2027-03-03");
    close(&app, &["2026-12-03"]).await;
    let closed = hold(&app, &person, Some("2026-12-03"), None).await;
    assert_eq!(closed.code(), "office_closed");
    assert_counted(&app, &closed, "2026-12-03");
    let no_slot = hold(&app, &person, Some(DATE), Some("09:07")).await;
    assert_eq!(no_slot.code(), "invalid_request");
    assert_counted(&app, &no_slot, DATE);

    let held = hold(&app, &person, Some(DATE), Some("10:00")).await.text("code");
    app.advance(3_600);
    let expired = person.act(&app, &held, "confirm").await;
    assert_eq!(expired.code(), "hold_expired");
    assert_counted(&app, &expired, DATE);
    app.advance_to("2026-12-02T03:00:00Z");
    let late = owner.reschedule(&app, &code, "2026-12-04", "09:00").await;
    assert_eq!(late.code(), "booking_ended");
    assert_counted(&app, &late, "2026-12-04");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_without_appointments_refuses_and_is_counted() {
    let offline: Office = office_with(1, |office| office["online"] = json!(false));
    let setup = Setup { offices: vec![offline], ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let person = Person::register(&app, 1).await;
    let answer = hold(&app, &person, None, None).await;
    assert_eq!(answer.code(), "not_online");
    assert_counted(&app, &answer, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_of_refusals_is_counted_whole_each_with_its_request() {
    const RUSH: i64 = 120;
    let app = TestApp::with_quota(1).await;
    let (owner, person) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    owner.book(&app, DATE, "09:00").await;
    for _ in 0..RUSH {
        assert_eq!(hold(&app, &person, Some(DATE), Some("09:00")).await.code(), "slot_full");
    }
    let counted = counted(&app, "slot_full");
    assert_eq!(counted.iter().map(|(count, ..)| count).sum::<i64>(), RUSH, "{counted:?}");
    let records = app.records_of("refusal");
    let ids: BTreeSet<_> = records.iter().map(|record| record["request_id"].as_str()).collect();
    assert_eq!((ids.len(), ids.contains(&None)), (records.len(), false), "{records:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_a_conversation_is_counted_by_its_channel() {
    let app = TestApp::with_quota(1).await;
    for (number, slot) in [(1, "09:00"), (2, "10:00")] {
        let person = Person::register(&app, number).await;
        assert_eq!(person.hold(&app, DATE, slot).await.status, 201);
    }
    let mut phone = Phone::new(&app, "6280000000101");
    let full = || (1, DATE.to_owned(), "whatsapp".to_owned());
    phone.say("#Budi Contoh#9971010101909001#02-12-2026").await;
    assert_eq!(counted(&app, "slot_full"), [full()], "{}", phone.chat);
    // Who is asked for an hour is told before the ledger is asked for a seat.
    phone.say("MENU").await;
    phone.tap("Buat janji").await;
    phone.tap("Budi").await;
    phone.say("2 Desember").await;
    assert_eq!(counted(&app, "slot_full"), [full(), full()], "{}", phone.chat);
}
