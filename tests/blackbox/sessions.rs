//! Where an account is signed in, signing out there, and what only a fresh session is shown.

use antrian_tests::person::nik;
use antrian_tests::{Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, exchange, proof};
use crate::webhooks::deliver;

/// Signs the person in once more, in a browser.
async fn sign_in(app: &TestApp, person: &Person, browser: &str, message_id: &str) -> Person {
    let url = format!("{}/v1/registrations", app.stack.base_url);
    let request = app.http.post(url).header("user-agent", browser).json(&json!({"locale": "id"}));
    let begun: Value = request.send().await.unwrap().json().await.unwrap();
    let from = json!({"from": person.phone});
    assert_eq!(deliver(app, &proof(message_id, &from, &begun)).await, 200);
    let token = exchange(app, &begun).await.text("token");
    Person { token, phone: person.phone.clone() }
}

async fn sessions(app: &TestApp, person: &Person) -> Vec<Value> {
    let listed = person.get(app, "/v1/me/sessions").await;
    assert_eq!(listed.status, 200, "{listed:?}");
    listed.body["sessions"].as_array().unwrap().clone()
}

async fn end(app: &TestApp, person: &Person, id: &str) -> u16 {
    let path = format!("/v1/me/sessions/{id}");
    app.call(Method::DELETE, &path, Some(&person.token), None).await.status
}

#[tokio::test]
async fn each_device_is_listed_and_can_be_signed_out_alone() {
    let app = TestApp::start().await;
    let first = Person::register(&app, 1).await;
    app.advance(60);
    let second =
        sign_in(&app, &first, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "wamid.s1").await;
    let listed = sessions(&app, &second).await;
    let shown: Vec<_> = listed.iter().map(|one| (&one["device"], &one["current"])).collect();
    let unknown = json!("perangkat yang tidak dikenal");
    assert_eq!(shown, [(&json!("Firefox di Windows"), &json!(true)), (&unknown, &json!(false))]);
    let text = Value::from(listed.clone()).to_string();
    for token in [&first.token, &second.token] {
        let secret = token.split('.').nth(1).unwrap();
        assert!(!text.contains(secret), "no token follows from the list");
    }

    let stranger = Person::register(&app, 2).await;
    let other = listed[1]["id"].as_str().unwrap();
    assert_eq!(end(&app, &stranger, other).await, 404, "somebody else's is not there");
    assert_eq!(end(&app, &second, "0123456789abcdef").await, 404);
    assert_eq!(end(&app, &second, "no-id").await, 404);
    assert_eq!(end(&app, &second, other).await, 204);
    assert_eq!(first.get(&app, "/v1/me").await.status, 401);
    assert_eq!(sessions(&app, &second).await.len(), 1);
}

#[tokio::test]
async fn everything_in_the_clear_is_shown_only_soon_after_signing_in() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    app.advance(14 * 60);
    let export = person.get(&app, "/v1/me/export").await;
    assert!(export.body.to_string().contains(&nik(1)), "{export:?}");
    app.advance(61);
    let late = person.get(&app, "/v1/me/export").await;
    assert_eq!((late.status, late.code()), (403, "fresh_proof_needed"));
    assert!(!late.body.to_string().contains(&nik(1)));
    assert_eq!(person.get(&app, "/v1/me").await.status, 200, "everything else goes on");
    let again = sign_in(&app, &person, "", "wamid.s1").await;
    assert_eq!(again.get(&app, "/v1/me/export").await.status, 200);
}

#[tokio::test]
async fn the_same_exchange_again_makes_no_session_fresh() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    deliver(&app, &proof("wamid.1", &json!({"from": "6280000000001"}), &begun)).await;
    let first = exchange(&app, &begun).await;
    app.advance(14 * 60);
    assert_eq!(exchange(&app, &begun).await, first);
    app.advance(2 * 60);
    let token = first.text("token");
    let late = app.call(Method::GET, "/v1/me/export", Some(&token), None).await;
    assert_eq!(late.code(), "fresh_proof_needed");
}

#[tokio::test]
async fn whoever_changes_the_number_is_signed_out_and_keeps_the_account() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let account = person.get(&app, "/v1/me").await.text("account_id");
    let moved = json!({"id": "wamid.moved", "from": person.phone, "timestamp": "1796083200",
        "type": "system", "system": {"type": "user_changed_number", "body": "x",
            "wa_id": "6280000000002"}});
    assert_eq!(deliver(&app, &[moved]).await, 200);
    assert_eq!(person.get(&app, "/v1/me").await.status, 401);
    let with_new_number = Person { phone: "6280000000002".to_owned(), ..person.clone() };
    let again = sign_in(&app, &with_new_number, "", "wamid.new").await;
    assert_eq!(again.get(&app, "/v1/me").await.text("account_id"), account);
    let with_old_number = sign_in(&app, &person, "", "wamid.old").await;
    assert_ne!(with_old_number.get(&app, "/v1/me").await.text("account_id"), account);
}
