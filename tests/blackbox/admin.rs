//! Offices, calendars and releases as staff change them.

use antrian_tests::app::DATE;
use antrian_tests::offices::{self, OFFICE};
use antrian_tests::{Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, close, wrong_fields};

fn described() -> Value {
    serde_json::to_value(offices::office(2)).unwrap()
}

async fn put(app: &TestApp, change: impl FnOnce(&mut Value)) -> antrian_tests::Answer {
    let mut office = described();
    change(&mut office);
    administer(app, Method::PUT, "", office).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_is_changed_as_a_whole() {
    let app = TestApp::start().await;
    let changed = put(&app, |office| office["name"] = "Kantor Baru".into()).await;
    assert_eq!((changed.status, changed.text("name")), (200, "Kantor Baru".to_owned()));
    let seen = app.get(&format!("/v1/offices/{OFFICE}")).await;
    assert_eq!(seen.body["name"], "Kantor Baru");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2), "open days keep their slots");

    let mut new = described();
    new["id"] = "baru".into();
    let token = app.staff("baru", &["admin"]).await;
    let made = app.call(Method::PUT, "/v1/offices/baru", Some(&token), Some(new)).await;
    assert_eq!(made.status, 200, "{made:?}");
    app.tick().await;
    assert_eq!(app.get("/v1/offices/baru").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_makes_no_sense_names_its_fields() {
    let app = TestApp::start().await;
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 14] = [
        ("services", |o| o["services"] = json!([])),
        ("services[0].queue_group", |o| o["services"][0]["queue_group"] = "a".into()),
        ("sessions[0].until", |o| o["sessions"][0]["until"] = "08:00".into()),
        ("sessions[0].service", |o| o["sessions"][0]["service"] = "other".into()),
        ("sessions[1].from", |o| {
            let session = o["sessions"][0].clone();
            o["sessions"].as_array_mut().unwrap().push(session);
        }),
        ("policy.hold_minutes", |o| o["policy"]["hold_minutes"] = 0.into()),
        ("release.days_ahead", |o| o["release"]["days_ahead"] = 366.into()),
        ("release.weeks_ahead", |o| {
            o["release"] =
                json!({"kind": "weekly", "weeks_ahead": 52, "weekday": "fri", "at": "14:00"});
        }),
        ("release.months_ahead", |o| {
            o["release"] = json!({"kind": "monthly", "months_ahead": 0, "day": 1, "at": "09:00"});
        }),
        ("whatsapp_number", |o| o["whatsapp_number"] = "+62 8".into()),
        ("name", |o| o["name"] = "x".repeat(121).into()),
        ("location", |o| o["location"] = json!({"latitude": 91, "longitude": 0})),
        ("location.longitude", |o| o["location"] = json!({"latitude": 1})),
        ("location.latitude", |o| o["location"] = json!({"latitude": "1", "longitude": 1})),
    ];
    for (field, change) in wrong {
        let answer = put(&app, change).await;
        assert!(wrong_fields(&answer).contains(&field), "{field}: {answer:?}");
    }
    assert_eq!(wrong_fields(&put(&app, |o| o["id"] = "lain".into()).await), ["id"]);
    let closed = json!({DATE: {"open": false, "reason": {"id": "x", "en": "x"}}});
    assert_eq!(wrong_fields(&put(&app, |o| o["exceptions"] = closed).await), ["exceptions"]);
    let unknown = put(&app, |o| o["colour"] = "red".into()).await;
    assert_eq!(unknown.status, 422, "{unknown:?}");
    assert_eq!(app.get(&format!("/v1/offices/{OFFICE}")).await.body["name"], "Kantor Uji");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_field_deep_in_an_office_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    type Change = fn(&mut Value);
    let unknown: [(&str, Change); 6] = [
        ("policy.colour", |o| o["policy"]["colour"] = "red".into()),
        ("services[0].name.jv", |o| o["services"][0]["name"]["jv"] = "Anyar".into()),
        ("location.colour", |o| {
            o["location"] = json!({"latitude": 1, "longitude": 1, "colour": 1});
        }),
        ("sessions[0].colour", |o| o["sessions"][0]["colour"] = json!({"deep": [1]})),
        ("release", |o| o["release"]["colour"] = "red".into()),
        (".", |o| o["policy"]["9971014501909001"] = 1.into()),
    ];
    for (field, change) in unknown {
        let answer = put(&app, |office| {
            office["name"] = "Kantor Baru".into();
            change(office);
        })
        .await;
        assert_eq!(wrong_fields(&answer), [field], "{answer:?}");
        assert_eq!(answer.body["errors"][0]["detail_en"], "This field is not known.", "{field}");
    }
    let reason = json!({"id": "Listrik", "en": "Power", "colour": "red"});
    let calendar = json!({"exceptions": {DATE: {"open": false, "reason": reason}}});
    let refused = administer(&app, Method::PUT, "/calendar", calendar).await;
    assert_eq!(wrong_fields(&refused), ["."], "{refused:?}");
    assert_eq!(app.get(&format!("/v1/offices/{OFFICE}")).await.body["name"], "Kantor Uji");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_of_the_office_change_it() {
    let app = TestApp::start().await;
    let quota = format!("/slots/{DATE}/09:00");
    let routes = [
        (Method::PUT, "", described()),
        (Method::PUT, "/calendar", json!({"exceptions": {}})),
        (Method::POST, "/releases", json!({"from": DATE, "to": DATE})),
        (Method::PATCH, quota.as_str(), json!({"service": "passport_new", "quota": 1})),
    ];
    let person = Person::register(&app, 1).await;
    let others = [app.staff("lain", &["admin"]).await, app.staff(OFFICE, &["desk"]).await];
    let everywhere = app.staff("*", &["admin"]).await;
    for (method, path, body) in routes {
        let path = format!("/v1/offices/{OFFICE}{path}");
        let call = |token| app.call(method.clone(), &path, token, Some(body.clone()));
        for token in [None, Some(person.token.as_str())] {
            assert_eq!(call(token).await.status, 401, "{path}");
        }
        for token in &others {
            let refused = call(Some(token)).await;
            assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{path}");
        }
        assert_eq!(call(Some(&everywhere)).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_closed_by_the_calendar_moves_its_people_who_move_on_free_of_charge() {
    let app = TestApp::with_quota(1).await;
    let (person, other) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let late = other.book(&app, "2026-11-30", "09:00").await.text("code");
    app.drain().await;
    let closed = close(&app, &[DATE, "2026-11-30"]).await;
    assert_eq!(closed.body["closed"], json!(["2026-11-30", DATE]));

    // A request that saw the day open may still be at work: nothing is moved yet.
    app.tick().await;
    let at = |person: Person, code: String| {
        let app = &app;
        async move { person.get(app, &format!("/v1/bookings/{code}")).await.text("starts_at") }
    };
    assert_eq!(at(person.clone(), code.clone()).await, "2026-12-02T09:00:00+08:00");
    app.advance(31);
    assert_eq!(app.tick().await.cleared, 2);
    assert_eq!(at(person.clone(), code.clone()).await, "2026-12-03T09:00:00+08:00");
    assert_eq!(at(other.clone(), late.clone()).await, "2026-12-01T09:00:00+08:00");
    app.drain().await;
    let told = app.sent_ids().iter().filter(|id| id.ends_with("closed_moved")).count();
    assert_eq!(told, 2);

    let moved = person.reschedule(&app, &code, "2026-12-03", "10:00").await;
    assert_eq!((moved.status, moved.text("status")), (200, "confirmed".to_owned()), "{moved:?}");
    // On the very day, when others can move no more.
    app.advance_to("2026-12-01T00:00:00Z");
    let moved = other.reschedule(&app, &late, "2026-12-04", "09:00").await;
    assert_eq!((moved.status, moved.text("status")), (200, "confirmed".to_owned()), "{moved:?}");
    assert_eq!(person.reschedule(&app, &code, DATE, "09:00").await.code(), "office_closed");
    app.advance(120);
    assert_eq!(app.tick().await.cleared, 0);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_day_has_its_seats_again_and_its_bookings_stay_where_they_are() {
    let app = TestApp::with_quota(1).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    assert_eq!(app.seats_free(DATE, "09:00").await, None);
    app.advance(31);
    app.tick().await;
    app.advance(61);
    let reopened = close(&app, &[]).await;
    assert_eq!(reopened.body["reopened"], json!([DATE]));
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(seen.text("date"), "2026-12-03");
    let moved = person.reschedule(&app, &code, DATE, "09:00").await;
    assert_eq!((moved.status, moved.text("status")), (200, "confirmed".to_owned()), "{moved:?}");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_reopened_in_time_loses_nobody() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    close(&app, &[]).await;
    app.advance(31);
    assert_eq!(app.tick().await.cleared, 0);
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(seen.text("status"), "confirmed");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_opens_dates_beyond_the_policy_and_never_holidays() {
    let app = TestApp::start().await;
    let path = "/releases";
    let body = json!({"from": "2026-12-30", "to": "2027-01-02"});
    let released = administer(&app, Method::POST, path, body.clone()).await;
    assert_eq!(released.status, 200, "{released:?}");
    assert_eq!(released.body, json!({"opened": ["2026-12-31", "2027-01-02"], "slots_added": 0}));
    assert_eq!(app.seats_free("2027-01-02", "10:00").await, Some(2));
    let again = administer(&app, Method::POST, path, body).await;
    assert_eq!(again.body, json!({"opened": [], "slots_added": 0}));
    let held = Person::register(&app, 1).await.hold(&app, "2027-01-02", "10:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    for (from, to) in [("2026-12-02", "2026-12-01"), ("2026-11-29", DATE), (DATE, "2027-02-02")] {
        let refused = administer(&app, Method::POST, path, json!({"from": from, "to": to})).await;
        assert_eq!(wrong_fields(&refused), ["to"], "{from} {to}");
    }
    let body = json!({"from": DATE, "to": DATE, "service": "other"});
    assert_eq!(wrong_fields(&administer(&app, Method::POST, path, body).await), ["service"]);
}
