//! How many seats were held today, and which visits were missed: attributes of a person's uniqueness
//! guard and of an account's profile, so that the transaction of a hold compares and counts them.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::transact::Write;
use super::values::{instant_of, number, seconds};
use super::{Item, Store, keys};
use crate::domain::account::MAX_ADDED_A_DAY;
use crate::domain::booking::Booking;
use crate::domain::fair_use::{FairUse, Limit, Whose};
use crate::domain::ids::AccountId;

/// What a hold may not exceed: the office's rule on its date of today.
#[derive(Debug, Clone, Copy)]
pub struct HoldLimits {
    pub today: NaiveDate,
    /// When that date ends at the office.
    pub day_ends_at: DateTime<Utc>,
    pub rule: FairUse,
}

/// Dates of missed visits, as a set.
const MISSED: &str = "missed";
/// Online booking is closed until then.
const CLOSED_UNTIL: &str = "closed_until";
/// Begins the name of a day's count. A day on which somebody held seats leaves one small number behind:
/// nothing has to reset it, and a hold needs no second look.
const HOLDS_PREFIX: &str = "holds_";

/// Begins the name of a day's count of people that were added.
const ADDS_PREFIX: &str = "adds_";

/// Of a profile: the number of the last id that a person of the account was given.
pub(super) const PEOPLE: &str = "people";

/// Counts a person who is added to an account and gives them the id of this number. Refused: as with
/// [`count_person`], or the number was given before.
pub(super) fn count_new_person(account: &AccountId, id: u32, today: NaiveDate) -> Write {
    let adds = day_count(ADDS_PREFIX, today);
    let add = counted(Expression::new(format!("SET {}, #{PEOPLE} = :id", more(&adds))));
    let allowed = Expression::new(format!(
        "attribute_exists(#pk) AND {} \
         AND (attribute_not_exists(#{PEOPLE}) OR #{PEOPLE} < :id)",
        below_most(&adds)
    ));
    let allowed = allowed.with(":most", number(MAX_ADDED_A_DAY)).with(":id", number(id));
    Write::Update(keys::profile(account), add.with(":id", number(id)), Some(allowed))
}

/// Counts a NIK that an account tells of a person. Refused: the account was erased meanwhile, or as many
/// were told today as one may.
pub(super) fn count_person(account: &AccountId, today: NaiveDate) -> Write {
    let adds = day_count(ADDS_PREFIX, today);
    let add = counted(Expression::new(format!("SET {}", more(&adds))));
    let allowed = Expression::new(format!("attribute_exists(#pk) AND {}", below_most(&adds)));
    Write::Update(keys::profile(account), add, Some(allowed.with(":most", number(MAX_ADDED_A_DAY))))
}

/// Begins the name of a day's count of claims.
const CLAIMS_PREFIX: &str = "claims_";

/// Counts a claim of a person. Refused: the account was erased meanwhile, or as many were made today as
/// one may.
pub(super) fn count_claim(account: &AccountId, most: u32, today: NaiveDate) -> Write {
    let claims = day_count(CLAIMS_PREFIX, today);
    let add = counted(Expression::new(format!("SET {}", more(&claims))));
    let allowed = Expression::new(format!("attribute_exists(#pk) AND {}", below_most(&claims)));
    Write::Update(keys::profile(account), add, Some(allowed.with(":most", number(most))))
}

/// The attribute of a day's count.
fn day_count(prefix: &str, day: NaiveDate) -> String {
    format!("{prefix}{}", day.format("%Y%m%d"))
}

/// The count is below `:most`.
fn below_most(count: &str) -> String {
    format!("(attribute_not_exists(#{count}) OR #{count} < :most)")
}

/// More of them, as a part of a `SET`; [`counted_by`] says how many.
pub(super) fn more(count: &str) -> String {
    format!("#{count} = if_not_exists(#{count}, :none) + :more")
}

/// [`more`] is one.
pub(super) fn counted(update: Expression) -> Expression {
    counted_by(update, 1)
}

/// [`more`] is so many.
pub(super) fn counted_by(update: Expression, more: u32) -> Expression {
    update.with(":none", number(0)).with(":more", number(more))
}

impl HoldLimits {
    /// Whether so many seats are more than an account may ever hold in a day.
    pub fn excludes(&self, seats: u32) -> bool {
        self.rule.holds_per_account > 0 && seats > self.rule.holds_per_account
    }

    /// Adds the rule to a condition, for so many more seats, which it does not exclude. Refused:
    /// [`HoldLimits::reached`] tells why.
    pub(super) fn allow(
        &self,
        whose: Whose,
        seats: u32,
        condition: &str,
        now: DateTime<Utc>,
    ) -> Expression {
        let most = match whose {
            Whose::Person => self.rule.holds_per_person,
            Whose::Account => self.rule.holds_per_account,
        };
        let most = if most == 0 { u32::MAX } else { most.saturating_sub(seats - 1) };
        let text = format!(
            "({condition}) AND {} \
             AND (attribute_not_exists(#{CLOSED_UNTIL}) OR #{CLOSED_UNTIL} <= :now)",
            below_most(&day_count(HOLDS_PREFIX, self.today))
        );
        Expression::new(text).with(":most", number(most)).with(":now", seconds(now))
    }

    /// Counts holds, as a part of a `SET`; [`counted_by`] adds its values.
    pub(super) fn count(&self) -> String {
        more(&day_count(HOLDS_PREFIX, self.today))
    }

    /// Whether a person's own limit stands in a hold's way.
    pub(super) fn bars(&self, guard: &Item, now: DateTime<Utc>) -> bool {
        let held = guard.get(&day_count(HOLDS_PREFIX, self.today));
        let held = held.and_then(|count| count.as_n().ok()?.parse().ok()).unwrap_or(0u32);
        let most = self.rule.holds_per_person;
        instant_of(guard, CLOSED_UNTIL).is_some_and(|until| now < until) || most > 0 && held >= most
    }

    /// Which limit stands in a hold's way, as the item says that refused it.
    pub(super) fn reached(&self, item: &Item, whose: Whose, now: DateTime<Utc>) -> Limit {
        match instant_of(item, CLOSED_UNTIL) {
            Some(until) if now < until => Limit::Missed(until),
            _ => Limit::Holds(whose, self.day_ends_at),
        }
    }
}

/// What a missed visit leaves with its person and its account.
#[derive(Debug, Clone)]
pub struct MissedVisit {
    /// Until when online booking is closed to the person, if this closes it; absent: the person was
    /// erased.
    person: Option<Option<DateTime<Utc>>>,
    /// The same of the account.
    account: Option<Option<DateTime<Utc>>>,
}

impl MissedVisit {
    /// Refused: one of them was erased meanwhile.
    pub(super) fn writes(&self, booking: &Booking) -> Vec<Write> {
        let person = (keys::person(&booking.person), self.person);
        let account = (keys::profile(&booking.account), self.account);
        let write = |(key, closed): (_, Option<_>)| {
            Some(Write::Update(key, missed(booking, closed?), Some(is_there())))
        };
        [person, account].into_iter().filter_map(write).collect()
    }
}

fn missed(booking: &Booking, closed: Option<DateTime<Utc>>) -> Expression {
    let add = Expression::new(match closed {
        Some(_) => "ADD #missed :date SET #closed_until = :until",
        None => "ADD #missed :date",
    });
    let add = add.with(":date", dates(booking));
    match closed {
        Some(until) => add.with(":until", seconds(until)),
        None => add,
    }
}

fn dates(booking: &Booking) -> AttributeValue {
    AttributeValue::Ss(vec![booking.seat.date.to_string()])
}

fn is_there() -> Expression {
    Expression::new("attribute_exists(#pk)")
}

/// Takes a missed visit back from person and account, and opens online booking to both. What was erased
/// has nothing to be taken back from.
pub(super) fn excuse(booking: &Booking, kept: &Kept) -> Vec<Write> {
    let person = kept.person.then(|| keys::person(&booking.person));
    let account = kept.account.then(|| keys::profile(&booking.account));
    let write = |key| Write::Update(key, not_missed("", booking), Some(is_there()));
    person.into_iter().chain(account).map(write).collect()
}

/// An update that also takes the missed visit back, and opens online booking.
pub(super) fn not_missed(update: &str, booking: &Booking) -> Expression {
    let update = format!("{update} DELETE #{MISSED} :date REMOVE #{CLOSED_UNTIL}");
    Expression::new(update).with(":date", dates(booking))
}

/// Takes from a guard what counts against its person, as a part of an update.
pub(super) fn forgiven(today: NaiveDate) -> String {
    format!("REMOVE #{MISSED}, #{CLOSED_UNTIL}, #{}", day_count(HOLDS_PREFIX, today))
}

/// Who of a booking's person and account is still there.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    person: bool,
    account: bool,
}

impl Kept {
    pub(super) fn account_alone(&self) -> Self {
        Self { person: false, ..*self }
    }
}

/// How long missed visits are kept after an erasure: as long as they may count.
const KEEP_MISSED_DAYS: i64 = 365;
/// How long counts of a day are kept: the day is over in all zones then.
const KEEP_COUNTS_DAYS: i64 = 2;

fn is_count(name: &str) -> bool {
    [HOLDS_PREFIX, ADDS_PREFIX, CLAIMS_PREFIX].iter().any(|prefix| name.starts_with(prefix))
}

/// What of an item is about fair use.
pub(super) fn record_of(item: &Item) -> Item {
    let is_of_it = |name: &str| [MISSED, CLOSED_UNTIL].contains(&name) || is_count(name);
    item.iter().filter(|(name, _)| is_of_it(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// Takes everything from a person's guard but the record, and lets that expire.
pub(super) fn only_record(record: &Item, now: DateTime<Utc>) -> Expression {
    let update = "SET #ttl = :ttl REMOVE #code, #account, #free_at";
    Expression::new(update).with(":ttl", expires(record, now))
}

fn expires(record: &Item, now: DateTime<Utc>) -> AttributeValue {
    let days = if record.contains_key(MISSED) { KEEP_MISSED_DAYS } else { KEEP_COUNTS_DAYS };
    seconds(now + TimeDelta::days(days))
}

/// Keeps an erased account's record with its contact, so that erasing the account does not begin the
/// count anew. Absent: there is nothing to keep.
pub(super) fn kept(contact: &str, record: &Item, now: DateTime<Utc>) -> Option<Write> {
    if record.is_empty() {
        return None;
    }
    let mut item = keys::contact_record(contact).attributes();
    item.extend(record.clone());
    item.insert("ttl".to_owned(), expires(record, now));
    Some(Write::Put(item, None))
}

impl Store {
    /// What a missed visit leaves behind, by what was missed before.
    pub async fn missed_visit(
        &self,
        booking: &Booking,
        rule: &FairUse,
        now: DateTime<Utc>,
    ) -> Result<MissedVisit, StoreError> {
        let keys = [keys::person(&booking.person), keys::profile(&booking.account)];
        let [person, account] = self.get_items(&keys).await?;
        let closed = |item: &Item| rule.closed_until(dates_of(item), booking.seat.date, now);
        Ok(MissedVisit {
            person: person.as_ref().map(closed),
            account: account.as_ref().map(closed),
        })
    }

    /// Whom a missed visit can be taken back from.
    pub async fn kept_of(&self, booking: &Booking) -> Result<Kept, StoreError> {
        let keys = [keys::person(&booking.person), keys::profile(&booking.account)];
        let [person, account] = self.get_items(&keys).await?;
        Ok(Kept { person: person.is_some(), account: account.is_some() })
    }
}

fn dates_of(item: &Item) -> Vec<NaiveDate> {
    let dates = item.get(MISSED).and_then(|dates| dates.as_ss().ok());
    dates.into_iter().flatten().filter_map(|date| date.parse().ok()).collect()
}
