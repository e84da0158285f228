//! How much a chat is answered: so often within an hour, then once that no more answers come, then not
//! at all until the hour is over.

use chrono::{DateTime, TimeDelta, Utc};

/// The hour in which answers are counted begins with the first of them.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// Answers within an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// When the first of them was given; none: there was none.
    pub since: Option<DateTime<Utc>>,
    /// How many there were.
    pub count: u32,
    /// The person was told that there are no more.
    pub is_told: bool,
}

/// What becomes of the next answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// It is given.
    Given,
    /// In its stead the person is told that answers come again in so many minutes.
    Notice { minutes: i64 },
    /// Nothing is said.
    Silent,
}

impl Answers {
    /// Those of the hour at `now`.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        let is_over = self.since.is_none_or(|since| now >= since + HOUR);
        if is_over { Self { since: Some(now), ..Self::default() } } else { self }
    }

    /// What becomes of an answer at `now`, if `limit` are given in an hour.
    pub fn next(self, limit: u32, now: DateTime<Utc>) -> Answering {
        let Self { since, count, is_told } = self.at(now);
        let left = since.unwrap_or(now) + HOUR - now;
        match (count < limit, is_told) {
            (true, _) => Answering::Given,
            (false, false) => Answering::Notice { minutes: (left.num_seconds() + 59) / 60 },
            (false, true) => Answering::Silent,
        }
    }

    /// With one more.
    #[must_use]
    pub fn counted(self, now: DateTime<Utc>) -> Self {
        let hour = self.at(now);
        Self { count: hour.count.saturating_add(1), ..hour }
    }

    /// With the notice.
    #[must_use]
    pub fn told(self, now: DateTime<Utc>) -> Self {
        Self { is_told: true, ..self.at(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(secs)
    }

    #[test]
    fn after_so_many_answers_there_is_one_notice_and_then_silence_until_the_hour_is_over() {
        use Answering::{Given, Notice, Silent};
        let mut answers = Answers::default();
        let mut said = Vec::new();
        for secs in [0, 10, 20, 30, 3_599, 3_600] {
            let next = answers.next(2, at(secs));
            answers = match next {
                Given => answers.counted(at(secs)),
                Notice { .. } => answers.told(at(secs)),
                Silent => answers,
            };
            said.push(next);
        }
        assert_eq!(said, [Given, Given, Notice { minutes: 60 }, Silent, Silent, Given]);
        assert_eq!(answers, Answers { since: Some(at(3_600)), count: 1, is_told: false });
    }

    #[test]
    fn the_notice_names_the_minutes_that_are_left() {
        let full = Answers { since: Some(at(0)), count: 2, is_told: false };
        for (secs, minutes) in [(1, 60), (60, 59), (3_541, 1), (3_599, 1)] {
            assert_eq!(full.next(2, at(secs)), Answering::Notice { minutes }, "{secs}");
        }
    }
}
