//! A table is restored to a second before somebody was erased (docs/runbooks/restore.md): the restore's
//! command erases them again. Without it they are back.

use antrian::use_cases::erasures::{Reapplied, reapply};
use antrian_tests::app::DATE;
use antrian_tests::{Person, Recorder, TestApp};
use reqwest::Method;
use serde_json::Value;

const SLOT: &str = "09:00";
/// Longer than a cancelled seat waits, and than anything is cached.
const COOLED_DOWN: i64 = 3_600;

async fn status(app: &TestApp, person: &Person, method: Method, path: &str) -> u16 {
    app.call(method, path, Some(&person.token), None).await.status
}

/// Whose session is open.
async fn signed_in<const N: usize>(app: &TestApp, people: [&Person; N]) -> [bool; N] {
    let mut open = [false; N];
    for (open, person) in open.iter_mut().zip(people) {
        *open = status(app, person, Method::GET, "/v1/me").await == 200;
    }
    open
}

/// Somebody with the NIK of `number` and another phone asks for a seat.
async fn book_with_another_phone(app: &TestApp, phone: u32, number: u32) -> (u16, String) {
    let stranger = Person::register_only(app, phone).await;
    assert_eq!(stranger.add(app, number).await.status, 201);
    let held = stranger.hold(app, DATE, "10:00").await;
    (held.status, held.code().to_owned())
}

async fn again(app: &TestApp) -> Reapplied {
    reapply(&app.stack.app.ledger, &app.stack.app.clock).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_erased_and_what_was_signed_out_does_not_come_back_with_a_backup() {
    let (app, recorder) = Recorder::start().await;
    let [erased, left, everywhere, stays] = {
        let mut all = Vec::new();
        for number in 1..=4 {
            all.push(Person::register(&app, number).await);
        }
        <[Person; 4]>::try_from(all).unwrap()
    };
    let booked = erased.book(&app, DATE, SLOT).await.text("code");
    let kept = stays.book(&app, DATE, SLOT).await.text("code");
    let backup = recorder.items().await;
    assert_eq!(status(&app, &erased, Method::DELETE, "/v1/me").await, 204);
    assert_eq!(status(&app, &left, Method::DELETE, "/v1/session").await, 204);
    assert_eq!(status(&app, &everywhere, Method::DELETE, "/v1/sessions").await, 204);
    let all = [&erased, &left, &everywhere, &stays];
    assert_eq!(signed_in(&app, all).await, [false, false, false, true]);

    recorder.restore(&backup).await;
    app.advance(2);
    assert_eq!(signed_in(&app, all).await, [true; 4], "without the command all are back");
    assert_eq!(app.seats_free(DATE, SLOT).await, Some(0));
    let refused = book_with_another_phone(&app, 701, 1).await;
    assert_eq!(refused, (409, "person_needs_confirmation".to_owned()));

    assert_eq!(again(&app).await, Reapplied { accounts: 1, sessions: 2 });
    assert_eq!(signed_in(&app, all).await, [false, false, false, true]);
    app.advance(COOLED_DOWN);
    assert_eq!(app.seats_free(DATE, SLOT).await, Some(1), "the seat is free, the other's is not");
    assert_eq!(book_with_another_phone(&app, 702, 1).await.0, 201, "the NIK begins anew");
    assert_eq!(stays.get(&app, &format!("/v1/bookings/{kept}")).await.status, 200);
    nothing_is_left(&recorder, &backup, &booked).await;
    app.assert_audit_agrees().await;
    assert_eq!(again(&app).await, Reapplied { accounts: 0, sessions: 0 }, "once is enough");
}

/// Of the account that had a booking.
async fn nothing_is_left(recorder: &Recorder, backup: &[Value], booked: &str) {
    let of_booking = |item: &&Value| item["pk"]["S"] == format!("BOOKING#{booked}");
    let booking = backup.iter().find(of_booking).unwrap();
    let account = booking["account"]["S"].as_str().unwrap();
    let items = recorder.items_of("").await;
    let partition = format!("ACCOUNT#{account}");
    assert!(backup.iter().any(|item| item["pk"]["S"] == partition));
    assert!(items.iter().all(|item| item["pk"]["S"] != partition));
    let still = items.iter().find(|item| of_booking(item)).unwrap();
    assert_eq!(
        (&still["person"]["S"], &still["status"]["S"]),
        (&"erased".into(), &"cancelled".into())
    );
}

/// A visit that the backup believes is under way had ended when the account was erased.
#[tokio::test(flavor = "multi_thread")]
async fn a_visit_of_the_backup_keeps_nobody_from_being_erased_again() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, SLOT).await.text("ticket");
    crate::steps::reach(&app, "2026-12-02T00:31:00Z");
    let staff = app.staff(antrian_tests::offices::OFFICE, &["desk"]).await;
    let scan = Some(serde_json::json!({"ticket": ticket}));
    assert_eq!(app.call(Method::POST, "/v1/check-ins", Some(&staff), scan).await.status, 200);
    let backup = recorder.items().await;
    assert_eq!(status(&app, &person, Method::DELETE, "/v1/me").await, 409, "not during a visit");
    assert_eq!(again(&app).await.accounts, 0, "what was refused is not recorded");
    let desk = antrian_tests::desk::Desk::sign_in(&app).await;
    assert_eq!(desk.call(&app, "1").await.status, 200);
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    assert_eq!(status(&app, &person, Method::DELETE, "/v1/me").await, 204);
    recorder.restore(&backup).await;
    assert_eq!(signed_in(&app, [&person]).await, [true]);
    assert_eq!(again(&app).await.accounts, 1);
    assert_eq!(signed_in(&app, [&person]).await, [false]);
    assert!(recorder.items_of("ACCOUNT#").await.is_empty());
}

/// The table beside the table tells nothing of anybody.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_an_erasure_is_a_hash_and_a_time() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    assert_eq!(status(&app, &person, Method::DELETE, "/v1/me").await, 204);
    let of_erasures = |write: &Value| {
        let writes = write["TransactItems"].as_array().cloned().unwrap_or_default();
        let to = |one: &Value| one["Put"]["TableName"] == "antrian-erasures";
        writes.into_iter().find(to).map(|one| one["Put"]["Item"].clone())
    };
    let bodies = recorder.bodies("TransactWriteItems");
    let kept: Vec<Value> = bodies.iter().filter_map(of_erasures).collect();
    let [kept] = &kept[..] else { panic!("{kept:?}") };
    let mut names: Vec<_> = kept.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["at", "pk", "sk", "ttl", "v"]);
    let account = person.token.split('.').next().unwrap();
    assert!(!kept.to_string().contains(account), "{kept}");
    let record = bodies.iter().position(|body| of_erasures(body).is_some()).unwrap();
    let removed = bodies.iter().position(|body| body.to_string().contains("\"Delete\"")).unwrap();
    assert!(record < removed, "recorded before anything is removed");
}
