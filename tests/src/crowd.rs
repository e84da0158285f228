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
pub async fn enrol_as(app: &TestApp, number: u32, same_nik: u32) -> Person {
    let person = PersonDetails {
        name: somebody(number, Category::General).name,
        ..somebody(same_nik, Category::General)
    };
    enrol_family(app, number, &[person]).await
}

/// An account with the phone of `number` and up to five people, `p1` and on, signed in.
///
/// # Panics
/// If that does not work.
#[expect(clippy::unwrap_used, reason = "a test's own data")]
pub async fn enrol_family(app: &TestApp, number: u32, people: &[PersonDetails]) -> Person {
    let store = app.stack.app.ledger.store();
    let phone = format!("62800{number:07}");
    let contacts = Contacts { phone: Some(phone.parse().unwrap()), scoped: None };
    let account = store.account_of_contacts(&contacts, Locale::Id, app.now()).await.unwrap();
    store.note_inbound(&account, app.now()).await.unwrap();
    for person in people {
        store.add_applicant(&account, person, None, app.now()).await.unwrap();
    }
    Person { token: sign_in(app, account).await, phone }
}

/// `Contoh` with a number, old enough for their category.
///
/// # Panics
/// Never.
#[must_use]
#[expect(clippy::unwrap_used, reason = "a test's own data")]
pub fn somebody(number: u32, category: Category) -> PersonDetails {
    let birth_date = if category == Category::Elderly { "1950-01-01" } else { "1990-01-01" };
    PersonDetails {
        name: format!("Contoh {number}").parse().unwrap(),
        nik: Some(nik(number).parse().unwrap()),
        birth_date: birth_date.parse().unwrap(),
        ktp_regency: Some("Kota Makassar".to_owned()),
        category,
    }
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
