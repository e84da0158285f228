//! Who comes on a date: everybody who was confirmed, wherever their seat is by now.

use antrian_tests::app::DATE;
use antrian_tests::crowd::enrol;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use antrian_tests::{Answer, Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::reach;

async fn roster(app: &TestApp, query: &str) -> Answer {
    let token = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/roster{query}");
    app.call(Method::GET, &path, Some(&token), None).await
}

fn rows(answer: &Answer, fields: &[&str]) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let visits = answer.body["visits"].as_array().unwrap();
    visits.iter().map(|visit| fields.iter().map(|field| visit[*field].clone()).collect()).collect()
}

#[tokio::test]
async fn everybody_who_was_confirmed_is_in_the_list_and_says_where_they_are() {
    let app = TestApp::with_quota(4).await;
    let mut codes = vec![];
    let mut people = vec![];
    for (number, slot) in [(1, "09:00"), (2, "09:00"), (3, "10:00"), (4, "09:00"), (5, "09:00")] {
        let person = Person::register(&app, number).await;
        codes.push(match number {
            5 => String::new(),
            _ => person.book(&app, DATE, slot).await.text("code"),
        });
        people.push(person);
    }
    assert_eq!(people[3].reschedule(&app, &codes[3], "2026-12-04", "09:00").await.status, 200);
    people[4].hold(&app, DATE, "09:00").await;
    reach(&app, "2026-12-02T01:10:00Z");
    let desk = Desk::sign_in(&app).await;
    desk.scan(&app, &codes[0]).await;
    let seen = roster(&app, "").await;
    let mut expected = [
        json!(["checked_in", "09:00", false, "A-001", codes[0]]),
        json!(["confirmed", "09:00", true, null, codes[1]]),
        json!(["confirmed", "10:00", false, null, codes[2]]),
    ];
    let fields = ["status", "slot", "late", "queue_number", "code"];
    let mut found = rows(&seen, &fields);
    found.sort_by_key(|row| codes.iter().position(|code| row[4] == **code));
    assert_eq!(found, expected, "who moved away or only held is not expected: {seen:?}");

    // The second one does not come; everything that is left goes to people who walk in.
    reach(&app, "2026-12-02T01:40:00Z");
    app.tick().await;
    for number in 11..=17 {
        let body = json!({"service": "passport_new", "name": format!("Datang {number}"),
            "nik": nik(number), "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"});
        desk.post(&app, &format!("/v1/offices/{OFFICE}/walk-ins"), body).await;
    }
    expected[1] = json!(["no_show", "09:00", false, null, codes[1]]);
    let seen = roster(&app, "").await;
    assert_eq!(seen.body["total"], 3 + 6, "{seen:?}");
    let found = rows(&seen, &fields);
    for visit in &expected {
        assert!(found.contains(visit), "{visit} is not in {found:?}");
    }
    let there = roster(&app, "?date=2026-12-04").await;
    assert_eq!(rows(&there, &["code", "slot"]), [json!([codes[3], "09:00"])]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_long_day_comes_in_pages_and_nobody_is_left_out() {
    let app = TestApp::with_quota(60).await;
    for number in 1..=103 {
        let slot = if number % 2 == 0 { "09:00" } else { "10:00" };
        enrol(&app, number).await.book(&app, DATE, slot).await;
    }
    let first = roster(&app, &format!("?date={DATE}")).await;
    let next = first.text("next");
    let second = roster(&app, &format!("?date={DATE}&after={next}")).await;
    assert_eq!(
        (first.body["total"].clone(), second.body["next"].clone()),
        (json!(103), Value::Null)
    );
    let mut all = rows(&first, &["slot", "code"]);
    all.extend(rows(&second, &["slot", "code"]));
    let texts: Vec<_> = all.iter().map(ToString::to_string).collect();
    assert!(texts.is_sorted() && texts.len() == 103, "{texts:?}");
}
