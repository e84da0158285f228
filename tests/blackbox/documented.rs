//! What the API answers to what clients should not send stands in its description: the status, and that
//! it is a problem.

use antrian_tests::TestApp;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::operations::{Operation, World, operations};

/// The documented media types of an operation's answers with this status; absent: it is not documented.
fn documented(document: &Value, operation: &Operation, status: u16) -> Option<Vec<String>> {
    let method = operation.method.as_str().to_lowercase();
    let answers = &document["paths"][&operation.path][method]["responses"];
    let answer = answers.get(status.to_string())?;
    let kinds = answer["content"].as_object();
    Some(kinds.map(|kinds| kinds.keys().cloned().collect()).unwrap_or_default())
}

async fn is_documented(document: &Value, operation: &Operation, answer: Response, what: &str) {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    let kind = kind.map(|kind| kind.to_str().unwrap().split(';').next().unwrap().to_owned());
    let named = format!("{} {} {what}: {status}", operation.method, operation.path);
    let kinds = documented(document, operation, status);
    let kinds = kinds.unwrap_or_else(|| panic!("{named} is not documented"));
    match kind {
        Some(kind) => assert!(kinds.contains(&kind), "{named}: {kind} is not among {kinds:?}"),
        None => assert!(kinds.is_empty(), "{named}: {kinds:?}"),
    }
}

/// Requests that no operation carries out as they are.
fn odd(world: &World, operation: &Operation) -> Vec<(&'static str, RequestBuilder)> {
    let json = |request: RequestBuilder| request.header("content-type", "application/json");
    let nobody = || world.bare(operation.method.clone(), &world.path(operation));
    let mut odd = vec![
        ("without a token", json(nobody()).body("{}")),
        ("with a wrong token", json(nobody()).bearer_auth("x").body("{}")),
        ("of nothing that is there", {
            let path = world.path(operation).replace(&world.code, "0000000000");
            let path = path.replace("/uji", "/nirgends");
            json(world.bare(operation.method.clone(), &path))
                .bearer_auth(world.token(operation).unwrap_or("x"))
                .body(operation.body.as_ref().map_or_else(String::new, |_| {
                    let body = world.good_body(operation).to_string();
                    body.replace(&world.code, "0000000000").replace("\"uji\"", "\"nirgends\"")
                }))
        }),
        (
            "under a bad key",
            json(world.request(operation)).header("idempotency-key", "a b").body("{}"),
        ),
    ];
    if matches!(operation.method, Method::POST | Method::PUT | Method::PATCH) {
        odd.extend([
            ("that is no JSON", json(world.request(operation)).body("{")),
            (
                "of another type",
                world.request(operation).header("content-type", "text/plain").body("x"),
            ),
            ("that is too large", json(world.request(operation)).body(vec![b' '; 70_000])),
            ("of unknown fields", json(world.request(operation)).body("{\"zqx\":1}")),
        ]);
    }
    if operation.method == Method::GET {
        let path = format!("{}?service=a&service=b", world.path(operation));
        let twice = world.bare(operation.method.clone(), &path);
        odd.push((
            "that says a thing twice",
            match world.token(operation) {
                Some(token) => twice.bearer_auth(token),
                None => twice,
            },
        ));
    }
    odd
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_to_an_odd_request_is_documented() {
    let world = World::start().await;
    let document: Value = world.app.get("/v1/openapi.json").await.body;
    for operation in operations() {
        // What would end the account or its sessions is asked by nobody who may.
        let ends = operation.method == Method::DELETE;
        for (what, request) in odd(&world, &operation) {
            if !ends || what.ends_with("token") {
                let answer = request.send().await.unwrap();
                is_documented(&document, &operation, answer, what).await;
            }
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_there_twice_or_does_not_fit_is_named_in_our_words() {
    let app = TestApp::start().await;
    let availability = "/v1/offices/uji/availability";
    for (path, field) in [
        (format!("{availability}?service=a1&service=b1"), "service"),
        (format!("{availability}?service=passport_new&from=2026-12-02&from=2026-12-03"), "from"),
        (format!("{availability}?from=2026-12-02"), "service"),
        (format!("{availability}?service=passport_new&from=yesterday"), "from"),
        (format!("{availability}?service=passport_new&9971014501909001=1"), "query"),
        (format!("{availability}?9971014501909001=1&9971014501909001=2"), "query"),
        ("/webhooks/whatsapp?hub.mode=subscribe&hub.mode=subscribe".to_owned(), "hub.mode"),
    ] {
        let refused = app.get(&path).await;
        assert_eq!(
            (refused.status, refused.code()),
            (422, "invalid_request"),
            "{path}: {refused:?}"
        );
        assert_eq!(refused.body["errors"][0]["field"], field, "{path}: {refused:?}");
        let shown = refused.body.to_string();
        assert!(!shown.contains("duplicate field") && !shown.contains("99710145"), "{shown}");
    }
}
