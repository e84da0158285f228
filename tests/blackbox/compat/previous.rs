//! What the previous release has written is read and used as if this one had.

use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::{Person, Recorder, TestApp};
use serde_json::{Value, json};

use super::journey::{Fixture, KEYS, LATER, check_in, nik_of, phone_of};
use super::start;
use crate::registration::path;
use crate::steps::{close, reach};

/// The release whose items are kept.
const PREVIOUS: &str = "0.1.0";

/// The people of the journey.
pub(super) fn person(fixture: &Fixture, who: &str, number: u32) -> Person {
    let token = fixture.tokens[who].as_str().unwrap().to_owned();
    Person { token, phone: phone_of(number) }
}

/// A text that somebody kept of a booking.
pub(super) fn kept(fixture: &Fixture, booking: &str, what: &str) -> String {
    fixture.bookings[booking][what].as_str().unwrap().to_owned()
}

/// A system over a table that holds these items and nothing else.
pub(super) async fn over(fixture: &Fixture) -> (TestApp, std::sync::Arc<Recorder>) {
    let (app, recorder) = start(KEYS, Some(fixture.now), vec![]).await;
    recorder.put(&fixture.items).await;
    (app, recorder)
}

/// Everybody goes on with what they have.
pub(super) async fn go_on(app: &TestApp, fixture: &Fixture) {
    let (visit, on, hold) = (kept(fixture, "visit", "ticket"), "on", "hold");
    let (visitor, coming) = (person(fixture, "visitor", 1), person(fixture, "coming", 2));
    let (holding, leaving) = (person(fixture, "holding", 3), person(fixture, "leaving", 4));
    let code = kept(fixture, hold, "code");
    assert_eq!(holding.act(app, &code, "confirm").await.text("status"), "confirmed");
    let again = check_in(app, &visit, "visit").await;
    assert_eq!(again.body["duplicate"], false, "the answer was kept: {again:?}");
    assert_eq!(check_in(app, &visit, "another").await.body["duplicate"], true);
    let seen = visitor.get(app, &format!("/v1/bookings/{}", kept(fixture, "visit", "code"))).await;
    assert_eq!(seen.text("status"), "checked_in");
    finish_visit(app).await;
    assert_eq!(coming.hold(app, LATER, "10:00").await.code(), "already_booked");
    // Sessions of that release do not say when they were opened: to see everything she signs in anew.
    let coming = Person::register_only(app, 2).await;
    let export = coming.get(app, "/v1/me/export").await.body.to_string();
    assert!(export.contains(&nik_of(2)) && export.contains(&coming.phone), "{export}");
    prove_number(app, fixture).await;
    hear_and_tell(app, fixture, &coming).await;
    assert_eq!(leaving.book(app, LATER, "09:00").await.status, 200);
    assert_eq!(Person::register(app, 9).await.hold(app, LATER, "10:00").await.status, 201);
    close(app, &["2026-12-06"]).await;
    reach(app, "2026-12-04T00:30:00Z");
    app.tick().await;
    let scanned = check_in(app, &kept(fixture, on, "ticket"), "on").await;
    assert_eq!(scanned.body["queue_number"], "A-001");
    assert_eq!(scanned.body["applicant"]["name"], "Contoh 2");
}

/// The visitor is called, if that has not been done, and served.
async fn finish_visit(app: &TestApp) {
    let desk = Desk::sign_in(app).await;
    let called = desk.call(app, "1").await;
    assert!(called.status == 200 || called.code() == "counter_busy", "{called:?}");
    let finished = desk.step(app, "finish", "1").await;
    assert_eq!(finished.text("queue_number"), "A-001", "{finished:?}");
}

/// A wrong one-time code is counted where the right one waits.
async fn prove_number(app: &TestApp, fixture: &Fixture) {
    let secret = &fixture.registration["secret"];
    let verify = path(&fixture.registration, "verify");
    let wrong = app.post(&verify, json!({"secret": secret, "otp": "000000"})).await;
    assert_eq!((wrong.status, wrong.code()), (422, "wrong_otp"), "{wrong:?}");
}

/// The message that waited is answered; what waited to be told is told once the pause is over.
async fn hear_and_tell(app: &TestApp, fixture: &Fixture, writer: &Person) {
    app.advance(25);
    app.tick().await;
    assert!(app.listen().await > 0);
    app.drain().await;
    assert!(app.sent().is_empty(), "sending is paused: {:?}", app.sent_ids());
    app.advance(600);
    app.tick().await;
    app.drain().await;
    app.advance(60);
    app.tick().await;
    app.drain().await;
    let confirmed = format!("{}-2-confirmed", kept(fixture, "hold", "code").to_lowercase());
    assert!(app.sent_ids().contains(&confirmed), "{:?}", app.sent_ids());
    let kept = app.stack.graph.sent();
    assert!(kept.iter().any(|kept| kept.to.as_deref() == Some(&writer.phone)), "an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_the_previous_release_are_read_and_used() {
    let fixture = Fixture::read(PREVIOUS);
    assert!(fixture.items.iter().all(|item| item.get("v").is_none()));
    let (app, recorder) = over(&fixture).await;
    go_on(&app, &fixture).await;
    assert_eq!(app.get(&format!("/v1/offices/{OFFICE}")).await.text("name"), "Kantor Uji");
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (3, 2), "{report:?}");

    let is_known = |item: &Value| fixture.items.contains(item);
    let items = recorder.items().await;
    let written: Vec<&Value> = items.iter().filter(|item| !is_known(item)).collect();
    assert!(written.len() > 40, "{}", written.len());
    for item in written {
        assert_eq!(item["v"]["N"], "1", "what is written has a version: {item}");
    }
}
