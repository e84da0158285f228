//! What the page of a day's seats says.

use antrian::domain::calendar::{PlannedDay, plan_day};
use antrian::domain::day::{Day, SlotSeats};
use antrian::domain::ids::ServiceId;
use antrian::domain::language::{Locale, clock};
use antrian::domain::office::Office;
use antrian::domain::time::SlotTime;
use antrian::use_cases::seats::{QuotaChange, taken};
use antrian_pages::page::Page;
use antrian_pages::words::service_name;
use chrono::{DateTime, Utc};

/// A slot, with its seats.
pub(crate) struct Hour {
    /// Service and hour: `passport_new 09:00`.
    pub(crate) slot: String,
    pub(crate) time: String,
    pub(crate) service: String,
    pub(crate) quota: u16,
    pub(crate) taken: usize,
}

/// Of all slots of a day.
pub(crate) struct Totals {
    pub(crate) seats: u32,
    pub(crate) taken: usize,
}

impl Totals {
    pub(crate) fn of(hours: &[Hour]) -> Self {
        let seats = hours.iter().map(|hour| u32::from(hour.quota)).sum();
        Self { seats, taken: hours.iter().map(|hour| hour.taken).sum() }
    }
}

/// One quota that would be different.
pub(crate) struct PlannedChange {
    /// As in [`Hour`].
    pub(crate) slot: String,
    pub(crate) time: String,
    pub(crate) service: String,
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) taken: usize,
    pub(crate) above: usize,
    /// Seats that can be booked afterwards.
    pub(crate) free: usize,
}

fn slot(service: &ServiceId, time: SlotTime) -> String {
    format!("{service} {time}")
}

/// The slots of a day that was made, by hour and service.
pub(crate) fn hours(page: &Page, office: &Office, day: &Day, now: DateTime<Utc>) -> Vec<Hour> {
    let hour = |seats: &SlotSeats| Hour {
        slot: slot(&seats.slot.service, seats.slot.time),
        time: clock(page.locale, seats.slot.time),
        service: service_name(page, office, &seats.slot.service),
        quota: seats.slot.quota,
        taken: taken(seats, now),
    };
    day.slots.iter().map(hour).collect()
}

/// What the day is, if it is not simply open.
pub(crate) fn day_note(
    page: &Page,
    office: &Office,
    day: &Day,
    now: DateTime<Utc>,
) -> Option<String> {
    if let Some(reason) = day.closed() {
        let closed = page.say("Hari ini ditutup", "This day is closed");
        return Some(format!("{closed}: {}", page.text(&reason.text)));
    }
    if day.state.is_none() {
        return Some(unmade(page, office, day));
    }
    let first = day.slots.iter().map(|seats| seats.slot.released_at).min()?;
    let at = page.date_time(first, office.timezone);
    (first > now).then(|| match page.locale {
        Locale::Id => format!("Dibuka untuk umum {at}."),
        Locale::En => format!("Opens to the public {at}."),
    })
}

fn unmade(page: &Page, office: &Office, day: &Day) -> String {
    match plan_day(office, day.date) {
        PlannedDay::Closed(reason) => {
            let closed = page.say("Kantor tidak melayani", "The office gives no service");
            format!("{closed}: {}", page.text(&reason.text))
        }
        PlannedDay::Open(slots) => {
            let seats: u32 = slots.iter().map(|slot| u32::from(slot.session.quota)).sum();
            match page.locale {
                Locale::Id => format!("Belum disiapkan. Menurut jadwal mingguan: {seats} kursi."),
                Locale::En => format!("Not made yet. By the weekly hours: {seats} seats."),
            }
        }
    }
}

/// One change, in words.
pub(crate) fn planned(page: &Page, office: &Office, change: &QuotaChange) -> PlannedChange {
    PlannedChange {
        slot: slot(&change.service, change.time),
        time: clock(page.locale, change.time),
        service: service_name(page, office, &change.service),
        from: change.from,
        to: change.to,
        taken: change.taken,
        above: change.above,
        free: usize::from(change.to).saturating_sub(change.taken),
    }
}
