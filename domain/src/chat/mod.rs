//! The conversation with a person, pure: what their words mean, what is asked next.
//!
//! - [`words`]: what a text says, in any of the spellings that people use.
//! - [`Pick`]: what a button or a row of a list stands for.
//! - [`Chat`]: what is remembered between two messages. [`Chat::hear`] is the machine: from a message
//!   and the [`World`] it makes the next [`Act`], which a caller carries out over the ledger.

mod answers;
mod commands;
mod hear;
mod next;
mod open;
mod owner;
mod papers;
mod pending;
mod person;
mod pick;
mod services;
mod sign_in;
mod spelling;
mod state;
mod taps;
mod turn;
pub mod words;

pub use answers::{Answering, Answers};
pub use owner::OwnerHeard;
pub use papers::services_of;
pub use pending::Pending;
pub use pick::{PapersWish, Pick};
pub use sign_in::{SIGN_IN_NUMBERS, sign_in_picks};
pub use state::{Chat, Draft, Offer, Question};
pub use turn::{Act, BookingsNeeded, Input, PersonPurpose, Purpose, Remark, World};

#[cfg(test)]
mod tests;
