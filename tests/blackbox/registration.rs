//! Proving a number by a WhatsApp message, and the session that follows from it.

use antrian_local::simulator::SentMessage;
use antrian_tests::TestApp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::webhooks::{deliver, message};

/// Begins a registration.
pub(crate) async fn begin(app: &TestApp) -> Value {
    let begun = app.post("/v1/registrations", json!({"locale": "id"})).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    begun.body
}

/// The path of a registration's action.
pub(crate) fn path(begun: &Value, action: &str) -> String {
    format!("/v1/registrations/{}/{action}", begun["id"].as_str().unwrap())
}

/// Exchanges a registration for a token.
pub(crate) async fn exchange(app: &TestApp, begun: &Value) -> antrian_tests::Answer {
    app.post(&path(begun, "token"), json!({"secret": begun["secret"]})).await
}

/// What proves a number: the code of a registration, and then the number that its page shows.
pub(crate) fn proof(message_id: &str, from: &Value, begun: &Value) -> Vec<Value> {
    let text = |name: &str| begun[name].as_str().unwrap().to_owned();
    let answer_id = format!("{message_id}.answer");
    vec![
        message(message_id, from.clone(), &text("code")),
        message(&answer_id, from.clone(), &text("match_number")),
    ]
}

/// Registers with the contacts of `from`; the account.
async fn account_of(app: &TestApp, message_id: &str, from: Value) -> String {
    let begun = begin(app).await;
    assert_eq!(deliver(app, &proof(message_id, &from, &begun)).await, 200);
    let signed_in = exchange(app, &begun).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    signed_in.text("account_id")
}

#[tokio::test]
async fn a_registration_tells_what_to_send_and_where() {
    let app = TestApp::start().await;
    let (begun, base_url) = (begin(&app).await, app.stack.base_url.clone());
    insta::assert_json_snapshot!(begun, {".id" => "[id]", ".secret" => "[secret]", ".expires_at" => "[time]",
        ".match_number" => insta::dynamic_redaction(|number, _| {
            let number: u8 = number.as_str().unwrap().parse().unwrap();
            assert!((10..100).contains(&number));
            "[number]"
        }),
        ".code" => insta::dynamic_redaction(|code, _| {
            assert!(code.as_str().unwrap().starts_with("DAFTAR "));
            "DAFTAR [code]"
        }),
        ".whatsapp_link" => insta::dynamic_redaction(move |link, _| {
            let link = link.as_str().unwrap().split("%20").next().unwrap();
            link.replace(&base_url, "[stack]")
        })}, @r#"
    {
      "code": "DAFTAR [code]",
      "expires_at": "[time]",
      "id": "[id]",
      "match_number": "[number]",
      "secret": "[secret]",
      "whatsapp_link": "[stack]/simulator?text=DAFTAR"
    }
    "#);
    let link = begun["whatsapp_link"].as_str().unwrap();
    let code = begun["code"].as_str().unwrap().replace(' ', "%20");
    assert!(link.ends_with(&code), "the link writes the code and nothing else: {link}");
}

#[tokio::test]
async fn the_message_that_arrives_proves_the_number() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let before = exchange(&app, &begun).await;
    assert_eq!((before.status, before.code()), (409, "not_verified"));

    let text = begun["code"].as_str().unwrap().to_lowercase();
    let from = json!({"from": "6280000000001"});
    assert_eq!(deliver(&app, &[message("wamid.1", from.clone(), &text)]).await, 200);
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified", "the number is missing");
    let number = begun["match_number"].as_str().unwrap();
    assert_eq!(deliver(&app, &[message("wamid.2", from, number)]).await, 200);
    let first = exchange(&app, &begun).await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = exchange(&app, &begun).await;
    assert_eq!(first, again, "a repeated exchange gives the same token");

    let me = app.call(Method::GET, "/v1/me", Some(&first.text("token")), None).await;
    insta::assert_json_snapshot!(me.body, {".account_id" => "[id]", ".created_at" => "[time]"}, @r#"
    {
      "account_id": "[id]",
      "applicants": [],
      "created_at": "[time]",
      "locale": "id",
      "phone": "62800•••001",
      "reminders": true
    }
    "#);
}

#[tokio::test]
async fn a_number_and_a_scoped_id_lead_to_the_same_account() {
    let app = TestApp::start().await;
    let (phone, scoped) = ("6280000000002", "ID.123abc");
    let both = account_of(&app, "wamid.1", json!({"from": phone, "from_user_id": scoped})).await;
    assert_eq!(account_of(&app, "wamid.2", json!({"from": phone})).await, both);
    assert_eq!(account_of(&app, "wamid.3", json!({"from_user_id": scoped})).await, both);
    let other = account_of(&app, "wamid.4", json!({"from": "6280000000003"})).await;
    assert_ne!(other, both);
}

#[tokio::test]
async fn a_scoped_id_alone_is_enough_and_learns_its_number_later() {
    let app = TestApp::start().await;
    let scoped = "ID.456def";
    let alone = account_of(&app, "wamid.1", json!({"from_user_id": scoped})).await;
    assert_eq!(account_of(&app, "wamid.2", json!({"from_user_id": scoped})).await, alone);
    let phone = "6280000000004";
    let both = json!({"from": phone, "from_user_id": scoped});
    assert_eq!(account_of(&app, "wamid.3", both).await, alone);
    assert_eq!(account_of(&app, "wamid.4", json!({"from": phone})).await, alone);
}

#[tokio::test]
async fn a_number_that_came_to_another_person_stays_theirs_when_the_first_account_goes() {
    let app = TestApp::start().await;
    let phone = "6280000000005";
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": phone}), &begun)).await;
    let first = exchange(&app, &begun).await;

    account_of(&app, "wamid.2", json!({"from_user_id": "ID.789"})).await;
    let both = json!({"from": phone, "from_user_id": "ID.789"});
    let second = account_of(&app, "wamid.3", both).await;
    assert_ne!(first.text("account_id"), second, "the scoped id decides");

    let token = first.text("token");
    for path in ["/v1/me", "/v1/me/export"] {
        let own = app.call(Method::GET, path, Some(&token), None).await;
        assert_eq!(
            (own.status, &own.body["phone"]),
            (200, &json!(null)),
            "{path}: it is not theirs"
        );
    }
    assert_eq!(app.call(Method::DELETE, "/v1/me", Some(&token), None).await.status, 204);
    assert_eq!(account_of(&app, "wamid.4", json!({"from": phone})).await, second);
}

#[tokio::test]
async fn only_the_right_code_in_time_verifies() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let from = json!({"from": "6280000000006"});
    for (at, text) in ["DAFTAR 00000000", "halo", "", "DAFTAR"].into_iter().enumerate() {
        let id = format!("wamid.{at}");
        assert_eq!(deliver(&app, &[message(&id, from.clone(), text)]).await, 200);
    }
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");

    app.advance(14 * 60);
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
    app.advance(60);
    assert_eq!(deliver(&app, &proof("wamid.late", &from, &begun)).await, 200);
    let late = exchange(&app, &begun).await;
    assert_eq!((late.status, late.code()), (409, "registration_ended"));
    app.drain().await;
    let ids = app.sent_ids();
    assert!(ids.iter().all(|id| !id.starts_with("verified-")), "{ids:?}");
}

#[tokio::test]
async fn a_code_that_was_used_does_not_verify_for_somebody_else() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": "6280000000007"}), &begun)).await;
    let first = exchange(&app, &begun).await;
    deliver(&app, &proof("wamid.2", &json!({"from": "6280000000008"}), &begun)).await;
    assert_eq!(exchange(&app, &begun).await, first);
    app.drain().await;
    let is_verified = |kept: &SentMessage| kept.message_id.starts_with("verified-");
    let told: Vec<_> = app.stack.graph.sent().into_iter().filter(is_verified).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to.as_deref(), Some("6280000000007"));
}

#[tokio::test]
async fn a_wrong_secret_is_as_absent_as_an_unknown_registration() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": "6280000000009"}), &begun)).await;
    let wrong = app.post(&path(&begun, "token"), json!({"secret": "guess"})).await;
    let unknown = json!({"id": "00000000000000000000000000000000"});
    let unknown = app.post(&path(&unknown, "token"), json!({"secret": begun["secret"]})).await;
    assert_eq!((wrong.status, wrong.code()), (404, "not_found"));
    assert_eq!(wrong, unknown);
    for action in ["otp", "verify"] {
        let body = json!({"secret": "guess", "otp": "000000"});
        let body = if action == "otp" { json!({"phone": "6280000000009"}) } else { body };
        let unknown = json!({"id": "00000000000000000000000000000000"});
        assert_eq!(app.post(&path(&unknown, action), body).await.status, 404, "{action}");
    }
}

#[tokio::test]
async fn after_signing_out_the_token_is_dead_and_cannot_be_had_again() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": "6280000000010"}), &begun)).await;
    let token = exchange(&app, &begun).await.text("token");
    let call = |method, path| {
        let (app, token) = (&app, token.clone());
        async move { app.call(method, path, Some(&token), None).await }
    };
    assert_eq!(call(Method::GET, "/v1/me").await.status, 200);
    assert_eq!(call(Method::DELETE, "/v1/session").await.status, 204);
    for (method, path) in [(Method::GET, "/v1/me"), (Method::DELETE, "/v1/session")] {
        let dead = call(method, path).await;
        assert_eq!((dead.status, dead.code()), (401, "unauthenticated"), "{path}");
    }
    let again = exchange(&app, &begun).await;
    assert_eq!((again.status, again.code()), (409, "registration_ended"));
}

#[tokio::test]
async fn a_session_ends_after_thirty_days() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": "6280000000011"}), &begun)).await;
    let token = exchange(&app, &begun).await.text("token");
    let status = |path: &'static str| {
        let (app, token) = (&app, token.clone());
        async move { app.call(Method::GET, path, Some(&token), None).await.status }
    };
    app.advance(30 * 86_400);
    assert_eq!(status("/v1/me").await, 200);
    // Counted from the end of its registration.
    app.advance(15 * 60);
    assert_eq!(status("/v1/me").await, 401);
}
