//! The provider's webhook: who may deliver, and that a delivery has its effect once.

use std::sync::Arc;

use antrian_local::routes::sign;
use antrian_tests::wire::{Action, Switch, client};
use antrian_tests::{Setup, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::registration::{begin, exchange};

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

/// Delivers messages with the right signature; the answer's status.
pub(crate) async fn deliver(app: &TestApp, messages: &[Value]) -> u16 {
    let body = delivery(messages);
    let signature = sign(SECRET, body.as_bytes());
    let status = post(app, body, Some(&signature)).await;
    app.listen().await;
    status
}

async fn post(app: &TestApp, body: String, signature: Option<&str>) -> u16 {
    let mut request = app.http.post(format!("{}/webhooks/whatsapp", app.stack.base_url));
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
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
    let code = begun["code"].as_str().unwrap();
    let body = delivery(&[message("wamid.1", json!({"from": "6280000000001"}), code)]);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_message_delivered_a_hundred_times_at_once_has_one_effect() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let code = begun["code"].as_str().unwrap();
    let messages = [message("wamid.1", json!({"from": "6280000000001"}), code)];
    let statuses = join_all((0..100).map(|_| deliver(&app, &messages))).await;
    // Where the deliveries meet, some are told to come again; none is refused for good.
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
    assert_eq!(deliver(&app, &messages).await, 200, "delivered again, it is settled");
    assert_eq!(exchange(&app, &begun).await.status, 200);
    app.tick().await;
    app.drain().await;
    let ids = app.sent_ids();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(ids[0].starts_with("verified-"), "{ids:?}");
}

#[tokio::test]
async fn a_poison_message_does_not_keep_its_neighbours_from_being_heard() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let code = begun["code"].as_str().unwrap();
    let messages = [
        Value::Null,
        json!({"id": 5, "from": {}, "text": "x"}),
        json!({"id": "wamid.0", "from": "abc", "text": {"body": code}}),
        message("wamid.1", json!({"from": "6280000000001"}), code),
    ];
    assert_eq!(deliver(&app, &messages).await, 200);
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_stored_is_not_acknowledged_and_works_when_it_comes_again() {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let begun = begin(&app).await;
    let code = begun["code"].as_str().unwrap();
    let messages = [message("wamid.1", json!({"from": "6280000000001"}), code)];
    for target in ["TransactWriteItems", "SendMessageBatch"] {
        switch.arm(move |call| match call.target == target {
            true => Action::Refuse,
            false => Action::Pass,
        });
        assert_eq!(deliver(&app, &messages).await, 503, "{target}");
    }
    switch.disarm();
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
    assert_eq!(deliver(&app, &messages).await, 200);
    assert_eq!(exchange(&app, &begun).await.status, 200);
}
