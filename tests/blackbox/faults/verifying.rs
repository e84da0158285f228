//! The webhook that verifies a registration; the provider delivers again what was not taken.

use antrian_local::routes::sign;
use antrian_tests::{Answer, TestApp};
use serde_json::{Value, json};

use super::kinds::Fault;
use super::stage::{Stage, Stay, each_fault};

/// A registration that waits for its message.
struct Begun {
    id: String,
    secret: String,
    /// The webhook's body.
    delivery: String,
}

impl Begun {
    async fn new(app: &TestApp, phone: &str, message_id: &str) -> Self {
        let begun = app.post("/v1/registrations", json!({"locale": "id"})).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        let message = |id: &str, text: &str| {
            json!({"id": id, "from": phone, "type": "text",
                "timestamp": app.now().timestamp().to_string(), "text": {"body": begun.text(text)}})
        };
        let answer_id = format!("{message_id}.answer");
        let messages = [message(message_id, "code"), message(&answer_id, "match_number")];
        let value = json!({"messaging_product": "whatsapp", "messages": messages,
            "metadata": {"display_phone_number": "6280000000000", "phone_number_id": "0"},
            "contacts": [{"wa_id": phone}]});
        let delivery = json!({"object": "whatsapp_business_account",
            "entry": [{"id": "0", "changes": [{"field": "messages", "value": value}]}]});
        Self { id: begun.text("id"), secret: begun.text("secret"), delivery: delivery.to_string() }
    }

    /// Status of the webhook.
    async fn deliver(&self, app: &TestApp) -> u16 {
        let signature = sign("local-app-secret", self.delivery.as_bytes());
        let request = app
            .http
            .post(format!("{}/webhooks/whatsapp", app.stack.base_url))
            .header("x-hub-signature-256", signature)
            .header("content-type", "application/json")
            .body(self.delivery.clone());
        let status = request.send().await.unwrap().status().as_u16();
        // What fails in the queue's consumer comes again.
        let _ = app.stack.inbox.drain().await;
        status
    }

    async fn sign_in(&self, app: &TestApp) -> Answer {
        let path = format!("/v1/registrations/{}/token", self.id);
        app.post(&path, json!({"secret": self.secret})).await
    }
}

#[tokio::test]
async fn a_number_is_verified_once_whatever_breaks() {
    each_fault(try_every_call).await;
}

async fn try_every_call(fault: Fault, stay: Stay) {
    let stage = Stage::start().await;
    let clean = Begun::new(&stage.app, "628009999999", "wamid.clean").await;
    let (status, calls) = stage.calls_of(clean.deliver(&stage.app)).await;
    assert_eq!(status, 200);
    let mut done = vec![clean];
    let met = calls.iter().filter(|target| fault.meets(target)).count();
    assert!(met > 0, "{fault:?} meets nothing");
    for nth in 1..=met {
        let number = u32::try_from(nth).unwrap();
        done.push(try_delivery(&stage, number, fault, stay, nth).await);
    }
    stage.recover().await;
    for begun in done {
        let reply = format!("verified-{}", begun.id);
        assert_eq!(stage.times_sent(&reply), 1, "{fault:?} {stay:?}: {reply}");
    }
}

async fn try_delivery(stage: &Stage, number: u32, fault: Fault, stay: Stay, nth: usize) -> Begun {
    let app = &stage.app;
    let phone = format!("62800{number:07}");
    let begun = Begun::new(app, &phone, &format!("wamid.{number}")).await;
    stage.strike(fault, stay, nth);
    let status = begun.deliver(app).await;
    let struck = stage.lift();
    let case = format!("{fault:?} {stay:?} at call {nth} ({struck:?})");
    assert!(struck.is_some(), "{case}");
    assert!(matches!(status, 200 | 503), "{case}: {status}");
    if status != 200 {
        assert_eq!(begun.deliver(app).await, 200, "{case}: delivered again");
    }
    app.listen().await;
    let signed_in = begun.sign_in(app).await;
    assert_eq!(signed_in.status, 200, "{case}: {signed_in:?}");
    let again = begun.sign_in(app).await;
    assert_eq!(again.body["token"], signed_in.body["token"], "{case}: {again:?}");
    assert_eq!(account_of(app, &phone, number).await, signed_in.body["account_id"], "{case}");
    begun
}

/// The account that a further, undisturbed registration of this number leads to.
async fn account_of(app: &TestApp, phone: &str, number: u32) -> Value {
    let further = Begun::new(app, phone, &format!("wamid.further.{number}")).await;
    assert_eq!(further.deliver(app).await, 200);
    further.sign_in(app).await.body["account_id"].clone()
}
