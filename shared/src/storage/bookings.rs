//! Bookings: each change of one is a single transaction over seat, person, booking, event, outbox.

use chrono::{DateTime, Utc};

use super::accounts::account_exists;
use super::error::StoreError;
use super::items::{
    Query, from_item, instant_of, number, readable, seconds, text, text_of, to_item,
};
use super::outbox::message_item;
use super::queue::QueueChange;
use super::transact::{Expression, Outcome, Write};
use super::{DUE_INDEX, Item, Store, keys};
use crate::domain::booking::{Actor, Booking, Event, SeatRef};
use crate::domain::code::BookingCode;
use crate::domain::ids::AccountId;
use crate::domain::message::Message;

/// What happens to a seat in a change.
#[derive(Debug, Clone)]
pub enum SeatChange {
    /// Claimed, if it is claimable; free again at the instant, or kept for good.
    Claim(SeatRef, Option<DateTime<Utc>>),
    /// Kept for good, if the booking still has it.
    Keep(SeatRef),
    /// Claimable again at the instant, if the booking still has it.
    Release(SeatRef, DateTime<Utc>),
}

/// What happens to the person's guard in a change.
#[derive(Debug, Clone, Copy)]
pub enum PersonChange {
    /// Claimed until the instant, if the person has no live booking.
    Claim(DateTime<Utc>),
    /// Kept until another instant, if this booking has it.
    Extend(DateTime<Utc>),
    /// Free from now on, if this booking has it.
    Release,
    /// Not touched.
    Leave,
}

/// One change of a booking with everything that has to be true for it.
#[derive(Debug)]
pub struct Change<'a> {
    /// The booking before; absent: it is new.
    pub before: Option<&'a Booking>,
    /// The booking after.
    pub after: &'a Booking,
    /// Who makes it.
    pub by: Actor,
    /// Its seats.
    pub seats: Vec<SeatChange>,
    /// Its person.
    pub person: PersonChange,
    /// Messages that tell of it.
    pub messages: &'a [Message],
    /// What it does to the queue.
    pub queue: Vec<QueueChange>,
}

/// How a change ended.
#[derive(Debug)]
pub enum ChangeOutcome {
    /// It was made.
    Applied,
    /// The booking is not as the change found it (a new one: exists already); this is what it is.
    VersionConflict(Box<Booking>),
    /// The seat to be claimed is somebody else's.
    SeatTaken,
    /// The booking does not have its seat any more: its hold ran out and another took it.
    SeatLost,
    /// The account was erased meanwhile.
    AccountGone,
    /// The place in the queue or the counter is not as the change found it.
    QueueConflict,
    /// The person has a live booking.
    PersonBusy {
        /// That booking.
        code: BookingCode,
        /// Its owner.
        account: AccountId,
        /// When the person is free unless something changes.
        until: DateTime<Utc>,
    },
}

/// A booking together with its history.
#[derive(Debug, Clone)]
pub struct BookingKept {
    /// The booking.
    pub booking: Booking,
    /// Its events, oldest first.
    pub events: Vec<Event>,
}

/// Whose condition it is that stands at a position of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Booking,
    NewPerson,
    OwnPerson,
    OwnSeat,
    NewSeat,
    Account,
    Queue,
    Other,
}

/// A booking makes a handful of transitions; moves can make a few dozen.
const MAX_EVENTS: usize = 1_000;

impl Store {
    /// Makes a change, whole or not at all. `cause` is the keyed hash of the message that asked for
    /// it, if one did.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn change(
        &self,
        change: &Change<'_>,
        cause: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<ChangeOutcome, StoreError> {
        let (roles, writes): (Vec<_>, Vec<_>) =
            self.writes(change, cause, now)?.into_iter().unzip();
        match self.transact(writes).await? {
            Outcome::Applied => Ok(ChangeOutcome::Applied),
            Outcome::Refused(old) => read_refusal(&roles, old),
        }
    }

    fn writes(
        &self,
        change: &Change<'_>,
        cause: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Role, Write)>, StoreError> {
        let after = change.after;
        let mut writes = vec![(Role::Booking, put_booking(change)?)];
        writes.extend(person_write(change, now));
        for seat in &change.seats {
            writes.push(seat_write(seat, after.code, now));
        }
        let cause = cause.map(str::to_owned);
        let event = Event { cause, ..after.event(now, change.by) };
        let event_key = keys::event(after.code, after.version);
        writes.push((Role::Other, Write::Put(to_item("event", &event_key, &event)?, None)));
        if change.before.is_none() {
            writes.push((Role::Other, Write::Put(pointer(after), None)));
        }
        if matches!(change.person, PersonChange::Claim(_)) {
            writes.push((Role::Account, account_exists(&after.account)));
        }
        for message in change.messages {
            writes.push((Role::Other, Write::Put(message_item(message)?, None)));
        }
        for place in &change.queue {
            writes.push((Role::Queue, place.write()?));
        }
        Ok(writes)
    }

    /// A booking.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn booking(&self, code: BookingCode) -> Result<Option<Booking>, StoreError> {
        self.get("booking", &keys::booking(code)).await
    }

    /// Whether the last change of a booking was caused by the message of this hash.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn was_caused_by(&self, booking: &Booking, cause: &str) -> Result<bool, StoreError> {
        let key = keys::event(booking.code, booking.version);
        let event: Option<Event> = self.get("event", &key).await?;
        Ok(event.and_then(|event| event.cause).as_deref() == Some(cause))
    }

    /// A person's booking that is on, if there is one.
    ///
    /// # Errors
    /// If the table does not answer or an item is corrupt.
    pub async fn live_booking(
        &self,
        person: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Booking>, StoreError> {
        let guard = self.get_item(&keys::person(person)).await?;
        let on = |item: &Item| instant_of(item, "free_at").is_some_and(|at| at > now);
        let code = guard.filter(on).as_ref().and_then(|item| text_of(item, "code")?.parse().ok());
        let Some(code) = code else { return Ok(None) };
        let booking = self.booking(code).await?;
        Ok(booking.filter(|booking| booking.status_at(now).is_live()))
    }

    /// A booking with its history.
    ///
    /// # Errors
    /// If the table does not answer or an item is corrupt.
    pub async fn booking_with_history(
        &self,
        code: BookingCode,
    ) -> Result<Option<BookingKept>, StoreError> {
        let ask = Query::partition(keys::booking(code).pk, MAX_EVENTS);
        let (mut booking, mut events) = (None, vec![]);
        for item in self.query(ask).await? {
            if text_of(&item, "sk").is_some_and(|sk| sk.starts_with(keys::EVENT_PREFIX)) {
                events.push(from_item("event", item)?);
            } else {
                booking = Some(from_item("booking", item)?);
            }
        }
        Ok(booking.map(|booking| BookingKept { booking, events }))
    }

    /// Codes of bookings that time may have changed, earliest first, from one shard of the index.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn due_bookings(
        &self,
        shard: u8,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let condition = Expression::new("#due_kind = :kind AND #due <= :until")
            .with(":kind", text(keys::due_bookings(shard)))
            .with(":until", seconds(until));
        let ask =
            Query { index: Some(DUE_INDEX), condition, consistent: false, limit, after: None };
        Ok(readable("booking", self.query(ask).await?))
    }
}

/// Refused: for a new booking, its code is taken; else the booking has another version by now.
fn put_booking(change: &Change<'_>) -> Result<Write, StoreError> {
    let item = booking_item(change.after)?;
    let Some(before) = change.before else {
        return Ok(Write::Put(item, Some(super::days::absent())));
    };
    let unchanged = Expression::new("#version = :before").with(":before", number(before.version));
    Ok(Write::Replace(booking_item(before)?, item, unchanged))
}

/// The item of a booking: in the due index while time can change it.
fn booking_item(booking: &Booking) -> Result<Item, StoreError> {
    let mut item = to_item("booking", &keys::booking(booking.code), booking)?;
    if let Some(due) = booking.due() {
        let shard = keys::shard(booking.code.as_str());
        item.insert("due_kind".to_owned(), text(keys::due_bookings(shard)));
        item.insert("due".to_owned(), seconds(due));
    }
    Ok(item)
}

/// Refused: for a claim, the person has another live booking; else this booking has lost its guard,
/// which happens only when its hold ran out.
fn person_write(change: &Change<'_>, now: DateTime<Utc>) -> Option<(Role, Write)> {
    let after = change.after;
    let key = keys::person(&after.person);
    let mine = || Expression::new("#code = :code").with(":code", text(after.code.as_str()));
    let until = |at| Expression::new("SET #free_at = :at").with(":at", seconds(at));
    match change.person {
        PersonChange::Claim(free_at) => {
            let mut item = key.attributes();
            item.insert("code".to_owned(), text(after.code.as_str()));
            item.insert("account".to_owned(), text(after.account.as_str()));
            item.insert("free_at".to_owned(), seconds(free_at));
            Some((Role::NewPerson, Write::Put(item, Some(claimable(now)))))
        }
        PersonChange::Extend(free_at) => {
            Some((Role::OwnPerson, Write::Update(key, until(free_at), Some(mine()))))
        }
        // Free whatever another instance's clock says.
        PersonChange::Release => {
            let ever = until(DateTime::UNIX_EPOCH);
            Some((Role::OwnPerson, Write::Update(key, ever, Some(mine()))))
        }
        PersonChange::Leave => None,
    }
}

/// A seat or a person can be claimed if nobody ever did, or if what was claimed is free again.
fn claimable(now: DateTime<Utc>) -> Expression {
    Expression::new("attribute_not_exists(#pk) OR #free_at <= :now").with(":now", seconds(now))
}

/// Refused: a claimed seat is somebody's; a kept or released one is not this booking's any more.
fn seat_write(change: &SeatChange, code: BookingCode, now: DateTime<Utc>) -> (Role, Write) {
    let code = text(code.as_str());
    match change {
        SeatChange::Claim(seat, free_at) => {
            let mut item = keys::seat(seat).attributes();
            item.insert("number".to_owned(), number(seat.number));
            item.insert("code".to_owned(), code);
            item.extend(free_at.map(|at| ("free_at".to_owned(), seconds(at))));
            (Role::NewSeat, Write::Put(item, Some(claimable(now))))
        }
        SeatChange::Keep(seat) => {
            let condition = Expression::new("#code = :code AND #free_at > :now")
                .with(":code", code)
                .with(":now", seconds(now));
            let keep = Expression::new("REMOVE #free_at");
            (Role::OwnSeat, Write::Update(keys::seat(seat), keep, Some(condition)))
        }
        SeatChange::Release(seat, free_at) => {
            let condition = Expression::new("#code = :code").with(":code", code);
            let release = Expression::new("SET #free_at = :at").with(":at", seconds(*free_at));
            (Role::OwnSeat, Write::Update(keys::seat(seat), release, Some(condition)))
        }
    }
}

/// How an account finds its bookings.
fn pointer(booking: &Booking) -> Item {
    let mut item = keys::booking_pointer(&booking.account, booking.code).attributes();
    item.insert("code".to_owned(), text(booking.code.as_str()));
    item
}

/// Which refusal counts when several conditions failed: the booking's own first, for it tells that
/// this very request was here before; then the person's; then the seat's.
fn read_refusal(roles: &[Role], old: Vec<Option<Item>>) -> Result<ChangeOutcome, StoreError> {
    let mut failed: Vec<(Role, Item)> =
        roles.iter().copied().zip(old).filter_map(|(role, item)| Some((role, item?))).collect();
    let order = [
        Role::Booking,
        Role::NewPerson,
        Role::OwnPerson,
        Role::OwnSeat,
        Role::NewSeat,
        Role::Account,
        Role::Queue,
    ];
    failed.sort_by_key(|(role, _)| order.iter().position(|known| known == role));
    let Some((role, item)) = failed.into_iter().next() else {
        return Err(StoreError::corrupt("refusal"));
    };
    Ok(match role {
        Role::Booking => ChangeOutcome::VersionConflict(Box::new(from_item("booking", item)?)),
        Role::NewPerson => person_busy(&item)?,
        Role::NewSeat => ChangeOutcome::SeatTaken,
        Role::OwnSeat | Role::OwnPerson => ChangeOutcome::SeatLost,
        Role::Account => ChangeOutcome::AccountGone,
        Role::Queue => ChangeOutcome::QueueConflict,
        Role::Other => return Err(StoreError::corrupt("refusal")),
    })
}

fn person_busy(item: &Item) -> Result<ChangeOutcome, StoreError> {
    let code = text_of(item, "code").and_then(|code| code.parse().ok());
    let account = text_of(item, "account").and_then(|account| account.parse().ok());
    match (code, account, instant_of(item, "free_at")) {
        (Some(code), Some(account), Some(until)) => {
            Ok(ChangeOutcome::PersonBusy { code, account, until })
        }
        _ => Err(StoreError::corrupt("person")),
    }
}
