//! Claims of persons: an item beside a person's uniqueness guard while the account that has the booking is
//! asked. A claim counts against the account that makes it whether anybody is asked or not.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::fair_use;
use super::guards::{LiveBooking, is_busy, live_booking};
use super::items::{from_item, to_item};
use super::outbox::message_item;
use super::transact::Write;
use super::values::{seconds, text};
use super::{Store, keys};
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::ids::AccountId;
use crate::domain::message::Message;
use crate::domain::person_claim::PersonClaim;
use crate::domain::time::local_date;

/// A claim that is put to the account that has the booking.
#[derive(Debug)]
pub struct ClaimQuestion<'a> {
    pub claim: &'a PersonClaim,
    /// The person's keyed hash.
    pub person: &'a str,
    /// Asks that account.
    pub message: &'a Message,
    /// The booking keeps the person until then.
    pub live_until: DateTime<Utc>,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimCounted {
    /// It is counted, and its question is put.
    Yes,
    /// As many were made today as one may make.
    TooMany,
    /// The booking or another claim has changed since it was read.
    Changed,
    /// The account was erased meanwhile.
    AccountGone,
}

/// Whose conditions a claim has, in the order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Condition {
    Account,
    Beside,
}

/// A claim that was answered is kept for so long after all that it is about.
const KEEP: TimeDelta = TimeDelta::days(1);

impl Store {
    /// The live booking that has a person, and the last claim of the person.
    pub async fn claims_of(
        &self,
        person: &str,
        now: DateTime<Utc>,
    ) -> Result<(Option<LiveBooking>, Option<PersonClaim>), StoreError> {
        let keys = [keys::person(person), keys::person_claim(person)];
        let [guard, claim] = self.get_items(&keys).await?;
        let live = guard.filter(|guard| is_busy(guard, now));
        let live = live.map(|guard| live_booking(&guard)).transpose()?;
        let claim = claim.map(|item| from_item("claim", item)).transpose()?;
        Ok((live, claim))
    }

    /// The last claim of a person.
    pub async fn person_claim(&self, person: &str) -> Result<Option<PersonClaim>, StoreError> {
        self.get("claim", &keys::person_claim(person)).await
    }

    /// Counts a claim of an account, of which `most` count in a day, and puts its question.
    pub async fn count_claim(
        &self,
        account: &AccountId,
        most: u32,
        question: Option<&ClaimQuestion<'_>>,
        now: DateTime<Utc>,
    ) -> Result<ClaimCounted, StoreError> {
        let count = fair_use::count_claim(account, most, today(now));
        let mut writes = vec![(Some(Condition::Account), count)];
        if let Some(question) = question {
            writes.extend(question.writes(now)?);
        }
        let Err((condition, item)) = self.transact_conditions(writes).await? else {
            return Ok(ClaimCounted::Yes);
        };
        Ok(match condition {
            Condition::Account if item.is_empty() => ClaimCounted::AccountGone,
            Condition::Account => ClaimCounted::TooMany,
            Condition::Beside => ClaimCounted::Changed,
        })
    }

    /// Notes that the account of a booking keeps it. `false`: nobody has asked about it.
    pub async fn refuse_claim(&self, booking: &Booking) -> Result<bool, StoreError> {
        let refuse =
            Expression::new("SET #is_refused = :yes").with(":yes", AttributeValue::Bool(true));
        let key = keys::person_claim(&booking.person);
        let write = Write::Update(key, refuse, Some(about(booking.code)));
        Ok(self.transact(vec![write]).await?.applied())
    }
}

impl ClaimQuestion<'_> {
    /// Refused: the booking has lost the person, or somebody else has asked meanwhile.
    fn writes(&self, now: DateTime<Utc>) -> Result<Vec<(Option<Condition>, Write)>, StoreError> {
        let Self { claim, person, message, live_until } = self;
        let live = Expression::new("#code = :code AND #free_at > :now")
            .with(":code", text(claim.code.as_str()))
            .with(":now", seconds(now));
        let key = keys::person_claim(person);
        let mut item = to_item("claim", &key, claim)?;
        item.insert("ttl".to_owned(), seconds(claim.until.max(*live_until) + KEEP));
        // The rule itself was asked for what was read: here it is compared that nobody was faster.
        let rests = Expression::new("attribute_not_exists(#pk) OR #until <= :now");
        let rests = rests.with(":now", seconds(now));
        Ok(vec![
            (Some(Condition::Beside), Write::Check(keys::person(person), live)),
            (Some(Condition::Beside), Write::Put(item, Some(rests))),
            (None, Write::Put(message_item(message)?, None)),
        ])
    }
}

fn about(code: BookingCode) -> Expression {
    Expression::new("#code = :code").with(":code", text(code.as_str()))
}

/// Ends a claim whose booking is given up. Refused: it is another one by now, or was answered.
pub(super) fn settle(person: &str, claim: &PersonClaim) -> Write {
    let same = "#claimant = :claimant AND #asked_at = :asked_at AND #is_refused = :no";
    let same = Expression::new(same)
        .with(":claimant", text(claim.claimant.as_str()))
        .with(":asked_at", seconds(claim.asked_at))
        .with(":no", AttributeValue::Bool(false));
    Write::Delete(keys::person_claim(person), Some(same))
}

/// Forgets a claim that names an account.
pub(super) fn forget(person: &str, account: &AccountId) -> Write {
    let names = Expression::new("#claimant = :account OR #holder = :account");
    let names = names.with(":account", text(account.as_str()));
    Write::Delete(keys::person_claim(person), Some(names))
}

/// The date in the zone where most people live: a claim belongs to no office.
fn today(now: DateTime<Utc>) -> NaiveDate {
    local_date(now, chrono_tz::Asia::Jakarta)
}
