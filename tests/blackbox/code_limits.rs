//! One-time codes cost money and can be asked for in anybody's name: they are limited, each refusal
//! names its rule, and sending a message registers whoever gets none.

use std::sync::Arc;

use antrian_tests::phone::Phone;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Item, Switch, client};
use antrian_tests::{Answer, Setup, TestApp};
use futures_util::future::join_all;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Service};
use serde_json::{Value, json};

use crate::registration::{begin, exchange, path};

const DAY: i64 = 24 * 3600;

/// Asks for a code for a number, with a registration of its own.
async fn ask(app: &TestApp, phone: &str) -> Answer {
    let begun = begin(app).await;
    app.post(&path(&begun, "otp"), json!({"phone": phone})).await
}

fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{answer:?}");
    for (detail, way) in [("detail", "kirim pesan"), ("detail_en", "send the registration message")]
    {
        let said = answer.text(detail);
        assert!(said.contains(way) && said.contains("WhatsApp"), "the way that is open: {said}");
    }
}

async fn with_setting(name: &str, value: &str) -> TestApp {
    let settings = [(name.to_owned(), value.to_owned())].into();
    TestApp::start_with(Setup { settings, ..Setup::default() }).await
}

/// What records of refused codes say.
fn rules(app: &TestApp) -> Vec<String> {
    let of = |record: &Value| record["rule"].as_str().unwrap().to_owned();
    app.records_of("code_refused").iter().map(of).collect()
}

#[tokio::test]
async fn numbers_of_other_countries_get_no_code_and_register_by_message() {
    let app = TestApp::start().await;
    let phone = |number: u32| format!("8816{number:08}");
    for number in 0..300 {
        let number = format!("+{}", phone(number));
        assert_refused(&ask(&app, &number).await, 422, "no_code_country");
    }
    app.drain().await;
    assert!(app.sent().is_empty(), "{:?}", app.sent_ids());
    assert_eq!(rules(&app), vec!["country"; 300]);

    let begun = begin(&app).await;
    prove(&app, &phone(0), &begun).await;
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

/// Sends the code, and the number that the page shows.
async fn prove(app: &TestApp, number: &str, begun: &Value) {
    let mut phone = Phone::new(app, number);
    for text in ["code", "match_number"] {
        phone.say(begun[text].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn an_installation_says_which_countries_get_codes() {
    let app = with_setting("ANTRIAN_CODE_COUNTRIES", "62,673").await;
    assert_eq!(ask(&app, "6731234567").await.status, 202);
    assert_eq!(ask(&app, "6280000000001").await.status, 202);
    assert_eq!(ask(&app, "60123456789").await.code(), "no_code_country");
}

#[tokio::test]
async fn whoever_had_their_codes_burnt_by_somebody_else_registers_by_message() {
    let app = TestApp::start().await;
    let victim = "6280000000001";
    for _ in 0..5 {
        assert_eq!(ask(&app, victim).await.status, 202);
    }
    assert_refused(&ask(&app, victim).await, 429, "no_code_number");
    let begun = begin(&app).await;
    prove(&app, victim, &begun).await;
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

#[tokio::test]
async fn a_number_gets_twenty_codes_a_month() {
    let app = TestApp::start().await;
    app.advance(DAY);
    for _ in 0..4 {
        for _ in 0..5 {
            assert_eq!(ask(&app, "6280000000001").await.status, 202);
        }
        app.advance(DAY);
    }
    assert_refused(&ask(&app, "6280000000001").await, 429, "no_code_number");
    assert_eq!(ask(&app, "6280000000002").await.status, 202, "another number");
    app.advance_to("2027-01-01T00:00:00Z");
    assert_eq!(ask(&app, "6280000000001").await.status, 202, "another month");
}

#[tokio::test]
async fn numbers_that_begin_alike_share_a_hundred_codes_a_day() {
    let app = TestApp::start().await;
    let phone = |number: u32| format!("6281234{number:06}");
    for number in 0..100 {
        assert_eq!(ask(&app, &phone(number)).await.status, 202);
    }
    assert_refused(&ask(&app, &phone(100)).await, 429, "no_code_prefix");
    assert_eq!(ask(&app, "6281235000001").await.status, 202, "another prefix");
    assert_eq!(rules(&app), ["prefix"]);
    app.advance(DAY);
    assert_eq!(ask(&app, &phone(100)).await.status, 202, "another day");
}

#[tokio::test]
async fn all_codes_of_a_day_have_a_limit_and_the_refusal_says_when_it_is_over() {
    let app = with_setting("ANTRIAN_CODES_PER_DAY", "3").await;
    for number in 1..=3 {
        assert_eq!(ask(&app, &format!("628{number}234567890")).await.status, 202);
    }
    let begun = begin(&app).await;
    let url = format!("{}{}", app.stack.base_url, path(&begun, "otp"));
    let refused = app.http.post(url).json(&json!({"phone": "6285234567890"})).send().await.unwrap();
    let wait: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "no_codes");
    app.advance(wait);
    assert_eq!(ask(&app, "6285234567890").await.status, 202, "after the time that was told");
}

#[tokio::test]
async fn an_installation_may_send_no_codes_at_all() {
    let app = with_setting("ANTRIAN_CODES_PER_DAY", "0").await;
    assert_refused(&ask(&app, "6280000000001").await, 429, "no_codes");
}

/// How many of twenty requests at once are granted for one number. With `is_guarded` off, the conditions
/// on what was counted are taken out of the writes.
async fn granted_at_once(is_guarded: bool) -> usize {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let begun = join_all((0..20).map(|_| begin(&app))).await;
    if !is_guarded {
        switch.arm(|call| without_conditions_on(&[Item::Codes], call));
    }
    let asked = begun.iter().map(|begun| async {
        let body = json!({"phone": "6280000000001"});
        let mut answer = app.post(&path(begun, "otp"), body.clone()).await;
        while answer.status == 503 {
            answer = app.post(&path(begun, "otp"), body.clone()).await;
        }
        answer
    });
    let answers = join_all(asked).await;
    answers.iter().filter(|answer| answer.status == 202).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_once_are_counted_one_by_one() {
    assert_eq!(granted_at_once(true).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_conditions_requests_at_once_get_more() {
    assert_eq!(granted_at_once(false).await, 20);
}

/// The gateway's event of a request for a code, from an address.
fn event(begun: &Value, source_ip: &str, forwarded: &str, phone: &str) -> Value {
    let path = path(begun, "otp");
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-forwarded-for": forwarded,
            "forwarded": format!("for={forwarded}"), "x-real-ip": forwarded},
        "requestContext": {
            "accountId": "1", "apiId": "x", "domainName": "antrian.example.org",
            "domainPrefix": "antrian", "requestId": "x", "routeKey": "$default",
            "stage": "$default", "time": "30/Nov/2026:00:00:00 +0000", "timeEpoch": 1_796_000_000,
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": source_ip, "userAgent": "x"},
        },
        "body": json!({"phone": phone}).to_string(), "isBase64Encoded": false,
    })
}

/// Asks for a code through the gateway; the problem's code, or nothing.
async fn ask_from(app: &TestApp, source_ip: &str, forwarded: &str, number: u32) -> String {
    let begun = begin(app).await;
    let event = event(&begun, source_ip, forwarded, &format!("62{number:03}1234567"));
    let state = app.stack.app.clone();
    let router = antrian::http::router(antrian_local::routes::documented(), state);
    let request: LambdaRequest = serde_json::from_value(event).unwrap();
    let answer = Adapter::from(router).call(LambdaEvent::new(request, Context::default())).await;
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    body["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_address_gets_fifty_codes_a_day_whatever_it_says_of_itself() {
    let app = with_setting("ANTRIAN_PUBLIC_URL", "https://antrian.example.org").await;
    for number in 100..150 {
        let forwarded = format!("198.51.100.{number}");
        assert_eq!(ask_from(&app, "192.0.2.1", &forwarded, number).await, "");
    }
    for (forwarded, number) in [("192.0.2.1", 150), ("203.0.113.9", 151), ("", 152)] {
        assert_eq!(ask_from(&app, "192.0.2.1", forwarded, number).await, "no_code_address");
    }
    assert_eq!(ask_from(&app, "192.0.2.2", "192.0.2.1", 153).await, "", "another address");
    assert_eq!(rules(&app), ["address"; 3]);
}

#[tokio::test]
async fn behind_an_edge_the_address_that_everybody_shares_counts_for_nobody() {
    let app = with_setting("ANTRIAN_PUBLIC_URL", "https://edge.example.org").await;
    for number in 100..152 {
        assert_eq!(ask_from(&app, "192.0.2.1", "192.0.2.1", number).await, "");
    }
}

#[tokio::test]
async fn what_was_counted_names_neither_number_nor_address() {
    let (app, recorder) = antrian_tests::Recorder::start().await;
    assert_eq!(ask(&app, "6281234567890").await.status, 202);
    let counted = recorder.items_of("OTP#").await;
    assert_eq!(counted.len(), 3, "number, prefix, all: {counted:?}");
    for item in &counted {
        assert!(!item.to_string().contains("81234"), "{item}");
    }
}
