//! The people of an account, corrected or removed.

use chrono::{DateTime, NaiveDate, Utc};

use super::person_fields::{birth_date, name, nik, regency, today, wrong_category};
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::account::{Applicant, PersonDetails};
use crate::domain::field::FieldError;
use crate::domain::ids::{AccountId, ApplicantId};
use crate::domain::person::Category;
use crate::domain::personal::{Nik, PersonName};
use crate::domain::reason::Reason;
use crate::ledger::{CorrectionRefused, Ledger};
use crate::storage::{Attempt, CONTENTION, compare_and_set};

/// What somebody wants to be otherwise, as they typed it. Absent: it stays.
#[derive(Clone, Default)]
pub struct CorrectionForm<'a> {
    pub name: Option<&'a str>,
    pub nik: Option<&'a str>,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<&'a str>,
    pub ktp_regency: Option<&'a str>,
    pub category: Option<Category>,
}

impl std::fmt::Debug for CorrectionForm<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CorrectionForm(…)")
    }
}

/// What is to be otherwise.
#[derive(Clone, Default)]
pub struct Changes {
    name: Option<PersonName>,
    nik: Option<Nik>,
    birth_date: Option<NaiveDate>,
    ktp_regency: Option<String>,
    category: Option<Category>,
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Changes(…)")
    }
}

impl CorrectionForm<'_> {
    /// The changes, or every field that does not fit.
    ///
    /// # Errors
    /// The fields: a refusal, not a fault.
    pub fn parse(&self, now: DateTime<Utc>) -> Result<Changes, Vec<FieldError>> {
        let mut errors = Vec::new();
        let today = today(now);
        let changes = Changes {
            name: taken(self.name.map(name), &mut errors),
            nik: taken(self.nik.map(nik), &mut errors),
            birth_date: taken(self.birth_date.map(|text| birth_date(text, today)), &mut errors),
            ktp_regency: taken(self.ktp_regency.map(regency), &mut errors),
            category: self.category,
        };
        if errors.is_empty() { Ok(changes) } else { Err(errors) }
    }
}

fn taken<T>(read: Option<Result<T, FieldError>>, errors: &mut Vec<FieldError>) -> Option<T> {
    read.transpose().unwrap_or_else(|error| {
        errors.push(error);
        None
    })
}

impl Changes {
    /// The person with these changes. Whoever has grown out of a category keeps it until somebody says
    /// something of it or of the birth date.
    fn of(&self, before: &PersonDetails, today: NaiveDate) -> Result<PersonDetails, FieldError> {
        let after = PersonDetails {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            nik: self.nik.clone().or_else(|| before.nik.clone()),
            birth_date: self.birth_date.unwrap_or(before.birth_date),
            ktp_regency: self.ktp_regency.clone().or_else(|| before.ktp_regency.clone()),
            category: self.category.unwrap_or(before.category),
        };
        let is_said = self.category.is_some() || self.birth_date.is_some();
        let fits = after.category.fits(after.birth_date, today);
        if is_said && !fits { Err(wrong_category()) } else { Ok(after) }
    }
}

/// Why a person is not corrected or not removed.
#[derive(Debug, Clone)]
pub enum CorrectRefusal {
    /// The account has no such person.
    Unknown,
    /// Another person of the account has this NIK.
    Known,
    /// It does not fit what is known of the person.
    Field(FieldError),
    /// Their booking, another account or a limit stands in the way.
    Refused(CorrectionRefused),
}

impl CorrectRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unknown => Reason::NotFound,
            Self::Known => Reason::PersonKnown,
            Self::Field(_) => Reason::InvalidRequest,
            Self::Refused(why) => why.reason(),
        }
    }
}

type Try<T> = Result<Attempt<(), Result<T, CorrectRefusal>>, LedgerError>;

/// Corrects a person of an account.
///
/// # Errors
/// If the table does not answer, or the person is changed again and again.
pub async fn correct(
    app: &App,
    account: &AccountId,
    id: &ApplicantId,
    changes: &Changes,
) -> Outcome<Applicant, CorrectRefusal> {
    correct_in(app, &app.ledger, (account, id), changes).await
}

/// The same in a ledger that knows who asks.
pub(super) async fn correct_in(
    app: &App,
    ledger: &Ledger,
    whose: (&AccountId, &ApplicantId),
    changes: &Changes,
) -> Outcome<Applicant, CorrectRefusal> {
    let today = today(app.clock.now());
    let after = |before: &PersonDetails| changes.of(before, today);
    compare_and_set(CONTENTION, (), |()| try_correct(app, ledger, whose, &after)).await
}

/// Corrects a person as they were told once more, if that is otherwise.
pub(super) async fn retell(
    app: &App,
    account: &AccountId,
    known: &Applicant,
    again: &PersonDetails,
) -> Outcome<Applicant, CorrectRefusal> {
    if known.details.retold(again) == known.details {
        return Ok(Ok(known.clone()));
    }
    let after = |before: &PersonDetails| Ok(before.retold(again));
    let whose = (account, &known.id);
    compare_and_set(CONTENTION, (), |()| try_correct(app, &app.ledger, whose, &after)).await
}

async fn try_correct(
    app: &App,
    ledger: &Ledger,
    (account, id): (&AccountId, &ApplicantId),
    corrected: &(dyn Fn(&PersonDetails) -> Result<PersonDetails, FieldError> + Sync),
) -> Try<Applicant> {
    let store = ledger.store();
    let people = store.applicants(account).await?;
    let Some(before) = people.iter().find(|person| person.id == *id) else {
        return Ok(Attempt::Done(Err(CorrectRefusal::Unknown)));
    };
    let details = match corrected(&before.details) {
        Ok(details) if details == before.details => return Ok(Attempt::Done(Ok(before.clone()))),
        Ok(details) => details,
        Err(error) => return Ok(Attempt::Done(Err(CorrectRefusal::Field(error)))),
    };
    let person = store.person_hash(account, &details);
    if people.iter().any(|other| other.id != *id && other.person == person) {
        return Ok(Attempt::Done(Err(CorrectRefusal::Known)));
    }
    let after = Applicant { id: id.clone(), person, details };
    let tried = ledger.try_correct(account, before, &after, app.clock.now()).await?;
    Ok(done(tried, after))
}

/// Removes a person from an account.
///
/// # Errors
/// If the table does not answer, or the person is changed again and again.
pub async fn remove(
    app: &App,
    account: &AccountId,
    id: &ApplicantId,
) -> Outcome<(), CorrectRefusal> {
    compare_and_set(CONTENTION, (), |()| try_remove(app, account, id)).await
}

async fn try_remove(app: &App, account: &AccountId, id: &ApplicantId) -> Try<()> {
    let Some(person) = app.ledger.store().applicant(account, id).await? else {
        return Ok(Attempt::Done(Err(CorrectRefusal::Unknown)));
    };
    let tried = app.ledger.try_remove(account, &person, app.clock.now()).await?;
    Ok(done(tried, ()))
}

fn done<T>(
    tried: Attempt<(), Result<(), CorrectionRefused>>,
    made: T,
) -> Attempt<(), Result<T, CorrectRefusal>> {
    match tried {
        Attempt::Conflict(()) => Attempt::Conflict(()),
        Attempt::Done(Ok(())) => Attempt::Done(Ok(made)),
        Attempt::Done(Err(refusal)) => Attempt::Done(Err(CorrectRefusal::Refused(refusal))),
    }
}
