//! Twilio's webhook.

use std::collections::HashMap;

use antrian::domain::message::MessageState;
use antrian_tests::app::DATE;
use antrian_tests::crowd::enrol;
use antrian_tests::{Setup, TestApp};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;
use tokio::net::TcpListener;

use crate::registration::{begin, exchange};

const TOKEN: &str = "twilio-auth-token";

/// Settings with which there are webhooks of Twilio; messages go to `api_url`.
pub(super) fn settings(api_url: &str) -> HashMap<String, String> {
    let settings = [
        ("TWILIO_API_URL", api_url),
        ("WHATSAPP_PROVIDER", "twilio"),
        ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
        ("TWILIO_AUTH_TOKEN", TOKEN),
        ("TWILIO_FROM", "6280000000000"),
    ];
    settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A form-encoded body.
pub(super) fn encode(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// The signature of a form posted to `url`.
pub(super) fn sign(url: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    sorted.iter().for_each(|(name, value)| mac.update(format!("{name}{value}").as_bytes()));
    STANDARD.encode(mac.finalize().into_bytes())
}

/// An address at which nobody answers.
pub(super) const NOWHERE: &str = "http://127.0.0.1:9";

async fn start() -> TestApp {
    start_with(NOWHERE).await
}

async fn start_with(api_url: &str) -> TestApp {
    TestApp::start_with(Setup { settings: settings(api_url), ..Setup::default() }).await
}

/// What Twilio's API answers, as far as it is needed here; where it answers.
async fn api() -> String {
    let taken = || async { (StatusCode::CREATED, Json(json!({"sid": "SM9", "status": "queued"}))) };
    let routes = Router::new().route(
        "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json",
        post(taken),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

fn url(app: &TestApp, query: &str) -> String {
    format!("{}/webhooks/twilio{query}", app.stack.base_url)
}

async fn post_form(app: &TestApp, query: &str, form: &[(&str, &str)], signature: &str) -> u16 {
    let request = app.http.post(url(app, query)).header("X-Twilio-Signature", signature);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(encode(form)).send().await.unwrap().status().as_u16()
}

async fn post_signed(app: &TestApp, query: &str, form: &[(&str, &str)]) -> u16 {
    let status = post_form(app, query, form, &sign(&url(app, query), form)).await;
    app.listen().await;
    status
}

fn said<'a>(id: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("MessageSid", id),
        ("SmsStatus", "received"),
        ("From", "whatsapp:+6280000000001"),
        ("To", "whatsapp:+6280000000000"),
        ("WaId", "6280000000001"),
        ("ProfileName", "Contoh & Co"),
        ("Body", text),
        ("NumMedia", "0"),
        ("AFieldNotYetInvented", "ü/+"),
    ]
}

#[tokio::test]
async fn a_message_by_twilio_is_heard_once() {
    let app = start().await;
    let begun = begin(&app).await;
    let form = said("SM1", begun["code"].as_str().unwrap());
    for _ in 0..3 {
        assert_eq!(post_signed(&app, "", &form).await, 204);
    }
    let answer = said("SM2", begun["match_number"].as_str().unwrap());
    assert_eq!(post_signed(&app, "", &answer).await, 204);
    assert_eq!(exchange(&app, &begun).await.status, 200);
    assert_eq!(app.drain().await, 2, "the question and one answer wait to be sent");
}

#[tokio::test]
async fn a_delivery_that_twilio_did_not_sign_has_no_effect() {
    let app = start().await;
    let begun = begin(&app).await;
    let form = said("SM1", begun["code"].as_str().unwrap());
    let right = sign(&url(&app, ""), &form);
    let other = sign(&url(&app, "?message=a-1-hold"), &form);
    for wrong in ["", "x", &right[1..], &right[..27], &right.to_lowercase(), &other] {
        assert_eq!(post_form(&app, "", &form, wrong).await, 401, "{wrong}");
    }
    assert_eq!(post_form(&app, "?message=a-1-hold", &form, &right).await, 401);
    assert_eq!(post_form(&app, "", &form[1..], &right).await, 401);
    app.listen().await;
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
}

#[tokio::test]
async fn without_twilios_token_there_is_no_such_address() {
    let app = TestApp::start().await;
    let form = said("SM1", "halo");
    assert_eq!(post_signed(&app, "", &form).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_by_twilio_settles_the_row_in_its_address() {
    let app = start_with(&api().await).await;
    let person = enrol(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let id = format!("{}-1-hold", code.to_lowercase());
    let query = format!("?message={id}");
    let id = id.parse().unwrap();
    for (status, state) in [
        ("queued", MessageState::Sent),
        ("delivered", MessageState::Delivered),
        ("sent", MessageState::Delivered),
        ("read", MessageState::Read),
        ("undelivered", MessageState::Read),
    ] {
        let form = [("MessageSid", "SM9"), ("MessageStatus", status), ("ErrorCode", "63016")];
        assert_eq!(post_signed(&app, &query, &form).await, 204);
        let row = app.stack.app.ledger.store().message(&id).await.unwrap().unwrap();
        assert_eq!(row.state, state, "{status}");
    }
}
