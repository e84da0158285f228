//! Who needs longer to confirm gets it, within what the office gives.

use antrian_tests::app::DATE;
use antrian_tests::{Answer, Person, TestApp};

/// A hold lasts so long, and each extension so much longer (the policy's defaults).
const HOLD_SECS: i64 = 15 * 60;
const EXTENSION_SECS: i64 = 3 * 60;

/// Hour and minute of a hold's end. Seconds of the clock pass while a test works.
fn end(held: &Answer) -> String {
    held.text("hold_expires_at")[11..16].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extended_hold_keeps_its_seat_and_its_person_until_its_new_end() {
    let app = TestApp::with_quota(1).await;
    let (person, rival) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let held = person.hold(&app, DATE, "09:00").await;
    let code = held.text("code");
    let extended = person.act(&app, &code, "extend").await;
    assert_eq!(extended.status, 200, "{extended:?}");
    assert_eq!(end(&held), "08:15");
    assert_eq!(end(&extended), "08:18");
    // Longer than the hold and the longest rest after it would have taken.
    app.advance(HOLD_SECS + 61);
    app.tick().await;
    assert_eq!(rival.hold(&app, DATE, "09:00").await.code(), "slot_full");
    assert_eq!(person.hold(&app, DATE, "10:00").await.code(), "already_booked");
    app.assert_audit_agrees().await;
    app.advance(EXTENSION_SECS - 60);
    assert_eq!(person.act(&app, &code, "extend").await.code(), "hold_expired");
    assert_eq!(person.act(&app, &code, "confirm").await.code(), "hold_expired");
    app.advance(61);
    assert_eq!(rival.hold(&app, DATE, "09:00").await.status, 201);
    app.tick().await;
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_extended_ten_times_and_not_beyond_the_hard_end() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    let mut ends = Vec::new();
    for _ in 0..10 {
        let extended = person.act(&app, &code, "extend").await;
        assert_eq!(extended.status, 200, "{extended:?}");
        ends.push(end(&extended));
    }
    assert_eq!(ends.last().unwrap(), "08:45", "{ends:?}");
    let refused = person.act(&app, &code, "extend").await;
    assert_eq!((refused.status, refused.code()), (409, "no_more_time"));
    assert_eq!(person.act(&app, &code, "confirm").await.status, 200, "it can be confirmed");
    for slot in ["10:00", "09:00", "10:00"] {
        let moved = person.reschedule(&app, &code, DATE, slot).await;
        assert_eq!(moved.status, 200, "extensions do not count as moves: {moved:?}");
    }
    let again = person.act(&app, &code, "extend").await;
    assert_eq!((again.status, again.text("status")), (200, "confirmed".to_owned()), "no need");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_extends_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    let path = format!("/v1/bookings/{code}/extend");
    let body = serde_json::json!({});
    let mut ends = Vec::new();
    for key in ["one", "one", "two"] {
        let answer = app.post_with_key(&path, Some(&person.token), key, body.clone()).await;
        ends.push(end(&answer));
    }
    assert_eq!(ends, ["08:18", "08:18", "08:21"]);
}
