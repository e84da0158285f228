//! The simulated Graph API is as strict as the real one, and misbehaves as it is told to.

use antrian_local::simulator::{Fault, Mark};
use antrian_tests::TestApp;
use reqwest::Method;
use serde_json::{Value, json};

const NUMBER: &str = "/local/graph/v26.0/100000000000001";
const WABA: &str = "/local/graph/v26.0/100000000000002";
const TOKEN: &str = "local-access-token";
const PHONE: &str = "6280000000001";

async fn graph(app: &TestApp, path: &str, body: Value) -> (u16, Value) {
    let answer = app.call(Method::POST, path, Some(TOKEN), Some(body)).await;
    (answer.status, answer.body)
}

/// Sends; the error's code, 0 if it was taken.
async fn code(app: &TestApp, body: Value) -> u64 {
    let mut message = json!({"messaging_product": "whatsapp", "to": PHONE});
    message.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    let (status, answer) = graph(app, &format!("{NUMBER}/messages"), message).await;
    assert_eq!(status == 200, answer["error"].is_null(), "{answer}");
    answer["error"]["code"].as_u64().unwrap_or(0)
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

fn buttons(buttons: &[(&str, &str)]) -> Value {
    let button =
        |(id, title): &(&str, &str)| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons: Vec<_> = buttons.iter().map(button).collect();
    json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"},
        "action": {"buttons": buttons}}})
}

fn list(sections: usize, rows: usize, title: &str) -> Value {
    let section = |at| {
        let row = |row| json!({"id": format!("{at}-{row}"), "title": "x"});
        json!({"title": title, "rows": (0..rows).map(row).collect::<Vec<_>>()})
    };
    let sections: Vec<_> = (0..sections).map(section).collect();
    json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"},
        "action": {"button": "Lihat", "sections": sections}}})
}

#[tokio::test]
async fn what_is_documented_as_wrong_is_refused_with_its_code() {
    let app = TestApp::start().await;
    app.stack.graph.open_window(PHONE);
    let (most, over) = ("é".repeat(4096), "é".repeat(4097));
    let wide = "x".repeat(21);
    let cases = [
        (text(&most), 0),
        (text(&over), 131009),
        (text(""), 131009),
        (json!({"type": "text"}), 131008),
        (json!({"type": "text", "text": {"body": "x", "colour": "red"}}), 100),
        (json!({"type": "text", "text": {"body": "x"}, "colour": "red"}), 100),
        (json!({"type": "text", "text": {"body": "x"}, "messaging_product": "sms"}), 131009),
        (json!({"type": "text", "text": {"body": "x"}, "to": "08123"}), 131009),
        (json!({"type": "telepathy"}), 131051),
        (json!({"type": "image", "image": {"id": "1"}}), 131009),
        (
            json!({"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x".repeat(513)}),
            131009,
        ),
        (buttons(&[("a", "A"), ("b", "B"), ("c", "C")]), 0),
        (buttons(&[]), 131009),
        (buttons(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), 131009),
        (buttons(&[("a", "A"), ("a", "B")]), 131009),
        (buttons(&[("a", &wide)]), 131009),
        (list(2, 5, "x"), 0),
        (list(1, 10, "x"), 0),
        (list(2, 6, "x"), 131009),
        (list(2, 1, ""), 131009),
        (list(1, 1, &"x".repeat(25)), 131009),
    ];
    for (body, expected) in cases {
        assert_eq!(code(&app, body.clone()).await, expected, "{body}");
    }
    let wrong =
        app.call(Method::POST, &format!("{NUMBER}/messages"), Some("guess"), Some(text("x"))).await;
    assert_eq!((wrong.status, wrong.body["error"]["code"].as_u64()), (401, Some(190)));
}

#[tokio::test]
async fn a_scoped_id_goes_into_recipient_and_vanishes_in_to() {
    let app = TestApp::start().await;
    let id = "ID.1234567890";
    app.stack.graph.open_window(id);
    let send = async |field: &str| {
        let body = json!({"messaging_product": "whatsapp", field: id, "type": "text", "text": {"body": field}});
        graph(&app, &format!("{NUMBER}/messages"), body).await
    };
    assert_eq!(send("to").await.0, 200);
    assert!(app.stack.graph.sent().is_empty(), "it is never seen again");
    let (status, answer) = send("recipient").await;
    assert_eq!((status, answer["contacts"][0]["user_id"].as_str()), (200, Some(id)));
    let kept = app.stack.graph.sent();
    assert_eq!((kept.len(), kept[0].to_user_id.as_deref()), (1, Some(id)));
}

#[tokio::test]
async fn the_window_closes_a_day_after_the_last_word_and_templates_pass_it() {
    let app = TestApp::start().await;
    app.stack.graph.enforce_windows(true);
    assert_eq!(code(&app, text("x")).await, 131047, "nothing was ever said");
    app.stack.graph.open_window(PHONE);
    app.advance(24 * 3600 - 60);
    assert_eq!(code(&app, text("x")).await, 0);
    app.advance(61);
    assert_eq!(code(&app, text("x")).await, 131047);

    let new = json!({"name": "reminder", "language": "id", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Besok {{1}} pukul {{2}}.", "example": {"body_text": [["Rabu", "09.00"]]}}]});
    let template = |values: &[&str]| {
        let value = |value: &&str| json!({"type": "text", "text": value});
        let values: Vec<_> = values.iter().map(value).collect();
        json!({"type": "template", "template": {"name": "reminder", "language": {"code": "id"},
            "components": [{"type": "body", "parameters": values}]}})
    };
    assert_eq!(code(&app, template(&["a", "b"])).await, 132001);
    assert_eq!(graph(&app, &format!("{WABA}/message_templates"), new).await.0, 200);
    assert_eq!(code(&app, template(&["a", "b"])).await, 0);
    assert_eq!(code(&app, template(&["a"])).await, 132000);
    assert_eq!(code(&app, template(&["a\nb", "b"])).await, 100);
    app.stack.graph.set_template_status("reminder", "PAUSED");
    assert_eq!(code(&app, template(&["a", "b"])).await, 132015);
    assert_eq!(app.stack.graph.sent().last().unwrap().text, "Besok a pukul b.");
}

#[tokio::test]
async fn a_person_gets_forty_five_messages_at_once_and_one_in_six_seconds() {
    let app = TestApp::start().await;
    app.stack.graph.open_window(PHONE);
    for sent in 0..45 {
        assert_eq!(code(&app, text("x")).await, 0, "{sent}");
    }
    assert_eq!(code(&app, text("x")).await, 131056);
    app.advance(6);
    assert_eq!(code(&app, text("x")).await, 0);
}

#[tokio::test]
async fn statuses_come_as_they_were_told_to_and_carry_what_the_business_gave() {
    let app = TestApp::start().await;
    let graph = &app.stack.graph;
    graph.open_window(PHONE);
    let mut reported = 0;
    for (fault, expected) in [
        (None, vec!["sent", "delivered"]),
        (Some(Fault::DoubledStatuses), vec!["sent", "sent", "delivered", "delivered"]),
        (Some(Fault::StatusesOutOfOrder), vec!["delivered", "sent"]),
        (Some(Fault::NoStatuses), vec![]),
        (Some(Fault::LateStatuses), vec![]),
        (Some(Fault::Failed(131026)), vec!["failed"]),
    ] {
        fault.into_iter().for_each(|fault| graph.fail(fault, 1));
        let mut message = text("x");
        message["biz_opaque_callback_data"] = "row-1".into();
        assert_eq!(code(&app, message).await, 0);
        graph.report().await;
        let posted = graph.webhooks().split_off(reported);
        reported += posted.len();
        let told: Vec<_> = posted.iter().map(|webhook| status(&webhook.body)).collect();
        assert_eq!(told, expected, "{fault:?}");
        assert!(
            posted.iter().all(|webhook| webhook.status == 200 && webhook.body.contains("row-1"))
        );
    }
    app.advance(60);
    assert_eq!(graph.report().await, 2, "late");
    let first = graph.sent()[0].clone();
    assert_eq!(first.mark, Mark::Delivered);
    assert!(graph.read(&first.provider_id) && graph.read(&first.provider_id));
    assert_eq!(graph.report().await, 1, "read is reported once");
}

fn status(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    let status = &body["entry"][0]["changes"][0]["value"]["statuses"][0]["status"];
    status.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_answer_that_is_cut_leaves_a_message_that_was_taken() {
    let app = TestApp::start().await;
    app.stack.graph.open_window(PHONE);
    app.stack.graph.fail(Fault::TimeoutAfterAcceptance, 1);
    let body = json!({"messaging_product": "whatsapp", "to": PHONE, "type": "text", "text": {"body": "x"}});
    let url = format!("{}{NUMBER}/messages", app.stack.base_url);
    let sent = app.http.post(url).bearer_auth(TOKEN).json(&body).send().await;
    let answer = match sent {
        Ok(answer) => answer.bytes().await.ok(),
        Err(_) => None,
    };
    assert!(answer.is_none(), "{answer:?}");
    assert_eq!(app.stack.graph.sent().len(), 1);
}
