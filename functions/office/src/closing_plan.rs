//! What a plan to close days, and its progress, say in the language of whoever reads.

use std::collections::BTreeMap;

use antrian::domain::language::{Text, clock};
use antrian::domain::time::SlotTime;
use antrian::use_cases::calendar::DateState;
use antrian::use_cases::closures::{Preview, PreviewDate, PreviewHour, Progress, Proposal};
use antrian_pages::page::Page;
use chrono::NaiveDate;

/// A plan, in words.
pub(crate) struct Plan {
    pub(crate) dates: Vec<PlanDate>,
    /// Dates that people would go to, with how many.
    pub(crate) targets: Vec<(String, usize)>,
    pub(crate) moves: Vec<MoveRow>,
    pub(crate) people: usize,
    /// Those for whom no seat is free now.
    pub(crate) without_seat: usize,
    /// What the button says; none: there is nothing to close.
    pub(crate) button: Option<String>,
}

pub(crate) struct PlanDate {
    pub(crate) date: String,
    /// Why nothing is done on it.
    pub(crate) note: Option<String>,
    pub(crate) people: u32,
    /// Hours that somebody has booked or holds.
    pub(crate) hours: Vec<HourRow>,
}

pub(crate) struct HourRow {
    pub(crate) time: String,
    pub(crate) bookings: u32,
    pub(crate) held: u32,
    pub(crate) seats: u32,
}

pub(crate) struct MoveRow {
    pub(crate) code: String,
    pub(crate) from: String,
    /// Absent: no seat is free now.
    pub(crate) to: Option<String>,
}

impl Plan {
    pub(crate) fn of(page: &Page, preview: &Preview) -> Self {
        let mut targets: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for (date, _) in preview.moves.iter().filter_map(|one| one.to) {
            *targets.entry(date).or_default() += 1;
        }
        let people = preview.moves.len();
        let is_open = preview.dates.iter().any(|date| date.state == DateState::Open);
        Self {
            dates: preview.dates.iter().map(|date| plan_date(page, date)).collect(),
            targets: targets.into_iter().map(|(date, count)| (page.date(date), count)).collect(),
            moves: preview.moves.iter().map(|one| move_row(page, one)).collect(),
            people,
            without_seat: preview.without_seat(),
            button: is_open.then(|| button(page, people)),
        }
    }
}

fn button(page: &Page, people: usize) -> String {
    match people {
        0 => page.say("Tutup", "Close").to_owned(),
        1 => page.say("Tutup dan pindahkan 1 orang", "Close and move 1 person").to_owned(),
        many => format!(
            "{} {many} {}",
            page.say("Tutup dan pindahkan", "Close and move"),
            page.say("orang", "people")
        ),
    }
}

fn plan_date(page: &Page, of: &PreviewDate) -> PlanDate {
    let note = match &of.state {
        DateState::Open => None,
        DateState::Closed(reason) => Some(already_closed(page, &reason.text)),
        DateState::NoSession => {
            Some(page.say("Tidak ada layanan pada hari ini.", "No service on this day.").to_owned())
        }
    };
    let row = |hour: &PreviewHour| HourRow {
        time: clock(page.locale, hour.time),
        bookings: hour.bookings,
        held: hour.held,
        seats: hour.seats,
    };
    let touched = of.hours.iter().filter(|hour| hour.bookings + hour.held > 0);
    PlanDate {
        date: page.date(of.date),
        note: note.or_else(|| untouched(page, of)),
        people: of.hours.iter().map(|hour| hour.bookings).sum(),
        hours: touched.map(row).collect(),
    }
}

/// What is said of a date that nobody has booked.
fn untouched(page: &Page, of: &PreviewDate) -> Option<String> {
    if of.hours.is_empty() {
        let unmade = page.say("Belum dibuka untuk pemohon.", "Not open to people yet.");
        return Some(unmade.to_owned());
    }
    let is_free = of.hours.iter().all(|hour| hour.bookings + hour.held == 0);
    let seats: u32 = of.hours.iter().map(|hour| hour.seats).sum();
    let none = page.say("Tidak ada janji. Kursi hilang:", "No booking. Seats taken away:");
    is_free.then(|| format!("{none} {seats}."))
}

fn already_closed(page: &Page, reason: &Text) -> String {
    format!("{} {}.", page.say("Sudah tutup:", "Closed already:"), page.text(reason))
}

fn move_row(page: &Page, one: &Proposal) -> MoveRow {
    let place = |date: NaiveDate, time: SlotTime| {
        format!("{}, {}", page.date(date), clock(page.locale, time))
    };
    MoveRow {
        code: one.code.to_string(),
        from: place(one.date, one.time),
        to: one.to.map(|(date, time)| place(date, time)),
    }
}

/// How far it has come: a sentence, and each count with its words.
pub(crate) fn state_words(page: &Page, of: &Progress) -> (String, Vec<(&'static str, u32)>) {
    let total = of.total();
    let none = page.say("Tidak ada janji yang harus dipindahkan.", "No booking had to be moved.");
    let of_all = page.say("dari", "of");
    let moved = page.say("orang sudah dipindahkan.", "people have been moved.");
    let sentence = match total {
        0 => none.to_owned(),
        _ => format!("{} {of_all} {total} {moved}", of.moved),
    };
    let counts = vec![
        (page.say("sudah dipindahkan", "moved"), of.moved),
        (page.say("menunggu kursi kosong", "waiting for a free seat"), of.waiting),
        (page.say("dibatalkan", "cancelled"), of.cancelled),
        (page.say("belum diproses", "still to do"), of.to_do),
    ];
    (sentence, counts)
}
