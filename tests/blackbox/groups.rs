//! People who come together: all of them get a seat, or none.

use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::{Answer, Person, TestApp};
use serde_json::{Value, json};

use crate::steps::read_qr;

/// Somebody with so many people in their account, `p1` and on.
async fn family(app: &TestApp, first: u32, people: u32) -> Person {
    let person = Person::register(app, first).await;
    for number in first + 1..first + people {
        assert_eq!(person.add(app, number).await.status, 201);
    }
    person
}

fn wish(people: &[&str], slot: &str) -> Value {
    json!({"applicant_ids": people, "office": OFFICE, "service": SERVICE, "date": DATE, "slot": slot})
}

async fn hold(app: &TestApp, person: &Person, people: &[&str], slot: &str) -> Answer {
    person.post(app, "/v1/group-bookings", wish(people, slot)).await
}

fn all(answer: &Answer, field: &str) -> Vec<String> {
    let bookings = answer.body["bookings"].as_array().cloned().unwrap_or_default();
    bookings.iter().map(|booking| booking[field].as_str().unwrap().to_owned()).collect()
}

async fn statuses(app: &TestApp, person: &Person, codes: &[String]) -> Vec<String> {
    let mut statuses = vec![];
    for code in codes {
        statuses.push(person.get(app, &format!("/v1/bookings/{code}")).await.text("status"));
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_holds_confirms_and_is_told_in_one_go() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 3).await;
    let held = hold(&app, &person, &["p3", "p1", "p2"], "09:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    assert_eq!(all(&held, "applicant_id"), ["p3", "p1", "p2"], "in the order of the request");
    assert_eq!(all(&held, "slot"), ["09:00"; 3]);
    let codes = all(&held, "code");
    assert!(
        held.body["bookings"].as_array().unwrap().iter().all(|one| one["group"] == json!(codes))
    );
    let extended = person.act(&app, &codes[1], "extend").await;
    assert_eq!(extended.status, 200, "{extended:?}");
    let ends = [0, 1, 2].map(|nth| format!("/v1/bookings/{}", codes[nth]));
    for path in ends {
        let end = person.get(&app, &path).await.text("hold_expires_at");
        assert_eq!(end, extended.text("hold_expires_at"), "all of them are extended");
    }
    let confirmed = person.act(&app, &codes[2], "confirm").await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    assert_eq!(statuses(&app, &person, &codes).await, ["confirmed"; 3]);
    app.drain().await;
    let told: Vec<_> =
        app.sent().into_iter().filter(|text| text.contains("sudah terkonfirmasi")).collect();
    assert_eq!(told.len(), 1, "one message: {told:?}");
    let kept = app.stack.graph.sent().into_iter().rev().find(|kept| kept.picture.is_some());
    let picture = image::load_from_memory(&kept.unwrap().picture.unwrap()).unwrap();
    let third = picture.height() / 3;
    let cut = |nth: u32| picture.crop_imm(0, nth * third, picture.width(), third).to_luma8();
    let pictured = [0, 1, 2].map(|nth| read_qr(&cut(nth)).unwrap());
    for code in &codes {
        let ticket = person.get(&app, &format!("/v1/bookings/{code}")).await.text("ticket");
        assert!(pictured.contains(&ticket), "{ticket} is not in {pictured:?}");
        let spoken = format!("{}-{}", &code[..5], &code[5..]);
        assert!(told[0].contains(&spoken), "{spoken} is not in {}", told[0]);
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_hour_has_no_room_for_all_some_come_an_hour_later() {
    let app = TestApp::with_quota(2).await;
    let person = family(&app, 1, 3).await;
    let held = hold(&app, &person, &["p1", "p2", "p3"], "09:00").await;
    assert_eq!(all(&held, "slot"), ["09:00", "09:00", "10:00"], "{held:?}");
    let code = all(&held, "code").remove(0);
    assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
    app.advance(61);
    for slot in ["09:00", "10:00"] {
        assert_eq!(app.seats_free(DATE, slot).await, Some(2), "all are given back: {slot}");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_all_nobody_is_held() {
    let app = TestApp::with_quota(2).await;
    let (rival, person) = (Person::register(&app, 9).await, family(&app, 1, 4).await);
    rival.book(&app, DATE, "10:00").await;
    let refused = hold(&app, &person, &["p1", "p2", "p3", "p4"], "09:00").await;
    assert_eq!((refused.status, refused.code()), (409, "slot_full"), "{refused:?}");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    let offered = refused.body["alternatives"].as_array().unwrap();
    assert!(offered.is_empty(), "no hour has room for four: {offered:?}");
    let of_two = hold(&app, &person, &["p1", "p2"], "10:00").await;
    assert_eq!(all(&of_two, "slot"), ["10:00", "09:00"], "{of_two:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_may_not_be_booked_for_keeps_all_from_it() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 3).await;
    let code = person.hold_for(&app, "p2", DATE, "10:00").await.text("code");
    let refused = hold(&app, &person, &["p1", "p2", "p3"], "09:00").await;
    assert_eq!((refused.code(), refused.text("booking_code")), ("already_booked", code));
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(5), "nobody is held");
    for wrong in [&["p1", "p1"][..], &[], &["p9"]] {
        let refused = hold(&app, &person, wrong, "09:00").await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert_eq!(refused.body["errors"][0]["field"], "applicant_ids", "{refused:?}");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_holds_a_group_once() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 3).await;
    let mut codes = vec![];
    for _ in 0..2 {
        let body = wish(&["p1", "p2", "p3"], "09:00");
        let path = "/v1/group-bookings";
        let held = app.post_with_key(path, Some(&person.token), "the-key-of-a-family", body).await;
        assert_eq!(held.status, 201, "{held:?}");
        codes.push(all(&held, "code"));
    }
    assert_eq!(codes[0], codes[1]);
    let (path, body) = ("/v1/group-bookings", wish(&["p1", "p2"], "09:00"));
    let other = app.post_with_key(path, Some(&person.token), "the-key-of-a-family", body).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_mismatch"), "{other:?}");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_seat_of_a_group_counts_as_a_hold_of_the_account() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 5).await;
    let everybody = ["p1", "p2", "p3", "p4", "p5"];
    for _ in 0..2 {
        let held = hold(&app, &person, &everybody, "09:00").await;
        assert_eq!(held.status, 201, "{held:?}");
        let code = all(&held, "code").remove(0);
        assert_eq!(person.act(&app, &code, "cancel").await.status, 200);
        app.advance(61);
    }
    let refused = hold(&app, &person, &everybody[..1], "09:00").await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_holds"), "{refused:?}");
    assert_eq!(refused.body["per_account"], 10, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_confirmed_each_goes_its_own_way() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 3).await;
    let codes = all(&hold(&app, &person, &["p1", "p2", "p3"], "09:00").await, "code");
    person.act(&app, &codes[0], "confirm").await;
    assert_eq!(person.act(&app, &codes[0], "cancel").await.status, 200);
    assert_eq!(person.reschedule(&app, &codes[1], DATE, "10:00").await.status, 200);
    let stand = statuses(&app, &person, &codes).await;
    assert_eq!(stand, ["cancelled", "confirmed", "confirmed"]);
    app.drain().await;
    let told = app.sent();
    let spoken = |nth: usize| format!("{}-{}", &codes[nth][..5], &codes[nth][5..]);
    let confirmation = told.iter().find(|text| text.contains("sudah terkonfirmasi")).unwrap();
    assert!(confirmation.contains(&spoken(2)), "one is still as it says: {confirmation}");
    assert!(!confirmation.contains(&spoken(0)), "one is cancelled by now: {confirmation}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_hold_ran_out_is_confirmed_by_nobody() {
    let app = TestApp::with_quota(5).await;
    let person = family(&app, 1, 2).await;
    let codes = all(&hold(&app, &person, &["p1", "p2"], "09:00").await, "code");
    app.advance(15 * 60);
    assert_eq!(person.act(&app, &codes[0], "confirm").await.code(), "hold_expired");
    app.tick().await;
    assert_eq!(statuses(&app, &person, &codes).await, ["expired"; 2]);
    app.assert_audit_agrees().await;
}
