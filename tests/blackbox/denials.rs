//! A member of staff who is denied: their token is of no use, however long it is good for.

use antrian::domain::denial::{DenialChange, DenialReason};
use antrian_tests::offices::OFFICE;
use antrian_tests::{Answer, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// A token of somebody of this name.
async fn token(app: &TestApp, subject: &str, office: &str, scopes: &[&str]) -> String {
    let asked = json!({"office": office, "scopes": scopes, "subject": subject});
    app.post("/local/staff-token", asked).await.text("token")
}

async fn change(app: &TestApp, method: Method, token: &str, subject: &str) -> Answer {
    let path = format!("/v1/staff/denials/{subject}");
    let body = (method == Method::PUT).then(|| json!({"denial_reason": "left"}));
    app.call(method, &path, Some(token), body).await
}

async fn list(app: &TestApp, token: &str) -> Answer {
    app.call(Method::GET, "/v1/staff/denials", Some(token), None).await
}

/// What a clerk is answered who looks at the queue.
async fn queue(app: &TestApp, token: &str) -> (u16, String) {
    let path = format!("/v1/offices/{OFFICE}/queue");
    let answer = app.call(Method::GET, &path, Some(token), None).await;
    (answer.status, answer.code().to_owned())
}

const TAKEN: u16 = 200;

fn denied() -> (u16, String) {
    (403, "staff_denied".to_owned())
}

#[tokio::test]
async fn a_denied_clerk_s_token_is_refused_at_once_and_taken_again_when_readmitted() {
    let app = TestApp::start().await;
    let clerk = token(&app, "clerk-1", OFFICE, &["desk"]).await;
    let other = token(&app, "clerk-2", OFFICE, &["desk"]).await;
    let admin = token(&app, "head", "*", &["admin"]).await;
    assert_eq!(queue(&app, &clerk).await.0, TAKEN);
    for _ in 0..2 {
        assert_eq!(change(&app, Method::PUT, &admin, "clerk-1").await.status, 200);
        assert_eq!(queue(&app, &clerk).await, denied());
    }
    let health = app.call(Method::GET, "/v1/health", Some(&clerk), None).await;
    assert_eq!((health.status, health.code()), (403, "staff_denied"));
    assert_eq!(queue(&app, &other).await.0, TAKEN, "nobody else is denied");
    let fresh = token(&app, "clerk-1", OFFICE, &["desk"]).await;
    assert_eq!(queue(&app, &fresh).await, denied(), "a new token does not help");
    app.advance(3_600);
    assert_eq!(queue(&app, &clerk).await, denied(), "nor does time");
    assert_eq!(change(&app, Method::DELETE, &admin, "clerk-1").await.status, 200);
    assert_eq!(queue(&app, &clerk).await.0, TAKEN);

    insta::assert_json_snapshot!(list(&app, &admin).await.body, {".**.changed_at" => "[time]"}, @r#"
    {
      "denials": [
        {
          "changes": [
            {
              "changed_at": "[time]",
              "changed_by": "head",
              "denial_reason": "left"
            },
            {
              "changed_at": "[time]",
              "changed_by": "head"
            }
          ],
          "is_denied": false,
          "subject": "clerk-1"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn every_other_instance_knows_of_it_within_seconds() {
    let app = TestApp::start().await;
    let clerk = token(&app, "clerk-1", OFFICE, &["desk"]).await;
    let other = token(&app, "clerk-2", OFFICE, &["desk"]).await;
    assert_eq!(queue(&app, &clerk).await.0, TAKEN, "the offices are remembered now");
    // As another instance would: the table alone knows.
    let reason = Some(DenialReason::Misuse);
    let change = DenialChange { at: app.now(), by: "head".to_owned(), reason };
    let subject = "clerk-1".parse().unwrap();
    app.stack.app.ledger.store().change_denial(&subject, &change).await.unwrap();
    assert_eq!(queue(&app, &clerk).await.0, TAKEN, "this instance does not know yet");
    app.advance(6);
    assert_eq!(queue(&app, &clerk).await, denied());
    assert_eq!(queue(&app, &other).await.0, TAKEN);
}

#[tokio::test]
async fn only_an_administrator_of_every_office_denies_and_never_themselves() {
    let app = TestApp::start().await;
    let head = token(&app, "head", "*", &["admin"]).await;
    for (office, scopes) in [(OFFICE, ["admin"]), ("*", ["desk"])] {
        let token = token(&app, "somebody", office, &scopes).await;
        for method in [Method::PUT, Method::DELETE] {
            let refused = change(&app, method, &token, "head").await;
            assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{office} {scopes:?}");
        }
        assert_eq!(list(&app, &token).await.status, 403);
    }
    assert_eq!(change(&app, Method::PUT, &head, "head").await.status, 422);
    assert_eq!(change(&app, Method::PUT, &head, "no%20name").await.status, 404);
    assert_eq!(change(&app, Method::DELETE, &head, "nobody").await.status, 404);
    assert_eq!(list(&app, &head).await.body["denials"], Value::Array(vec![]));
}
