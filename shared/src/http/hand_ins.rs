//! What is said of scans that were made without a network and are handed in.

use super::problem::Problem;
use super::views::instant;
use crate::domain::booking::Change;
use crate::domain::language::{Locale, date_time, time};
use crate::domain::reason::Reason;
use crate::use_cases::hand_ins::{ConflictFacts, HandInRefusal, HandedScan};

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub id: String,
    pub en: String,
}

impl Said {
    /// What a problem says.
    pub fn of(problem: &Problem) -> Self {
        let said = |locale| problem.detail(locale).to_owned();
        Self { id: said(Locale::Id), en: said(Locale::En) }
    }
}

/// That the person is in, and since when.
pub fn accepted(scan: &HandedScan) -> Said {
    let at = |locale| time(locale, scan.at, scan.scanned.office.timezone);
    Said {
        id: format!("Tercatat hadir sejak {}.", at(Locale::Id)),
        en: format!("Checked in since {}.", at(Locale::En)),
    }
}

/// That another scan of the ticket was made before: when and where.
pub fn duplicate(scan: &HandedScan) -> Problem {
    let problem = Problem::new(Reason::AlreadyCheckedIn);
    let Some(first) = &scan.scanned.checked_in.booking.check_in else { return problem };
    let at = |locale| time(locale, first.at, scan.scanned.office.timezone);
    problem.saying(
        &format!("Tiket ini sudah dipindai lebih dulu {} di {}.", at(Locale::Id), first.gate),
        &format!("This ticket was scanned before, at {} at {}.", at(Locale::En), first.gate),
    )
}

/// Both facts of a conflict.
pub fn conflict(facts: &ConflictFacts) -> Problem {
    let (zone, seat) = (facts.office.timezone, &facts.booking.times);
    let scanned = |locale| time(locale, facts.at, zone);
    let changed = |locale| time(locale, facts.conflict.at, zone);
    let now_at = |locale| date_time(locale, seat.starts_at, zone);
    let (id, en) = match facts.conflict.change {
        Change::Cancelled => {
            ("bookingnya dibatalkan".to_owned(), "its booking was cancelled".to_owned())
        }
        Change::Moved => (
            format!("bookingnya dipindahkan ke {}", now_at(Locale::Id)),
            format!("its booking was moved to {}", now_at(Locale::En)),
        ),
        Change::Undone => {
            ("pindaiannya dibatalkan petugas".to_owned(), "a clerk undid its scan".to_owned())
        }
        Change::GivenAway => (
            "kunjungannya tercatat tidak hadir dan tempatnya sudah terpakai".to_owned(),
            "the visit counted as missed and its place is taken".to_owned(),
        ),
    };
    Problem::new(facts.conflict.change.reason())
        .saying(
            &format!(
                "Dipindai {} tanpa jaringan, tetapi {id} ({}). Tidak ada yang diubah: putuskan bersama pemohon.",
                scanned(Locale::Id),
                changed(Locale::Id)
            ),
            &format!(
                "Scanned at {} without a network, but {en} ({}). Nothing was changed: please decide with the person.",
                scanned(Locale::En),
                changed(Locale::En)
            ),
        )
        .with("scanned_at", instant(facts.at, zone))
        .with("changed_at", instant(facts.conflict.at, zone))
}

impl From<HandInRefusal> for Problem {
    fn from(refusal: HandInRefusal) -> Self {
        match refusal {
            HandInRefusal::Unreadable(why) => why.into(),
            HandInRefusal::Mismatch => Self::new(Reason::IdempotencyMismatch),
            HandInRefusal::Time(why) => Self::new(why.reason()),
            HandInRefusal::Scan(refusal) => refusal.into(),
        }
    }
}
