//! What people do with the system, once for every face: the JSON routes, the chat and the pages read
//! what is asked, call one of these, and show its outcome.
//!
//! Input is typed, a refusal is a value, a fault (the table does not answer, an item is corrupt) is an
//! error. Nothing here knows HTTP or WhatsApp.
//!
//! - [`registration`]: prove a number, open a session.
//! - [`one_time_codes`]: the code of somebody who cannot send a message.
//! - [`sign_in`]: the chat asks its owner who wants to sign in.
//! - [`owner`]: whose an account is whose number may be another person's by now.
//! - [`people`]: the people that an account books for.
//! - [`corrections`]: the same people, corrected or removed.
//! - [`person_claims`]: a person whom another account has booked for.
//! - [`person_release`]: the same, by a clerk who sees the KTP.
//! - [`bookings`]: hold, look, confirm, cancel, move; what a person is shown of a booking.
//! - [`free_days`]: the first days with a free seat; [`place`]: where somebody stands in the line.
//! - [`documents`]: which documents to bring.
//! - [`offices`], [`calendar`]: an office's description, and its days that differ from the week; [`closures`]:
//!   what closing days does to people; [`seats`]: dates that are opened by hand, and quotas.
//! - [`scans`]: what a scanner reads. [`desk`]: scan, documents, calling; [`desk_bookings`]: a booking of the
//!   office by its code; [`walk_ins`]: people without a booking; [`roster`]: who comes on a date;
//!   [`report`]: how days went; [`hand_ins`]: scans that were made without a network.
//! - [`hall`]: what everybody sees of the queue.
//! - [`staff_sessions`]: staff in a browser.
//! - [`account`]: everything that is known of an account, and nothing any more.
//! - [`erasures`]: the same again, in a table that was restored.

pub mod account;
pub mod bookings;
pub mod calendar;
pub mod closures;
pub mod corrections;
pub mod descriptions;
pub mod desk;
pub mod desk_bookings;
pub mod documents;
pub mod erasures;
pub mod free_days;
pub mod hall;
pub mod hand_ins;
pub mod offices;
pub mod one_time_codes;
pub mod owner;
pub mod people;
pub mod person_claims;
mod person_fields;
pub mod person_release;
pub mod place;
pub mod registration;
pub mod report;
pub mod roster;
pub mod scans;
pub mod seats;
pub mod sign_in;
pub mod staff_sessions;
pub mod walk_ins;

pub use crate::ledger::{LedgerError, Outcome};
