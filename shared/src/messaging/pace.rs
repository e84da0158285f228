//! How fast messages go to one person, so that the provider has nothing to refuse. How fast all of them go
//! is [`crate::domain::sending::SendingRate`]'s.
//!
//! Judged by the machine's own clock: it is the provider who counts, and no moved clock changes that.
//! Each process counts for itself; what goes too fast even so is refused by the provider and sent later.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;

use chrono::TimeDelta;
use governor::clock::{Clock, DefaultClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

/// Messages a minute to the same person: one in six seconds …
const PERSON_PER_MIN: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// … after so many at once.
const PERSON_BURST: NonZeroU32 = NonZeroU32::new(45).unwrap();
/// People remembered before those with nothing to wait for are forgotten.
const MAX_PEOPLE: usize = 10_000;

type People<C> = RateLimiter<u64, HashMapStateStore<u64>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The limit.
#[derive(Debug)]
pub(crate) struct Pace<C: Clock = DefaultClock> {
    clock: C,
    people: People<C>,
    hasher: RandomState,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Pace<C> {
    fn new(clock: C) -> Self {
        let person = Quota::per_minute(PERSON_PER_MIN).allow_burst(PERSON_BURST);
        Self {
            people: RateLimiter::hashmap_with_clock(person, clock.clone()),
            hasher: RandomState::new(),
            clock,
        }
    }

    /// Counts a message to this address.
    ///
    /// # Errors
    /// How long to wait, if it would be too fast; then it is not counted.
    pub(crate) fn take(&self, address: &str) -> Result<(), TimeDelta> {
        if self.people.len() > MAX_PEOPLE {
            self.people.retain_recent();
        }
        let person = self.hasher.hash_one(address);
        self.people.check_key(&person).map_err(|not_until| self.wait(&not_until))
    }

    fn wait<P: Reference>(&self, not_until: &NotUntil<P>) -> TimeDelta
    where
        C: Clock<Instant = P>,
    {
        let wait = not_until.wait_time_from(self.clock.now());
        TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use governor::clock::FakeRelativeClock;

    #[test]
    fn a_person_gets_a_burst_and_then_one_in_six_seconds() {
        let clock = FakeRelativeClock::default();
        let pace = Pace::new(clock.clone());
        for sent in 0..45 {
            assert_eq!(pace.take("somebody"), Ok(()), "{sent}");
        }
        assert_eq!(pace.take("somebody"), Err(TimeDelta::seconds(6)));
        assert_eq!(pace.take("another"), Ok(()));
        clock.advance(Duration::from_secs(6));
        assert_eq!(pace.take("somebody"), Ok(()));
        assert!(pace.take("somebody").is_err());
    }

    #[test]
    fn people_with_nothing_to_wait_for_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let pace = Pace::new(clock.clone());
        for to in 0..=MAX_PEOPLE {
            clock.advance(Duration::from_millis(20));
            assert_eq!(pace.take(&to.to_string()), Ok(()));
        }
        clock.advance(Duration::from_secs(600));
        assert_eq!(pace.take("somebody"), Ok(()));
        assert_eq!(pace.people.len(), 1);
    }
}
