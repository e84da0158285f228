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
//! - [`bookings`]: hold, look, confirm, cancel, move; what a person is shown of a booking.
//! - [`documents`]: which documents to bring.
//! - [`desk`]: scan, documents, calling.
//! - [`account`]: everything that is known of an account, and nothing any more.
//! - [`erasures`]: the same again, in a table that was restored.

pub mod account;
pub mod bookings;
pub mod desk;
pub mod documents;
pub mod erasures;
pub mod one_time_codes;
pub mod owner;
pub mod people;
pub mod registration;
pub mod sign_in;

pub use crate::ledger::{LedgerError, Outcome};
