//! Closing days: what it would do is shown first, people are moved and told once, and nobody is left without
//! a seat while one is free.

use std::sync::Arc;

use antrian_scheduler::Job;
use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::person::nik;
use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Recorder, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, after, close, office_with, reach, wrong_fields};

/// Friday of the week in which tests begin, and the next days.
const FRIDAY: &str = "2026-12-04";
const SATURDAY: &str = "2026-12-05";

fn closure(from: &str, to: &str) -> Value {
    let reason = json!({"id": "Pemadaman listrik", "en": "Power cut"});
    json!({"from": from, "to": to, "reason": reason})
}

async fn preview(app: &TestApp, from: &str, to: &str) -> Value {
    let shown = administer(app, Method::POST, "/closures/preview", closure(from, to)).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    shown.body
}

async fn shut(app: &TestApp, from: &str, to: &str) -> Answer {
    let closed = administer(app, Method::POST, "/closures", closure(from, to)).await;
    assert_eq!(closed.status, 200, "{closed:?}");
    closed
}

/// The scheduler does what follows, and messages go.
async fn work(app: &TestApp, secs: i64) -> u32 {
    app.advance(secs);
    let cleared = app.tick().await.cleared;
    app.drain().await;
    cleared
}

/// So many people with a booking on Friday, at nine as long as there is room.
async fn booked(app: &TestApp, people: u32) -> Vec<(Person, String)> {
    let mut all = vec![];
    for number in 1..=people {
        let person = Person::register(app, number).await;
        let slot = if number <= 6 { "09:00" } else { "10:00" };
        let code = person.book(app, FRIDAY, slot).await.text("code");
        all.push((person, code));
    }
    app.drain().await;
    all
}

async fn seen(app: &TestApp, (person, code): &(Person, String)) -> Answer {
    person.get(app, &format!("/v1/bookings/{code}")).await
}

fn told(app: &TestApp, kind: &str) -> usize {
    app.sent_ids().iter().filter(|id| id.ends_with(&format!("-{kind}"))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn eleven_people_of_a_friday_are_moved_each_told_once_and_each_goes_on_as_they_like() {
    let app = TestApp::with_quota(6).await;
    let people = booked(&app, 11).await;
    let shown = preview(&app, FRIDAY, FRIDAY).await;
    assert_eq!((&shown["bookings"], &shown["without_seat"]), (&json!(11), &json!(0)));
    let hour = |slot: &str, bookings: u32| json!({"slot": slot, "seats": 6, "bookings": bookings, "held": 0});
    assert_eq!(
        shown["dates"],
        json!([{"date": FRIDAY, "state": "open",
        "hours": [hour("09:00", 6), hour("10:00", 5)]}])
    );
    let to: Vec<_> = shown["moves"].as_array().unwrap().iter().map(|one| &one["to"]).collect();
    assert!(to.iter().all(|to| to["date"] == SATURDAY), "{to:?}");

    assert_eq!(shut(&app, FRIDAY, FRIDAY).await.body["closed"], json!([FRIDAY]));
    assert_eq!(work(&app, 31).await, 11);
    for (at, one) in people.iter().enumerate() {
        let slot = if at < 6 { "09:00" } else { "10:00" };
        let now = seen(&app, one).await;
        let place = [now.text("status"), now.text("date"), now.text("slot")];
        assert_eq!(place, ["confirmed", SATURDAY, slot], "the same hour of the next day");
        let event = now.body["history"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&event["by"], &event["office_closed"]), (&json!("system"), &json!(true)));
    }
    work(&app, 60).await;
    work(&app, 600).await;
    assert_eq!((told(&app, "closed_moved"), told(&app, "closed_waiting")), (11, 0));
    app.assert_audit_agrees().await;

    let (mover, canceller) = (&people[0], &people[1]);
    let mut phone = Phone::new(&app, &mover.0.phone);
    phone.say("halo").await;
    app.drain().await;
    let asked = phone.deliver(tap(&format!("move:{}", mover.1))).await;
    assert!(!asked.is_empty(), "times are offered at one tap");
    let moved = mover.0.reschedule(&app, &mover.1, "2026-12-07", "10:00").await;
    assert_eq!((moved.status, moved.text("date")), (200, "2026-12-07".to_owned()), "{moved:?}");
    let mut phone = Phone::new(&app, &canceller.0.phone);
    phone.deliver(tap(&format!("cancel:{}", canceller.1))).await;
    phone.tap("Ya").await;
    assert_eq!(seen(&app, canceller).await.text("status"), "cancelled");
    app.assert_audit_agrees().await;
}

fn tap(id: &str) -> Value {
    let reply = json!({"id": id, "title": "Pilih waktu lain"});
    json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}})
}

#[tokio::test]
async fn a_preview_changes_nothing_and_says_what_it_leaves_alone() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    person.book(&app, FRIDAY, "09:00").await;
    Person::register(&app, 2).await.hold(&app, FRIDAY, "10:00").await;
    close(&app, &[SATURDAY]).await;
    let before = recorder.bodies("TransactWriteItems").len();
    let shown = preview(&app, FRIDAY, "2026-12-06").await;
    assert_eq!(recorder.bodies("TransactWriteItems").len(), before);
    let states: Vec<_> =
        shown["dates"].as_array().unwrap().iter().map(|date| &date["state"]).collect();
    assert_eq!(states, ["open", "closed", "open"]);
    assert_eq!(shown["dates"][1]["reason"]["id"], "Pemadaman listrik");
    assert_eq!(shown["dates"][0]["hours"][1]["held"], 1);
    assert_eq!(shown["moves"][0]["to"], json!({"date": "2026-12-07", "slot": "09:00"}));
    let text = shown.to_string();
    assert!(!text.contains("Contoh") && !text.contains(&nik(1)), "{text}");
}

/// An office with one seat an hour, which gives no appointments in the week after Saturday.
async fn small() -> TestApp {
    let office = office_with(1, |office| {
        office["release"]["days_ahead"] = 5.into();
        let closed = json!({"open": false, "reason": {"id": "Pindah gedung", "en": "Moving"}});
        let dates = (6..=12).map(|day| (format!("2026-12-{day:02}"), closed.clone()));
        office["exceptions"] = Value::Object(dates.collect());
    });
    TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await
}

/// Somebody waits: Friday is closed and Saturday is full.
async fn one_waits(app: &TestApp) -> ((Person, String), Vec<(Person, String)>) {
    let waits = Person::register(app, 1).await;
    let code = waits.book(app, FRIDAY, "09:00").await.text("code");
    let mut others = vec![];
    for (number, slot) in [(2, "09:00"), (3, "10:00")] {
        let other = Person::register(app, number).await;
        let code = other.book(app, SATURDAY, slot).await.text("code");
        others.push((other, code));
    }
    app.drain().await;
    assert_eq!(preview(app, FRIDAY, FRIDAY).await["without_seat"], 1);
    shut(app, FRIDAY, FRIDAY).await;
    assert_eq!(work(app, 31).await, 0);
    ((waits, code), others)
}

#[tokio::test]
async fn who_finds_no_seat_keeps_the_booking_is_told_once_and_moves_when_one_is_free() {
    let app = small().await;
    let (waits, others) = one_waits(&app).await;
    let kept = seen(&app, &waits).await;
    assert_eq!((kept.text("status"), kept.text("date")), ("confirmed".into(), FRIDAY.into()));
    assert_eq!(kept.body["waits_for_seat"], true);
    for secs in [60, 120, 600, 3_600] {
        assert_eq!(work(&app, secs).await, 0);
    }
    assert_eq!((told(&app, "closed_waiting"), told(&app, "closed_moved")), (1, 0));
    app.assert_audit_agrees().await;

    others[0].0.act(&app, &others[0].1, "cancel").await;
    app.advance(61);
    assert_eq!(work(&app, 60).await, 1);
    let moved = seen(&app, &waits).await;
    assert_eq!((moved.text("date"), moved.text("slot")), (SATURDAY.into(), "09:00".into()));
    assert_eq!(moved.body["waits_for_seat"], Value::Null);
    work(&app, 600).await;
    assert_eq!((told(&app, "closed_waiting"), told(&app, "closed_moved")), (1, 1));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn seats_are_looked_for_at_a_bounded_pace() {
    let app = small().await;
    let (waits, others) = one_waits(&app).await;
    work(&app, 60).await;
    others[1].0.act(&app, &others[1].1, "cancel").await;
    assert_eq!(work(&app, 61).await, 0, "looked at a minute ago");
    assert_eq!(work(&app, 60).await, 1);
    assert_eq!(seen(&app, &waits).await.text("slot"), "10:00");
}

#[tokio::test]
async fn who_still_waits_the_day_before_is_told_that_it_is_over_and_moves_free_of_charge() {
    let app = small().await;
    let (waits, _) = one_waits(&app).await;
    // Nine in the morning of Thursday, in Makassar.
    reach(&app, &after("2026-12-03T01:00:00Z", -120));
    assert_eq!(work(&app, 0).await, 0);
    assert_eq!(work(&app, 180).await, 1);
    let over = seen(&app, &waits).await;
    let why = (over.text("status"), over.text("cancel_reason"));
    assert_eq!(why, ("cancelled".into(), "office_closed".into()));
    assert_eq!((told(&app, "closed_waiting"), told(&app, "office_closed")), (1, 1));
    let moved = waits.0.reschedule(&app, &waits.1, "2026-12-03", "10:00").await;
    assert_eq!((moved.status, moved.text("status")), (200, "confirmed".to_owned()), "{moved:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_visit_on_a_closed_day_is_never_one_that_was_missed() {
    let office = office_with(1, |office| {
        office["release"]["days_ahead"] = 4.into();
        office["policy"]["fair_use"] = json!({"missed_visits": 1});
    });
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, FRIDAY, "09:00").await.text("code");
    shut(&app, FRIDAY, FRIDAY).await;
    work(&app, 31).await;
    // The scheduler is down until the visit's time has passed.
    reach(&app, "2026-12-04T02:00:00Z");
    work(&app, 60).await;
    assert_eq!(seen(&app, &(person.clone(), code)).await.text("status"), "no_show");
    assert_eq!(person.hold(&app, "2026-12-06", "09:00").await.status, 201);
}

#[tokio::test]
async fn who_has_no_seat_on_a_day_that_is_near_is_told_at_once() {
    let office = office_with(1, |office| office["release"]["days_ahead"] = 0.into());
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, "2026-11-30", "10:00").await.text("code");
    app.drain().await;
    shut(&app, "2026-11-30", "2026-11-30").await;
    assert_eq!(work(&app, 31).await, 1);
    assert_eq!(seen(&app, &(person, code)).await.text("status"), "cancelled");
    assert_eq!((told(&app, "closed_waiting"), told(&app, "office_closed")), (0, 1));
}

#[tokio::test]
async fn who_waits_is_on_again_when_the_day_is_opened_again() {
    let app = small().await;
    let (waits, _) = one_waits(&app).await;
    close(&app, &[]).await;
    let before = told(&app, "confirmed");
    work(&app, 31).await;
    let on = seen(&app, &waits).await;
    assert_eq!((on.text("status"), on.text("date")), ("confirmed".into(), FRIDAY.into()));
    assert_eq!((&on.body["waits_for_seat"], told(&app, "confirmed")), (&Value::Null, before + 1));
    for secs in [60, 300, 86_400] {
        assert_eq!(work(&app, secs).await, 0);
    }
    reach(&app, "2026-12-03T01:00:00Z");
    work(&app, 60).await;
    assert_eq!(told(&app, "reminder"), 1, "of this version, and of nobody else yet");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_waits_chooses_another_time_and_is_left_alone_afterwards() {
    let app = small().await;
    let (waits, _) = one_waits(&app).await;
    let earlier = waits.0.reschedule(&app, &waits.1, DATE, "10:00").await;
    assert_eq!((earlier.status, earlier.text("date")), (200, DATE.to_owned()), "{earlier:?}");
    assert_eq!(work(&app, 600).await, 0);
    assert_eq!((told(&app, "closed_moved"), told(&app, "moved")), (0, 1));
    app.assert_audit_agrees().await;
}

/// Every second move is refused by the table, as when it is throttled for good.
fn fail_every_second_move(switch: &Switch) {
    let mut moves = 0;
    switch.arm(move |call| {
        let is_move = touched(call).contains(&Item::Booking);
        moves += u32::from(is_move);
        match is_move && moves % 2 == 0 {
            true => {
                let kind = "com.amazonaws.dynamodb.v20120810#AccessDeniedException";
                Action::Answer { status: 400, body: json!({"__type": kind}) }
            }
            false => Action::Pass,
        }
    });
}

#[tokio::test]
async fn a_clearing_that_is_cut_short_goes_on_where_it_stopped_and_tells_nobody_twice() {
    let switch = Arc::new(Switch::default());
    let (office, http_client) = (office_with(3, |_| {}), Some(client(switch.clone())));
    let setup = Setup { offices: vec![office], http_client, ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let mut people = vec![];
    for number in 1..=6 {
        let person = Person::register(&app, number).await;
        let slot = if number <= 3 { "09:00" } else { "10:00" };
        let code = person.book(&app, FRIDAY, slot).await.text("code");
        people.push((person, code));
    }
    app.drain().await;
    shut(&app, FRIDAY, FRIDAY).await;
    app.advance(31);
    fail_every_second_move(&switch);
    assert!(app.stack.run_job(Job::Tick).await.is_err());
    switch.disarm();
    app.assert_audit_agrees().await;
    work(&app, 60).await;
    work(&app, 60).await;
    for one in &people {
        assert_eq!(seen(&app, one).await.text("date"), SATURDAY);
    }
    assert_eq!(told(&app, "closed_moved"), 6);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn closing_twice_says_so_and_changes_nothing() {
    let app = TestApp::start().await;
    shut(&app, FRIDAY, SATURDAY).await;
    let other = json!({"from": FRIDAY, "to": "2026-12-06",
        "reason": {"id": "Alasan lain", "en": "Another reason"}});
    let again = administer(&app, Method::POST, "/closures", other).await;
    assert_eq!(
        again.body,
        json!({"closed": ["2026-12-06"],
        "already_closed": [FRIDAY, SATURDAY], "no_session": []})
    );
    let path =
        format!("/v1/offices/{OFFICE}/availability?service={SERVICE}&from={FRIDAY}&to={FRIDAY}");
    let day = app.get(&path).await.body["days"][0].clone();
    assert_eq!(day["reason"], "Pemadaman listrik", "{day}");
    let third = shut(&app, FRIDAY, FRIDAY).await;
    assert_eq!(third.body["closed"], json!([]));
}

#[tokio::test]
async fn a_key_closes_once() {
    let app = TestApp::start().await;
    let staff = app.staff(OFFICE, &["admin"]).await;
    let path = format!("/v1/offices/{OFFICE}/closures");
    let ask = |body| app.post_with_key(&path, Some(&staff), "key-1", body);
    let first = ask(closure(FRIDAY, FRIDAY)).await;
    assert_eq!(ask(closure(FRIDAY, FRIDAY)).await, first);
    let other = ask(closure(SATURDAY, SATURDAY)).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_mismatch"));
}

#[tokio::test]
async fn a_day_without_sessions_is_left_alone_and_said_so() {
    let office = office_with(2, |office| {
        office["sessions"][0]["days"] = json!(["mon", "tue", "wed", "thu", "fri"]);
    });
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let shown = preview(&app, SATURDAY, "2026-12-07").await;
    assert_eq!(shown["dates"][0]["state"], "no_session");
    let closed = shut(&app, SATURDAY, "2026-12-07").await;
    assert_eq!(
        closed.body,
        json!({"closed": ["2026-12-07"], "already_closed": [],
        "no_session": [SATURDAY, "2026-12-06"]})
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_field_by_field_and_changes_nothing() {
    let (app, recorder) = Recorder::start().await;
    let with = |field: &str, value: Value| {
        let mut body = closure(FRIDAY, SATURDAY);
        body[field] = value;
        body
    };
    let before = recorder.bodies("TransactWriteItems").len();
    for path in ["/closures/preview", "/closures"] {
        for (body, field) in [
            (closure(SATURDAY, FRIDAY), "to"),
            (closure("2026-11-29", FRIDAY), "from"),
            (closure("2026-12-01", "2027-02-01"), "to"),
            (closure("2029-01-01", "2029-01-02"), "to"),
            (with("to", json!("tomorrow")), "to"),
            (with("reason", json!({"id": "", "en": "Power cut"})), "reason"),
            (with("reason", json!({"id": "x".repeat(121), "en": "Power cut"})), "reason"),
            (with("colour", json!("red")), "colour"),
            (json!({"from": FRIDAY, "to": FRIDAY}), "reason"),
        ] {
            let refused = administer(&app, Method::POST, path, body.clone()).await;
            assert_eq!(wrong_fields(&refused), [field], "{path} {body}");
        }
        let last = administer(&app, Method::POST, path, closure("2026-12-01", "2027-01-31")).await;
        assert!(path == "/closures" || last.status == 200, "62 days: {last:?}");
        if path == "/closures/preview" {
            assert_eq!(recorder.bodies("TransactWriteItems").len(), before);
        }
    }
}

#[tokio::test]
async fn only_the_head_of_the_office_closes_its_days() {
    let app = TestApp::start().await;
    for path in ["/closures/preview", "/closures"] {
        let path = format!("/v1/offices/{OFFICE}{path}");
        let body = || Some(closure(FRIDAY, FRIDAY));
        assert_eq!(app.call(Method::POST, &path, None, body()).await.status, 401);
        for (office, role) in [("lain", "office_admin"), (OFFICE, "counter"), (OFFICE, "desk")] {
            let token = app.staff(office, &[role]).await;
            let refused = app.call(Method::POST, &path, Some(&token), body()).await;
            assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{office} {role}");
        }
    }
    assert_eq!(app.seats_free(FRIDAY, "09:00").await, Some(2));
    let head = app.staff(OFFICE, &["office_admin"]).await;
    let path = format!("/v1/offices/{OFFICE}/closures");
    let closed = app.call(Method::POST, &path, Some(&head), Some(closure(FRIDAY, FRIDAY))).await;
    assert_eq!(closed.status, 200, "{closed:?}");
}

#[tokio::test]
async fn a_family_stays_together() {
    let app = TestApp::with_quota(2).await;
    let person = Person::register(&app, 1).await;
    person.add(&app, 2).await;
    let alone = Person::register(&app, 3).await;
    // One seat is left at each hour of Saturday, and so for one at nine.
    for (number, slot) in [(4, "09:00"), (5, "10:00"), (6, "10:00")] {
        Person::register(&app, number).await.book(&app, SATURDAY, slot).await;
    }
    let wish = json!({"applicant_ids": ["p1", "p2"], "office": OFFICE, "service": SERVICE,
        "date": FRIDAY, "slot": "09:00"});
    let held = person.post(&app, "/v1/group-bookings", wish).await;
    assert_eq!(held.status, 201, "{held:?}");
    let codes: Vec<String> = held.body["bookings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    person.act(&app, &codes[0], "confirm").await;
    let code = alone.book(&app, FRIDAY, "10:00").await.text("code");
    shut(&app, FRIDAY, FRIDAY).await;
    assert_eq!(work(&app, 31).await, 3);
    for code in &codes {
        assert_eq!(seen(&app, &(person.clone(), code.clone())).await.text("date"), "2026-12-06");
    }
    assert_eq!(seen(&app, &(alone, code)).await.text("date"), SATURDAY);
    app.assert_audit_agrees().await;
}
