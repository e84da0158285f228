//! Deliveries as a Lambda function gets them: through the gateway's events.

use antrian_local::routes::sign;
use antrian_tests::{Setup, TestApp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Service};
use serde_json::{Value, json};

use super::{SECRET, delivery, message, post_signed, twilio};
use crate::registration::{begin, exchange};

/// An event of an HTTP API.
fn event(path: &str, query: &str, headers: &Value, body: &str, is_base64: bool) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "x", "domainName": "gateway.example.org",
            "domainPrefix": "gateway", "requestId": "x", "routeKey": "$default",
            "stage": "$default", "time": "30/Nov/2026:00:00:00 +0000", "timeEpoch": 1_796_000_000,
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "x"},
        },
        "body": body, "isBase64Encoded": is_base64,
    })
}

/// The status that the function answers to an event.
async fn invoke(app: &TestApp, event: &Value) -> u64 {
    let state = app.stack.app.clone();
    let router = antrian::http::router(antrian_whatsapp::routes(), state);
    let request: LambdaRequest = serde_json::from_value(event.clone()).unwrap();
    let answer = Adapter::from(router).call(LambdaEvent::new(request, Context::default())).await;
    serde_json::to_value(answer.unwrap()).unwrap()["statusCode"].as_u64().unwrap()
}

#[tokio::test]
async fn the_raw_bytes_are_what_is_verified_and_read() {
    let app = TestApp::start().await;
    for (number, is_base64) in [(1, false), (2, true)] {
        let begun = begin(&app).await;
        let from = json!({"from": format!("628000000000{number}")});
        let text = format!("{} é/🙂", begun["code"].as_str().unwrap());
        let plain = delivery(&[message(&format!("wamid.{number}"), from.clone(), &text)]);
        // As Meta writes it.
        let body = plain
            .replace('é', "\\u00e9")
            .replace("🙂", "\\ud83d\\ude42")
            .replace("é/", "é\\/")
            .replace("\\u00e9/", "\\u00e9\\/");
        assert!(body.is_ascii() && body != plain);
        let carried = if is_base64 { STANDARD.encode(&body) } else { body.clone() };
        let headers = json!({"x-hub-signature-256": sign(SECRET, body.as_bytes()),
            "content-type": "application/json"});
        let path = "/webhooks/whatsapp";
        let again = event(path, "", &headers, &STANDARD.encode(&plain), true);
        assert_eq!(invoke(&app, &again).await, 401, "the same JSON in other bytes");
        let raw = event(path, "", &headers, &carried, is_base64);
        assert_eq!(invoke(&app, &raw).await, 200);
        app.listen().await;
        let answer = begun["match_number"].as_str().unwrap();
        let answer = message(&format!("wamid.{number}.answer"), from, answer);
        assert_eq!(post_signed(&app, delivery(&[answer])).await, 200);
        app.listen().await;
        assert_eq!(exchange(&app, &begun).await.status, 200);
    }
}

#[tokio::test]
async fn the_name_of_the_signatures_header_may_have_any_case() {
    let app = TestApp::start().await;
    let body = delivery(&[]);
    for name in ["x-hub-signature-256", "X-Hub-Signature-256", "X-HUB-SIGNATURE-256"] {
        let headers = json!({name: sign(SECRET, body.as_bytes())});
        let event = event("/webhooks/whatsapp", "", &headers, &body, false);
        assert_eq!(invoke(&app, &event).await, 200, "{name}");
    }
}

#[tokio::test]
async fn twilio_signs_the_public_address_and_not_the_gateways() {
    let settings = twilio::settings(twilio::NOWHERE);
    let app = TestApp::start_with(Setup { settings, ..Setup::default() }).await;
    let form = [("MessageSid", "SM1"), ("MessageStatus", "sent")];
    let body = twilio::encode(&form);
    let (path, query) = ("/webhooks/twilio", "message=nobody-1-hold");
    let url = |base: &str| format!("{base}{path}?{query}");
    for (base, expected) in
        [(app.stack.base_url.as_str(), 204), ("https://gateway.example.org", 401)]
    {
        let headers = json!({"x-twilio-signature": twilio::sign(&url(base), &form),
            "content-type": "application/x-www-form-urlencoded", "x-forwarded-proto": "https"});
        let event = event(path, query, &headers, &STANDARD.encode(&body), true);
        assert_eq!(invoke(&app, &event).await, expected, "{base}");
    }
}
