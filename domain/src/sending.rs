//! What is sent to people, and how much of it: limits of one-time codes, which anybody can ask for in
//! anybody's name, a ceiling of what all messages may cost a day, and how much a chat is answered.
//!
//! Every limit leaves a way that always works: whoever gets no code registers by sending a message,
//! and tickets, holds and replies go out at any ceiling.

mod rate;

use crate::message::MessageKind;
use crate::personal::PhoneNumber;

pub use rate::SendingRate;

/// How many, in a day and in a month of the calendar (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub per_day: u32,
    pub per_month: u32,
}

/// What is sent, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingPolicy {
    /// Country codes whose numbers get one-time codes, digits only. Codes to anywhere are what premium
    /// and satellite numbers are rented for.
    pub code_countries: Vec<String>,
    /// One-time codes to a number. A person needs one for a registration; five are four that were
    /// lost. Somebody else may have asked for them.
    pub codes_per_number: Limit,
    /// One-time codes to all numbers with the same first digits, see [`SendingPolicy::prefix`]: ten
    /// thousand numbers or more, of which few ask on a day.
    pub codes_per_prefix: Limit,
    /// One-time codes that an address asks for. A household, an office's network and many customers of
    /// a mobile operator share one.
    pub codes_per_address: Limit,
    /// One-time codes in all: at 0.025 USD each, 50 USD a day.
    pub codes: Limit,
    /// What messages may cost a day, in millionths of a USD: 100 USD are 4,000 messages, twice what the
    /// largest single office sends. Several offices need more.
    pub daily_ceiling_micros: u64,
    /// What a template costs, in millionths of a USD (docs/costs.md).
    pub template_micros: u32,
    /// What a message costs that answers within the service window (docs/costs.md).
    pub reply_micros: u32,
    /// Answers to a number within an hour. A booking by lists and buttons has about seven; five people
    /// of a family have 35.
    pub answers_per_hour: u32,
    /// How fast all of it goes out.
    pub rate: SendingRate,
    /// Claims of persons that an account may make in a day. Each may ask somebody a question; a family
    /// of five that has lost its number makes five.
    pub claims_per_account: u32,
}

impl Default for SendingPolicy {
    fn default() -> Self {
        Self {
            code_countries: vec!["62".to_owned()],
            codes_per_number: Limit { per_day: 5, per_month: 20 },
            codes_per_prefix: Limit { per_day: 100, per_month: 1_000 },
            codes_per_address: Limit { per_day: 50, per_month: 500 },
            codes: Limit { per_day: 2_000, per_month: 20_000 },
            daily_ceiling_micros: 100_000_000,
            template_micros: 25_000,
            reply_micros: 25_000,
            answers_per_hour: 60,
            rate: SendingRate::default(),
            claims_per_account: 5,
        }
    }
}

/// Why a one-time code is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRule {
    /// The number is of a country that gets none.
    Country,
    /// The number has had its codes.
    Number,
    /// Numbers that begin like this one have had theirs.
    Prefix,
    /// Whoever asks has asked for theirs.
    Address,
    /// All have been sent that are sent in a day or a month.
    All,
    /// The day's messages have cost what they may cost.
    Ceiling,
}

impl CodeRule {
    /// As it stands in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Number => "number",
            Self::Prefix => "prefix",
            Self::Address => "address",
            Self::All => "all",
            Self::Ceiling => "ceiling",
        }
    }
}

/// Digits after the country code that numbers of a range share.
const PREFIX_DIGITS: usize = 5;
/// From this part of the ceiling on somebody has to know.
const NEAR_PERCENT: u64 = 80;

/// How what a day's messages have cost compares with what they may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spending {
    Usual,
    /// Four fifths are spent.
    Near,
    /// All is spent: what can wait does not go.
    Reached,
}

impl SendingPolicy {
    /// The first digits of a number, by which numbers of a range are counted together: its country code
    /// and five more. None: its country gets no codes.
    pub fn prefix<'a>(&self, phone: &'a PhoneNumber) -> Option<&'a str> {
        let digits = phone.expose();
        let country = self.code_countries.iter().find(|code| digits.starts_with(code.as_str()))?;
        digits.get(..country.len() + PREFIX_DIGITS)
    }

    /// How much of the ceiling is spent, in percent. What has cost nothing has no ceiling to reach.
    pub fn spent_percent(&self, micros: u64) -> u64 {
        micros.saturating_mul(100) / self.daily_ceiling_micros.max(1)
    }

    pub fn spending(&self, micros: u64) -> Spending {
        match self.spent_percent(micros) {
            100.. => Spending::Reached,
            NEAR_PERCENT.. => Spending::Near,
            _ => Spending::Usual,
        }
    }
}

/// Whether a message waits once the ceiling is reached: a reminder repeats what its person knows, a code
/// has another way. Everything else tells somebody of a change, or answers.
pub fn waits_at_ceiling(kind: MessageKind) -> bool {
    match kind {
        MessageKind::OneTimeCode | MessageKind::Reminder => true,
        MessageKind::Hold
        | MessageKind::Confirmed
        | MessageKind::Cancelled
        | MessageKind::Moved
        | MessageKind::OfficeClosed
        | MessageKind::ClosedMoved
        | MessageKind::ClosedWaiting
        | MessageKind::ClaimAsked
        | MessageKind::ClaimReleased
        | MessageKind::Released
        | MessageKind::HoldLapsed
        | MessageKind::DocumentsMissing
        | MessageKind::AlmostYourTurn
        | MessageKind::Verified
        | MessageKind::Ticket
        | MessageKind::Reply => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(countries: &[&str], phone: &str) -> Option<String> {
        let code_countries = countries.iter().map(|code| (*code).to_owned()).collect();
        let policy = SendingPolicy { code_countries, ..SendingPolicy::default() };
        policy.prefix(&phone.parse().unwrap()).map(str::to_owned)
    }

    #[test]
    fn numbers_of_a_range_share_their_country_and_five_digits() {
        assert_eq!(prefix(&["62"], "+62 812-3456-7890").as_deref(), Some("6281234"));
        assert_eq!(prefix(&["62", "673"], "6737123456").as_deref(), Some("67371234"));
        assert_eq!(prefix(&["62"], "62812345").as_deref(), Some("6281234"), "the shortest");
    }

    #[test]
    fn other_countries_satellites_among_them_have_none() {
        for phone in ["881612345678", "870773112345", "6737123456", "12025550123"] {
            assert_eq!(prefix(&["62"], phone), None, "{phone}");
        }
    }

    #[test]
    fn from_four_fifths_on_the_ceiling_is_near() {
        let policy = SendingPolicy { daily_ceiling_micros: 1_000_000, ..SendingPolicy::default() };
        for (micros, level) in [
            (0, Spending::Usual),
            (799_999, Spending::Usual),
            (800_000, Spending::Near),
            (999_999, Spending::Near),
            (1_000_000, Spending::Reached),
            (u64::MAX, Spending::Reached),
        ] {
            assert_eq!(policy.spending(micros), level, "{micros}");
        }
    }

    #[test]
    fn a_rule_is_recorded_under_its_own_name() {
        let rules = [
            CodeRule::Country,
            CodeRule::Number,
            CodeRule::Prefix,
            CodeRule::Address,
            CodeRule::All,
            CodeRule::Ceiling,
        ];
        let names = ["country", "number", "prefix", "address", "all", "ceiling"];
        assert_eq!(rules.map(CodeRule::as_str), names);
    }
}
