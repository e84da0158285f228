//! Offices, what is free, and what to bring: for anybody to see.

use std::sync::Arc;

use antrian_local::demo;
use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Person, Setup, TestApp};
use reqwest::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::steps::{close, office_with, wrong_fields};

async fn demo_app(ids: &[&str]) -> TestApp {
    let mut offices = demo::offices().unwrap();
    offices.retain(|office| ids.is_empty() || ids.contains(&office.id.as_str()));
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    // What the list says of offices may be five seconds old.
    app.advance(6);
    app
}

async fn days(app: &TestApp, office: &str, from: &str, to: &str) -> Vec<Value> {
    let query = format!("service={SERVICE}&from={from}&to={to}");
    let answer = app.get(&format!("/v1/offices/{office}/availability?{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["days"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_office_is_listed_with_its_next_free_slot() {
    let app = demo_app(&[]).await;
    let answer = app.get("/v1/offices").await;
    let offices = answer.body["offices"].as_array().unwrap();
    assert_eq!(offices.len(), demo::offices().unwrap().len());
    for office in offices {
        let (id, next) = (office["id"].as_str().unwrap(), &office["next_available"]);
        assert!(!office["services"].as_array().unwrap().is_empty(), "{id}");
        if office["online"] == false {
            assert!(next.is_null(), "{id} gives no appointments online");
            continue;
        }
        let path = format!(
            "/v1/offices/{id}/availability?service={}&from={date}&to={date}",
            next["service"].as_str().unwrap(),
            date = next["date"].as_str().unwrap()
        );
        let day = app.get(&path).await.body["days"][0].clone();
        let slots = day["slots"].as_array().unwrap();
        let slot = slots.iter().find(|slot| slot["slot"] == next["slot"]).unwrap();
        assert!(slot["seats_free"].as_u64().unwrap() > 0, "{id} {slot}");
    }
    let first = offices.iter().find(|office| office["id"] == "jakarta-pusat").unwrap();
    insta::assert_json_snapshot!(first, { ".services" => "[services]" }, @r#"
    {
      "city": "Jakarta Pusat",
      "example": true,
      "id": "jakarta-pusat",
      "location": {
        "latitude": -6.1754,
        "longitude": 106.8272
      },
      "name": "Kantor Imigrasi Jakarta Pusat",
      "next_available": {
        "date": "2026-11-30",
        "service": "passport_new",
        "slot": "08:00"
      },
      "online": true,
      "province": "DKI Jakarta",
      "services": "[services]",
      "timezone": "Asia/Jakarta",
      "timezone_name": "WIB"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_says_when_its_next_dates_open() {
    let app = demo_app(&["surabaya", "kupang", "makassar"]).await;
    let release = |id: &'static str| {
        let app = &app;
        async move { app.get(&format!("/v1/offices/{id}")).await.body["release"].clone() }
    };
    let monthly = release("surabaya").await;
    assert_eq!(
        monthly["policy"],
        json!({"kind": "monthly", "months_ahead": 2, "day": 31, "at": "09:00"})
    );
    assert_eq!(monthly["open_through"], "2026-12-31");
    assert_eq!(monthly["next_at"], "2026-11-30T09:00:00+07:00");
    assert_eq!(monthly["next_from"], "2027-01-01");
    let weekly = release("kupang").await;
    assert_eq!(weekly["open_through"], "2027-01-03");
    assert_eq!(weekly["next_at"], "2026-12-04T14:00:00+08:00");
    assert_eq!(weekly["next_from"], "2027-01-04");
    // It is eight o'clock in Makassar, and today's release has just been.
    let rolling = release("makassar").await;
    assert_eq!(rolling["open_through"], "2026-12-30");
    assert_eq!(rolling["next_at"], "2026-12-01T08:00:00+08:00");
    let office = app.get("/v1/offices/makassar").await.body;
    assert_eq!(office["channels"], json!(["web", "whatsapp", "walk_in"]));
    assert_eq!(office["whatsapp_number"], "628000000008");
    assert!(office["hours"].as_array().is_some_and(|hours| !hours.is_empty()));
    assert_eq!(app.get("/v1/offices/nowhere").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_not_open_says_why() {
    let app = demo_app(&["balikpapan", "batam"]).await;
    let found = days(&app, "balikpapan", "2026-11-29", "2027-01-01").await;
    let day = |date: &str| found.iter().find(|day| day["date"] == date).unwrap();
    let why = |date: &str| (day(date)["status"].clone(), day(date)["reason_code"].clone());
    let closed = |code: &str| (json!("closed"), json!(code));
    assert_eq!(why("2026-11-29"), closed("past"));
    assert_eq!(why("2026-12-06"), closed("no_session"));
    assert_eq!(why("2026-12-14"), closed("office_closed"));
    assert_eq!(day("2026-12-14")["reason_en"], "Planned power cut in the building");
    assert_eq!(why("2026-12-24"), closed("collective_leave"));
    assert_eq!(why("2026-12-25"), closed("holiday"));
    assert_eq!(why("2027-01-01"), closed("holiday"));
    assert_eq!(why("2026-12-31"), (json!("not_released"), Value::Null));
    assert_eq!(day("2026-12-31")["release_at"], "2026-12-01T08:00:00+08:00");
    assert_eq!(day("2026-12-30")["status"], "open");
    let own = days(&app, "batam", "2026-12-24", "2026-12-24").await;
    assert_eq!(own[0]["status"], "open", "an office's own opening is stronger than the leave");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_full_when_its_last_seat_is_taken() {
    let app = TestApp::with_quota(1).await;
    for (number, slot) in [(1, "09:00"), (2, "10:00")] {
        let before = days(&app, OFFICE, DATE, DATE).await;
        assert_eq!(before[0]["status"], "open");
        Person::register(&app, number).await.book(&app, DATE, slot).await;
    }
    let full = json!([{"date": DATE, "status": "full", "slots":
        [{"slot": "09:00", "seats_free": 0}, {"slot": "10:00", "seats_free": 0}]}]);
    assert_eq!(Value::from(days(&app, OFFICE, DATE, DATE).await), full);
    close(&app, &[DATE]).await;
    let closed = days(&app, OFFICE, DATE, DATE).await;
    assert_eq!((&closed[0]["status"], &closed[0]["slots"]), (&json!("closed"), &json!([])));
    assert_eq!(closed[0]["reason_code"], "office_closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_covers_at_most_62_days_in_order() {
    let app = TestApp::start().await;
    let ask = |query: &str| {
        let path = format!("/v1/offices/{OFFICE}/availability?{query}");
        let app = &app;
        async move { app.get(&path).await }
    };
    assert_eq!(days(&app, OFFICE, "2026-12-01", "2027-01-31").await.len(), 62);
    let too_long = ask("service=passport_new&from=2026-12-01&to=2027-02-01").await;
    assert_eq!(wrong_fields(&too_long), ["to"]);
    let reversed = ask("service=passport_new&from=2026-12-02&to=2026-12-01").await;
    assert_eq!(wrong_fields(&reversed), ["to"]);
    assert_eq!(wrong_fields(&ask("service=passport_express").await), ["service"]);
    assert_eq!(ask("from=2026-12-01").await.status, 422);
    assert_eq!(ask("service=passport_new&from=tomorrow").await.status, 422);
    let nowhere = format!("/v1/offices/nowhere/availability?service={SERVICE}");
    assert_eq!(app.get(&nowhere).await.status, 404);
    let two_weeks = ask("service=passport_new").await;
    assert_eq!(two_weeks.body["days"].as_array().unwrap().len(), 14);
    assert_eq!(two_weeks.body["days"][0]["date"], "2026-11-30");
}

#[tokio::test(flavor = "multi_thread")]
async fn caches_may_keep_public_answers_for_seconds() {
    let app = TestApp::start().await;
    let availability = format!("/v1/offices/{OFFICE}/availability?service={SERVICE}");
    for (path, age) in [
        ("/v1/offices".to_owned(), "public, max-age=15"),
        (format!("/v1/offices/{OFFICE}"), "public, max-age=15"),
        (availability, "public, max-age=1, stale-while-revalidate=2"),
    ] {
        let answer = app.http.get(format!("{}{path}", app.stack.base_url)).send().await.unwrap();
        assert_eq!(answer.headers()[CACHE_CONTROL], age, "{path}");
    }
}

async fn papers(app: &TestApp, query: &str) -> (Vec<(String, bool)>, Vec<String>) {
    let path = format!("/v1/requirements?office={OFFICE}&service={SERVICE}&{query}");
    let answer = app.get(&path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body["as_of"].is_string() && !answer.text("source").is_empty());
    let list = |name: &str| answer.body[name].as_array().unwrap().clone();
    let document =
        |d: &Value| (d["id"].as_str().unwrap().to_owned(), d["required"].as_bool().unwrap());
    let warning = |w: &Value| w["code"].as_str().unwrap().to_owned();
    let documents = list("documents").iter().map(document).collect();
    (documents, list("warnings").iter().map(warning).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_papers_depend_on_who_comes_and_for_what() {
    let app = TestApp::start().await;
    let own = "ktp_regency=Kota%20Makassar";
    let names = |papers: &[(String, bool)]| -> Vec<String> {
        papers.iter().map(|(name, _)| name.clone()).collect()
    };
    let (adult, warnings) = papers(&app, own).await;
    assert_eq!(names(&adult), ["ktp", "kk", "civil_proof"]);
    assert!(warnings.is_empty(), "{warnings:?}");
    let (child, _) = papers(&app, &format!("{own}&applicant=child")).await;
    assert!(names(&child).contains(&"birth_certificate".to_owned()), "{child:?}");
    assert!(!names(&child).contains(&"ktp".to_owned()), "{child:?}");
    let required: Vec<bool> = child.iter().map(|(_, required)| *required).collect();
    assert!(required.is_sorted_by(|a, b| a >= b), "required ones come first: {child:?}");

    let wrong = format!("/v1/requirements?office={OFFICE}&service=passport_express");
    assert_eq!(wrong_fields(&app.get(&wrong).await), ["service"]);
    let nowhere = format!("/v1/requirements?office=nowhere&service={SERVICE}");
    assert_eq!(app.get(&nowhere).await.status, 404);
    let neither = format!("/v1/requirements?office={OFFICE}&service={SERVICE}&applicant=cat");
    assert_eq!(app.get(&neither).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_decides_what_a_ktp_from_outside_needs() {
    let outside = "ktp_regency=Kota%20Kendari";
    let expected = [
        ("required", Some(true), vec!["domicile_required"], vec!["domicile_depends"]),
        ("recommended", Some(false), vec!["domicile_recommended"], vec!["domicile_depends"]),
        ("not_needed", None, vec![], vec![]),
    ];
    for (rule, letter, warned, unknown) in expected {
        let offices = vec![office_with(2, |office| office["domicile"] = rule.into())];
        let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
        let (documents, warnings) = papers(&app, outside).await;
        let found = documents.iter().find(|(name, _)| name == "domicile_letter");
        assert_eq!(
            (found.map(|(_, required)| *required), warnings),
            (letter, own(&warned)),
            "{rule}"
        );
        assert_eq!(papers(&app, "").await.1, own(&unknown), "{rule}, regency not named");
        for same in ["Kota%20Makassar", "makassar", "KOTA%20MAKASSAR"] {
            let (documents, warnings) = papers(&app, &format!("ktp_regency={same}")).await;
            assert!(documents.iter().all(|(name, _)| name != "domicile_letter"), "{same}");
            assert!(warnings.is_empty(), "{same}");
        }
    }
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn offices_are_told_from_memory_for_a_minute_while_the_table_does_not_answer() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let path = format!("/v1/offices/{OFFICE}");
    assert_eq!(app.get(&path).await.status, 200);
    let is_list = |call: &Call| call.body.to_string().contains("\"OFFICES\"");
    switch.arm(move |call| if is_list(call) { Action::Refuse } else { Action::Pass });
    app.advance(10);
    assert_eq!(app.get(&path).await.status, 200, "what was known ten seconds ago");
    app.advance(60);
    assert_eq!(app.get(&path).await.status, 503, "a minute is too old");
    switch.disarm();
    app.advance(2);
    assert_eq!(app.get(&path).await.status, 200);
}
