//! A visit as the clerk at the door sees it: the verdict first, then who has come and what to look at.

use antrian::domain::account::Applicant;
use antrian::domain::booking::{Booking, Status};
use antrian::domain::document::Document;
use antrian::domain::language::{Locale, clock};
use antrian::domain::office::Office;
use antrian::domain::person::Category;
use antrian::domain::requirements::{Requirements, Warning, missing_documents};
use antrian::use_cases::desk::Scanned;
use antrian::use_cases::desk_bookings::DeskBooking;
use antrian::use_cases::scans;
use antrian_pages::page::Page;
use antrian_pages::words::category_words;
use chrono::{DateTime, Utc};

use crate::paths;
use crate::warnings::to_clerk;

/// What a clerk sees first, in words, shape and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The person may go in.
    Good,
    /// Look twice.
    Wait,
    /// Nobody goes in.
    Bad,
}

impl Verdict {
    /// For the style and the sounds.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
        }
    }

    /// A sign that differs without its colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Wait => "!",
            Self::Bad => "✕",
        }
    }
}

/// A visit.
pub(crate) struct Card {
    pub(crate) verdict: Verdict,
    pub(crate) word: &'static str,
    pub(crate) sentence: String,
    /// Names of the documents that are missing.
    pub(crate) missing: Vec<String>,
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
    /// Why the person goes before others, in words.
    pub(crate) category: Option<&'static str>,
    pub(crate) visit: String,
    pub(crate) arrival: Option<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) documents: Vec<Tick>,
    pub(crate) deadlines: Vec<Choice>,
    /// Whether the scan can be undone.
    pub(crate) is_in: bool,
    /// Where forms of this visit go.
    pub(crate) path: String,
    /// Where it is moved and cancelled.
    pub(crate) change: String,
}

/// A document with whether it was there.
pub(crate) struct Tick {
    pub(crate) document: Document,
    pub(crate) is_there: bool,
}

/// An instant to choose.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) words: String,
}

/// What only the scan itself knows.
#[derive(Default)]
pub(crate) struct Seen {
    /// The ticket had been scanned before.
    pub(crate) again: bool,
    pub(crate) ahead: Option<u32>,
    pub(crate) warnings: Option<Vec<Warning>>,
}

impl Card {
    /// What a scan says.
    pub(crate) fn of_scan(page: &Page, scanned: &Scanned, now: DateTime<Utc>) -> Self {
        let (checked_in, list) = (&scanned.checked_in, scans::list_of(scanned));
        let seen = Seen {
            again: checked_in.duplicate,
            ahead: checked_in.people_ahead,
            warnings: Some(scans::warnings(scanned, list.as_ref())),
        };
        let visit = (&*scanned.office, &checked_in.booking, scanned.applicant.as_ref());
        Self::new(page, visit, list, seen, now)
    }

    /// What became of a visit.
    pub(crate) fn of_visit(
        page: &Page,
        found: &DeskBooking,
        again: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let (visit, applicant) = (&found.visit, found.applicant.as_ref());
        let list = found.list();
        let seen = Seen { again, ..Seen::default() };
        Self::new(page, (&visit.office, &visit.booking, applicant), list, seen, now)
    }

    fn new(
        page: &Page,
        (office, booking, applicant): (&Office, &Booking, Option<&Applicant>),
        list: Option<Requirements>,
        seen: Seen,
        now: DateTime<Utc>,
    ) -> Self {
        let status = booking.status_at(now);
        let (verdict, word) = verdict(page, status, booking.documents.is_some(), seen.again);
        let warnings = seen.warnings.unwrap_or_else(|| scans::of_person(applicant, list.as_ref()));
        let is_here = matches!(status, Status::CheckedIn | Status::AwaitingDocuments);
        let missing = list.as_ref().map(|list| missing_documents(list, booking));
        let missing = missing.into_iter().flatten();
        let missing = missing.map(|document| page.text(&document.label).to_owned()).collect();
        let documents = list.filter(|_| is_here).map(|list| list.documents).unwrap_or_default();
        let category = applicant.map(|one| one.details.category);
        Self {
            verdict,
            word,
            sentence: sentence(page, office, (booking, status), (seen.again, seen.ahead)),
            missing,
            number: booking.queue_place().map(|(_, number)| number.to_string()),
            name: applicant.map(|one| one.details.name.expose().to_owned()),
            category: category
                .filter(|category| *category != Category::General)
                .map(|category| category_words(page, category)),
            visit: visit_words(page, office, booking),
            arrival: scans::minutes_late(booking).map(|late| arrival(page, late)),
            warnings: warnings.iter().map(|warning| to_clerk(page, warning)).collect(),
            documents: ticks(documents, booking),
            deadlines: deadlines(page, office, now),
            is_in: booking.undo_check_in(now).is_ok(),
            path: paths::visit(&office.id, booking.code),
            change: paths::change(&office.id, booking.code),
        }
    }
}

fn verdict(page: &Page, status: Status, looked: bool, again: bool) -> (Verdict, &'static str) {
    match status {
        Status::CheckedIn if again => (Verdict::Wait, page.say("SUDAH MASUK", "ALREADY IN")),
        Status::CheckedIn if looked => {
            (Verdict::Good, page.say("DOKUMEN LENGKAP", "DOCUMENTS COMPLETE"))
        }
        Status::CheckedIn => (Verdict::Good, page.say("MASUK", "IN")),
        Status::AwaitingDocuments => {
            (Verdict::Wait, page.say("DOKUMEN KURANG", "DOCUMENTS MISSING"))
        }
        Status::Confirmed => (Verdict::Wait, page.say("BELUM MASUK", "NOT IN")),
        Status::Held => (Verdict::Wait, page.say("BELUM DIKONFIRMASI", "NOT CONFIRMED")),
        Status::Served => (Verdict::Wait, page.say("SELESAI", "SERVED")),
        Status::NoShow => (Verdict::Bad, page.say("TIDAK DATANG", "DID NOT COME")),
        Status::Lapsed => (Verdict::Bad, page.say("DOKUMEN TIDAK DATANG", "NO DOCUMENTS")),
        Status::Cancelled | Status::Expired => {
            (Verdict::Bad, page.say("TIDAK BERLAKU", "NOT VALID"))
        }
    }
}

fn sentence(
    page: &Page,
    office: &Office,
    (booking, status): (&Booking, Status),
    (again, ahead): (bool, Option<u32>),
) -> String {
    let zone = office.timezone;
    match (status, &booking.check_in) {
        (Status::AwaitingDocuments, _) => {
            let until = booking.documents_deadline().map(|at| page.date_time(at, zone));
            let until = until.unwrap_or_default();
            let seat = booking.awaited_seat();
            let seat = seat.map(|seat| page.date_time(seat.starts_at(zone), zone));
            let keeps = match (seat, page.locale) {
                (Some(at), Locale::Id) => format!("Kursinya: {at}."),
                (Some(at), Locale::En) => format!("The seat: {at}."),
                (None, Locale::Id) => "Tempatnya tetap.".to_owned(),
                (None, Locale::En) => "The place is kept.".to_owned(),
            };
            match page.locale {
                Locale::Id => format!("Ditunggu sampai {until}. {keeps}"),
                Locale::En => format!("May be brought until {until}. {keeps}"),
            }
        }
        (Status::CheckedIn, Some(scan)) if again => {
            let (at, gate) = (page.time(scan.at, zone), &scan.gate);
            match page.locale {
                Locale::Id => format!("Tiket ini sudah dipindai {at} di {gate}. Cocokkan KTP."),
                Locale::En => format!("Scanned before, {at} at {gate}. Compare the KTP."),
            }
        }
        (Status::CheckedIn, _) => match (ahead, page.locale) {
            (Some(0), Locale::Id) => "Berikutnya yang dipanggil.".to_owned(),
            (Some(0), Locale::En) => "Next to be called.".to_owned(),
            (Some(ahead), Locale::Id) => format!("{ahead} orang sebelumnya."),
            (Some(ahead), Locale::En) => format!("{ahead} people before."),
            (None, _) => String::new(),
        },
        (status, _) => over(page, status).to_owned(),
    }
}

/// What is said of a visit whose person is not in.
fn over(page: &Page, status: Status) -> &'static str {
    let (id, en) = match status {
        Status::Confirmed => (
            "Jadwal ini berlaku; tiketnya dapat dipindai.",
            "This visit is on; its ticket can be scanned.",
        ),
        Status::Held => (
            "Pemohon belum mengonfirmasi jadwal ini.",
            "The applicant has not confirmed this booking yet.",
        ),
        Status::NoShow => (
            "Waktu kedatangannya sudah lewat. Bila orangnya ada di sini, pakai Tanpa janji.",
            "The time to come is over. If the person is here, use Without a booking.",
        ),
        Status::Lapsed => {
            ("Batas waktu membawa dokumen sudah lewat.", "The time for bringing documents is over.")
        }
        Status::Cancelled => ("Jadwal ini sudah dibatalkan.", "This booking was cancelled."),
        Status::Expired => (
            "Jadwal ini tidak dikonfirmasi pada waktunya.",
            "This booking was not confirmed in time.",
        ),
        _ => ("Kunjungan ini sudah selesai.", "This visit is over."),
    };
    page.say(id, en)
}

fn visit_words(page: &Page, office: &Office, booking: &Booking) -> String {
    let service = office.service(&booking.seat.service);
    let service = service.map_or("", |service| page.text(&service.name));
    let at = clock(page.locale, booking.seat.time);
    match page.locale {
        Locale::Id => format!("{service}, jadwal {at}"),
        Locale::En => format!("{service}, slot {at}"),
    }
}

/// How early or late somebody came.
fn arrival(page: &Page, late: i64) -> String {
    match (late, page.locale) {
        (0, Locale::Id) => "tepat waktu".to_owned(),
        (0, Locale::En) => "on time".to_owned(),
        (late, Locale::Id) if late < 0 => format!("datang {} menit sebelumnya", -late),
        (late, Locale::En) if late < 0 => format!("{} minutes early", -late),
        (late, Locale::Id) => format!("datang {late} menit sesudahnya"),
        (late, Locale::En) => format!("{late} minutes late"),
    }
}

/// Nothing is ticked before somebody has looked; what is only advisable nobody writes down.
fn ticks(documents: Vec<Document>, booking: &Booking) -> Vec<Tick> {
    let looked = booking.documents.as_ref();
    let is_there = |document: &Document| {
        document.required && looked.is_some_and(|check| !check.missing.contains(&document.id))
    };
    let tick = |document: Document| Tick { is_there: is_there(&document), document };
    documents.into_iter().map(tick).collect()
}

fn deadlines(page: &Page, office: &Office, now: DateTime<Utc>) -> Vec<Choice> {
    let choice = |at: DateTime<Utc>| Choice {
        value: at.to_rfc3339(),
        words: page.date_time(at, office.timezone),
    };
    scans::deadlines(office, now).into_iter().map(choice).collect()
}
