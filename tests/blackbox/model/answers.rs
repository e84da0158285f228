//! The system's answers in the model's words.

use antrian::domain::booking::Refusal;
use antrian::ledger::{Alternative, Changed, DayAvailability, DayStatus, NotOffered};
use chrono::NaiveDate;

use super::system::{CLOSED, date, time};
use super::words::{ChangeEnd, DAYS, Free, Look, Place, SLOTS, Why};

pub(super) fn place(on: NaiveDate, at: antrian::domain::time::SlotTime) -> Place {
    let day = (0..DAYS).find(|&day| date(day) == on).unwrap();
    let slot = (0..SLOTS).find(|&slot| time(Place { day, slot }) == at).unwrap();
    Place { day, slot }
}

/// Alternatives, in the order in which they are offered.
pub(super) fn free(alternatives: &[Alternative]) -> Vec<Free> {
    let free = |slot: &Alternative| (place(slot.date, slot.time), slot.seats_free);
    alternatives.iter().map(free).collect()
}

fn closed(code: &str) -> Why {
    match code {
        "past" => Why::Past,
        CLOSED => Why::Closed,
        other => panic!("a day is never closed as {other} here"),
    }
}

/// Why no seat is offered.
pub(super) fn why(reason: &NotOffered) -> Why {
    match reason {
        NotOffered::Closed(reason) => closed(&reason.code),
        NotOffered::NotReleased(_) => Why::NotReleased,
        other => panic!("{other:?}: the office gives its service online"),
    }
}

/// How a change ended.
pub(super) fn change_end(changed: &Result<Changed, Refusal>) -> ChangeEnd {
    match changed {
        Ok(changed) if changed.already => ChangeEnd::Already,
        Ok(_) => ChangeEnd::Done,
        Err(refusal) => ChangeEnd::Refused(*refusal),
    }
}

/// What is seen of a day.
pub(super) fn look(day: &DayAvailability) -> Look {
    let slots = || day.slots.iter().map(|slot| (place(day.date, slot.time), slot.seats_free));
    match &day.status {
        DayStatus::Closed(reason) => Err(closed(&reason.code)),
        DayStatus::NotReleased(_) => Err(Why::NotReleased),
        DayStatus::Open => {
            assert!(slots().any(|(_, free)| free > 0), "open, but nothing is free: {day:?}");
            Ok(slots().collect())
        }
        DayStatus::Full => {
            assert!(slots().all(|(_, free)| free == 0), "full, but seats are free: {day:?}");
            Ok(slots().collect())
        }
    }
}
