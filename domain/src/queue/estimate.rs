//! How long a place will wait, by the pace that was seen; nothing where there is no pace yet.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Line, QueueEntry};

/// The pace of so long ago counts.
const SEEN_MINUTES: i64 = 60;
/// Fewer calls tell nothing about the next ones.
const LEAST_CALLS: usize = 3;
/// Minutes are said in steps of this: anything finer would be a promise.
const STEP_MINUTES: i64 = 5;

/// Between how many and how many minutes this place still waits, at three quarters to one and a half of
/// the pace at which its letter was called within the last hour. Absent: fewer than three were.
pub fn wait_minutes(line: &Line<'_>, own: &QueueEntry, now: DateTime<Utc>) -> Option<(i64, i64)> {
    minutes(line.entries(), own.line(), line.ahead(own) + 1, now)
}

/// The same for whoever comes now and joins the line of a letter.
pub fn newcomer_minutes(line: &Line<'_>, letter: char, now: DateTime<Utc>) -> Option<(i64, i64)> {
    minutes(line.entries(), letter, line.waiting_of(letter) + 1, now)
}

fn minutes(
    entries: &[QueueEntry],
    letter: char,
    turns: u32,
    now: DateTime<Utc>,
) -> Option<(i64, i64)> {
    let since = now - TimeDelta::minutes(SEEN_MINUTES);
    let calls = entries.iter().filter(|entry| entry.line() == letter);
    let calls: Vec<_> =
        calls.filter_map(|entry| entry.called_at).filter(|at| *at > since).collect();
    let first = calls.iter().min().filter(|_| calls.len() >= LEAST_CALLS)?;
    let secs = (now - *first).num_seconds() * i64::from(turns) / i64::try_from(calls.len()).ok()?;
    let (least, most) = (secs * 3 / 4 / 60, secs * 3 / 2 / 60);
    let up = |minutes: i64| (minutes + STEP_MINUTES - 1) / STEP_MINUTES * STEP_MINUTES;
    Some((least / STEP_MINUTES * STEP_MINUTES, up(most).max(STEP_MINUTES)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::BookingCode;
    use crate::queue::{QueueNumber, QueueState};

    fn at(minute: i64) -> DateTime<Utc> {
        let nine: DateTime<Utc> = "2026-12-02T01:00:00Z".parse().unwrap();
        nine + TimeDelta::minutes(minute)
    }

    fn entry(number: u32, called: Option<i64>) -> QueueEntry {
        let code = BookingCode::from_bits(number.into());
        let number = QueueNumber { group: 'A', number };
        let service = "passport_new".parse().unwrap();
        let entry = QueueEntry::waiting(number, code, service, false, at(0));
        let state = if called.is_some() { QueueState::Finished } else { QueueState::Waiting };
        QueueEntry { called_at: called.map(at), ..entry.moved_to(state) }
    }

    #[test]
    fn six_minutes_for_each_of_four_turns() {
        let calls = [0, 6, 12, 18, 24].map(Some).into_iter().zip(1..);
        let mut entries: Vec<_> = calls.map(|(called, number)| entry(number, called)).collect();
        entries.extend((6..10).map(|number| entry(number, None)));
        // Five calls in thirty minutes; three are ahead: 24 minutes at that pace.
        assert_eq!(wait_minutes(&Line::of(&entries, 1), &entries[8], at(30)), Some((15, 40)));
        assert_eq!(wait_minutes(&Line::of(&entries, 1), &entries[5], at(30)), Some((0, 10)));
    }

    #[test]
    fn without_a_pace_nothing_is_said() {
        let entries = [entry(1, Some(0)), entry(2, Some(5)), entry(3, None)];
        assert_eq!(wait_minutes(&Line::of(&entries, 1), &entries[2], at(10)), None);
        let old = [entry(1, Some(0)), entry(2, Some(1)), entry(3, Some(2)), entry(4, None)];
        assert_eq!(wait_minutes(&Line::of(&old, 1), &old[3], at(120)), None, "an hour ago is over");
    }
}
