//! The API as its clients see it: one form of instants, faults that are named, answers that need not be sent
//! twice, and who may ask from a browser.

use antrian_tests::app::DATE;
use antrian_tests::offices::OFFICE;
use antrian_tests::{Person, TestApp};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, IF_NONE_MATCH, ORIGIN, VARY,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::registration::begin;
use crate::steps::wrong_fields;

fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 15 && bytes[10] == b'T' && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// Every text of an answer that is a time of day on a date.
fn instants(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if is_instant(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| instants(one, found)),
        Value::Object(all) => all.values().for_each(|one| instants(one, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_instant_has_one_form() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let head = app.staff("*", &["admin"]).await;
    let denied = json!({"denial_reason": "left"});
    let path = "/v1/staff/denials/clerk-1";
    app.call(Method::PUT, path, Some(&head), Some(denied)).await;
    let booking = format!("/v1/offices/{OFFICE}/bookings/{code}");
    let answers = [
        person.get(&app, "/v1/me").await.body,
        person.get(&app, "/v1/me/export").await.body,
        person.get(&app, "/v1/me/sessions").await.body,
        person.get(&app, &format!("/v1/bookings/{code}")).await.body,
        person.post(&app, "/v1/me/applicants/p1/claim", json!({})).await.body,
        app.call(Method::GET, &booking, Some(&clerk), None).await.body,
        app.call(Method::GET, "/v1/staff/denials", Some(&head), None).await.body,
        app.get(&format!("/v1/offices/{OFFICE}")).await.body,
        begin(&app).await,
    ];
    let mut found = Vec::new();
    for answer in &answers {
        let before = found.len();
        instants(answer, &mut found);
        assert!(found.len() > before, "no instant in {answer}");
    }
    for text in &found {
        let bytes = text.as_bytes();
        let is_so = bytes.len() == 25 && bytes[19] == b'+' && text.ends_with(":00");
        assert!(is_so, "{text} of {found:?}");
    }
}

#[tokio::test]
async fn a_fault_in_a_query_names_its_parameter_and_says_what_it_is() {
    let app = TestApp::start().await;
    let path = format!("/v1/offices/{OFFICE}/availability");
    for (query, field, says) in [
        ("", "service", "required"),
        ("?service=passport_new&from=tomorrow", "from", "a date like 2026-12-31"),
        ("?service=passport_new&to=2026-13-01", "to", "a date like 2026-12-31"),
        ("?service=PASSPORT", "service", "does not fit"),
        ("?service=passport_new&service=passport_new", "service", "more than once"),
        ("?service=passport_new&until=2026-12-01", "until", "not known"),
        ("?service=passport_new&9971014501909001=1", "query", "not known"),
    ] {
        let answer = app.get(&format!("{path}{query}")).await;
        assert_eq!(wrong_fields(&answer), [field], "{query}");
        let said = answer.body["errors"][0]["detail_en"].as_str().unwrap();
        assert!(said.contains(says), "{query}: {said}");
    }
}

async fn ask(
    app: &TestApp,
    path: &str,
    headers: &[(reqwest::header::HeaderName, &str)],
) -> Response {
    let url = format!("{}{path}", app.stack.base_url);
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
    app.http.get(url).headers(headers).send().await.unwrap()
}

fn header(answer: &Response, name: reqwest::header::HeaderName) -> String {
    let value = answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    value.unwrap_or_default()
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let app = TestApp::start().await;
    let availability = format!("/v1/offices/{OFFICE}/availability?service=passport_new");
    for path in ["/v1/offices", "/v1/openapi.json", &availability] {
        let first = ask(&app, path, &[]).await;
        let tag = header(&first, ETAG);
        assert!(first.status() == 200 && tag.len() == 18, "{path}: {tag}");
        let whole = first.bytes().await.unwrap();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let again = ask(&app, path, &[(IF_NONE_MATCH, &known)]).await;
            assert_eq!(
                (again.status().as_u16(), header(&again, ETAG)),
                (304, tag.clone()),
                "{path}"
            );
            assert!(!header(&again, reqwest::header::CACHE_CONTROL).is_empty());
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let other = ask(&app, path, &[(IF_NONE_MATCH, "\"0000000000000000\"")]).await;
        assert_eq!(other.bytes().await.unwrap(), whole);
    }
    let before = header(&ask(&app, &availability, &[]).await, ETAG);
    assert_eq!(Person::register(&app, 1).await.hold(&app, DATE, "09:00").await.status, 201);
    app.advance(2);
    let after = ask(&app, &availability, &[(IF_NONE_MATCH, &before)]).await;
    assert_eq!(after.status(), 200, "a seat less is another answer");
}

#[tokio::test]
async fn what_is_somebodys_own_has_no_tag() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let url = format!("{}/v1/me", app.stack.base_url);
    let own = app.http.get(url).bearer_auth(&person.token).header(ACCEPT_ENCODING, "gzip");
    let own = own.send().await.unwrap();
    assert_eq!((own.status().as_u16(), header(&own, ETAG)), (200, String::new()));
    assert_eq!(header(&own, CONTENT_ENCODING), "");
}

#[tokio::test]
async fn public_texts_are_compressed_for_whoever_takes_it() {
    let app = TestApp::start().await;
    let path = "/v1/openapi.json";
    let whole = ask(&app, path, &[]).await;
    assert_eq!(header(&whole, CONTENT_ENCODING), "");
    let tag = header(&whole, ETAG);
    let whole = whole.bytes().await.unwrap();
    let packed = ask(&app, path, &[(ACCEPT_ENCODING, "br, gzip")]).await;
    assert_eq!(header(&packed, CONTENT_ENCODING), "gzip");
    assert_eq!(header(&packed, ETAG), format!("W/{tag}"));
    assert!(header(&packed, VARY).contains("accept-encoding"));
    let packed = packed.bytes().await.unwrap();
    assert!(
        packed.starts_with(&[0x1f, 0x8b]) && packed.len() * 5 < whole.len(),
        "{}",
        packed.len()
    );
}

/// A page elsewhere asks its own server: a browser reads no answer of ours from another origin.
#[tokio::test]
async fn no_answer_allows_another_origin() {
    let app = TestApp::start().await;
    let elsewhere = "https://elsewhere.example";
    for path in ["/v1/offices", "/v1/me", "/", "/nowhere"] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = app.http.request(method, format!("{}{path}", app.stack.base_url));
            let request = request.header(ORIGIN, elsewhere);
            let request = request.header("access-control-request-method", "POST");
            let answer = request.send().await.unwrap();
            let allows =
                answer.headers().keys().any(|name| name.as_str().starts_with("access-control"));
            assert!(!allows, "{path}: {:?}", answer.headers());
        }
    }
}
