//! An applicant with an account, as a test plays them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::offices::{OFFICE, SERVICE};

/// A registered account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Session token.
    pub token: String,
    /// The number that was verified.
    pub phone: String,
}

/// A NIK that nobody has: a region that does not exist, sequence 9xxx.
#[must_use]
pub fn nik(number: u32) -> String {
    format!("99{:02}010101909{:03}", number / 1000 % 100, number % 1000)
}

impl Person {
    /// Registers through the API and a signed webhook, and adds the person `p1` with NIK `number`.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn register(app: &TestApp, number: u32) -> Self {
        let person = Self::register_only(app, number).await;
        let added = person.add(app, number).await;
        assert_eq!(added.status, 201, "{added:?}");
        person
    }

    /// Registers through the API and a signed webhook.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn register_only(app: &TestApp, number: u32) -> Self {
        let phone = format!("62800{number:07}");
        let begun = app.post("/v1/registrations", json!({"locale": "id"})).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        // The code is answered by a question: which number does the page show?
        for text in [begun.text("code"), begun.text("match_number")] {
            let sent = app.post("/local/whatsapp", json!({"from": phone, "text": text})).await;
            assert_eq!(sent.body["webhook_status"], 200, "{sent:?}");
        }
        app.listen().await;
        let path = format!("/v1/registrations/{}/token", begun.text("id"));
        let signed_in = app.post(&path, json!({"secret": begun.text("secret")})).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        Self { token: signed_in.text("token"), phone }
    }

    /// Adds a person with NIK `number` to the account.
    pub async fn add(&self, app: &TestApp, number: u32) -> Answer {
        let person = json!({"name": format!("Contoh {number}"), "nik": nik(number), "birth_date": "1990-01-01",
            "ktp_regency": "Kota Makassar"});
        self.post(app, "/v1/me/applicants", person).await
    }

    /// POST with the session.
    pub async fn post(&self, app: &TestApp, path: &str, body: Value) -> Answer {
        app.call(Method::POST, path, Some(&self.token), Some(body)).await
    }

    /// GET with the session.
    pub async fn get(&self, app: &TestApp, path: &str) -> Answer {
        app.call(Method::GET, path, Some(&self.token), None).await
    }

    /// Holds a seat for `p1` in a slot.
    pub async fn hold(&self, app: &TestApp, date: &str, slot: &str) -> Answer {
        self.post(app, "/v1/bookings", hold_body(date, slot)).await
    }

    /// Holds a seat for `p1` under an idempotency key.
    ///
    /// # Errors
    /// If the API does not answer.
    pub async fn hold_with_key(
        &self,
        app: &TestApp,
        date: &str,
        slot: &str,
        key: &str,
    ) -> anyhow::Result<Answer> {
        let headers = [("idempotency-key", key)];
        app.try_call(
            Method::POST,
            "/v1/bookings",
            Some(&self.token),
            &headers,
            Some(hold_body(date, slot)),
        )
        .await
    }

    /// Holds a seat for one of the account's people, `p1` to `p5`.
    pub async fn hold_for(&self, app: &TestApp, applicant: &str, date: &str, slot: &str) -> Answer {
        let mut body = hold_body(date, slot);
        body["applicant_id"] = applicant.into();
        self.post(app, "/v1/bookings", body).await
    }

    /// Confirms, cancels: what is done to a booking without more words.
    pub async fn act(&self, app: &TestApp, code: &str, action: &str) -> Answer {
        self.post(app, &format!("/v1/bookings/{code}/{action}"), json!({})).await
    }

    /// Moves a booking.
    pub async fn reschedule(&self, app: &TestApp, code: &str, date: &str, slot: &str) -> Answer {
        self.post(
            app,
            &format!("/v1/bookings/{code}/reschedule"),
            json!({"date": date, "slot": slot}),
        )
        .await
    }

    /// Holds and confirms; the confirmed booking.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn book(&self, app: &TestApp, date: &str, slot: &str) -> Answer {
        let held = self.hold(app, date, slot).await;
        assert_eq!(held.status, 201, "{held:?}");
        let confirmed = self.act(app, &held.text("code"), "confirm").await;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        confirmed
    }
}

/// The body of a hold for `p1` in a slot.
#[must_use]
pub fn hold_body(date: &str, slot: &str) -> Value {
    json!({"applicant_id": "p1", "office": OFFICE, "service": SERVICE, "date": date, "slot": slot})
}
