//! Adding a person to an account.

use chrono::{DateTime, NaiveDate, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::fair_use;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::{Outcome, Write};
use super::values::{seconds, text};
use super::{Store, keys};
use crate::domain::account::{Applicant, MAX_APPLICANTS, PersonDetails};
use crate::domain::ids::{AccountId, ApplicantId};

/// What became of adding a person.
#[derive(Debug)]
pub enum ApplicantAdded {
    /// The person is in the account: added now, or there before.
    Kept(Box<Applicant>),
    /// The account has five people already.
    Full,
    /// As many people as one may add in a day were added: whoever adds more is looking for somebody.
    TooMany,
}

type Try = Result<Attempt<Option<Vec<Applicant>>, ApplicantAdded>, StoreError>;

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
        compare_and_set(CONTENTION, known, attempt).await
    }

    async fn try_add(
        &self,
        account: &AccountId,
        new: &PersonDetails,
        known: Option<Vec<Applicant>>,
        now: DateTime<Utc>,
    ) -> Try {
        let known = match known {
            Some(known) => known,
            None => self.applicants(account).await?,
        };
        let person = match &new.nik {
            Some(nik) => self.keyring().person(nik),
            None => self.keyring().person_without_nik(account, &new.name, new.birth_date),
        };
        let is_same = |of: &&Applicant| of.person == person || of.details.may_be(new);
        if let Some(same) = known.iter().find(is_same) {
            let same = self.with_nik(account, same, (person, new), now).await?;
            return Ok(Attempt::Done(ApplicantAdded::Kept(Box::new(same))));
        }
        let Some(id) = free_id(&known)? else { return Ok(Attempt::Done(ApplicantAdded::Full)) };
        let added = Applicant { id, person, details: new.clone() };
        self.put_applicant(account, added, now).await
    }

    async fn put_applicant(
        &self,
        account: &AccountId,
        added: Applicant,
        now: DateTime<Utc>,
    ) -> Try {
        let item = self.applicant_item(account, &added)?;
        let put = Write::Put(item, Some(super::days::absent()));
        let count = fair_use::count_person(account, today(now));
        match self.transact(vec![put, count]).await? {
            Outcome::Applied => Ok(Attempt::Done(ApplicantAdded::Kept(Box::new(added)))),
            Outcome::Refused(old) => match old.into_iter().nth(1).flatten() {
                // Somebody else has the id by now.
                None => Ok(Attempt::Conflict(None)),
                Some(profile) if profile.is_empty() => {
                    Err(StoreError::not_applied("the account is being erased"))
                }
                Some(_) => Ok(Attempt::Done(ApplicantAdded::TooMany)),
            },
        }
    }

    /// A person who told no NIK before, with the NIK that was told now; as before while a booking lives
    /// that was made without it, or with the NIK the person could book a second time.
    async fn with_nik(
        &self,
        account: &AccountId,
        same: &Applicant,
        (person, new): (String, &PersonDetails),
        now: DateTime<Utc>,
    ) -> Result<Applicant, StoreError> {
        if same.details.nik.is_some() || new.nik.is_none() {
            return Ok(same.clone());
        }
        let after = Applicant { person, details: new.clone(), ..same.clone() };
        let unchanged = Expression::new("#person = :before").with(":before", text(&same.person));
        let put = Write::Put(self.applicant_item(account, &after)?, Some(unchanged));
        let free = Expression::new("attribute_not_exists(#free_at) OR #free_at <= :now");
        let free = Write::Check(keys::person(&same.person), free.with(":now", seconds(now)));
        let applied = self.transact(vec![put, free]).await?.applied();
        Ok(if applied { after } else { same.clone() })
    }
}

/// The first of the account's ids that nobody has.
fn free_id(known: &[Applicant]) -> Result<Option<ApplicantId>, StoreError> {
    for number in 1..=MAX_APPLICANTS {
        let id: ApplicantId =
            format!("p{number}").parse().map_err(|_| StoreError::corrupt("applicant"))?;
        if known.iter().all(|person| person.id != id) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The date in the zone where most people live: an account belongs to no office.
fn today(now: DateTime<Utc>) -> NaiveDate {
    crate::domain::time::local_date(now, chrono_tz::Asia::Jakarta)
}
