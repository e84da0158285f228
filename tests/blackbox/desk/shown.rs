//! What the desk and the hall see.

use reqwest::Method;
use serde_json::{Value, json};

use super::hall;

#[tokio::test]
async fn the_desk_sees_who_waits_and_what_the_counters_have() {
    let (app, desk, codes, _) = hall(3).await;
    assert_eq!(desk.call(&app, "2").await.status, 200);
    let found = json!({"decision": "incomplete", "missing": ["ktp"],
        "deadline": "2026-12-02T07:00:00Z"});
    assert_eq!(desk.documents(&app, &codes[2], found).await.status, 200);
    let today = desk.today(&app).await;
    assert_eq!(today.status, 200, "{today:?}");
    assert_eq!(
        ["office", "date", "waiting", "awaiting_documents", "next"].map(|name| &today.body[name]),
        [&json!("uji"), &json!("2026-12-02"), &json!(1), &json!(1), &Value::Null]
    );
    let entries = today.body["entries"].as_array().unwrap();
    assert_eq!(entries[2]["waited_secs"], Value::Null, "an errand is no waiting");
    let states: Vec<_> = entries.iter().map(|entry| &entry["state"]).collect();
    assert_eq!(states, ["called", "waiting", "awaiting_documents"]);
    assert_eq!(entries[1]["code"], codes[1]);
    assert_eq!(entries[1]["since"].as_str().map(|since| &since[..16]), Some("2026-12-02T08:31"));
    assert_eq!(today.body["counters"][0]["queue_number"], "A-001");
    assert!(!today.body.to_string().contains("Contoh 1"), "names are told one at a time");
    let rest = app
        .call(
            Method::GET,
            "/v1/offices/uji/queue?after=A-002",
            Some(&app.staff("uji", &["desk"]).await),
            None,
        )
        .await;
    assert_eq!(rest.body["entries"].as_array().unwrap().len(), 1);
    let elsewhere = app.staff("lain", &["desk"]).await;
    let refused = app.call(Method::GET, "/v1/offices/uji/queue", Some(&elsewhere), None).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn the_hall_sees_numbers_and_counters_and_nobodys_name_or_code() {
    let (app, desk, codes, _) = hall(2).await;
    assert_eq!(app.get("/v1/offices/uji/board").await.body["counters"], json!([]));
    assert_eq!(desk.call(&app, "1").await.status, 200);
    app.advance(60);
    assert_eq!(desk.call(&app, "2").await.status, 200);
    app.advance(1);
    let board = app.get("/v1/offices/uji/board").await;
    let shown: Vec<_> = board.body["counters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| (at["counter"].as_str().unwrap(), at["queue_number"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [("2", "A-002"), ("1", "A-001")], "the last call first");
    app.advance(60);
    assert_eq!(desk.step(&app, "recall", "1").await.status, 200);
    app.advance(1);
    let board = app.get("/v1/offices/uji/board").await;
    assert_eq!(board.body["counters"][0]["counter"], "1");
    assert_eq!(board.body["counters"][0]["calls"], 2);
    let text = board.body.to_string();
    assert!(codes.iter().all(|code| !text.contains(code)) && !text.contains("Contoh 1"), "{text}");
    assert_eq!(desk.step(&app, "finish", "1").await.status, 200);
    app.advance(1);
    let board = app.get("/v1/offices/uji/board").await;
    assert_eq!(board.body["counters"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("/v1/offices/tidak-ada/board").await.status, 404);
}
