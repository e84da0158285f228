//! What clients should not send: every operation of the API's description answers it with a problem
//! below 500 and changes nothing.

use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::operations::{Operation, World, operations};

/// Sends a request that has to be refused with one of these statuses, by a problem that says so and
/// does not repeat `sent`.
async fn refused(request: RequestBuilder, statuses: &[u16], what: &str) -> Value {
    let response = request.send().await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").cloned();
    let text = response.text().await.unwrap();
    assert!(statuses.contains(&status), "{what}: {status} {text}");
    assert_eq!(kind.unwrap(), "application/problem+json", "{what}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status, "{what}");
    assert!(!problem["code"].as_str().unwrap().is_empty(), "{what}");
    assert!(!text.to_lowercase().contains("zqx"), "{what} is repeated: {text}");
    problem
}

fn with_body(operations: &[Operation]) -> impl Iterator<Item = (&Operation, &Value)> {
    operations.iter().filter_map(|operation| Some((operation, operation.body.as_ref()?)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_of_the_right_form_is_refused() {
    let world = World::start().await;
    let before = world.items().await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_field = format!("{{\"name\":{}1{}}}", "{\"a\":".repeat(500), "}".repeat(500));
    let bodies: [(&[u8], &[u16]); 12] = [
        (b"", &[400]),
        (b"zqx", &[400]),
        (b"{", &[400]),
        (b"{} {}", &[400, 422]),
        (b"\xff\xfe\x00", &[400]),
        (b"null", &[422]),
        (b"5", &[422]),
        (b"\"zqx\"", &[422]),
        (b"[]", &[422]),
        (b"[\"id\", \"zqx\", \"uji\"]", &[422]),
        (deep.as_bytes(), &[400, 422]),
        (deep_field.as_bytes(), &[400, 422]),
    ];
    for (operation, _) in with_body(&operations()) {
        for (body, statuses) in bodies {
            let request = world.request(operation).header("content-type", "application/json");
            let shown = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
            let what = format!("{} {} {shown}", operation.method, operation.path);
            refused(request.body(body.to_vec()), statuses, &what).await;
        }
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_unknown_missing_or_of_another_type_are_refused() {
    let world = World::start().await;
    let before = world.items().await;
    for (operation, schema) in with_body(&operations()) {
        let good = world.good_body(operation);
        for (what, body) in spoiled(schema, &good) {
            let what = format!("{} {}: {what}", operation.method, operation.path);
            let problem = refused(world.request(operation).json(&body), &[422], &what).await;
            assert_eq!(problem["code"], "invalid_request", "{what}");
            assert!(problem["errors"][0]["field"].is_string(), "{what}: {problem}");
        }
        let text = good.to_string();
        let huge = format!("{},\"unknown\":1e999}}", &text[..text.len() - 1]);
        let request = world.request(operation).header("content-type", "application/json");
        refused(request.body(huge), &[400, 422], &operation.path).await;
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

/// The good body with one thing wrong.
fn spoiled(schema: &Value, good: &Value) -> Vec<(String, Value)> {
    let changed = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let mut all = vec![("an unknown field".to_owned(), changed("unknown", json!("zqx")))];
    for name in schema["required"].as_array().into_iter().flatten() {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(name.as_str().unwrap());
        all.push((format!("without {name}"), body));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let kinds = property["type"].to_string();
        let mut wrong = vec![json!(1e300), json!(true), json!([[]])];
        if kinds.contains("boolean") {
            wrong[1] = json!("zqx");
        }
        if kinds.contains("array") || kinds.contains("object") {
            wrong.push(json!("zqx"));
        }
        if kinds.contains("integer") {
            wrong.extend([json!(-1), json!(65_536), json!(1.5), json!("zqx")]);
        }
        all.extend(
            wrong.into_iter().map(|value| (format!("{name}={value}"), changed(name, value))),
        );
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_more_than_64_kib_and_one_of_another_kind_are_refused() {
    let world = World::start().await;
    let before = world.items().await;
    for (operation, _) in with_body(&operations()) {
        let what = format!("{} {}", operation.method, operation.path);
        let mut body = world.good_body(operation).to_string();
        let form = world.request(operation).header("content-type", "text/plain");
        let problem = refused(form.body(body.clone()), &[415], &what).await;
        assert_eq!(problem["code"], "unsupported_media_type", "{what}");
        body.push_str(&" ".repeat(64 * 1024 + 1 - body.len()));
        let request = world.request(operation).header("content-type", "application/json");
        let problem = refused(request.body(body), &[413], &what).await;
        assert_eq!(problem["code"], "body_too_large", "{what}");
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test]
async fn a_body_of_64_kib_is_taken() {
    let world = World::start().await;
    let mut body = json!({"locale": "id"}).to_string();
    body.push_str(&" ".repeat(64 * 1024 - body.len()));
    let request = world.bare(Method::POST, "/v1/registrations");
    let request = request.header("content-type", "application/json").body(body);
    assert_eq!(request.send().await.unwrap().status(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_told_so_before_anything_else() {
    let world = World::start().await;
    let expired = world.app.staff("uji", &["desk", "admin"]).await;
    let before = world.items().await;
    world.app.advance(31 * 86_400);
    let account = world.person.token.split('.').next().unwrap().to_owned();
    let tokens = [
        None,
        Some(String::new()),
        Some("zqx".to_owned()),
        Some(format!("{account}.zqx")),
        Some("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6cXgifQ.".to_owned()),
        Some("z".repeat(20_000)),
        Some(world.person.token.clone()),
        Some(expired),
    ];
    for operation in operations().iter().filter(|operation| operation.security.is_some()) {
        for token in &tokens {
            let shown = token.as_deref().unwrap_or("none");
            let shown = &shown[..shown.len().min(40)];
            let mut asked = unreadable(&world, operation);
            asked.push(("as it should be", good(&world, operation)));
            for (how, mut request) in asked {
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                let what = format!("{} {} {how}, {shown}", operation.method, operation.path);
                let problem = refused(request, &[401], &what).await;
                assert_eq!(problem["code"], "unauthenticated", "{what}");
            }
        }
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

/// A request of an operation without a token.
fn good(world: &World, operation: &Operation) -> RequestBuilder {
    let request = world.bare(operation.method.clone(), &world.path(operation));
    match operation.body {
        Some(_) => request.json(&world.good_body(operation)),
        None => request,
    }
}

/// Requests of an operation, without a token, that nobody could make sense of.
fn unreadable(world: &World, operation: &Operation) -> Vec<(&'static str, RequestBuilder)> {
    let path = world.path(operation);
    let to = |path: &str| world.bare(operation.method.clone(), path);
    let raw = |body: &'static str| to(&path).header("content-type", "application/json").body(body);
    let mut body = operation.body.as_ref().map(|_| world.good_body(operation)).unwrap_or_default();
    body["office"] = json!("zqx");
    vec![
        ("an unknown office", to(&path).json(&body)),
        ("an unknown field", raw("{\"zqx\":1}")),
        ("no JSON", raw("{")),
        ("another type", to(&path).header("content-type", "text/plain").body("zqx")),
        ("a key with a space", good(world, operation).header("idempotency-key", "two words")),
        ("an unknown parameter", to(&format!("{path}?9zqx=1"))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_another_office_or_another_role_may_not() {
    let world = World::start().await;
    let elsewhere = world.app.staff("lain", &["desk", "admin"]).await;
    let desk = world.app.staff("uji", &["desk"]).await;
    let nobody = world.app.staff("uji", &[]).await;
    let before = world.items().await;
    for operation in &operations() {
        if operation.security.as_deref() != Some("staff") {
            continue;
        }
        let other_role = if operation.scope.as_deref() == Some("desk") { &nobody } else { &desk };
        for (token, statuses) in [(&elsewhere, &[403, 409][..]), (other_role, &[403])] {
            // A batch is answered scan by scan: `hand_ins.rs`.
            if operation.path.ends_with("/batch") && statuses.contains(&409) {
                continue;
            }
            let request = world.bare(operation.method.clone(), &world.path(operation));
            let mut request = request.bearer_auth(token);
            if operation.body.is_some() {
                request = request.json(&world.good_body(operation));
            }
            let problem = refused(request, statuses, &operation.path).await;
            let code = problem["code"].as_str().unwrap();
            assert!(["forbidden", "wrong_office"].contains(&code), "{problem}");
        }
    }
    let session = world.bare(Method::POST, "/v1/check-ins").bearer_auth(&world.person.token);
    refused(session.json(&json!({"code": world.code})), &[401], "an applicant's token").await;
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_of_somebody_else_is_not_there() {
    let world = World::start().await;
    let before = world.items().await;
    for operation in operations().iter().filter(|operation| operation.path.contains("{code}")) {
        if operation.security.as_deref() != Some("session") {
            continue;
        }
        for token in [&world.stranger.token, &world.person.token] {
            // For its owner the code is one that nobody has.
            let own = token == &world.person.token;
            let code = if own { "0000000000" } else { &world.code };
            let path = operation.path.replace("{code}", code);
            let mut request = world.bare(operation.method.clone(), &path).bearer_auth(token);
            if operation.body.is_some() {
                request = request.json(&world.good_body(operation));
            }
            let problem = refused(request, &[404], &path).await;
            assert_eq!(problem["code"], "not_found", "{path}");
        }
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_and_addresses_that_there_are_not_are_refused() {
    let world = World::start().await;
    let before = world.items().await;
    let all = operations();
    for operation in &all {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let is_there = |o: &Operation| o.path == operation.path && o.method == method;
            if !all.iter().any(is_there) {
                let request = world.bare(method.clone(), &world.path(operation));
                let what = format!("{method} {}", operation.path);
                let problem = refused(request, &[405], &what).await;
                assert_eq!(problem["code"], "method_not_allowed", "{what}");
            }
        }
    }
    for path in [
        "/zqx",
        "/v1",
        "/v1/",
        "/v1/zqx",
        "/v1/me/",
        "/v1/me/zqx",
        "//v1/me",
        "/v2/me",
        "/v1/ME",
        "/v1/bookings/",
        "/v1/offices/uji/availability/zqx",
        "/v1/registrations/zqx",
        "/webhooks",
        "/.env",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let request = world.bare(method, path).bearer_auth(&world.person.token);
            let problem = refused(request, &[404], path).await;
            assert_eq!(problem["code"], "not_found", "{path}");
        }
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_and_queries_that_cannot_be_right_are_refused() {
    let world = World::start().await;
    let before = world.items().await;
    let segments =
        ["zqx", "Zqx%20Zqx", "%00", "%ff", "..%2f..%2fzqx", "zqx'--", "%F0%9F%98%80", "0"];
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        for segment in segments {
            for name in ["{office}", "{code}", "{id}", "{date}", "{slot}"] {
                if !operation.path.contains(name) {
                    continue;
                }
                let mut template = operation.path.replace(name, segment);
                if template.ends_with("/availability") {
                    template.push_str("?service=passport_new");
                }
                let at = Operation { path: template, ..operation.clone() };
                let mut request = world.request(&at);
                if operation.body.is_some() {
                    request = request.json(&world.good_body(operation));
                }
                let what = format!("{} {} {segment}", operation.method, operation.path);
                // An office that staff has no claim to is refused before it is looked for.
                refused(request, &[404, 403], &what).await;
            }
        }
    }
    let availability = "/v1/offices/uji/availability";
    for (path, query) in [
        (availability, ""),
        (availability, "service=zqx_zqx"),
        (availability, "service=passport_new&9zqx=1"),
        (availability, "service=passport_new&service=passport_new"),
        (availability, "service=passport_new&from=zqx"),
        (availability, "service=passport_new&from=2026-12-02&to=2026-12-01"),
        (availability, "service=passport_new&from=2026-12-02&to=2027-12-01"),
        (availability, "service=passport_new&from=%2B262142-12-31"),
        (availability, "service=passport_new&from=-262143-01-01"),
        (availability, "service=passport_new&from=9999-12-31&to=9999-12-31"),
        ("/v1/requirements", ""),
        ("/v1/requirements", "office=uji"),
        ("/v1/requirements", "office=uji&service=passport_new&applicant=zqx"),
        ("/v1/requirements", "office=uji&service=passport_new&date=zqx"),
        ("/v1/me/bookings", "after=zqx"),
        ("/v1/me/bookings", "9zqx=1"),
    ] {
        let request = world.bare(Method::GET, &format!("{path}?{query}"));
        let request = request.bearer_auth(&world.person.token);
        refused(request, &[422], &format!("{path}?{query}")).await;
    }
    assert_eq!(world.items().await, before, "nothing was changed");
}

#[tokio::test]
async fn a_forged_ticket_is_no_ticket() {
    let world = World::start().await;
    let mine = format!("/v1/bookings/{}", world.code);
    let ticket = world.person.get(&world.app, &mine).await.text("ticket");
    let before = world.items().await;
    world.app.advance_to("2026-12-02T00:30:00Z");
    let other = TestApp::start().await;
    let other_person = Person::register(&other, 1).await;
    let foreign = other_person.book(&other, DATE, "09:00").await.text("ticket");
    let mut forged = vec![String::new(), "zqx".to_owned(), "Z".repeat(5_000), foreign];
    forged.push(ticket[..ticket.len() - 1].to_owned());
    for at in [0, ticket.len() / 4, ticket.len() / 2, ticket.len() - 2] {
        let mut changed = ticket.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(changed).unwrap());
    }
    let staff = world.app.staff("uji", &["desk"]).await;
    let scan = |ticket: &str| {
        let request = world.bare(Method::POST, "/v1/check-ins").bearer_auth(&staff);
        request.json(&json!({"ticket": ticket}))
    };
    for text in &forged {
        let problem = refused(scan(text), &[422], text).await;
        assert_eq!(problem["code"], "bad_ticket", "{text}");
    }
    assert_eq!(world.items().await, before, "nothing was changed");
    assert_eq!(scan(&ticket).send().await.unwrap().status(), 200, "the real one is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_no_body_refuses_one_that_says_something() {
    let world = World::start().await;
    let before = world.items().await;
    let large = format!("{{{}}}", " ".repeat(64 * 1024));
    let bodies: [(&[u8], u16); 7] = [
        (b"{\"unknown\":\"zqx\"}", 422),
        (b"[]", 422),
        (b"null", 422),
        (b"{", 400),
        (b"zqx", 400),
        (b"\xff\xfe", 400),
        (large.as_bytes(), 413),
    ];
    let path = |action: &str| format!("/v1/bookings/{}/{action}", world.code);
    for action in ["confirm", "cancel"] {
        let request = || {
            let request = world.bare(Method::POST, &path(action)).bearer_auth(&world.person.token);
            request.header("content-type", "application/json")
        };
        for (body, status) in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
            refused(request().body(body.to_vec()), &[status], &format!("{action} {shown}")).await;
        }
        let wrong_key = request().header("idempotency-key", "two words");
        refused(wrong_key, &[422], action).await;
        let request = world.bare(Method::POST, &path(action)).bearer_auth(&world.person.token);
        let form = request.header("content-type", "text/plain").body("zqx");
        refused(form, &[415], action).await;
    }
    assert_eq!(world.items().await, before, "nothing was changed");
    for action in ["confirm", "cancel"] {
        for body in ["", "{}", " {} "] {
            let request = world.bare(Method::POST, &path(action)).bearer_auth(&world.person.token);
            let taken = request.body(body).send().await.unwrap();
            assert_eq!(taken.status(), 200, "{action} {body:?}");
        }
    }
}
