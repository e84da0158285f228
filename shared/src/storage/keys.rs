//! Every key of the table is made here, and nowhere else.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::NaiveDate;

use crate::domain::booking::SeatRef;
use crate::domain::code::BookingCode;
use crate::domain::denial::StaffSubject;
use crate::domain::ids::{AccountId, ApplicantId, MessageId, OfficeId, RegistrationId, ServiceId};
use crate::domain::queue::{Counter, QueueDay, QueueNumber};
use crate::domain::time::SlotTime;

/// Partition and sort key of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key as attributes.
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    /// What binds a sealed attribute to its item: it opens nowhere else.
    pub(crate) fn aad(&self, attribute: &str) -> String {
        format!("{}/{}/{attribute}", self.pk, self.sk)
    }
}

/// Partition of all offices: a few hundred small items. Instances read one of them at a time.
pub(crate) const OFFICES: &str = "OFFICES";
/// Partition of closures that the scheduler still has to carry out.
pub(crate) const CLOSURES: &str = "CLOSURES";
/// Sort key of a day item; slots and seats of the day begin with a digit.
pub(crate) const DAY: &str = "DAY";

pub(crate) fn office(id: &OfficeId) -> Key {
    Key::new(OFFICES, format!("{OFFICE_PREFIX}{id}"))
}

/// Prefix of offices in their partition.
pub(crate) const OFFICE_PREFIX: &str = "OFFICE#";

/// Partition of what an office was described as, newest first.
pub(crate) fn versions(id: &OfficeId) -> String {
    format!("VERSIONS#{id}")
}

/// A version of an office's description.
pub(crate) fn version(id: &OfficeId, revision: u32) -> Key {
    Key::new(versions(id), format!("{:010}", u32::MAX - revision))
}

fn directory(document: &str) -> Key {
    Key::new("DIRECTORY", document)
}

/// Which revisions the documents about all offices have.
pub(crate) fn directory_head() -> Key {
    directory("HEAD")
}

/// All offices.
pub(crate) fn directory_list() -> Key {
    directory("LIST")
}

/// Who is denied.
pub(crate) fn directory_denied() -> Key {
    directory("DENIED")
}

/// The earliest free hour of each office.
pub(crate) fn directory_next() -> Key {
    directory("NEXT")
}

/// Prefix of the members of staff who are or were denied, beside the offices.
pub(crate) const STAFF_PREFIX: &str = "STAFF#";

pub(crate) fn denial(subject: &StaffSubject) -> Key {
    Key::new(OFFICES, format!("{STAFF_PREFIX}{subject}"))
}

pub(crate) fn closure(id: &OfficeId, date: NaiveDate) -> Key {
    Key::new(CLOSURES, format!("{date}#{id}"))
}

/// Partition of dates with seats that were given back or added and that nobody has looked at yet.
pub(crate) const FREED: &str = "FREED";

/// By whom: a key of its own for each, so that no cancellation waits for another.
pub(crate) fn freed(office: &OfficeId, date: NaiveDate, by: &str) -> Key {
    Key::new(FREED, format!("{office}#{date}#{by}"))
}

/// Partition of what the scheduler last saw free, an item for each office.
pub(crate) const SURVEYS: &str = "SURVEYS";

pub(crate) fn survey(id: &OfficeId) -> Key {
    Key::new(SURVEYS, format!("SURVEY#{id}"))
}

/// How far the audit has come.
pub(crate) fn audit() -> Key {
    Key::new("AUDIT", "AUDIT")
}

/// Partition of what the scheduler knows of the days of each office.
pub(crate) const PLANS: &str = "PLANS";

/// Up to which date an office's days have been made.
pub(crate) fn plan(id: &OfficeId) -> Key {
    Key::new(PLANS, format!("PLAN#{id}"))
}

/// What is to be seen of an office's dates, and who is reading it anew.
pub(crate) fn view_partition(office: &OfficeId) -> String {
    format!("VIEW#{office}")
}

pub(crate) const VIEW_LEASE: &str = "LEASE";

pub(crate) fn view_days(office: &OfficeId) -> Key {
    Key::new(view_partition(office), "DAYS")
}

pub(crate) fn view_lease(office: &OfficeId) -> Key {
    Key::new(view_partition(office), VIEW_LEASE)
}

pub(crate) fn day_partition(office: &OfficeId, date: NaiveDate) -> String {
    format!("DAY#{office}#{date}")
}

pub(crate) fn day(office: &OfficeId, date: NaiveDate) -> Key {
    Key::new(day_partition(office, date), DAY)
}

/// Confirmed bookings that have left a date.
pub(crate) fn left_partition(office: &OfficeId, date: NaiveDate) -> String {
    format!("DAY#{office}#LEFT#{date}")
}

pub(crate) fn left(office: &OfficeId, date: NaiveDate, code: BookingCode) -> Key {
    Key::new(left_partition(office, date), code.to_string())
}

/// How an office's days went.
pub(crate) fn report_partition(office: &OfficeId) -> String {
    format!("REPORT#{office}")
}

pub(crate) fn report(office: &OfficeId, date: NaiveDate) -> Key {
    Key::new(report_partition(office), date.to_string())
}

/// Sort key of a slot; its seats' keys begin with it and `#`.
pub(crate) fn slot_prefix(service: &ServiceId, time: SlotTime) -> String {
    format!("{}#{service}", time.compact())
}

pub(crate) fn slot(office: &OfficeId, date: NaiveDate, service: &ServiceId, time: SlotTime) -> Key {
    Key::new(day_partition(office, date), slot_prefix(service, time))
}

pub(crate) fn seat(seat: &SeatRef) -> Key {
    let sk = format!("{}#{:03}", slot_prefix(&seat.service, seat.time), seat.number);
    Key::new(day_partition(&seat.office, seat.date), sk)
}

pub(crate) fn booking(code: BookingCode) -> Key {
    Key::new(format!("BOOKING#{code}"), "BOOKING")
}

/// The code in the partition of a booking.
pub(crate) fn code_of_booking(pk: &str) -> Option<BookingCode> {
    pk.strip_prefix("BOOKING#")?.parse().ok()
}

/// Prefix of a booking's events; the version is padded so that they sort.
pub(crate) const EVENT_PREFIX: &str = "EVENT#";

pub(crate) fn event(code: BookingCode, version: u32) -> Key {
    Key::new(format!("BOOKING#{code}"), format!("{EVENT_PREFIX}{version:05}"))
}

pub(crate) fn person(hash: &str) -> Key {
    Key::new(format!("PERSON#{hash}"), "ACTIVE")
}

/// The last claim of a person, beside the guard.
pub(crate) fn person_claim(hash: &str) -> Key {
    Key::new(format!("PERSON#{hash}"), "CLAIM")
}

pub(crate) fn message(id: &MessageId) -> Key {
    Key::new(format!("MESSAGE#{id}"), "MESSAGE")
}

pub(crate) fn account_partition(id: &AccountId) -> String {
    format!("ACCOUNT#{id}")
}

pub(crate) fn profile(id: &AccountId) -> Key {
    Key::new(account_partition(id), "PROFILE")
}

/// The pause of all sending.
pub(crate) fn pause() -> Key {
    Key::new("PAUSE", "PAUSE")
}

/// The pause of what can wait.
pub(crate) fn bulk_pause() -> Key {
    Key::new("PAUSE", "BULK")
}

pub(crate) const APPLICANT_PREFIX: &str = "APPLICANT#";
pub(crate) const POINTER_PREFIX: &str = "BOOKING#";
pub(crate) const SESSION_PREFIX: &str = "SESSION#";

pub(crate) fn applicant(account: &AccountId, id: &ApplicantId) -> Key {
    Key::new(account_partition(account), format!("{APPLICANT_PREFIX}{id}"))
}

/// The conversation with an account; goes with the account.
pub(crate) fn chat(account: &AccountId) -> Key {
    Key::new(account_partition(account), "CHAT")
}

/// Where an account finds its bookings, in order of their codes.
pub(crate) fn booking_pointer(account: &AccountId, code: BookingCode) -> Key {
    Key::new(account_partition(account), format!("{POINTER_PREFIX}{code}"))
}

pub(crate) fn session(account: &AccountId, token_hash: &str) -> Key {
    Key::new(account_partition(account), format!("{SESSION_PREFIX}{token_hash}"))
}

/// The account in whose partition an item is.
pub(crate) fn account_of(key: &Key) -> Option<AccountId> {
    key.pk.strip_prefix("ACCOUNT#")?.parse().ok()
}

/// In the table of erasures: an account that was erased, by its keyed hash.
pub(crate) fn erased_account(hash: &str) -> Key {
    Key::new(format!("ACCOUNT#{hash}"), "ERASED")
}

/// In the table of erasures: a session that was ended.
pub(crate) fn ended_session(token_hash: &str) -> Key {
    Key::new(format!("SESSION#{token_hash}"), "ENDED")
}

pub(crate) fn contact(hash: &str) -> Key {
    Key::new(format!("CONTACT#{hash}"), "CONTACT")
}

/// What is kept of an erased account's fair use.
pub(crate) fn contact_record(hash: &str) -> Key {
    Key::new(format!("CONTACT#{hash}"), "RECORD")
}

/// A member of staff's session in a browser, by its token's hash.
pub(crate) fn staff_session(token_hash: &str) -> Key {
    Key::new(format!("CLERK#{token_hash}"), "SESSION")
}

pub(crate) fn registration(id: &RegistrationId) -> Key {
    Key::new(format!("REGISTRATION#{id}"), "REGISTRATION")
}

/// One-time codes of a month: to a number, to a prefix, from an address (keyed hashes), or in all.
pub(crate) fn codes_sent(hash: &str, date: NaiveDate) -> Key {
    Key::new(format!("OTP#{hash}"), date.format("%Y-%m").to_string())
}

/// How many people a clerk has looked up on a date at a desk.
pub(crate) fn lookups(clerk_hash: &str, date: NaiveDate) -> Key {
    Key::new(format!("LOOKUP#{clerk_hash}"), date.to_string())
}

/// What the messages of a day have cost, in shares.
pub(crate) fn spending_partition(day: NaiveDate) -> String {
    format!("SPENDING#{day}")
}

pub(crate) fn spending(day: NaiveDate, share: u32) -> Key {
    Key::new(spending_partition(day), format!("{share:02}"))
}

pub(crate) fn inbound(message_hash: &str) -> Key {
    Key::new(format!("INBOUND#{message_hash}"), "INBOUND")
}

pub(crate) fn idempotency(scope_hash: &str) -> Key {
    Key::new(format!("REQUEST#{scope_hash}"), "REQUEST")
}

/// The queue of an office's day: its sequences of numbers, places and what was done to them, counters.
pub(crate) fn queue_partition(day: &QueueDay) -> String {
    format!("QUEUE#{}#{}", day.office, day.date)
}

pub(crate) const QUEUE_ENTRY_PREFIX: &str = "ENTRY#";
/// Prefix of the counters where people are called.
pub(crate) const COUNTER_PREFIX: &str = "DESK#";

/// The last number given in a group of a queue. The key is older than the word.
pub(crate) fn queue_sequence(day: &QueueDay, group: char) -> Key {
    Key::new(queue_partition(day), format!("COUNTER#{group}"))
}

pub(crate) fn queue_entry(day: &QueueDay, of: QueueNumber) -> Key {
    let sk = format!("{QUEUE_ENTRY_PREFIX}{}#{:04}", of.group, of.number);
    Key::new(queue_partition(day), sk)
}

/// Prefix of what was done to the places of a queue.
pub(crate) const QUEUE_EVENT_PREFIX: &str = "EVENT#";

/// Prefix of what was done to a place.
pub(crate) fn queue_event_prefix(of: QueueNumber) -> String {
    format!("{QUEUE_EVENT_PREFIX}{}#{:04}#", of.group, of.number)
}

/// The place that something was done to, by that item's sort key.
pub(crate) fn queue_number_of_event(sk: &str) -> Option<QueueNumber> {
    let (group, rest) = sk.strip_prefix(QUEUE_EVENT_PREFIX)?.split_once('#')?;
    let (number, _) = rest.split_once('#')?;
    format!("{group}-{number}").parse().ok()
}

/// What was done to a place by its `nth` change.
pub(crate) fn queue_event(day: &QueueDay, of: QueueNumber, nth: u32) -> Key {
    Key::new(queue_partition(day), format!("{}{nth:04}", queue_event_prefix(of)))
}

/// Prefix of the counters that staff have opened or closed.
pub(crate) const COUNTER_SETUP_PREFIX: &str = "SETUP#";

pub(crate) fn counter_setup(day: &QueueDay, counter: &Counter) -> Key {
    Key::new(queue_partition(day), format!("{COUNTER_SETUP_PREFIX}{}", counter.as_str()))
}

pub(crate) fn counter(day: &QueueDay, counter: &Counter) -> Key {
    Key::new(queue_partition(day), format!("{COUNTER_PREFIX}{}", counter.as_str()))
}

/// What waits for its time, one partition of the due index each; bookings and messages are spread
/// over shards so that a rush does not press on one index partition.
pub const DUE_SHARDS: u8 = 8;

pub(crate) fn due_messages(shard: u8) -> String {
    format!("MESSAGE#{shard}")
}

pub(crate) fn due_bookings(shard: u8) -> String {
    format!("BOOKING#{shard}")
}

pub(crate) fn due_inbound(shard: u8) -> String {
    format!("INBOUND#{shard}")
}

/// The shard of an id: the same for every version of the code, for items keep their shard.
pub(crate) fn shard(id: &str) -> u8 {
    id.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % DUE_SHARDS
}

/// By what the table recognises its keyring; also what a start asks the table for.
pub(crate) fn keyring() -> Key {
    Key::new("KEYRING", "KEYRING")
}
