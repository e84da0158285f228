//! What the scan page keeps for the time without a network, and what it hands in afterwards. The page itself:
//! `local/e2e/offline.mjs`.

use antrian_tests::app::DATE;
use antrian_tests::{Browser, Person, TestApp};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::START;
use crate::steps::reach;

/// 08:30 at the office: half an hour before the first slot.
const MORNING: &str = "2026-12-02T00:30:00Z";
const LIST: &str = "/petugas/uji/pindai/daftar";
const KEPT: &str = "/petugas/uji/pindai/simpanan";
const SCAN: &str = "/petugas/uji/pindai";

async fn at_the_door(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-desk", START).await;
    browser
}

/// What the page hands in: id, what was read, minutes ago.
async fn hands_in(app: &TestApp, browser: &mut Browser, scans: &[(&str, &str, i64)]) -> Vec<Value> {
    let now = app.now();
    let kept = scans.iter().map(|(id, read, minutes)| {
        json!({"id": id, "isi": read, "tertulis": read, "pada": now - TimeDelta::minutes(*minutes)})
    });
    let kept = json!(kept.collect::<Vec<_>>()).to_string();
    let (sent, at) = (now.to_rfc3339(), ("gerbang", "Gerbang 1"));
    let form = [("pemindai", "device-1"), ("dikirim", &*sent), at, ("pindaian", &*kept)];
    let shown = browser.post(KEPT, &form).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    assert_eq!(shown.header("cache-control"), "no-store");
    serde_json::from_str(&shown.html).unwrap()
}

#[tokio::test]
async fn the_list_of_the_day_has_what_a_scan_is_judged_by_and_no_more() {
    let app = TestApp::with_quota(3).await;
    let person = Person::register(&app, 1).await;
    let booking = person.book(&app, DATE, "09:00").await;
    Person::register(&app, 2).await.book(&app, "2026-12-03", "09:00").await;
    reach(&app, MORNING);
    let mut browser = at_the_door(&app).await;
    let shown = browser.get(LIST).await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"));
    let list: Value = serde_json::from_str(&shown.html).unwrap();
    assert_eq!((&list["office"], &list["date"]), (&json!("uji"), &json!(DATE)));
    assert_eq!(list["ends_at"], "2026-12-02T16:00:00Z");
    let visits = list["visits"].as_array().unwrap();
    assert_eq!(visits.len(), 1, "those of the day: {list}");
    assert_eq!(visits[0]["code"], booking.body["code"]);
    assert_eq!(visits[0]["status"], "confirmed");
    assert_eq!(visits[0]["check_in_until"], "2026-12-02T01:30:00Z");
    let nik = antrian_tests::person::nik(1);
    assert!(visits[0]["who"].as_str().unwrap().ends_with(&format!("…{})", &nik[12..])), "{list}");
    assert!(!shown.html.contains(&nik) && !shown.html.contains("Contoh 1"), "{list}");
    let keys = list["keys"].as_object().unwrap();
    assert!(!keys.is_empty() && keys.values().all(|key| key.as_str().unwrap().len() == 64));
}

#[tokio::test]
async fn what_the_page_has_kept_is_handed_in_and_each_scan_is_answered() {
    let app = TestApp::with_quota(3).await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let ticket = first.book(&app, DATE, "09:00").await.text("ticket");
    let code = second.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    second.act(&app, &code, "cancel").await;
    let mut browser = at_the_door(&app).await;
    let scans =
        [("1", &*ticket, 10), ("2", &*code, 10), ("3", "tidak terbaca", 5), ("4", &*ticket, 1)];
    let results = hands_in(&app, &mut browser, &scans).await;
    let outcomes: Vec<_> = results.iter().map(|of| of["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["accepted", "conflict", "refused", "duplicate"]);
    assert_eq!(results[0]["number"], "A-001");
    let said = |nth: usize| results[nth]["said"].as_str().unwrap();
    assert!(said(1).contains("dibatalkan"), "{}", said(1));
    assert!(said(3).contains("08.20") && said(3).contains("Gerbang 1"), "{}", said(3));
    let again = hands_in(&app, &mut browser, &scans[..1]).await;
    assert_eq!(again[0], results[0]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_scan_whose_answer_was_lost_is_the_same_when_it_is_handed_in() {
    let app = TestApp::start().await;
    let ticket = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("ticket");
    reach(&app, MORNING);
    let mut browser = at_the_door(&app).await;
    // The device waits two seconds for an answer; then it keeps the scan.
    let form =
        [("isi", &*ticket), ("gerbang", "Gerbang 1"), ("pemindai", "device-1"), ("kunci", "1")];
    assert_eq!(browser.post(SCAN, &form).await.status, 303);
    let results = hands_in(&app, &mut browser, &[("1", &*ticket, 0), ("2", &*ticket, 0)]).await;
    let outcomes: Vec<_> = results.iter().map(|of| of["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["accepted", "duplicate"], "the second one is another scan");
}

#[tokio::test]
async fn what_is_no_batch_of_the_page_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    let mut browser = at_the_door(&app).await;
    let now = app.now().to_rfc3339();
    let scan = json!([{"id": "1", "isi": code, "pada": now}]).to_string();
    for (scanner, scans) in [("device 1", &*scan), ("device-1", "[]"), ("device-1", "x")] {
        let form = [("pemindai", scanner), ("dikirim", &*now), ("pindaian", scans)];
        assert_eq!(browser.post(KEPT, &form).await.status, 422, "{scanner} {scans}");
    }
    let form = [("pemindai", "device-1"), ("dikirim", &*now), ("pindaian", &*scan)];
    let foreign = browser.post_from(KEPT, &form, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(foreign.status, 403);
    let shown = browser.get(LIST).await;
    assert!(shown.html.contains("\"status\":\"confirmed\""), "{}", shown.html);
}
