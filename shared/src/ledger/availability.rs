//! What is free on a range of dates, for anybody to see.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Ledger, LedgerError};
use crate::domain::calendar::{ClosedReason, PlannedDay, plan_day};
use crate::domain::day::{Day, SlotSeats};
use crate::domain::ids::ServiceId;
use crate::domain::language::Text;
use crate::domain::office::{Channel, Office, Service};
use crate::domain::time::{SlotTime, local_date};

/// What a date is for somebody who looks for a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayStatus {
    /// Seats are free.
    Open,
    /// None is free.
    Full,
    /// No appointments are given.
    Closed(ClosedReason),
    /// It opens to the public at this time.
    NotReleased(DateTime<Utc>),
}

/// A slot and what is free in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotAvailability {
    /// Its start.
    pub time: SlotTime,
    /// Seats free for the channel.
    pub seats_free: u16,
}

/// A date and what is free on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAvailability {
    /// The date in the office's zone.
    pub date: NaiveDate,
    /// What it is.
    pub status: DayStatus,
    /// Its slots that can still be booked, full ones too.
    pub slots: Vec<SlotAvailability>,
}

impl Ledger {
    /// Availability of a service on `from..=to` for a channel, as it was within some seconds (`views.rs`).
    pub async fn availability(
        &self,
        office: &Office,
        service: &ServiceId,
        from: NaiveDate,
        to: NaiveDate,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<Vec<DayAvailability>, LedgerError> {
        let dates: Vec<_> = from.iter_days().take_while(|date| *date <= to).collect();
        let days = self.seen_days(office, &dates, now).await?;
        Ok(days.values().map(|day| day_availability(office, service, day, channel, now)).collect())
    }

    /// What the desk can give on a date, service by service, as the table says.
    pub async fn desk_availability<'o>(
        &self,
        office: &'o Office,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Vec<(&'o Service, DayAvailability)>, LedgerError> {
        let day = self.days.get(&office.id, date, now).await?;
        let free = |of: &Service| day_availability(office, &of.id, &day, Channel::WalkIn, now);
        Ok(office.services.iter().map(|service| (service, free(service))).collect())
    }
}

/// What one day is for a channel.
pub(super) fn day_availability(
    office: &Office,
    service: &ServiceId,
    day: &Day,
    channel: Channel,
    now: DateTime<Utc>,
) -> DayAvailability {
    let answer = |status, slots| DayAvailability { date: day.date, status, slots };
    if day.date < local_date(now, office.timezone) {
        return answer(DayStatus::Closed(past()), vec![]);
    }
    if let Some(reason) = day.closed().cloned().or_else(|| own_closure(office, day.date)) {
        return answer(DayStatus::Closed(reason), vec![]);
    }
    if day.state.is_none() {
        return answer(unopened(office, service, day.date), vec![]);
    }
    let released = |seats: &&SlotSeats| seats.slot.is_released(now);
    let slots: Vec<SlotAvailability> = day
        .slots_of(service)
        .filter(released)
        .filter(|seats| seats.slot.takes(channel, now))
        .map(|seats| SlotAvailability {
            time: seats.slot.time,
            seats_free: seats.seats_free(channel, now),
        })
        .collect();
    let status = if slots.iter().any(|slot| slot.seats_free > 0) {
        DayStatus::Open
    } else if !slots.is_empty() {
        DayStatus::Full
    } else if day.slots_of(service).any(|seats| released(&seats)) {
        DayStatus::Closed(past())
    } else if let Some(at) = day.slots_of(service).map(|seats| seats.slot.released_at).min() {
        DayStatus::NotReleased(at)
    } else {
        left_out(office, service, day.date, now)
    };
    answer(status, slots)
}

/// The office's own closure of a date. It counts from the moment it is written, even for a day that
/// was opened in that very moment and so is not marked.
pub(super) fn own_closure(office: &Office, date: NaiveDate) -> Option<ClosedReason> {
    let exception = office.exceptions.get(&date).filter(|exception| !exception.open)?;
    Some(ClosedReason { code: "office_closed".to_owned(), text: exception.reason.clone() })
}

/// What a day is that is not made yet.
fn unopened(office: &Office, service: &ServiceId, date: NaiveDate) -> DayStatus {
    match plan_day(office, date) {
        PlannedDay::Closed(reason) => DayStatus::Closed(reason),
        PlannedDay::Open(slots) if slots.iter().any(|slot| slot.service == *service) => {
            DayStatus::NotReleased(office.release.released_at(date, office.timezone))
        }
        PlannedDay::Open(_) => DayStatus::Closed(no_session()),
    }
}

/// What an open day is for a service that has no slot on it: it was opened by hand for others.
fn left_out(
    office: &Office,
    service: &ServiceId,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> DayStatus {
    match unopened(office, service, date) {
        DayStatus::NotReleased(at) if at > now => DayStatus::NotReleased(at),
        _ => DayStatus::Closed(no_session()),
    }
}

/// The time for booking is over.
pub(super) fn past() -> ClosedReason {
    let text = Text {
        id: "Waktu pendaftaran sudah lewat".to_owned(),
        en: "Booking for this day has ended".to_owned(),
    };
    ClosedReason { code: "past".to_owned(), text }
}

fn no_session() -> ClosedReason {
    let text = Text {
        id: "Tidak ada layanan ini pada hari itu".to_owned(),
        en: "This service is not given on this day".to_owned(),
    };
    ClosedReason { code: "no_session".to_owned(), text }
}

/// How far ahead seats are looked for when no date is named.
pub(super) const SEARCH_DAYS: i64 = 62;

/// Dates on which a seat may be looked for, from `from` on.
pub(super) fn search_dates(from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |date| *date - from < TimeDelta::days(SEARCH_DAYS))
}
