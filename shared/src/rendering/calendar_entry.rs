//! A visit as an iCalendar file (RFC 5545), for the calendar on the visitor's phone.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::booking::{Booking, SeatRef, Status};
use crate::domain::code::BookingCode;
use crate::domain::language::{self, Locale};
use crate::domain::office::Office;

/// Names this program as the maker of the file.
const PRODID: &str = "-//Antrian//Antrian//ID";
/// Length of a line in octets without its line break (RFC 5545, section 3.1).
const LINE_OCTETS: usize = 75;
/// How long a visit takes in the calendar where the office does not say.
const USUAL_SLOT: TimeDelta = TimeDelta::minutes(30);

/// How sure the visit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStatus {
    /// The seat is held.
    Tentative,
    /// The booking is confirmed.
    Confirmed,
    /// It does not take place: the calendar strikes the visit out and does not remind.
    Cancelled,
}

impl EntryStatus {
    fn of(status: Status) -> Self {
        match status {
            Status::Held => Self::Tentative,
            Status::Cancelled | Status::Expired => Self::Cancelled,
            _ => Self::Confirmed,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A visit for a calendar. The texts are in the visitor's language and hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Gives the entry its identity: a later file about the same booking replaces the earlier one.
    pub code: BookingCode,
    /// The booking's version: tells the calendar which of two files is the later one.
    pub version: u32,
    /// How sure the visit is.
    pub status: EntryStatus,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
    /// The slot's start.
    pub starts_at: DateTime<Utc>,
    /// The slot's end.
    pub ends_at: DateTime<Utc>,
    /// The office's name.
    pub organizer: String,
    /// Where the system is reached, for the address that an organizer has to have.
    pub host: String,
    /// The title.
    pub summary: String,
    /// The office's name and address.
    pub location: String,
    /// What to know and to bring. May have several lines.
    pub description: String,
}

#[derive(Template)]
#[template(path = "messages/id/calendar_entry.txt", escape = "none")]
struct DescriptionId<'a> {
    code: &'a str,
    arrive_from: &'a str,
    arrive_until: &'a str,
}

#[derive(Template)]
#[template(path = "messages/en/calendar_entry.txt", escape = "none")]
struct DescriptionEn<'a> {
    code: &'a str,
    arrive_from: &'a str,
    arrive_until: &'a str,
}

impl CalendarEntry {
    /// The entry of a booking at its office as they stand at `now`, in the booking's language.
    /// `public_url`: where the system is reached.
    pub fn of(booking: &Booking, office: &Office, public_url: &str, now: DateTime<Utc>) -> Self {
        let (seat, times) = (&booking.seat, &booking.times);
        let service = office.service(&seat.service);
        let service =
            service.map_or("", |service| language::in_language(booking.locale, &service.name));
        Self {
            code: booking.code,
            version: booking.version,
            status: EntryStatus::of(booking.status_at(now)),
            made_at: now,
            starts_at: times.starts_at,
            ends_at: times.starts_at + slot_length(office, seat),
            organizer: office.name.clone(),
            host: host_of(public_url).to_owned(),
            summary: format!("{service} – {}", office.name),
            location: format!("{}, {}", office.name, office.address),
            description: description(booking, office),
        }
    }
}

/// The name in a web address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

/// Length of the slot by the office's sessions, or [`USUAL_SLOT`] if they have changed since.
fn slot_length(office: &Office, seat: &SeatRef) -> TimeDelta {
    let session = office.sessions_on(seat.date).find(|session| {
        session.service == seat.service && (session.from..session.until).contains(&seat.time)
    });
    session.map_or(USUAL_SLOT, |session| TimeDelta::minutes(session.every_minutes.into()))
}

fn description(booking: &Booking, office: &Office) -> String {
    let written = |at| language::time(booking.locale, at, office.timezone);
    let code = &booking.code.spoken();
    let arrive_from = &written(booking.times.check_in_from);
    let arrive_until = &written(booking.times.check_in_until);
    match booking.locale {
        Locale::Id => DescriptionId { code, arrive_from, arrive_until }.render(),
        Locale::En => DescriptionEn { code, arrive_from, arrive_until }.render(),
    }
    // Writing a template without fallible parts to a `String` does not fail.
    .unwrap_or_default()
}

/// Before a visit a calendar reminds so long: a day, and once more for whoever has booked for today.
const REMINDERS: [&str; 2] = ["-P1D", "-PT2H"];

/// The file. It reminds of the visit, unless that is cancelled.
pub fn ics(entry: &CalendarEntry) -> String {
    let mut file = File::default();
    file.line("BEGIN", "VCALENDAR");
    file.line("VERSION", "2.0");
    file.line("PRODID", PRODID);
    file.line("CALSCALE", "GREGORIAN");
    file.line("METHOD", "PUBLISH");
    file.line("BEGIN", "VEVENT");
    file.line("UID", &format!("{}@antrian", entry.code));
    file.line("SEQUENCE", &entry.version.to_string());
    file.line("DTSTAMP", &instant(entry.made_at));
    file.line("DTSTART", &instant(entry.starts_at));
    file.line("DTEND", &instant(entry.ends_at));
    file.line("STATUS", entry.status.as_str());
    // Nobody reads it, but what is published has an organizer (RFC 5546, section 3.2.1), and one
    // whose address is no mailbox is no invitation to some calendars.
    let name: String = entry.organizer.chars().filter(|c| *c != '"' && !c.is_control()).collect();
    file.line(&format!("ORGANIZER;CN=\"{name}\""), &format!("mailto:noreply@{}", entry.host));
    file.line("CLASS", "PRIVATE");
    file.text("SUMMARY", &entry.summary);
    file.text("LOCATION", &entry.location);
    file.text("DESCRIPTION", &entry.description);
    let reminders = REMINDERS.iter().filter(|_| entry.status != EntryStatus::Cancelled);
    for before in reminders {
        file.line("BEGIN", "VALARM");
        file.line("ACTION", "DISPLAY");
        file.line("TRIGGER", before);
        file.text("DESCRIPTION", &entry.summary);
        file.line("END", "VALARM");
    }
    file.line("END", "VEVENT");
    file.line("END", "VCALENDAR");
    file.0
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Content lines as RFC 5545, section 3.1, wants them.
#[derive(Default)]
struct File(String);

impl File {
    /// Adds a line, folded before a character that would make it longer than [`LINE_OCTETS`].
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for c in [name, ":", value].into_iter().flat_map(str::chars) {
            if octets + c.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a line whose value is a text for people (section 3.3.11). Control characters other
    /// than a new line, which would end the line or are not allowed in it, are left out.
    fn text(&mut self, name: &str, text: &str) {
        let mut value = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' => value.push_str("\\n"),
                '\\' | ',' | ';' => value.extend(['\\', c]),
                _ if c.is_control() => {}
                _ => value.push(c),
            }
        }
        self.line(name, &value);
    }
}

#[cfg(test)]
mod tests;
