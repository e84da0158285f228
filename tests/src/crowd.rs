//! Many people at once: accounts made straight in the table, without registering each.

use antrian::domain::account::PersonDetails;
use antrian::domain::device::Device;
use antrian::domain::ids::AccountId;
use antrian::domain::language::Locale;
use antrian::domain::person::{Category, Contacts};
use antrian::security::tokens;
use antrian::storage::Session;
use chrono::TimeDelta;

use crate::app::TestApp;
use crate::person::{Person, nik};

/// An account with the person `p1` of NIK `number`, signed in.
///
/// # Panics
/// If that does not work.
pub async fn enrol(app: &TestApp, number: u32) -> Person {
    enrol_as(app, number, number).await
}

/// An account of its own with the person `p1` whose NIK is `same_nik`, signed in.
///
/// # Panics
/// If that does not work.
#[expect(clippy::unwrap_used, reason = "a test's own data")]
pub async fn enrol_as(app: &TestApp, number: u32, same_nik: u32) -> Person {
    let store = app.stack.app.ledger.store();
    let phone = format!("62800{number:07}");
    let contacts = Contacts { phone: Some(phone.parse().unwrap()), scoped: None };
    let account = store.account_of_contacts(&contacts, Locale::Id, app.now()).await.unwrap();
    store.note_inbound(&account, app.now()).await.unwrap();
    let applicant = PersonDetails {
        name: format!("Contoh {number}").parse().unwrap(),
        nik: Some(nik(same_nik).parse().unwrap()),
        birth_date: "1990-01-01".parse().unwrap(),
        ktp_regency: Some("Kota Makassar".to_owned()),
        category: Category::General,
    };
    store.add_applicant(&account, &applicant, None, app.now()).await.unwrap();
    Person { token: sign_in(app, account).await, phone }
}

#[expect(clippy::unwrap_used, reason = "a test's own data")]
async fn sign_in(app: &TestApp, account: AccountId) -> String {
    let token = format!("{account}.{}", tokens::random_secret());
    let session = Session {
        account,
        locale: Locale::Id,
        expires_at: app.now() + TimeDelta::days(60),
        opened_at: app.now(),
        device: Device::default(),
    };
    let registration = tokens::random_id("r").parse().unwrap();
    let hash = app.stack.app.keyring.token_hash(&token);
    assert!(
        app.stack.app.ledger.store().open_session(&registration, &session, &hash).await.unwrap()
    );
    token
}
