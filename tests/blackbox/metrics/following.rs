//! One id leads from the gateway's request to the message on somebody's phone and to what the provider
//! says of it.

use std::process::Command;

use antrian::domain::ids::MessageId;
use antrian::domain::message::Message;
use antrian::telemetry::{LogFormat, start};
use antrian_tests::app::DATE;
use antrian_tests::person::hold_body;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Service};
use reqwest::Method;
use serde_json::{Value, json};

use crate::webhooks::statuses::{post_statuses, status};

const REQUEST: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const CHILD: &str = "ANTRIAN_TEST_FOLLOWING_CHILD";

async fn row(app: &TestApp, id: &str) -> Message {
    let id: MessageId = id.parse().unwrap();
    app.stack.app.ledger.store().message(&id).await.unwrap().unwrap()
}

/// What a query finds that asks for everything with a request's id: log lines and records.
fn found(lines: &str, id: &str) -> Vec<Value> {
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["request_id"] == id).collect()
}

/// Holds a seat under the id, is told of it, and the provider reports. The outbox row.
async fn journey(app: &TestApp) -> String {
    let person = Person::register(app, 1).await;
    app.drain().await;
    let headers = [("x-request-id", REQUEST)];
    let (path, body) = ("/v1/bookings", Some(hold_body(DATE, "09:00")));
    let held = app.try_call(Method::POST, path, Some(&person.token), &headers, body).await;
    let held = held.unwrap();
    assert_eq!(held.status, 201, "{held:?}");
    app.drain().await;
    let id = format!("{}-1-hold", held.text("code").to_lowercase());
    assert_eq!(row(app, &id).await.request_id.as_deref(), Some(REQUEST));
    for name in ["delivered", "failed"] {
        assert_eq!(post_statuses(app, &[status(&id.parse().unwrap(), name)]).await, 200);
    }
    id
}

/// Logs are the whole process', so the journey has one of its own.
#[tokio::test(flavor = "multi_thread")]
async fn one_query_finds_the_whole_way_of_a_request() {
    if std::env::var_os(CHILD).is_some() {
        start(LogFormat::Json);
        let app = TestApp::start().await;
        let id = journey(&app).await;
        assert_records_follow(&app, &id);
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("metrics::following::one_query_finds_the_whole_way_of_a_request")
        .env(CHILD, "1")
        .env("RUST_LOG", "info")
        .output()
        .unwrap();
    let logs = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{logs}", String::from_utf8_lossy(&output.stdout));
    let way: Vec<_> = found(&logs, REQUEST)
        .into_iter()
        .map(|line| {
            let about = line["message_id"].as_str().unwrap_or_default();
            assert!(about.ends_with("-1-hold"), "the row leads on to the provider: {line}");
            line["message"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(way, ["a message was dealt with", "a message's status"], "{logs}");
}

/// The records of the journey have the same ids as its lines.
fn assert_records_follow(app: &TestApp, id: &str) {
    let records = app.stack.app.metrics.kept().join("\n");
    let events: Vec<_> = found(&records, REQUEST)
        .into_iter()
        .map(|record| (record["event"].clone(), record["message_id"].clone()))
        .collect();
    let expected = [(json!("hold"), Value::Null), (json!("message_sent"), json!(id))];
    assert_eq!(events, expected, "{records}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_followed_from_the_message_that_was_received() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, "6280000000101");
    let held = phone.say("#Budi Contoh#9971010101909001#02-12-2026").await;
    let id = &held[0].message_id;
    let request = row(&app, id).await.request_id.unwrap();
    let records = app.stack.app.metrics.kept().join("\n");
    let events: Vec<_> =
        found(&records, &request).into_iter().map(|record| record["event"].clone()).collect();
    assert_eq!(events, ["hold", "message_sent"], "{records}");
    let menu = phone.say("MENU").await;
    let reply = row(&app, &menu[0].message_id).await;
    assert_ne!(reply.request_id.unwrap(), request, "each message has its own");
}

#[tokio::test]
async fn an_answer_tells_the_gateways_id_and_not_the_clients() {
    let app = TestApp::start().await;
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/v1/health", "rawQueryString": "",
        "headers": {"x-request-id": REQUEST},
        "requestContext": {
            "accountId": "1", "apiId": "x", "domainName": "gateway.example.org",
            "domainPrefix": "gateway", "requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default",
            "stage": "$default", "time": "30/Nov/2026:00:00:00 +0000", "timeEpoch": 1_796_000_000,
            "http": {"method": "GET", "path": "/v1/health", "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "x"},
        },
        "isBase64Encoded": false,
    });
    let router = antrian::http::router(antrian_local::routes::documented(), app.stack.app.clone());
    let request: LambdaRequest = serde_json::from_value(event).unwrap();
    let answer = Adapter::from(router).call(LambdaEvent::new(request, Context::default())).await;
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    assert_eq!(answer["headers"]["x-request-id"], "JKJaXmPLvHcESHA=", "{answer}");
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for path in ["/v1/health", "/v1/health", "/v1/offices", "/v1/me"] {
        let answer = app.http.get(format!("{}{path}", app.stack.base_url)).send().await.unwrap();
        ids.push(answer.headers()["x-request-id"].to_str().unwrap().to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "{ids:?}");
}
