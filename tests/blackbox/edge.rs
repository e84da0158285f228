//! What stands between the system and strangers: the edge that requests come by, the health check that
//! anybody may ask for, and what browsers are told about TLS.

use std::collections::HashMap;
use std::sync::Arc;

use antrian_tests::offices::OFFICE;
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Recorder, Setup, TestApp};
use reqwest::{Method, Response};
use serde_json::json;

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";
const HEALTH: [&str; 2] = ["/v1/health", "/v1/health/whatsapp"];

/// A system behind the edge that takes these values.
async fn behind_the_edge(values: &str) -> TestApp {
    let settings = [("ANTRIAN_EDGE", "true"), ("ANTRIAN_ORIGIN_SECRET", values)];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    TestApp::start_with(Setup { settings: HashMap::from(settings), ..Setup::default() }).await
}

async fn ask(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = app.http.get(format!("{}{path}", app.stack.base_url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_request_around_the_edge_is_refused_whatever_it_asks_for() {
    let app = behind_the_edge(OLD).await;
    let requests = [
        (Method::GET, "/v1/offices"),
        (Method::GET, "/v1/health"),
        (Method::POST, "/v1/registrations"),
        (Method::POST, "/webhooks/whatsapp"),
        (Method::POST, "/webhooks/twilio"),
        (Method::GET, "/v1/nothing"),
    ];
    for (method, path) in requests {
        for given in [None, Some(""), Some(NEW), Some(&OLD[..31])] {
            let headers: Vec<_> =
                given.map(|value| ("x-origin-verify", value)).into_iter().collect();
            let body = (method == Method::POST).then(|| json!({}));
            let answer = app.try_call(method.clone(), path, None, &headers, body).await.unwrap();
            assert_eq!((answer.status, answer.code()), (403, "wrong_address"), "{path} {given:?}");
        }
    }
    assert_eq!(ask(&app, "/v1/offices", &[("x-origin-verify", OLD)]).await.status(), 200);
    assert_eq!(ask(&app, "/v1/nothing", &[("x-origin-verify", OLD)]).await.status(), 404);
}

#[tokio::test]
async fn while_the_edge_changes_its_secret_both_are_taken() {
    let app = behind_the_edge(&format!("{OLD},{NEW}")).await;
    for (value, status) in [(OLD, 200), (NEW, 200), ("", 403), (&format!("{OLD},{NEW}"), 403)] {
        let answer = ask(&app, "/v1/offices", &[("x-origin-verify", value)]).await;
        assert_eq!(answer.status(), status, "{value}");
    }
}

#[tokio::test]
async fn without_an_edge_nobody_has_to_prove_anything() {
    let settings = HashMap::from([("ANTRIAN_ORIGIN_SECRET".to_owned(), OLD.to_owned())]);
    let app = TestApp::start_with(Setup { settings, ..Setup::default() }).await;
    assert_eq!(app.get("/v1/offices").await.status, 200);
}

#[tokio::test]
async fn an_edge_without_a_secret_lets_nobody_in() {
    let settings = HashMap::from([("ANTRIAN_EDGE".to_owned(), "true".to_owned())]);
    let app = TestApp::start_with(Setup { settings, ..Setup::default() }).await;
    assert!(app.stack.app.origin().is_err(), "a function does not start like this");
    assert_eq!(app.get("/v1/offices").await.status, 503);
}

#[tokio::test]
async fn every_answer_tells_browsers_to_come_by_tls() {
    let app = behind_the_edge(OLD).await;
    let proof = ("x-origin-verify", OLD);
    let refused = ask(&app, "/v1/offices", &[]).await;
    let missing = ask(&app, "/v1/nothing", &[proof]).await;
    let healthy = ask(&app, "/v1/health", &[proof]).await;
    for (answer, status) in [(refused, 403), (missing, 404), (healthy, 200)] {
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000", "{status}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{status}");
    }
}

#[tokio::test]
async fn strangers_share_one_look_at_table_and_queues() {
    let (app, recorder) = Recorder::start().await;
    let before = recorder.urls().len();
    for path in HEALTH.iter().cycle().take(20) {
        let answer = ask(&app, path, &[]).await;
        assert_eq!(answer.headers()["cache-control"], "public, max-age=5");
        assert_eq!(answer.text().await.unwrap(), r#"{"status":"ok"}"#);
    }
    assert_eq!(recorder.urls().len() - before, 6, "the table and five queues, once");
    app.advance(10);
    assert_eq!(app.get("/v1/health").await.status, 200);
    assert_eq!(recorder.urls().len() - before, 12);
}

#[tokio::test]
async fn staff_see_each_part_as_it_is_now_and_strangers_no_reason() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let staff = app.staff(OFFICE, &["desk"]).await;
    let all = [
        "ANTRIAN_TABLE",
        "ANTRIAN_URGENT_URL",
        "ANTRIAN_QUEUE_URL",
        "ANTRIAN_BULK_URL",
        "ANTRIAN_DLQ_URL",
        "ANTRIAN_INBOX_URL",
        "ANTRIAN_KEYS",
    ];
    let bearer = format!("Bearer {staff}");
    for path in HEALTH {
        let answer = ask(&app, path, &[("authorization", &bearer)]).await;
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body, json!({"status": "ok", "parts": all}), "{path}");
    }
    switch.arm(|call: &Call| match call.target.as_str() {
        "GetQueueAttributes" => Action::Answer {
            status: 400,
            body: json!({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "none"}),
        },
        _ => Action::Pass,
    });
    for path in HEALTH {
        let told = app.call(Method::GET, path, Some(&staff), None).await;
        assert_eq!((told.status, told.code()), (503, "not_ready"));
        for queue in &all[1..4] {
            assert!(told.text("reason").contains(queue), "{}", told.body);
        }
        let told = app.get(path).await;
        assert_eq!((told.status, told.code(), told.text("reason")), (503, "not_ready", "".into()));
    }
    switch.disarm();
    app.advance(10);
    assert_eq!(app.get("/v1/health").await.status, 200);
}

#[tokio::test]
async fn a_token_of_nobody_gets_no_answer_about_health() {
    let app = TestApp::start().await;
    for token in ["junk", "a-1.secret"] {
        let answer = app.call(Method::GET, "/v1/health", Some(token), None).await;
        assert_eq!(answer.status, 401, "{token}");
    }
    let nobody = app.staff(OFFICE, &[]).await;
    assert_eq!(app.call(Method::GET, "/v1/health", Some(&nobody), None).await.status, 403);
}
