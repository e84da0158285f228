//! Who writes first is answered first: nobody waits as long as others write.

use antrian_tests::TestApp;

use serde_json::json;

use crate::webhooks::{message, store};

#[tokio::test]
async fn who_writes_first_is_answered_first() {
    let app = TestApp::start().await;
    let numbers: Vec<String> = (0..25).map(|number| format!("62800001{number:05}")).collect();
    for number in &numbers {
        let body = [message(&format!("wamid.{number}"), json!({"from": number}), "MENU")];
        assert_eq!(store(&app, &body).await, 200);
    }
    assert_eq!(app.listen().await, numbers.len());
    app.drain().await;
    let answered: Vec<String> =
        app.stack.graph.sent().into_iter().filter_map(|answer| answer.to).collect();
    assert_eq!(answered, numbers);
}
