//! How fast messages go out, all senders together.

use std::num::NonZeroU32;
use std::time::Duration;

/// What a number may send, and by how many it is sent.
///
/// Each sender begins its next message no sooner than so many seconds after the last one as there are
/// senders for a message a second. So whatever runs, and however many start anew, all of them together keep
/// to the rate, and nobody has to ask anybody. What a lane's senders do not use goes to no other lane: that
/// is the price, and what keeps a share of the rate free for codes and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingRate {
    /// Messages a second of the number: Meta allows 80, and 1,000 after an upgrade of its own.
    pub per_second: NonZeroU32,
    /// How many send at once, over all lanes.
    pub senders: NonZeroU32,
}

const PER_SECOND: NonZeroU32 = NonZeroU32::new(80).unwrap();
/// As many as take 80 messages a second from a provider that answers within 300 ms.
const SENDERS: NonZeroU32 = NonZeroU32::new(24).unwrap();

impl Default for SendingRate {
    fn default() -> Self {
        Self { per_second: PER_SECOND, senders: SENDERS }
    }
}

impl SendingRate {
    /// What a message takes its sender at least.
    pub fn interval(self) -> Duration {
        Duration::from_secs(1) * self.senders.get() / self.per_second.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32, senders: u32) -> SendingRate {
        let number = |number| NonZeroU32::new(number).unwrap();
        SendingRate { per_second: number(per_second), senders: number(senders) }
    }

    #[test]
    fn all_senders_together_keep_to_the_rate() {
        assert_eq!(SendingRate::default().interval(), Duration::from_millis(300));
        for (per_second, senders) in [(80, 24), (80, 3), (20, 24), (1_000, 300), (7, 1)] {
            let interval = rate(per_second, senders).interval().as_secs_f64();
            let together = f64::from(senders) / interval;
            assert!((together - f64::from(per_second)).abs() < 0.01, "{together} of {per_second}");
        }
    }
}
