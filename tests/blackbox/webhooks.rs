//! The providers' webhooks: who may deliver. What a delivery does stands below.

mod corpus;
mod deliveries;
mod gateway;
pub(crate) mod statuses;
mod twilio;
mod waiting;

use std::sync::Arc;

use antrian_local::routes::sign;
use antrian_tests::wire::{Switch, client};
use antrian_tests::{Setup, TestApp};
use serde_json::{Value, json};

use crate::registration::{begin, exchange, proof};

const SECRET: &str = "local-app-secret";

/// A text message as the provider writes it; `from` holds the sender's contacts.
pub(crate) fn message(id: &str, from: Value, text: &str) -> Value {
    let mut message =
        json!({"id": id, "timestamp": "1796083200", "type": "text", "text": {"body": text}});
    message.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
    message
}

/// The body of a delivery.
fn delivery(messages: &[Value]) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [
        {"field": "messages", "value": {"messaging_product": "whatsapp", "messages": messages}}]}]})
    .to_string()
}

/// Delivers messages with the right signature, and has them dealt with; the answer's status.
pub(crate) async fn deliver(app: &TestApp, messages: &[Value]) -> u16 {
    let status = store(app, messages).await;
    app.listen().await;
    status
}

/// Delivers messages that nobody deals with yet.
pub(crate) async fn store(app: &TestApp, messages: &[Value]) -> u16 {
    post_signed(app, delivery(messages)).await
}

async fn post_signed(app: &TestApp, body: String) -> u16 {
    let signature = sign(SECRET, body.as_bytes());
    post(app, body, Some(&signature)).await
}

/// A system with a switch on its wire.
async fn switched() -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    (TestApp::start_with(setup).await, switch)
}

/// The hash under which a message is stored.
fn hash(app: &TestApp, id: &str) -> String {
    app.stack.app.keyring.token_hash(id)
}

async fn post(app: &TestApp, body: String, signature: Option<&str>) -> u16 {
    let mut request = app.http.post(format!("{}/webhooks/whatsapp", app.stack.base_url));
    if let Some(signature) = signature {
        request = request.header("X-Hub-SIGNATURE-256", signature);
    }
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_address_proves_itself_with_its_token() {
    let app = TestApp::start().await;
    let ask = async |query: &str| {
        let url = format!("{}/webhooks/whatsapp?{query}", app.stack.base_url);
        let answer = app.http.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let right = "hub.mode=subscribe&hub.verify_token=local-verify-token&hub.challenge=1158201444";
    assert_eq!(ask(right).await, (200, "1158201444".to_owned()));
    for wrong in [
        right.replace("local-verify-token", "guess"),
        right.replace("local-verify-token", ""),
        right.replace("subscribe", "unsubscribe"),
        right.replace("&hub.challenge=1158201444", ""),
        right.replace("hub.verify_token=local-verify-token&", ""),
        String::new(),
    ] {
        let (status, text) = ask(&wrong).await;
        assert_eq!(status, 403, "{wrong}");
        assert!(!text.contains("1158201444"), "{wrong}");
    }
}

#[tokio::test]
async fn an_unsigned_delivery_has_no_effect() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let body = delivery(&proof("wamid.1", &json!({"from": "6280000000001"}), &begun));
    let right = sign(SECRET, body.as_bytes());
    let wrong = [
        None,
        Some(String::new()),
        Some(right.to_uppercase()),
        Some(right.to_uppercase().replace("SHA256=", "sha256=")),
        Some(right[..right.len() - 2].to_owned()),
        Some(right[..right.len() - 1].to_owned()),
        Some(format!("{right}00")),
        Some(right.replace("sha256=", "sha1=")),
        Some(right.replace("sha256=", "")),
        Some(sign("another secret", body.as_bytes())),
    ];
    for signature in wrong {
        assert_eq!(post(&app, body.clone(), signature.as_deref()).await, 401, "{signature:?}");
    }
    let changed = body.replace("6280000000001", "6280000000002");
    assert_eq!(post(&app, changed, Some(&right)).await, 401, "the signature of another body");
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
    assert_eq!(post(&app, body, Some(&right)).await, 200);
    app.listen().await;
    assert_eq!(exchange(&app, &begun).await.status, 200);
}
