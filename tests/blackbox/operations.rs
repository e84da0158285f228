//! The operations of the API's description, and a system on which each can be tried.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::offices;
use antrian_tests::person::{hold_body, nik};
use antrian_tests::{Person, Recorder, TestApp};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::registration::begin;

/// An operation of the API's description.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `session`, `staff` or nothing.
    pub(crate) security: Option<String>,
    /// What staff need for it.
    pub(crate) scope: Option<String>,
    /// Schema of the body, if it takes one.
    pub(crate) body: Option<Value>,
}

/// All operations.
pub(crate) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, details) in methods.as_object().unwrap() {
            let reference =
                &details["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let schema = reference.as_str().map(|name| name.rsplit('/').next().unwrap());
            let security = details["security"][0].as_object();
            all.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                security: security.map(|named| named.keys().next().unwrap().clone()),
                scope: details["security"][0]["staff"][0].as_str().map(str::to_owned),
                body: schema.map(|name| document["components"]["schemas"][name].clone()),
            });
        }
    }
    assert!(all.len() >= 28, "the description was read: {}", all.len());
    all
}

/// A system with a confirmed booking, and everybody who may ask.
pub(crate) struct World {
    pub(crate) app: TestApp,
    recorder: Arc<Recorder>,
    pub(crate) person: Person,
    pub(crate) stranger: Person,
    staff: String,
    pub(crate) code: String,
    pub(crate) registration: Value,
}

impl World {
    pub(crate) async fn start() -> Self {
        let (app, recorder) = Recorder::start().await;
        let person = Person::register(&app, 1).await;
        let stranger = Person::register(&app, 2).await;
        let code = person.book(&app, DATE, "09:00").await.text("code");
        let registration = begin(&app).await;
        let staff = app.staff("uji", &["desk", "admin"]).await;
        Self { app, recorder, person, stranger, staff, code, registration }
    }

    /// The address of an operation, about what there is.
    pub(crate) fn path(&self, operation: &Operation) -> String {
        let path = operation.path.replace("{office}", "uji").replace("{code}", &self.code);
        let path =
            path.replace("{step}", "serve").replace("{date}", DATE).replace("{slot}", "09:00");
        let path = path.replace("{subject}", "another-clerk");
        let path = path.replace("{counter}", "1").replace("{number}", "A-001");
        let path = path.replace("{revision}", "1");
        let path = path.replace("{session}", "0123456789abcdef").replace("{applicant}", "p1");
        path.replace("{id}", self.registration["id"].as_str().unwrap())
    }

    /// The token that an operation asks for.
    pub(crate) fn token(&self, operation: &Operation) -> Option<&str> {
        match operation.security.as_deref() {
            Some("session") => Some(&self.person.token),
            Some("staff") => Some(&self.staff),
            _ => None,
        }
    }

    /// A request of an operation with the right token.
    pub(crate) fn request(&self, operation: &Operation) -> RequestBuilder {
        let request = self.bare(operation.method.clone(), &self.path(operation));
        match self.token(operation) {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.app.http.request(method, format!("{}{path}", self.app.stack.base_url))
    }

    /// A body that the operation would take.
    pub(crate) fn good_body(&self, operation: &Operation) -> Value {
        let secret = &self.registration["secret"];
        match operation.path.rsplit('/').next().unwrap() {
            "me" => json!({"reminders": true}),
            "bookings" => hold_body(DATE, "10:00"),
            "group-bookings" => {
                json!({"applicant_ids": ["p1"], "office": offices::OFFICE, "service": offices::SERVICE,
                "date": DATE, "slot": "10:00"})
            }
            "reschedule" => json!({"date": DATE, "slot": "10:00"}),
            "check-ins" => json!({"code": self.code}),
            "batch" => {
                let at = self.app.now().to_rfc3339();
                let scan = json!({"id": "1", "code": self.code, "scanned_at": at});
                json!({"scanner": "gate-1", "sent_at": at, "scans": [scan]})
            }
            "priority" => json!({"priority": true}),
            "documents" => json!({"decision": "incomplete", "missing": ["kk"],
                "deadline": "2026-12-02T07:00:00Z"}),
            "walk-ins" => json!({"service": "passport_new", "name": "Contoh", "nik": nik(8),
                "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"}),
            "person-releases" => json!({"nik": nik(1)}),
            "call" | "{step}" => json!({"counter": "1"}),
            "transfer" => json!({"counter": "1", "to_counter": "2"}),
            "bring-back" => json!({"number": "A-001"}),
            "{counter}" => json!({"open": true}),
            "applicants" => json!({"name": "Contoh", "nik": nik(9), "birth_date": "1990-01-01",
                "ktp_regency": "Kota Makassar"}),
            "registrations" => json!({"locale": "id"}),
            "otp" => json!({"phone": "6280000000009"}),
            "token" => json!({"secret": secret}),
            "verify" => json!({"secret": secret, "otp": "123456"}),
            "{office}" => serde_json::to_value(offices::office(2)).unwrap(),
            "{applicant}" => json!({"ktp_regency": "Kota Contoh"}),
            "cancel" => json!({"reason": "asked"}),
            "calendar" => json!({"exceptions": {}}),
            "{subject}" => json!({"denial_reason": "left"}),
            "preview" | "closures" => json!({"from": "2026-12-10", "to": "2026-12-10",
                "reason": {"id": "Pemadaman listrik", "en": "Power cut"}}),
            "releases" => json!({"from": "2027-01-11", "to": "2027-01-12"}),
            "{slot}" => json!({"service": "passport_new", "quota": 3}),
            other => panic!("a body for `{other}` is missing here"),
        }
    }

    /// Everything in the table, to be compared.
    pub(crate) async fn items(&self) -> Vec<String> {
        let items = self.recorder.items().await;
        let mut items: Vec<_> = items.iter().map(ToString::to_string).collect();
        items.sort();
        items
    }
}
