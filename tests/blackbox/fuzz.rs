//! Random requests: whatever is sent, the system answers, and never with a fault of its own.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::operations::{Operation, World, operations};

/// Names and values that get deeper into the system than noise does.
const NAMES: [&str; 22] = [
    "applicant_id",
    "office",
    "service",
    "date",
    "slot",
    "ticket",
    "code",
    "gate",
    "name",
    "nik",
    "birth_date",
    "ktp_regency",
    "category",
    "locale",
    "secret",
    "otp",
    "phone",
    "from",
    "to",
    "quota",
    "exceptions",
    "zqx",
];
const VALUES: [&str; 26] = [
    "p1",
    "p9",
    "uji",
    "passport_new",
    "2026-12-02",
    "2026-12-24",
    "9999-12-31",
    "0000-01-01",
    "+262142-12-31",
    "-262143-01-01",
    "262142-12-31",
    "09:00",
    "24:00",
    "00:00",
    "id",
    "general",
    "9900010101909001",
    "1990-01-01",
    "+62 812 0000 0001",
    "0000000000",
    "\u{0}",
    "\u{202e}",
    "",
    "\u{1f600}",
    "' OR 1=1 --",
    "{{7*7}}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(&VALUES[..]).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A body with the names of the operation's own fields, or some of all.
fn body(operation: &Operation) -> BoxedStrategy<Value> {
    let own = operation.body.as_ref().and_then(|schema| schema["properties"].as_object().cloned());
    let own: Vec<String> = own.into_iter().flatten().map(|(name, _)| name).collect();
    let count = own.len();
    let fields = proptest::collection::vec(value(), count).prop_map(move |values| {
        Value::from(own.iter().cloned().zip(values).collect::<Map<_, _>>())
    });
    let name = proptest::sample::select(&NAMES[..]).prop_map(str::to_owned);
    let any = proptest::collection::btree_map(name, value(), 0..6);
    let any = any.prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>()));
    prop_oneof![3 => fields, 1 => any, 1 => value()].boxed()
}

/// Answers are answers: below 500, and a refusal is a problem.
async fn assert_answered(request: reqwest::RequestBuilder, what: &str) {
    let response = request.send().await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let (status, kind) = (response.status(), response.headers().get("content-type").cloned());
    let text = response.text().await.unwrap();
    assert!(status.as_u16() < 500, "{what}: {status} {text}");
    if status.is_client_error() {
        assert_eq!(kind.unwrap(), "application/problem+json", "{what}: {text}");
    }
}

/// Runs `test` for many values of `strategy` against one system.
fn run<S: Strategy>(cases: u32, strategy: S, test: impl AsyncFn(&World, S::Value)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&strategy, |value| {
        runtime.block_on(test(&world, value));
        Ok(())
    });
    checked.unwrap();
    runtime.block_on(world.app.assert_audit_agrees());
}

/// Operations that change what the others need are left out.
fn with_body() -> Vec<Operation> {
    let mut all = operations();
    all.retain(|operation| operation.body.is_some());
    all
}

#[test]
fn no_body_makes_the_system_fail() {
    let one = proptest::sample::select(with_body());
    let wish = one.prop_flat_map(|operation| (body(&operation), Just(operation)));
    run(600, wish, async |world, (body, operation)| {
        let what = format!("{} {} {body}", operation.method, operation.path);
        assert_answered(world.request(&operation).json(&body), &what).await;
    });
}

#[test]
fn no_address_and_no_header_makes_the_system_fail() {
    let segment = prop_oneof![
        3 => proptest::sample::select(&["v1", "me", "bookings", "offices", "uji", "queue", "%00",
            "%ff", "..", "availability", "check-ins", "registrations", "webhooks", "whatsapp"][..])
            .prop_map(str::to_owned),
        1 => "[a-zA-Z0-9%._~-]{0,12}",
    ];
    let path = proptest::collection::vec(segment, 0..6);
    let header = prop_oneof![
        Just("authorization"),
        Just("idempotency-key"),
        Just("content-type"),
        Just("x-hub-signature-256"),
        Just("accept"),
        Just("content-encoding"),
    ];
    let headers = proptest::collection::vec((header, "[ -~]{0,60}"), 0..3);
    let method = proptest::sample::select(vec![Method::GET, Method::POST, Method::PUT]);
    let query = "[a-z=&%0-9+.-]{0,30}";
    run(400, (method, path, query, headers), async |world, (method, path, query, headers)| {
        let path = format!("/v1/{}?{query}", path.join("/"));
        let what = format!("{method} {path} {headers:?}");
        let mut request = world.bare(method, &path).body("{}");
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        assert_answered(request, &what).await;
    });
}

#[tokio::test]
async fn dates_at_the_ends_of_time_are_answered() {
    let world = World::start().await;
    for date in ["+262142-12-31", "-262143-01-01", "9999-12-31", "0000-01-01", "+10000-01-01"] {
        for operation in with_body() {
            let body = match operation.path.rsplit('/').next().unwrap() {
                "bookings" => json!({"applicant_id": "p1", "office": "uji",
                    "service": "passport_new", "date": date, "slot": "09:00"}),
                "reschedule" => json!({"date": date, "slot": "09:00"}),
                "releases" => json!({"from": date, "to": date}),
                "calendar" => json!({"exceptions": {date: {"open": false,
                    "reason": {"id": "Libur", "en": "Closed"}}}}),
                _ => continue,
            };
            let what = format!("{} {} {date}", operation.method, operation.path);
            assert_answered(world.request(&operation).json(&body), &what).await;
            let at = Operation { path: operation.path.replace("{date}", date), ..operation };
            assert_answered(world.request(&at).json(&body), &what).await;
        }
        let encoded = date.replace('+', "%2B");
        let place = format!("/v1/offices/uji/slots/{encoded}/09:00");
        let token = world.app.staff("uji", &["admin"]).await;
        let quota = json!({"service": "passport_new", "quota": 1});
        let patch = world.bare(Method::PATCH, &place).bearer_auth(&token).json(&quota);
        assert_answered(patch, &place).await;
        let list = "/v1/requirements?office=uji&service=passport_new&date=";
        assert_answered(world.bare(Method::GET, &format!("{list}{encoded}")), list).await;
    }
}
