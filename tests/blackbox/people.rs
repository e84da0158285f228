//! The people of an account, corrected and removed: by the API and on pages, beside bookings that are on,
//! visits that were missed, and holds on their way.

mod correcting;
mod on_pages;
mod racing;
mod removing;

use antrian_tests::{Answer, Person, TestApp};
use reqwest::Method;
use serde_json::Value;

async fn correct(app: &TestApp, person: &Person, id: &str, body: Value) -> Answer {
    let path = format!("/v1/me/applicants/{id}");
    app.call(Method::PATCH, &path, Some(&person.token), Some(body)).await
}

async fn remove(app: &TestApp, person: &Person, id: &str) -> Answer {
    let path = format!("/v1/me/applicants/{id}");
    app.call(Method::DELETE, &path, Some(&person.token), None).await
}

/// Id and name of everybody in an account.
async fn people(app: &TestApp, person: &Person) -> Vec<(String, String)> {
    let list = person.get(app, "/v1/me/applicants").await;
    let list = list.body["applicants"].as_array().unwrap().clone();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    list.iter().map(|one| (text(one, "id"), text(one, "name"))).collect()
}

/// Refused with this status and code.
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{answer:?}");
}
