//! What to do about an error of the Cloud API. Its `code` decides, not the HTTP status.

use std::ops::RangeInclusive;

use chrono::TimeDelta;

use crate::messaging::SendError;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try again later, a bounded number of times.
    Later,
    /// Too fast in all: what can wait longest makes room.
    Limited,
    /// Too fast for this person: wait 4ⁿ seconds at the n-th try.
    Slower,
    /// Send a template instead.
    WindowClosed,
    /// Record that it can't be delivered.
    Undeliverable,
    /// Send nothing any more until somebody has looked.
    Stopped,
    /// Put it aside: ours to mend.
    Defect,
}

const fn one(code: u32) -> RangeInclusive<u32> {
    code..=code
}

use Remedy::{Defect, Later, Limited, Slower, Stopped, Undeliverable, WindowClosed};

#[rustfmt::skip]
const REMEDIES: &[(RangeInclusive<u32>, Remedy)] = &[
    // Limits of the application, the account, the number.
    (one(4), Limited), (one(80_007), Limited), (one(130_429), Limited),
    (one(131_056), Slower),
    // Faults of Meta's.
    (1..=2, Later), (one(131_000), Later), (one(131_016), Later), (one(131_057), Later),
    (one(133_004), Later),
    (one(131_047), WindowClosed),
    // Not in use, held back, in an experiment, opted out, the sender itself, not a tester, not
    // reachable by a scoped id.
    (one(131_026), Undeliverable), (one(131_049), Undeliverable), (one(130_472), Undeliverable),
    (one(131_050), Undeliverable), (one(131_021), Undeliverable), (one(131_030), Undeliverable),
    (one(131_062), Undeliverable),
    // The account, its number, its payment.
    (one(131_048), Stopped), (one(368), Stopped), (one(131_031), Stopped), (one(130_497), Stopped),
    (one(131_042), Stopped), (one(133_010), Stopped),
    // The token and what it may do.
    (one(0), Stopped), (one(3), Stopped), (one(10), Stopped), (one(190), Stopped),
    (200..=299, Stopped), (one(131_005), Stopped),
    // The request or the template.
    (one(100), Defect), (131_008..=131_009, Defect), (one(131_051), Defect), (one(131_053), Defect),
    (132_000..=132_016, Defect),
];

/// What to do about this code; nothing is known of one that stands nowhere.
pub fn remedy(code: u32) -> Option<Remedy> {
    REMEDIES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, remedy)| *remedy)
}

/// Waits of 4ⁿ seconds end at about an hour.
const MAX_FOURS: u32 = 6;

impl Remedy {
    /// The error of a send, at its `attempt`-th try.
    pub(in crate::messaging) fn error(self, code: String, attempt: u32) -> SendError {
        let fours = TimeDelta::seconds(4_i64.pow(attempt.min(MAX_FOURS)));
        match self {
            Later => SendError::Later { code, after: None },
            Limited => SendError::Limited { code },
            Slower => SendError::Later { code, after: Some(fours) },
            WindowClosed => SendError::WindowClosed,
            Undeliverable => SendError::Undeliverable { code },
            Stopped => SendError::Stopped { code },
            Defect => SendError::Defect { code },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_two_places() {
        for (at, (codes, _)) in REMEDIES.iter().enumerate() {
            for (others, _) in &REMEDIES[at + 1..] {
                let apart = codes.end() < others.start() || others.end() < codes.start();
                assert!(apart, "{codes:?} and {others:?}");
            }
        }
    }
}
