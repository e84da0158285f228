//! How long a visit took: in line, and at counters.

use chrono::{DateTime, TimeDelta, Utc};

use super::{QueueAct, QueueEntry, QueueEvent, QueueState};

/// How long somebody who is done was here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitTimes {
    /// In line until called: each time, if several counters called one after the other. Neither the time
    /// when the person was away counts, nor what they waited for at a counter.
    pub waited: TimeDelta,
    /// At counters.
    pub served: TimeDelta,
}

/// The times of a place whose person is done, from what was done to it, in its order. Absent: not done, the
/// scan was undone, or it is of a version that wrote nothing down.
pub fn visit_times(entry: &QueueEntry, events: &[QueueEvent]) -> Option<VisitTimes> {
    if entry.state != QueueState::Finished || entry.undone {
        return None;
    }
    let finished_at = events.iter().rev().find(|event| event.act == QueueAct::Finish)?.at;
    let begun = entry.served_at.or(entry.called_at).unwrap_or(finished_at);
    Some(VisitTimes {
        waited: waited(entry, events),
        served: TimeDelta::seconds(entry.served_secs)
            + (finished_at - begun).max(TimeDelta::zero()),
    })
}

fn waited(entry: &QueueEntry, events: &[QueueEvent]) -> TimeDelta {
    let mut waited = TimeDelta::zero();
    // Since when the person is in line.
    let mut since = Some(entry.since);
    let mut last_call: Option<(DateTime<Utc>, bool)> = None;
    for event in events {
        match event.act {
            QueueAct::Call => {
                let from = back_with_documents(entry, last_call, event.at).or(since.take());
                waited += from.map_or(TimeDelta::zero(), |from| event.at - from);
                last_call = Some((event.at, from.is_some()));
            }
            QueueAct::PassBack => {
                since = last_call.filter(|(_, was_in_line)| *was_in_line).map(|(at, _)| at);
            }
            QueueAct::Transfer | QueueAct::BringBack => since = Some(event.at),
            QueueAct::Recall
            | QueueAct::Serve
            | QueueAct::Skip
            | QueueAct::Park
            | QueueAct::Finish => {}
        }
    }
    waited
}

/// Since when the person was in line again with a missing document, if that was between two calls.
fn back_with_documents(
    entry: &QueueEntry,
    last_call: Option<(DateTime<Utc>, bool)>,
    call: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let is_between =
        |back: &DateTime<Utc>| *back <= call && last_call.is_none_or(|(at, _)| at < *back);
    entry.waits_since.filter(is_between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::BookingCode;
    use crate::queue::{Counter, CounterAction, QueueNumber, TransferTo};

    fn at(minute: i64) -> DateTime<Utc> {
        let nine: DateTime<Utc> = "2026-12-02T01:00:00Z".parse().unwrap();
        nine + TimeDelta::minutes(minute)
    }

    /// A visit: who came at nine, and what was done to their place at which minute.
    fn visit(acts: &[(i64, QueueAct)]) -> Option<(i64, i64)> {
        let number = QueueNumber { group: 'A', number: 1 };
        let (code, service) = (BookingCode::from_bits(7), "passport_new".parse().unwrap());
        let mut entry = QueueEntry::waiting(number, code, service, false, at(0));
        let mut events = vec![];
        let counter: Counter = "3".parse().unwrap();
        for &(minute, act) in acts {
            let now = at(minute);
            let step = |action| entry.after(action, now);
            entry = match act {
                QueueAct::Call => entry.called(&counter, now),
                QueueAct::Recall => step(CounterAction::Recall),
                QueueAct::Serve => step(CounterAction::Serve),
                QueueAct::Skip => step(CounterAction::Skip),
                QueueAct::Finish => step(CounterAction::Finish),
                QueueAct::Park => step(CounterAction::Park),
                QueueAct::PassBack => step(CounterAction::PassBack),
                QueueAct::Transfer => entry.transferred(&TransferTo::Letter('B'), now),
                QueueAct::BringBack => entry.brought_back(now),
            };
            events.push(QueueEvent { at: now, act, counter: None, staff: String::new() });
        }
        let times = visit_times(&entry, &events)?;
        Some((times.waited.num_minutes(), times.served.num_minutes()))
    }

    #[test]
    fn a_visit_waits_until_the_call_and_is_served_until_the_end() {
        use QueueAct::{Call, Finish, Recall, Serve};
        let visit = visit(&[(12, Call), (13, Recall), (14, Serve), (30, Finish)]);
        assert_eq!(visit, Some((12, 16)));
    }

    #[test]
    fn who_is_sent_on_waits_again_and_is_served_at_both_counters() {
        use QueueAct::{Call, Finish, Serve, Transfer};
        let first = [(10, Call), (11, Serve), (21, Transfer)];
        let all = [first.as_slice(), &[(26, Call), (26, Serve), (30, Finish)]].concat();
        assert_eq!(visit(&all), Some((15, 14)));
    }

    #[test]
    fn neither_who_did_not_hear_nor_who_is_parked_waits_in_line() {
        use QueueAct::{BringBack, Call, Finish, Park, Serve, Skip};
        let skipped = [(10, Call), (12, Skip), (20, BringBack), (25, Call), (25, Serve)];
        assert_eq!(visit(&[skipped.as_slice(), &[(30, Finish)]].concat()), Some((15, 5)));
        let parked = [(10, Call), (10, Serve), (15, Park), (40, Call), (40, Serve), (45, Finish)];
        assert_eq!(visit(&parked), Some((10, 10)));
    }

    #[test]
    fn a_call_by_mistake_leaves_the_person_in_line() {
        use QueueAct::{Call, Finish, PassBack, Serve};
        let visit = visit(&[(10, Call), (11, PassBack), (20, Call), (20, Serve), (30, Finish)]);
        assert_eq!(visit, Some((20, 10)));
    }

    #[test]
    fn who_is_not_done_has_no_times() {
        assert_eq!(visit(&[]), None);
        assert_eq!(visit(&[(10, QueueAct::Call), (12, QueueAct::Serve)]), None);
    }

    #[test]
    fn the_way_to_fetch_a_document_is_not_waiting() {
        let number = QueueNumber { group: 'A', number: 1 };
        let (code, service) = (BookingCode::from_bits(7), "passport_new".parse().unwrap());
        let entry = QueueEntry::waiting(number, code, service, false, at(0));
        let away = entry.away(QueueState::AwaitingDocuments, at(5)).back(at(90));
        let called = away.called(&"3".parse().unwrap(), at(100));
        let done = called.after(CounterAction::Finish, at(110));
        let event =
            |minute, act| QueueEvent { at: at(minute), act, counter: None, staff: String::new() };
        let times = visit_times(&done, &[event(100, QueueAct::Call), event(110, QueueAct::Finish)]);
        let minutes = times.map(|of| (of.waited.num_minutes(), of.served.num_minutes()));
        assert_eq!(minutes, Some((10, 10)));
    }
}
