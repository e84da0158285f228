//! A person stands at a desk with their KTP: a clerk sees what keeps them from booking, and releases them.

use antrian_tests::app::DATE;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use antrian_tests::phone::Phone;
use antrian_tests::{Answer, Person, Recorder, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::person_claims::stranger;
use crate::steps::{office_with, reach};

const LATER: &str = "2026-12-04";

async fn ask(app: &TestApp, office: &str, token: &str, body: Value) -> Answer {
    let path = format!("/v1/offices/{office}/person-releases");
    app.call(Method::POST, &path, Some(token), Some(body)).await
}

async fn look(app: &TestApp, token: &str, number: u32) -> Answer {
    ask(app, OFFICE, token, json!({"nik": nik(number)})).await
}

async fn release(app: &TestApp, token: &str, number: u32) -> Answer {
    ask(app, OFFICE, token, json!({"nik": nik(number), "release": "not_theirs"})).await
}

#[tokio::test]
async fn a_clerk_releases_a_person_whom_somebody_else_has_booked_for() {
    let (app, recorder) = Recorder::start().await;
    let stranger = stranger(&app, 2, 1).await;
    let code = stranger.book(&app, DATE, "09:00").await.text("code");
    let owner = Person::register(&app, 1).await;
    assert_eq!(owner.hold(&app, LATER, "09:00").await.code(), "person_needs_confirmation");
    app.drain().await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let found = look(&app, &clerk, 1).await;
    assert_eq!((found.status, found.text("found").as_str()), (200, "booked"), "{found:?}");
    let seen = json!({"office": "uji", "office_name": found.body["booking"]["office_name"],
        "date": DATE, "slot": "09:00", "status": "confirmed"});
    assert_eq!(found.body["booking"], seen, "no code, no name, no account");

    let mut told = Phone::new(&app, &stranger.phone);
    for _ in 0..2 {
        let released = release(&app, &clerk, 1).await;
        assert_eq!((released.status, released.text("found").as_str()), (200, "released"));
        assert_eq!(released.body["booking"]["status"], "cancelled");
    }
    let message = told.read().await;
    assert_eq!(message.len(), 1, "{message:?}");
    assert!(message[0].text.contains("dilepas oleh petugas"), "{message:?}");
    let kept = stranger.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(kept.text("cancel_reason"), "desk");
    assert_eq!(kept.body["history"].as_array().unwrap().last().unwrap()["by"], "office");
    assert!(!kept.body.to_string().contains("not_theirs"), "the clerk is not told of: {kept:?}");
    assert_eq!(owner.hold(&app, LATER, "09:00").await.status, 201);
    app.assert_audit_agrees().await;

    let items = recorder.items().await;
    let events: Vec<_> = items.iter().filter(|item| !item["released"].is_null()).collect();
    assert_eq!(events.len(), 1, "{events:?}");
    let released = &events[0]["released"]["M"];
    assert_eq!(released["office"]["S"], OFFICE);
    assert_eq!(released["reason"]["S"], "not_theirs");
    let looks = app.records_of("person_lookup");
    let told: Vec<_> = looks.iter().map(|look| look["found"].as_str().unwrap()).collect();
    assert_eq!(told, ["booked", "released", "released"]);
    assert!(looks.iter().all(|look| look["staff"] == released["staff"]["S"]), "{looks:?}");
    assert!(!format!("{looks:?}").contains(&nik(1)));
}

#[tokio::test]
async fn what_a_stranger_has_counted_against_a_person_is_lifted() {
    let rule = json!({"missed_visits": 1});
    let office = office_with(8, |office| office["policy"]["fair_use"] = rule);
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let missing = stranger(&app, 3, 2).await;
    missing.book(&app, DATE, "09:00").await;
    let often = stranger(&app, 2, 1).await;
    for last in [false, false, true] {
        let code = often.hold(&app, LATER, "09:00").await.text("code");
        if !last {
            assert_eq!(often.act(&app, &code, "cancel").await.status, 200);
        }
    }
    let owner = Person::register(&app, 1).await;
    assert_eq!(release(&app, &clerk, 1).await.text("found"), "released");
    assert_eq!(owner.hold(&app, LATER, "09:00").await.status, 201, "three holds are forgotten");

    reach(&app, &format!("{DATE}T01:30:00Z"));
    app.tick().await;
    let owner = Person::register(&app, 7).await;
    assert_eq!(owner.add(&app, 2).await.text("id"), "p2");
    let closed = owner.hold_for(&app, "p2", LATER, "10:00").await;
    assert_eq!(closed.code(), "person_needs_confirmation");
    let clerk = app.staff(OFFICE, &["desk"]).await;
    assert_eq!(look(&app, &clerk, 2).await.text("found"), "closed");
    assert_eq!(release(&app, &clerk, 2).await.text("found"), "reopened");
    assert_eq!(look(&app, &clerk, 2).await.text("found"), "nothing");
    assert_eq!(owner.hold_for(&app, "p2", LATER, "10:00").await.status, 201);
    let stays = missing.hold(&app, LATER, "10:00").await;
    assert_eq!(stays.code(), "person_needs_confirmation", "{stays:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_clerk_looks_up_so_many_people_a_day_at_their_own_office() {
    let office = office_with(2, |office| {
        office["policy"]["fair_use"] = json!({"lookups_per_clerk": 3});
    });
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    for number in 1..=3 {
        assert_eq!(look(&app, &clerk, number).await.text("found"), "nothing");
    }
    let refused = look(&app, &clerk, 4).await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_lookups"));
    reach(&app, "2026-11-30T16:00:00Z");
    let clerk = app.staff(OFFICE, &["desk"]).await;
    assert_eq!(look(&app, &clerk, 4).await.status, 200, "the next day at the office");

    let admin = app.staff(OFFICE, &["office_admin"]).await;
    assert_eq!(look(&app, &admin, 1).await.status, 403);
    let other = app.staff("lain", &["desk"]).await;
    assert_eq!(look(&app, &other, 1).await.status, 403);
    assert_eq!(ask(&app, "lain", &other, json!({"nik": nik(1)})).await.status, 404);
    let person = Person::register(&app, 1).await;
    assert_eq!(look(&app, &person.token, 1).await.status, 401);
    let wrong = ask(&app, OFFICE, &clerk, json!({"nik": "12"})).await;
    assert_eq!((wrong.status, wrong.code()), (422, "invalid_request"));
}

#[tokio::test]
async fn nobody_is_released_while_they_are_at_the_office() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, &format!("{DATE}T00:31:00Z"));
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let scan = json!({"code": code});
    assert_eq!(app.call(Method::POST, "/v1/check-ins", Some(&clerk), Some(scan)).await.status, 200);
    let refused = release(&app, &clerk, 1).await;
    assert_eq!((refused.status, refused.code()), (409, "already_checked_in"), "{refused:?}");
}
