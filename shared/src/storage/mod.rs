//! The table: the only module that knows DynamoDB.
//!
//! One table, string keys `pk` and `sk`, one sparse index `due-index` (`due_kind`, `due`). There is no
//! Scan but an operator's (`reseal.rs`, `erasures.rs`), every Query is bounded, and every write is a transaction with
//! conditions.
//!
//! | access | key or query | consistency |
//! |---|---|---|
//! | one office | `OFFICES` / `OFFICE#id` | eventual, cached; strong for whoever changes it |
//! | what an office was described as, newest first | `VERSIONS#office` | strong |
//! | which revisions the documents about all offices have | `DIRECTORY` / `HEAD` | eventual, cached |
//! | all offices; who is denied, once that has changed | `DIRECTORY` / `LIST`, `DENIED` | strong, cached |
//! | the next free hour of each office | `DIRECTORY` / `NEXT` | eventual, cached |
//! | offices and staff, to compare with the documents | `OFFICES` | eventual, then a condition; the scheduler alone |
//! | who is or was denied | `OFFICES` / begins with `STAFF#` | strong |
//! | a day with its slots and seats | `DAY#office#date` | strong |
//! | what is to be seen of an office's dates, and who reads it anew | `VIEW#office` | eventual, then a condition |
//! | one slot with its seats | `DAY#office#date` / begins with `hhmm#service` | strong |
//! | all bookings that a date has or had | `DAY#office#date`, `DAY#office#LEFT#date`, then `BOOKING#code` and `ACCOUNT#id` by a hundred a call | strong |
//! | how settled days went | `REPORT#office` / dates | strong |
//! | how another day goes | the same as its bookings, and `QUEUE#office#date` / begins with `ENTRY#`, `EVENT#` | strong |
//! | a booking, with its events | `BOOKING#code` | strong |
//! | the person's live booking | `PERSON#hash` / `ACTIVE` | strong, in conditions |
//! | the last claim of a person, with their live booking | `PERSON#hash` / two keys by one call | strong, then a condition |
//! | an account: profile, applicants, sessions, bookings | `ACCOUNT#id` | strong |
//! | the conversation with an account | `ACCOUNT#id` / `CHAT` | strong |
//! | the account of a contact | `CONTACT#hash` | strong |
//! | a message received with its sender's account | `INBOUND#hash`, `CONTACT#hash` by one call | strong |
//! | an account's profile and conversation | `ACCOUNT#id` / two keys by one call | strong |
//! | a session with a person of its account | `ACCOUNT#id` / two keys by one call | strong |
//! | a member of staff's session in a browser | `CLERK#hash` | strong |
//! | a registration by its code or id | `REGISTRATION#id` | strong |
//! | a queue: its sequences of numbers, places, what was done to one, what counters have, which are open | `QUEUE#office#date` | strong |
//! | when a person last wrote | `ACCOUNT#id` / `CHAT` | strong |
//! | which keyring wrote the table | `KEYRING` | strong, at a start |
//! | the pause of sending | `PAUSE` | strong, then a condition |
//! | the pause of what can wait | `PAUSE` / `BULK` | strong |
//! | one-time codes of a month: to a number or prefix, from an address, in all | `OTP#hash` / month | strong, in conditions |
//! | how many people a clerk has looked up on a date | `LOOKUP#hash` / date | strong, in conditions |
//! | what the messages of a day have cost | `SPENDING#date` | strong |
//! | an outbox row | `MESSAGE#id` | strong |
//! | rows due to be sent | `due-index`: `MESSAGE#shard`, `due ≤ now` | eventual, then a condition |
//! | bookings that time has changed | `due-index`: `BOOKING#shard`, `due ≤ now` | eventual, then a condition |
//! | bookings that are on, for the audit | `due-index`: `BOOKING#shard`, page after page | eventual, then strong |
//! | how far the audit has come | `AUDIT` | strong, then a condition |
//! | days to be cleared | `CLOSURES` | strong |
//! | what was last seen free at each office | `SURVEYS` | strong |
//! | seats that were given back and are to be looked at | `FREED` | strong |
//! | up to where each office's days have been made | `PLANS` | strong |
//! | answers to repeated requests | `REQUEST#hash` | strong |
//! | a message received | `INBOUND#hash` | strong |
//! | messages received that wait | `due-index`: `INBOUND#shard`, `due` in the last day | eventual, then a condition |
//!
//! Beside it stands a small one of what no restore may bring back, written by functions and read by an
//! operator alone: `ACCOUNT#hash`, `SESSION#hash` (`erasures.rs`).
//!
//! Every access answers with a [`StoreError`] if the table does not answer or an item is corrupt; what
//! else it may answer with stands at it.
//!
//! `ttl` only cleans up: expiry is always a condition or is checked by the reader. `v` is the version
//! of an item's form: `schema.rs`.
//!
//! The item `PERSON#hash` / `ACTIVE` is a person's **uniqueness guard**: DynamoDB knows no unique
//! attribute but the key, so that the key says who the person is. It names the live booking; another
//! one claims it in the transaction that makes the booking, and can once `free_at` has come.

mod accounts;
mod apart;
mod audit;
mod audit_run;
mod bookings;
mod changes;
mod chats;
mod code_limits;
mod contacts;
mod corrections;
mod days;
mod denials;
mod desk_accounts;
mod directory;
mod directory_upkeep;
mod erasure;
mod erasures;
mod error;
mod expression;
mod fair_use;
mod freed;
mod guards;
mod idempotency;
mod inbound;
mod items;
mod keyring_record;
mod keys;
mod left;
mod lookups;
mod office_versions;
mod offices;
mod outbox;
mod owner;
mod pause;
mod people;
mod person_claims;
mod queue;
mod registrations;
mod reports;
mod reseal;
mod retention;
mod retry;
mod return_seat;
mod roster;
mod schema;
mod service_window;
mod sessions;
mod spending;
mod staff_sessions;
mod surveys;
mod transact;
mod transition;
mod turn_reads;
mod values;
mod views;
mod writers;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::security::Keyring;

pub use audit::{AuditReport, Disagreement};
pub use audit_run::{AuditPart, AuditRun};
pub use bookings::{BookingKept, DuePage, DuePlace};
pub use changes::{Asked, Claim, ClaimConflict, NewBooking, Relocation, RelocationConflict};
pub use chats::{ChatKept, Turn, Turned};
pub use code_limits::CodeRequest;
pub use corrections::{Correction, CorrectionConflict, Rebooked};
pub use days::SlotsReleased;
pub use denials::DenialChanged;
pub use directory::{Denied, Document, Head, NextAvailable, OfficeKept};
pub use erasures::{Returned, erasures_table};
pub use error::StoreError;
pub use fair_use::{HoldLimits, Kept, MissedVisit};
pub use freed::Freed;
pub use guards::LiveBooking;
pub use idempotency::{Answer, Replay};
pub use inbound::{TakenIn, Waiting};
pub(crate) use keyring_record::known_keyring;
pub use keys::DUE_SHARDS;
pub use lookups::Standing;
pub use office_versions::{OfficeVersion, Written};
pub use offices::{Closure, DaysMade};
pub use outbox::Leased;
pub use owner::OwnerSeen;
pub use people::ApplicantAdded;
pub use person_claims::{ClaimCounted, ClaimQuestion};
pub use queue::{AtCounter, KnownStep, QueueChange};
pub use registrations::{OtpChecked, OtpGrant, OtpGranted, Page, Registration, RegistrationState};
pub use reseal::Resealed;
pub use retry::{Attempt, CONTENTION, Contention, RetryPolicy, compare_and_set};
pub use service_window::ServiceWindow;
pub use sessions::{Session, session_id};
pub use spending::Cost;
pub use staff_sessions::{StaffSession, StaffTokens};
pub use surveys::{DateSeen, Survey};
pub use transition::{Transition, TransitionConflict};
pub use turn_reads::{Received, Sender};
pub use views::{DateView, View};

/// An item as the SDK knows it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The index of what waits for its time.
pub(crate) const DUE_INDEX: &str = "due-index";

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    keyring: Arc<Keyring>,
}

impl Store {
    /// The table named `table`, reached by `client`; `keyring` seals personal data.
    pub fn new(client: Client, table: impl Into<String>, keyring: Arc<Keyring>) -> Self {
        Self { client, table: table.into(), keyring }
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The keys that seal personal data.
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }
}
