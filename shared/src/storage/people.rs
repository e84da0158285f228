//! Adding a person to an account.
//!
//! No id is given twice, or a booking of somebody who was removed would show somebody else's name. The
//! account's profile keeps the number of the last one; it is compared and written in the transaction that
//! adds a person. An account that a release before this one has made has no such number, and nobody who
//! was removed.

use chrono::{DateTime, NaiveDate, Utc};

use super::Store;
use super::error::StoreError;
use super::fair_use;
use super::fair_use::PEOPLE;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::{Outcome, Write};
use super::values::integer_of;
use crate::domain::account::{Applicant, MAX_APPLICANTS, PersonDetails};
use crate::domain::ids::{AccountId, ApplicantId};

/// What became of adding a person.
#[derive(Debug)]
pub enum ApplicantAdded {
    /// The person is in the account now.
    Added(Box<Applicant>),
    /// The person is in the account already, as they were told then.
    Known(Box<Applicant>),
    /// The account has five people already.
    Full,
    /// As many people as one may add in a day were added: whoever adds more is looking for somebody.
    TooMany,
}

/// What is known at a try: the account's people, and the number of the last id that was given.
type Known = (Option<Vec<Applicant>>, u32);

type Try = Result<Attempt<Known, ApplicantAdded>, StoreError>;

impl Store {
    /// Adds a person to an account. The same NIK again is the same person; so is the same name and birth
    /// date, if one of the two was told without a NIK. `known`: the account's people, if they were read.
    ///
    /// # Errors
    /// If the table does not answer, or the account is being erased.
    pub async fn add_applicant(
        &self,
        account: &AccountId,
        new: &PersonDetails,
        known: Option<&[Applicant]>,
        now: DateTime<Utc>,
    ) -> Result<ApplicantAdded, StoreError> {
        let known = known.map(<[Applicant]>::to_vec);
        let attempt = |known| self.try_add(account, new, known, now);
        compare_and_set(CONTENTION, (known, 0), attempt).await
    }

    async fn try_add(
        &self,
        account: &AccountId,
        new: &PersonDetails,
        (known, last): Known,
        now: DateTime<Utc>,
    ) -> Try {
        let known = match known {
            Some(known) => known,
            None => self.applicants(account).await?,
        };
        let person = self.person_hash(account, new);
        let is_same = |of: &&Applicant| of.person == person || of.details.may_be(new);
        if let Some(same) = known.iter().find(is_same) {
            return Ok(Attempt::Done(ApplicantAdded::Known(Box::new(same.clone()))));
        }
        if known.len() >= MAX_APPLICANTS {
            return Ok(Attempt::Done(ApplicantAdded::Full));
        }
        let id = ApplicantId::numbered(last_number(&known).max(last) + 1);
        let added = Applicant { id, person, details: new.clone() };
        self.put_applicant(account, added, now).await
    }

    /// The keyed hash of a person: of their NIK, or else of what is known instead.
    pub(crate) fn person_hash(&self, account: &AccountId, of: &PersonDetails) -> String {
        match &of.nik {
            Some(nik) => self.keyring().person(nik),
            None => self.keyring().person_without_nik(account, &of.name, of.birth_date),
        }
    }

    async fn put_applicant(
        &self,
        account: &AccountId,
        added: Applicant,
        now: DateTime<Utc>,
    ) -> Try {
        let item = self.applicant_item(account, &added)?;
        let put = Write::Put(item, Some(super::days::absent()));
        let number = added.id.number();
        let count = fair_use::count_new_person(account, number, today(now));
        match self.transact(vec![put, count]).await? {
            Outcome::Applied => Ok(Attempt::Done(ApplicantAdded::Added(Box::new(added)))),
            Outcome::Refused(old) => match old.into_iter().nth(1).flatten() {
                // Somebody else has the id by now.
                None => Ok(Attempt::Conflict((None, 0))),
                Some(profile) if profile.is_empty() => {
                    Err(StoreError::not_applied("the account is being erased"))
                }
                Some(profile) => match integer_of(&profile, PEOPLE) {
                    // The id was somebody's who was removed.
                    Some(last) if last >= number => Ok(Attempt::Conflict((None, last))),
                    _ => Ok(Attempt::Done(ApplicantAdded::TooMany)),
                },
            },
        }
    }
}

/// The number of the last id among these people.
pub(super) fn last_number(people: &[Applicant]) -> u32 {
    people.iter().map(|person| person.id.number()).max().unwrap_or(0)
}

/// The date in the zone where most people live: an account belongs to no office.
pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
    crate::domain::time::local_date(now, chrono_tz::Asia::Jakarta)
}
