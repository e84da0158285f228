//! Moving a booking to another slot.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::wire::{Action, Call, Item, Switch, client, touched};
use antrian_tests::{Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::{close, reach};

#[tokio::test(flavor = "multi_thread")]
async fn a_move_gives_the_old_seat_back_and_takes_the_new_one() {
    let app = TestApp::with_quota(1).await;
    let person = Person::register(&app, 1).await;
    let booked = person.book(&app, DATE, "09:00").await;
    let moved = person.reschedule(&app, &booked.text("code"), "2026-12-03", "10:00").await;
    assert_eq!((moved.status, moved.text("status")), (200, "confirmed".to_owned()));
    assert_eq!((moved.text("date"), moved.text("slot")), ("2026-12-03".into(), "10:00".into()));
    assert_ne!(moved.text("ticket"), booked.text("ticket"));
    assert_eq!(app.seats_free("2026-12-03", "10:00").await, Some(0));
    app.advance(62);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_to_where_it_is_changes_nothing() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let moved = person.reschedule(&app, &code, DATE, "09:00").await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(seen.body["history"].as_array().unwrap().len(), 2);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_to_a_full_or_closed_or_unknown_slot_keeps_the_seat() {
    let app = TestApp::with_quota(1).await;
    let (person, other) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = person.book(&app, DATE, "09:00").await.text("code");
    other.book(&app, DATE, "10:00").await;
    close(&app, &["2026-12-03"]).await;
    let full = person.reschedule(&app, &code, DATE, "10:00").await;
    assert_eq!((full.status, full.code()), (409, "slot_full"));
    assert!(!full.body["alternatives"].as_array().unwrap().is_empty());
    let closed = person.reschedule(&app, &code, "2026-12-03", "09:00").await;
    assert_eq!((closed.status, closed.code()), (409, "office_closed"));
    let holiday = person.reschedule(&app, &code, "2026-12-25", "09:00").await;
    assert_eq!(holiday.code(), "office_closed");
    let early = person.reschedule(&app, &code, "2026-12-31", "09:00").await;
    assert_eq!(early.code(), "not_released");
    assert_eq!(person.reschedule(&app, &code, DATE, "09:15").await.status, 422);
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.text("status"), seen.text("slot")), ("confirmed".into(), "09:00".into()));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_moves_until_the_day_before_and_not_on_the_day() {
    let app = TestApp::start().await;
    let (early, late) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let first = early.book(&app, DATE, "09:00").await.text("code");
    let second = late.book(&app, DATE, "09:00").await.text("code");
    reach(&app, "2026-12-01T15:58:00Z");
    assert_eq!(early.reschedule(&app, &first, "2026-12-03", "09:00").await.status, 200);
    reach(&app, "2026-12-01T16:00:00Z");
    let refused = late.reschedule(&app, &second, "2026-12-03", "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "too_late_to_move"));
    assert_eq!(
        late.act(&app, &second, "cancel").await.status,
        200,
        "cancelling still helps others"
    );
}

/// Somebody else has just taken the seat that this transaction claims.
fn seat_taken(call: &Call) -> Action {
    let items = touched(call);
    let claim = items.iter().rposition(|item| *item == Item::Seat);
    let code = |at| if Some(at) == claim { "ConditionalCheckFailed" } else { "None" };
    let reasons: Vec<Value> = (0..items.len()).map(|at| json!({"Code": code(at)})).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({"__type": kind, "message": "injected", "CancellationReasons": reasons});
    Action::Answer { status: 400, body }
}

#[tokio::test]
async fn a_move_that_loses_eleven_seats_to_others_takes_the_twelfth_as_a_hold_does() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let code = Person::register(&app, 1).await;
    let (person, code) = (code.clone(), code.book(&app, DATE, "09:00").await.text("code"));
    for (losses, status) in [(11, 200), (12, 503)] {
        let mut left = losses;
        switch.arm(move |call| {
            if left == 0 || call.token().is_none() {
                return Action::Pass;
            }
            left -= 1;
            seat_taken(call)
        });
        let slot = if status == 200 { "10:00" } else { "09:00" };
        let moved = person.reschedule(&app, &code, DATE, slot).await;
        assert_eq!(moved.status, status, "{losses}: {moved:?}");
        switch.disarm();
        app.advance(62);
    }
    app.assert_audit_agrees().await;
}
