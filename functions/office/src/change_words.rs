//! What the page of one booking says: where it stands, where it could go, and what became of it.

use antrian::domain::booking::{Actor, Booking, DeskReason, Event, Status};
use antrian::domain::language::{Locale, clock};
use antrian::domain::office::Office;
use antrian::http::AppState;
use antrian::http::problem::Problem;
use antrian::ledger::DayAvailability;
use antrian_pages::page::Page;
use chrono::{Days, NaiveDate};

/// A day with its free hours.
pub(crate) struct Day {
    pub(crate) words: String,
    pub(crate) hours: Vec<Hour>,
}

/// An hour to move to.
pub(crate) struct Hour {
    /// Date and hour.
    pub(crate) value: String,
    pub(crate) words: String,
}

/// One line of a booking's history.
pub(crate) struct Change {
    pub(crate) at: String,
    pub(crate) state: &'static str,
    pub(crate) visit: String,
    pub(crate) by: String,
}

/// Two weeks are offered at a time.
const OFFERED_DAYS: u64 = 14;

/// The days from a date on that have room for this booking.
pub(crate) async fn days(
    app: &AppState,
    page: &Page,
    office: &Office,
    booking: &Booking,
    from: NaiveDate,
) -> Result<Vec<Day>, Problem> {
    let (service, channel, now) = (&booking.seat.service, booking.channel, app.clock.now());
    let to = from + Days::new(OFFERED_DAYS - 1);
    let found = app.ledger.availability(office, service, from, to, channel, now).await?;
    Ok(found
        .iter()
        .map(|day| offered(page, booking, day))
        .filter(|day| !day.hours.is_empty())
        .collect())
}

fn offered(page: &Page, booking: &Booking, day: &DayAvailability) -> Day {
    let is_own = |time| booking.seat.date == day.date && booking.seat.time == time;
    let free = day.slots.iter().filter(|slot| slot.seats_free > 0 && !is_own(slot.time));
    let hours = free.map(|slot| {
        let (at, seats) = (clock(page.locale, slot.time), slot.seats_free);
        let words = match page.locale {
            Locale::Id => format!("{at} ({seats} kursi)"),
            Locale::En => format!("{at} ({seats} seats)"),
        };
        Hour { value: format!("{} {}", day.date, slot.time), words }
    });
    Day { words: page.date(day.date), hours: hours.collect() }
}

/// What is known of a booking, line by line.
pub(crate) fn known(
    page: &Page,
    office: &Office,
    booking: &Booking,
    status: Status,
) -> Vec<(&'static str, String)> {
    let service = office.service(&booking.seat.service);
    let service = service.map_or("", |service| page.text(&service.name)).to_owned();
    let at = page.date_time(booking.times.starts_at, office.timezone);
    let mut facts = vec![
        (page.say("Layanan", "Service"), service),
        (page.say("Waktu", "Time"), at),
        (page.say("Keadaan", "State"), state(page, status).to_owned()),
    ];
    if let Some((_, number)) = booking.queue_place() {
        facts.push((page.say("Nomor antrean", "Queue number"), number.to_string()));
    }
    if booking.excused {
        let (id, en) = ("Tidak dihitung terlewat", "Does not count as missed");
        facts.push((page.say("Catatan", "Note"), page.say(id, en).to_owned()));
    }
    facts
}

/// What became of a booking, the latest first.
pub(crate) fn history(page: &Page, office: &Office, events: &[Event]) -> Vec<Change> {
    let change = |event: &Event| Change {
        at: page.date_time(event.at, office.timezone),
        state: state(page, event.status),
        visit: format!("{}, {}", page.date(event.date), clock(page.locale, event.time)),
        by: by(page, event),
    };
    events.iter().rev().map(change).collect()
}

fn by(page: &Page, event: &Event) -> String {
    let who = match event.by {
        Actor::Applicant => page.say("pemesan", "whoever booked"),
        Actor::Office => page.say("petugas", "staff"),
        Actor::System => page.say("sistem", "the system"),
    };
    match event.clerk.as_ref().and_then(|clerk| clerk.reason) {
        Some(reason) => format!("{who}: {}", reason_words(page, reason)),
        None if event.corrected => {
            format!("{who}: {}", page.say("data diperbaiki", "the person was corrected"))
        }
        None => who.to_owned(),
    }
}

fn reason_words(page: &Page, reason: DeskReason) -> &'static str {
    match reason {
        DeskReason::Asked => page.say("diminta pemesan", "asked for"),
        DeskReason::Duplicate => page.say("jadwal ganda", "a second booking"),
        DeskReason::Misuse => page.say("penyalahgunaan", "misuse"),
        DeskReason::Office => page.say("kantor tidak dapat melayani", "the office cannot serve it"),
    }
}

/// A state of a booking in words.
pub(crate) fn state(page: &Page, status: Status) -> &'static str {
    match status {
        Status::Held => page.say("menunggu konfirmasi", "waits to be confirmed"),
        Status::Confirmed => page.say("terjadwal", "booked"),
        Status::CheckedIn => page.say("di kantor", "at the office"),
        Status::AwaitingDocuments => page.say("menunggu dokumen", "waiting for documents"),
        Status::Served => page.say("selesai", "served"),
        Status::NoShow => page.say("tidak datang", "did not come"),
        Status::Lapsed => page.say("dokumen tidak datang", "documents did not come"),
        Status::Cancelled => page.say("dibatalkan", "cancelled"),
        Status::Expired => page.say("tidak dikonfirmasi", "not confirmed"),
    }
}
