//! From "where is a free hour?" to a queue number.

use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_books_confirms_and_gets_a_queue_number() {
    let app = TestApp::start().await;
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));

    let person = Person::register(&app, 1).await;
    let confirmed = person.book(&app, DATE, "09:00").await;
    assert_eq!(confirmed.body["status"], "confirmed");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));

    app.drain().await;
    let code = confirmed.text("code").to_lowercase();
    // The hold's message was overtaken by the confirmation and is not sent.
    assert_eq!(
        app.sent_ids().iter().filter(|id| id.starts_with(&code)).collect::<Vec<_>>(),
        [&format!("{code}-2-confirmed")]
    );

    app.advance_to("2026-12-02T00:30:00Z");
    let staff = app.staff("uji", &["desk"]).await;
    let scan = json!({"ticket": confirmed.text("ticket"), "gate": "Gerbang 1"});
    let first =
        app.call(reqwest::Method::POST, "/v1/check-ins", Some(&staff), Some(scan.clone())).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(first.body["queue_number"], "A-001");
    assert_eq!(first.body["duplicate"], false);
    let second = app.call(reqwest::Method::POST, "/v1/check-ins", Some(&staff), Some(scan)).await;
    assert_eq!(second.body["duplicate"], true);
    assert_eq!(second.body["queue_number"], "A-001");
    assert_eq!(second.body["first_scan"]["gate"], "Gerbang 1");
    app.assert_audit_agrees().await;
}
