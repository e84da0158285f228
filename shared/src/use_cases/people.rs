//! The people that an account books for.

use chrono::{DateTime, Utc};

use super::corrections::{self, CorrectRefusal};
use super::person_fields::{birth_date, name, regency, today, wrong_category};
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::account::{Applicant, PersonDetails};
use crate::domain::field::FieldError;
use crate::domain::ids::AccountId;
use crate::domain::person::Category;
use crate::domain::reason::Reason;
use crate::domain::requirements::{
    Warning, birth_date_warning, nik_missing_warning, nik_unlikely_warning,
};
use crate::storage::ApplicantAdded;

pub use super::person_fields::nik;

/// A person as somebody typed them.
#[derive(Clone)]
pub struct PersonForm<'a> {
    /// As on the KTP.
    pub name: &'a str,
    /// 16 digits.
    pub nik: &'a str,
    /// `YYYY-MM-DD`.
    pub birth_date: &'a str,
    /// City or regency that issued the KTP.
    pub ktp_regency: &'a str,
    /// Entitlement to priority.
    pub category: Category,
}

impl std::fmt::Debug for PersonForm<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonForm(…)")
    }
}

/// Why a person is not added.
#[derive(Debug, Clone)]
pub enum AddRefusal {
    /// The account has as many people as it may have.
    Full,
    /// As many were added today as one may.
    TooMany,
    /// The person is in the account, and is not to be corrected now: as they are.
    NotCorrected(Box<Applicant>, CorrectRefusal),
}

impl AddRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Full => Reason::ApplicantsFull,
            Self::TooMany => Reason::TooManyPeople,
            Self::NotCorrected(_, why) => why.reason(),
        }
    }
}

impl PersonForm<'_> {
    /// The person, or every field that does not fit.
    ///
    /// # Errors
    /// The fields: a refusal, not a fault.
    pub fn parse(&self, now: DateTime<Utc>) -> Result<PersonDetails, Vec<FieldError>> {
        let today = today(now);
        let birth_date = birth_date(self.birth_date, today);
        let category = match &birth_date {
            Ok(birth) if !self.category.fits(*birth, today) => Err(wrong_category()),
            _ => Ok(self.category),
        };
        match (name(self.name), nik(self.nik), birth_date, regency(self.ktp_regency), category) {
            (Ok(name), Ok(nik), Ok(birth_date), Ok(ktp_regency), Ok(category)) => {
                Ok(PersonDetails {
                    name,
                    nik: Some(nik),
                    birth_date,
                    ktp_regency: Some(ktp_regency),
                    category,
                })
            }
            (name, nik, birth_date, regency, category) => {
                let errors =
                    [name.err(), nik.err(), birth_date.err(), regency.err(), category.err()];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }
}

/// Adds a person to an account. The same NIK again is the same person, corrected as they are told now;
/// so is the same name and birth date, if one of the two was told without a NIK. `known`: the account's
/// people, if they were read.
pub async fn add(
    app: &App,
    account: &AccountId,
    person: &PersonDetails,
    known: Option<&[Applicant]>,
) -> Outcome<Applicant, AddRefusal> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let added = store.add_applicant(account, person, known, now).await;
    match added.map_err(LedgerError::from)? {
        ApplicantAdded::Added(applicant) => Ok(Ok(*applicant)),
        ApplicantAdded::Full => Ok(Err(AddRefusal::Full)),
        ApplicantAdded::TooMany => Ok(Err(AddRefusal::TooMany)),
        ApplicantAdded::Known(as_told) => {
            let corrected = corrections::retell(app, account, &as_told, person).await?;
            Ok(corrected.map_err(|why| AddRefusal::NotCorrected(as_told, why)))
        }
    }
}

/// What a person should know about what they told of themselves.
pub fn warnings(person: &PersonDetails) -> Vec<Warning> {
    let differs = person.birth_date_differs().then(birth_date_warning);
    let missing = person.nik.is_none().then(nik_missing_warning);
    let unlikely = person.nik.as_ref().is_some_and(|nik| !nik.is_likely());
    let unlikely = unlikely.then(nik_unlikely_warning);
    differs.into_iter().chain(missing).chain(unlikely).collect()
}
