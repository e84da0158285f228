//! When a reminder goes: each at a time of its own, so that a country's reminders are no wave.

use chrono::TimeDelta;

use super::Times;
use crate::code::BookingCode;
use crate::office::Policy;

/// Reminders are spread over so much time before the one that the office names …
const SPREAD_MINUTES: u16 = 3 * 60;
/// … but none goes earlier in the morning, unless the office names an earlier time.
const MORNING_MINUTES: u16 = 7 * 60;

impl Times {
    /// These times with the reminder at the booking's own second. The code is drawn at random, so that the
    /// seconds are as well, and the same booking keeps its own.
    #[must_use]
    pub fn reminding(self, policy: &Policy, code: BookingCode) -> Self {
        let latest = policy.reminder_at.minutes();
        let spread = latest.saturating_sub(MORNING_MINUTES).min(SPREAD_MINUTES);
        let seconds = code.bits() % (u64::from(spread) * 60 + 1);
        let earlier = TimeDelta::seconds(i64::try_from(seconds).unwrap_or_default());
        Self { reminder_at: self.reminder_at - earlier, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many seconds before the office's time reminders of so many codes go.
    fn earlier(reminder_at: &str, codes: u64) -> Vec<i64> {
        let policy = Policy { reminder_at: reminder_at.parse().unwrap(), ..Policy::default() };
        let epoch = chrono::DateTime::UNIX_EPOCH;
        let times = Times {
            starts_at: epoch,
            check_in_from: epoch,
            check_in_until: epoch,
            reschedule_until: epoch,
            reminder_at: epoch,
            day_ends_at: epoch,
        };
        let code = |number: u64| BookingCode::from_bits(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let reminded = |number| times.reminding(&policy, code(number)).reminder_at;
        (0..codes).map(|number| (epoch - reminded(number)).num_seconds()).collect()
    }

    #[test]
    fn reminders_are_spread_over_the_hours_before_and_none_goes_at_night() {
        for (reminder_at, longest) in
            [("09:00", 2 * 3_600), ("17:00", 3 * 3_600), ("07:30", 1_800), ("06:00", 0)]
        {
            let earlier = earlier(reminder_at, 5_000);
            assert!(earlier.iter().all(|secs| (0..=longest).contains(secs)), "{reminder_at}");
            // Of 5,000 in two hours a minute has 42 on average.
            let minutes = earlier.iter().map(|secs| secs / 60).fold(vec![0; 181], |mut all, at| {
                all[at as usize] += 1;
                all
            });
            let fullest = minutes.into_iter().max().unwrap();
            assert!(longest < 3_600 || fullest < 100, "{reminder_at}: {fullest} in a minute");
        }
    }

    #[test]
    fn a_booking_keeps_its_own_time() {
        assert_eq!(earlier("09:00", 100), earlier("09:00", 100));
    }
}
