//! A person whom another account has booked for is claimed. The answer to a claim says the same whether
//! there is such a booking or not.

use chrono::{DateTime, Utc};

use super::Outcome;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::ledger::{ClaimRefusal, ClaimRequest, Ledger};

/// Claims a person of an account, which is told of an answer in its language.
///
/// # Errors
/// If the table does not answer, or the booking is changed again and again.
pub async fn claim(
    app: &App,
    ledger: &Ledger,
    (account, locale): (&AccountId, Locale),
    person: &Applicant,
    now: DateTime<Utc>,
) -> Outcome<(), ClaimRefusal> {
    let most = app.sending.claims_per_account;
    ledger.claim_person(&ClaimRequest { account, person: &person.person, locale, most }, now).await
}
