//! Correcting and removing the people of an account.
//!
//! Each is one transaction over the person, their uniqueness guard and, if their NIK is corrected while
//! they have a booking that is on, that booking and the guard under the NIK as it is now. A hold checks
//! the person in its own transaction: so nobody is booked for who was removed, and no booking that is on
//! is left under a NIK that was corrected.

use chrono::{DateTime, Utc};

use super::changes::{self, ByDesk};
use super::error::StoreError;
use super::expression::Expression;
use super::fair_use::{self, HoldLimits, PEOPLE};
use super::guards::{claim_person, live_booking, replace_booking};
use super::people::{last_number, today};
use super::transact::Write;
use super::values::{integer_of, number, seconds, text, text_of};
use super::{Asked, Item, LiveBooking, Store, keys, person_claims};
use crate::domain::account::Applicant;
use crate::domain::booking::Booking;
use crate::domain::ids::AccountId;
use crate::domain::message::Message;

/// A person who is corrected, or removed.
#[derive(Debug)]
pub struct Correction<'a> {
    pub account: &'a AccountId,
    pub before: &'a Applicant,
    /// Absent: removed.
    pub after: Option<&'a Applicant>,
    /// The booking that is on, if it comes under another NIK.
    pub booking: Option<Rebooked<'a>>,
}

/// A booking whose person is corrected.
#[derive(Debug)]
pub struct Rebooked<'a> {
    pub before: &'a Booking,
    pub after: &'a Booking,
    /// What the person may hold under the NIK as it is now; absent: it is the same NIK.
    pub limits: Option<HoldLimits>,
    /// Messages that tell of it.
    pub messages: &'a [Message],
}

/// Why a person stays as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionConflict {
    /// The person, the booking or a guard is not as it was read.
    Changed,
    /// Under the NIK as it is now there is a booking that is on, or a limit.
    PersonBusy,
    /// As many NIKs were told today as one may tell.
    TooMany,
    /// The account was erased meanwhile.
    AccountGone,
}

/// Whose condition failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Condition {
    Read,
    Person,
    Account,
}

impl Correction<'_> {
    fn keeps_nik(&self) -> bool {
        self.after.is_some_and(|after| after.person == self.before.person)
    }
}

impl Store {
    /// The last booking that was made for a person, with the account that made it. Absent: none, or
    /// everybody who made one was erased.
    pub async fn last_booking(&self, person: &str) -> Result<Option<LiveBooking>, StoreError> {
        let guard = self.get_item(&keys::person(person)).await?;
        let guard = guard.filter(|guard| guard.contains_key("code"));
        guard.map(|guard| live_booking(&guard)).transpose()
    }

    /// Corrects or removes a person, whole or not at all.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn correct_applicant(
        &self,
        correction: &Correction<'_>,
        asked: &Asked<'_>,
    ) -> Result<Result<(), CorrectionConflict>, StoreError> {
        use Condition::{Account, Person, Read};
        let Correction { account, before, after, booking } = correction;
        let same = Expression::new("#person = :before").with(":before", text(&before.person));
        let write = match after {
            Some(after) => Write::Put(self.applicant_item(account, after)?, Some(same)),
            None => Write::Delete(keys::applicant(account, &before.id), Some(same)),
        };
        let mut writes = vec![(Some(Read), write)];
        if !correction.keeps_nik() {
            writes.push((Some(Read), self.leave_guard(correction, asked.at).await?));
            writes.extend(self.counted(correction, asked.at).await?.map(|it| (Some(Account), it)));
        }
        if let Some(Rebooked { before, after, limits, messages }) = booking {
            writes.push((Some(Read), replace_booking(before, after)?));
            let claimed = limits.as_ref().map(|limits| claim_person(after, Some(limits), asked.at));
            writes.extend(claimed.map(|write| (Some(Person), write)));
            let by = ByDesk { corrected: true, ..ByDesk::default() };
            writes.push((None, changes::event(after, asked, by)?));
            writes.extend(changes::messages(messages)?);
        }
        let refused = match self.transact_conditions(writes).await? {
            Ok(()) => None,
            Err((Read, _)) => Some(CorrectionConflict::Changed),
            Err((Person, _)) => Some(CorrectionConflict::PersonBusy),
            Err((Account, profile)) if profile.is_empty() => Some(CorrectionConflict::AccountGone),
            Err((Account, _)) => Some(CorrectionConflict::TooMany),
        };
        if let Some(refused) = refused {
            return Ok(Err(refused));
        }
        if !correction.keeps_nik() {
            // Refused: there is no claim. One that is left answers nobody, and expires.
            self.transact(vec![person_claims::forget(&before.person, account)]).await?;
        }
        Ok(Ok(()))
    }

    /// What the profile keeps of it: another NIK counts as a person who is added; and who was given the
    /// last id leaves its number behind.
    async fn counted(
        &self,
        correction: &Correction<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Write>, StoreError> {
        let account = correction.account;
        if correction.after.is_some() {
            return Ok(Some(fair_use::count_person(account, today(now))));
        }
        let (profile, people) =
            (self.get_item(&keys::profile(account)).await?, self.applicants(account).await?);
        let last = last_number(&people).max(correction.before.id.number());
        let is_kept = |profile: Item| integer_of(&profile, PEOPLE).is_some_and(|kept| kept >= last);
        if profile.is_some_and(is_kept) {
            return Ok(None);
        }
        let keep = Expression::new(format!("SET #{PEOPLE} = :last")).with(":last", number(last));
        let lower = format!(
            "attribute_exists(#pk) AND (attribute_not_exists(#{PEOPLE}) OR #{PEOPLE} < :last)"
        );
        let lower = Expression::new(lower).with(":last", number(last));
        Ok(Some(Write::Update(keys::profile(account), keep, Some(lower))))
    }

    /// What becomes of the guard under the NIK as it was: what this account's bookings left there goes,
    /// but for what counts against the person; another account's stays as it is. Refused: a booking of
    /// this account is on there, other than the one that goes along.
    async fn leave_guard(
        &self,
        correction: &Correction<'_>,
        now: DateTime<Utc>,
    ) -> Result<Write, StoreError> {
        const FREE: &str = "attribute_not_exists(#free_at) OR #free_at <= :now";
        let (account, key) =
            (text(correction.account.as_str()), keys::person(&correction.before.person));
        let own = |guard: &Item| text_of(guard, "account") == Some(correction.account.as_str());
        let Some(guard) = self.get_item(&key).await?.filter(own) else {
            if let Some(Rebooked { before, .. }) = &correction.booking {
                let own =
                    Expression::new("#code = :code").with(":code", text(before.code.as_str()));
                return Ok(Write::Check(key, own));
            }
            let free = Expression::new(format!("{FREE} OR #account <> :account"));
            let free = free.with(":now", seconds(now)).with(":account", account);
            return Ok(Write::Check(key, free));
        };
        let code = text(text_of(&guard, "code").unwrap_or_default());
        let unchanged = match correction.booking {
            Some(_) => Expression::new("#code = :code"),
            None => {
                Expression::new(format!("#code = :code AND ({FREE})")).with(":now", seconds(now))
            }
        };
        let unchanged = unchanged.with(":code", code);
        let record = fair_use::record_of(&guard);
        Ok(match record.is_empty() {
            true => Write::Delete(key, Some(unchanged)),
            false => Write::Update(key, fair_use::only_record(&record, now), Some(unchanged)),
        })
    }
}

impl LiveBooking {
    /// Whether it keeps its person from another one of this account.
    pub fn is_on(&self, account: &AccountId, now: DateTime<Utc>) -> bool {
        self.account == *account && now < self.until
    }
}
