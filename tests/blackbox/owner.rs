//! Numbers come to other people: who uses one after a long silence, or from another WhatsApp, is asked for
//! something that the account's owner knows; and if they do not know it, an account of their own begins.

mod broken;
mod chat;
mod web;

use antrian_tests::app::Setup;
use antrian_tests::person::nik;
use antrian_tests::{Answer, Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, exchange, path, proof};
use crate::webhooks::{deliver, message};

/// The phone of a test, with the id that WhatsApp gives it.
struct Handset<'a> {
    app: &'a TestApp,
    from: Value,
    /// Names its messages.
    name: &'static str,
    said: u32,
}

impl<'a> Handset<'a> {
    fn new(app: &'a TestApp, name: &'static str, phone: &str, scoped: Option<&str>) -> Self {
        let from = match scoped {
            Some(id) => json!({"from": phone, "from_user_id": id}),
            None => json!({"from": phone}),
        };
        Self { app, from, name, said: 0 }
    }

    /// Writes; what is answered.
    async fn say(&mut self, text: &str) -> String {
        self.said += 1;
        let id = format!("wamid.{}.{}", self.name, self.said);
        assert_eq!(deliver(self.app, &[message(&id, self.from.clone(), text)]).await, 200);
        self.read().await
    }

    /// Taps a button.
    async fn tap(&mut self, choice: &str) -> String {
        self.said += 1;
        let id = format!("wamid.{}.{}", self.name, self.said);
        let mut tapped = message(&id, self.from.clone(), "");
        tapped["type"] = "interactive".into();
        let reply = json!({"id": choice, "title": "…"});
        tapped["interactive"] = json!({"type": "button_reply", "button_reply": reply});
        assert_eq!(deliver(self.app, &[tapped]).await, 200);
        self.read().await
    }

    /// What has come since, to this number or id.
    async fn read(&self) -> String {
        let before = self.app.stack.graph.sent().len();
        self.app.drain().await;
        let sent = self.app.stack.graph.sent();
        sent[before..].iter().map(|kept| kept.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Signs in on the web by the chat; the session's account.
    async fn signs_in(&mut self) -> Answer {
        self.said += 1;
        let id = format!("wamid.{}.{}", self.name, self.said);
        let begun = begin(self.app).await;
        assert_eq!(deliver(self.app, &proof(&id, &self.from, &begun)).await, 200);
        exchange(self.app, &begun).await
    }
}

/// Whether it is asked whose the account is, and how many tries are left.
fn asks(answer: &str, left: u32) -> bool {
    answer.contains("8 angka terakhir NIK") && answer.contains(&format!("Sisa kesempatan: {left}."))
}

/// The last eight digits of the NIK of this person.
fn digits(number: u32) -> String {
    nik(number)[8..].to_owned()
}

/// A system where an account rests after a day.
async fn rests_after_a_day() -> TestApp {
    let settings = [("ANTRIAN_ACCOUNT_REST_DAYS".to_owned(), "1".to_owned())].into();
    TestApp::start_with(Setup { settings, ..Setup::default() }).await
}

const DAY: i64 = 24 * 3_600;

/// Asks for a one-time code and reads it.
async fn code_for(app: &TestApp, begun: &Value, phone: &str) -> String {
    let asked = app.post(&path(begun, "otp"), json!({"phone": phone})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    app.drain().await;
    let text = app.stack.graph.sent().last().unwrap().text.clone();
    let mut runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    runs.next().unwrap().to_owned()
}

/// A registration with its one-time code.
struct Coded<'a> {
    app: &'a TestApp,
    begun: Value,
    otp: String,
}

impl<'a> Coded<'a> {
    async fn new(app: &'a TestApp, phone: &str) -> Self {
        let begun = begin(app).await;
        let otp = code_for(app, &begun, phone).await;
        Self { app, begun, otp }
    }

    /// Verifies, with what else is said.
    async fn verify(&self, more: Value) -> Answer {
        let mut body = json!({"secret": self.begun["secret"], "otp": self.otp});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.post(&path(&self.begun, "verify"), body).await
    }

    async fn with_digits(&self, digits: &str) -> Answer {
        self.verify(json!({"nik_last_digits": digits})).await
    }
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.call(Method::GET, "/v1/me", Some(token), None).await
}

/// The account of a session.
async fn account_of(app: &TestApp, person: &Person) -> String {
    let me = person.get(app, "/v1/me").await;
    assert_eq!(me.status, 200, "{me:?}");
    person.token.split('.').next().unwrap().to_owned()
}
