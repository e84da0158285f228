//! How days went: the report adds up, whatever became of people, and agrees with the audit.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use antrian_tests::{Answer, Person, Recorder, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::reach;

pub(crate) async fn report(app: &TestApp, query: &str) -> Answer {
    let token = app.staff(OFFICE, &["auditor"]).await;
    let path = format!("/v1/offices/{OFFICE}/report{query}");
    app.call(Method::GET, &path, Some(&token), None).await
}

/// A day with one of everything. Six seats at nine and at ten; seven people book: two are served, one of them
/// after a document was fetched, one is still there, one does not come, one cancels, one moves, one only holds;
/// and one comes without a booking.
pub(crate) async fn play_day(app: &TestApp) {
    let mut codes = vec![];
    for number in 1..=6 {
        let person = Person::register(app, number).await;
        codes.push(person.book(app, DATE, "09:00").await.text("code"));
        match number {
            5 => _ = person.act(app, &codes[4], "cancel").await,
            6 => _ = person.reschedule(app, &codes[5], "2026-12-04", "10:00").await,
            _ => {}
        }
    }
    let undecided = Person::register(app, 7).await;
    undecided.hold(app, DATE, "10:00").await;
    reach(app, "2026-12-02T00:50:00Z");
    let desk = Desk::sign_in(app).await;
    desk.scan(app, &codes[0]).await;
    let missing = json!({"decision": "incomplete", "missing": ["ktp"],
            "deadline": "2026-12-02T04:00:00Z"});
    reach(app, "2026-12-02T01:05:00Z");
    desk.scan(app, &codes[1]).await;
    assert_eq!(desk.documents(app, &codes[1], missing).await.status, 200);
    desk.scan(app, &codes[2]).await;
    let body = json!({"service": "passport_new", "name": "Datang Sendiri", "nik": nik(8),
            "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"});
    let path = format!("/v1/offices/{OFFICE}/walk-ins");
    assert_eq!(desk.post(app, &path, body).await.status, 201);

    // The first one waited for twenty minutes and is served for ten.
    reach(app, "2026-12-02T01:10:00Z");
    serve(app, &desk, "2026-12-02T01:20:00Z").await;
    let complete = json!({"decision": "complete"});
    reach(app, "2026-12-02T01:30:00Z");
    assert_eq!(desk.documents(app, &codes[1], complete).await.status, 200);
    reach(app, "2026-12-02T01:34:00Z");
    serve(app, &desk, "2026-12-02T01:40:00Z").await;
    app.tick().await;
}

/// Calls whoever is next and is done with them at an instant.
async fn serve(app: &TestApp, desk: &Desk, until: &str) {
    assert_eq!(desk.call(app, "1").await.status, 200);
    assert_eq!(desk.step(app, "serve", "1").await.status, 200);
    reach(app, until);
    assert_eq!(desk.step(app, "finish", "1").await.status, 200);
}

pub(crate) fn number(of: &Value, name: &str) -> u64 {
    of[name].as_u64().unwrap_or_else(|| panic!("{name} in {of}"))
}

pub(crate) const COUNTS: [&str; 11] = [
    "booked",
    "came",
    "late",
    "sent_back",
    "served",
    "unfinished",
    "lapsed",
    "no_shows",
    "cancelled",
    "to_come",
    "moved_away",
];

pub(crate) fn counts(of: &Value) -> Vec<u64> {
    COUNTS.iter().map(|name| number(of, name)).collect()
}

pub(crate) fn sum(rows: &Value) -> Vec<u64> {
    let rows = rows.as_array().unwrap();
    COUNTS.iter().map(|name| rows.iter().map(|row| number(row, name)).sum()).collect()
}

#[tokio::test]
async fn a_day_adds_up_to_what_became_of_everybody_and_to_the_audit() {
    let app = TestApp::with_quota(6).await;
    play_day(&app).await;
    let seen = report(&app, &format!("?from={DATE}")).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let total = &seen.body["total"];
    // Of those who came two were after nine and had a booking.
    assert_eq!(counts(total), [6, 4, 2, 1, 2, 2, 0, 1, 1, 0, 1], "{seen:?}");
    for table in ["dates", "slots", "services", "channels"] {
        assert_eq!(sum(&seen.body[table]), counts(total), "{table}: {seen:?}");
    }
    assert_eq!(total["waiting"]["people"], 2);
    assert_eq!(
        (number(&total["waiting"], "median_secs"), number(&total["serving"], "p90_secs")),
        (240, 600)
    );
    assert_eq!(seen.body["missing_documents"][0]["id"], "ktp");
    assert_eq!(number(&seen.body["missing_documents"][0], "people"), 1);
    let hours = seen.body["slots"].as_array().unwrap();
    let seats: Vec<_> = hours
        .iter()
        .map(|hour| {
            (hour["slot"].clone(), number(hour, "seats_offered"), number(hour, "seats_unused"))
        })
        .collect();
    assert_eq!(seats.len(), 2, "{seen:?}");
    let unused: u64 = seats.iter().map(|(_, _, unused)| unused).sum();
    // Twelve seats: four for those who came, one for whom nobody came.
    assert!([7, 8].contains(&unused), "the missed seat may be the walk-in's: {seats:?}");

    // Whose seat is taken came or is to come.
    let there = report(&app, "?from=2026-12-04").await;
    let both = |name: &str| number(total, name) + number(&there.body["total"], name);
    let audit = app.assert_audit_agrees().await;
    assert_eq!(u64::from(audit.seats_taken), both("came") + both("to_come"));
}

#[tokio::test]
async fn a_week_is_the_sum_of_its_days() {
    let app = TestApp::with_quota(6).await;
    play_day(&app).await;
    let week = report(&app, "?from=2026-12-01&to=2026-12-07").await;
    assert_eq!(week.status, 200, "{week:?}");
    let dates = week.body["dates"].as_array().unwrap();
    assert_eq!(dates.len(), 7, "a day without anybody has its row, too");
    assert_eq!(sum(&week.body["dates"]), counts(&week.body["total"]));
    // Who moved within the week is booked once.
    assert_eq!(
        (number(&week.body["total"], "booked"), number(&week.body["total"], "moved_away")),
        (7, 1)
    );
    assert_eq!(number(&week.body["total"], "to_come"), 1);
    // It says nobody's name or code.
    let text = week.body.to_string();
    assert!(!text.contains("Contoh") && !text.contains("Datang"), "{text}");
}

/// Somebody who is sent for their KTP, until the day after tomorrow; the booking's code.
async fn sent_for_ktp(app: &TestApp) -> String {
    let person = Person::register(app, 1).await;
    let code = person.book(app, DATE, "09:00").await.text("code");
    reach(app, "2026-12-02T01:00:00Z");
    let desk = Desk::sign_in(app).await;
    desk.scan(app, &code).await;
    let missing = json!({"decision": "incomplete", "missing": ["ktp"],
        "deadline": "2026-12-04T04:00:00Z"});
    assert_eq!(desk.documents(app, &code, missing).await.status, 200);
    code
}

#[tokio::test]
async fn who_comes_back_with_documents_on_another_day_is_counted_once() {
    let app = TestApp::with_quota(6).await;
    let code = sent_for_ktp(&app).await;
    let waits = report(&app, "").await;
    assert_eq!(number(&waits.body["total"], "unfinished"), 1, "{waits:?}");
    reach(&app, "2026-12-03T01:00:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.documents(&app, &code, json!({"decision": "complete"})).await.status, 200);
    serve(&app, &desk, "2026-12-03T01:10:00Z").await;
    let both = report(&app, "?from=2026-12-02&to=2026-12-03").await;
    let dates = &both.body["dates"];
    assert_eq!((number(&dates[0], "served"), number(&dates[1], "booked")), (1, 0), "{both:?}");
    assert_eq!(number(&both.body, "returned"), 1);
    assert_eq!(number(&both.body["total"], "sent_back"), 1, "it stays known: {both:?}");
}

#[tokio::test]
async fn days_out_of_order_or_too_many_are_refused() {
    let app = TestApp::with_quota(1).await;
    for query in ["?from=2026-12-02&to=2026-12-01", "?from=2026-12-01&to=2027-01-01"] {
        let seen = report(&app, query).await;
        assert_eq!((seen.status, seen.code()), (422, "invalid_request"), "{seen:?}");
        assert_eq!(seen.body["errors"][0]["field"], "to");
    }
    assert_eq!(report(&app, "?from=2026-12-01&to=2026-12-31").await.status, 200);
    assert_eq!(report(&app, "?from=kemarin").await.status, 422);
    assert_eq!(report(&app, "?dari=2026-12-01").await.status, 422);
}

/// The reports that are kept of the day.
async fn kept(recorder: &Recorder) -> Vec<Value> {
    let mut items = recorder.items_of("REPORT#").await;
    items.retain(|item| item["sk"]["S"] == DATE);
    items
}

/// Everything that the report says, without the instant at which it was read.
pub(crate) fn said(report: &Answer) -> Value {
    let mut body = report.body.clone();
    body["as_of"] = Value::Null;
    body
}

#[tokio::test]
async fn a_day_that_has_settled_is_kept_when_it_has_gone_itself() {
    let (app, recorder) = Recorder::with_quota(6).await;
    play_day(&app).await;
    reach(&app, "2026-12-02T17:00:10Z");
    app.tick().await;
    let before = report(&app, "?from=2026-12-02").await;
    assert_eq!(kept(&recorder).await.len(), 1, "the day is over");
    // Days and queues go by themselves after ninety days.
    let gone = ["DAY#uji#2026-12-02", "DAY#uji#LEFT#2026-12-02", "QUEUE#uji#2026-12-02"];
    let mut items = recorder.items().await;
    items.retain(|item| !gone.contains(&item["pk"]["S"].as_str().unwrap()));
    recorder.restore(&items).await;
    let after = report(&app, "?from=2026-12-02").await;
    assert_eq!(said(&after), said(&before));
}

#[tokio::test]
async fn a_day_is_not_kept_while_somebody_may_still_bring_a_document() {
    let (app, recorder) = Recorder::with_quota(6).await;
    sent_for_ktp(&app).await;
    reach(&app, "2026-12-03T17:00:10Z");
    app.tick().await;
    assert_eq!(kept(&recorder).await.len(), 0, "until the fourth");
    reach(&app, "2026-12-04T17:00:10Z");
    app.tick().await;
    let total = report(&app, "?from=2026-12-02").await.body["total"].clone();
    assert_eq!((kept(&recorder).await.len(), number(&total, "lapsed")), (1, 1));
}

#[tokio::test]
async fn the_past_says_how_many_will_not_come() {
    let (app, recorder) = Recorder::with_quota(6).await;
    play_day(&app).await;
    let ahead = report(&app, "?from=2026-12-04").await;
    assert_eq!(ahead.body["forecast"], Value::Null, "one day says too little: {ahead:?}");
    reach(&app, "2026-12-02T17:00:10Z");
    app.tick().await;
    // Twenty days like the one that was played, on which one of four who had a booking did not come.
    let one = kept(&recorder).await.remove(0);
    let days = (1..=20).map(|day| {
        let date = format!("2026-11-{day:02}");
        let mut item = one.clone();
        (item["sk"]["S"], item["date"]["S"]) = (json!(date), json!(date));
        for row in item["rows"]["L"].as_array_mut().unwrap() {
            for count in row["M"]["figures"]["M"].as_object_mut().unwrap().values_mut() {
                let people: u32 = count["N"].as_str().unwrap().parse().unwrap();
                count["N"] = json!((people * 10).to_string());
            }
            row["M"]["time"]["S"] = json!("10:00");
        }
        item
    });
    recorder.put(&days.collect::<Vec<_>>()).await;
    let ahead = report(&app, "?from=2026-12-04").await;
    let forecast = &ahead.body["forecast"];
    assert_eq!(number(forecast, "days"), 21, "{ahead:?}");
    let slot = &forecast["slots"][0];
    assert_eq!((slot["slot"].clone(), number(slot, "to_come")), (json!("10:00"), 1));
    let expected = slot["no_shows"].as_f64().unwrap();
    assert!((0.24..0.26).contains(&expected), "one of four who had a booking: {slot}");
    assert!(forecast["error"]["mean_people"].as_f64().unwrap() < 1.0, "{forecast}");
}
