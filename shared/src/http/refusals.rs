//! Refusals of the use cases as problems: the code is the refusal's own, the fields say more.

use super::problem::Problem;
use super::views::{AlternativeView, instant, views};
use crate::domain::booking::{Refusal, Status, Times};
use crate::domain::code::BookingCode;
use crate::domain::fair_use::{Limit, Whose};
use crate::domain::language::{Locale, date_time, time};
use crate::domain::office::Office;
use crate::domain::queue::Counter;
use crate::domain::reason::Reason;
use crate::domain::sending::CodeRule;
use crate::domain::ticket::BadTicket;
use crate::ledger::{
    Alternative, BringBackRefusal, CallRefusal, ClaimRefusal, HoldRefusal, MoveRefusal, NotOffered,
    SetCounterRefusal, StepRefusal, WithNumber,
};
use crate::storage::AtCounter;
use crate::use_cases::account::{FreshProofNeeded, VisitInProgress};
use crate::use_cases::corrections::CorrectRefusal;
use crate::use_cases::desk::{CorrectionRefusal, FindingRefusal, ScanRefusal, VisitRefusal};
use crate::use_cases::desk_bookings::{DeskCorrectRefusal, DeskMoveRefusal};
use crate::use_cases::offices::OfficeRefusal;
use crate::use_cases::people::AddRefusal;
use crate::use_cases::person_release::LookRefusal;
use crate::use_cases::registration::RegistrationRefusal;
use crate::use_cases::scans::Unreadable;
use crate::use_cases::seats::{self, SeatsRefusal};
use crate::use_cases::walk_ins::WalkInRefusal;
use chrono::{DateTime, Utc};

/// A service that the office does not give.
pub fn unknown_service() -> Problem {
    Problem::fields(&[seats::unknown_service()])
}

/// A person whom the account does not have.
pub fn unknown_applicant(field: &str) -> Problem {
    Problem::field(
        field,
        "Pemohon ini tidak ada dalam akun Anda.",
        "There is no such person in your account.",
    )
}

/// A full slot, with what is free instead.
pub fn slot_full(alternatives: &[Alternative]) -> Problem {
    Problem::new(Reason::SlotFull).with("alternatives", views::<_, AlternativeView>(alternatives))
}

/// Why no seat is held.
pub fn hold_refused(office: &Office, refusal: HoldRefusal) -> Problem {
    match refusal {
        HoldRefusal::Full(alternatives) => slot_full(&alternatives),
        HoldRefusal::AlreadyBooked(code) => already_booked(code),
        HoldRefusal::Limited(limit, _) => limited(office, limit, Problem::new(refusal.reason())),
        HoldRefusal::NotOffered(why) => not_offered(office, why),
        HoldRefusal::PersonGone => unknown_applicant("applicant_id"),
        other => Problem::new(other.reason()),
    }
}

/// The account's own booking that is in the way.
fn already_booked(code: BookingCode) -> Problem {
    Problem::new(Reason::AlreadyBooked).with("booking_code", code)
}

/// From when on, and of how many: of a person's or of an account's.
fn limited(office: &Office, limit: Limit, problem: Problem) -> Problem {
    let rule = &office.policy.fair_use;
    let (until, problem) = match limit {
        Limit::Missed(until) => (until, problem.with("contact", &office.contact)),
        Limit::Holds(Whose::Person, until) => {
            (until, problem.with("per_person", rule.holds_per_person))
        }
        Limit::Holds(Whose::Account, until) => {
            (until, problem.with("per_account", rule.holds_per_account))
        }
    };
    problem.with("open_again_at", instant(until, office.timezone))
}

/// Why the desk books for nobody.
pub fn walk_in_refused(office: &Office, refusal: WalkInRefusal) -> Problem {
    match refusal {
        WalkInRefusal::Person(refusal) => refusal.into(),
        WalkInRefusal::Hold(refusal) => hold_refused(office, refusal),
        WalkInRefusal::Booking(refusal) => Problem::new(refusal.reason()),
        WalkInRefusal::Scan(refusal) => refusal.into(),
    }
}

/// Why a booking keeps its seat.
pub fn move_refused(office: &Office, refusal: MoveRefusal) -> Problem {
    match refusal {
        MoveRefusal::Full(alternatives) => slot_full(&alternatives),
        MoveRefusal::AlreadyBooked(code) => already_booked(code),
        MoveRefusal::NotOffered(why) => not_offered(office, why),
        other => Problem::new(other.reason()),
    }
}

impl From<DeskMoveRefusal> for Problem {
    fn from(refusal: DeskMoveRefusal) -> Self {
        match refusal {
            DeskMoveRefusal::Visit(refusal) => refusal.into(),
            DeskMoveRefusal::Stays(office, MoveRefusal::Refused(Refusal::TooLateToMove)) => {
                missed_too_long_ago(office.policy.missed_move_days)
            }
            DeskMoveRefusal::Stays(office, refusal) => move_refused(&office, refusal),
        }
    }
}

impl From<DeskCorrectRefusal> for Problem {
    fn from(refusal: DeskCorrectRefusal) -> Self {
        match refusal {
            DeskCorrectRefusal::Visit(refusal) => refusal.into(),
            DeskCorrectRefusal::Over => Self::new(Reason::BookingEnded),
            DeskCorrectRefusal::Person(refusal) => refusal.into(),
        }
    }
}

fn missed_too_long_ago(days: u32) -> Problem {
    let problem = Problem::new(Reason::TooLateToMove);
    match days {
        0 => problem.saying(
            "Kunjungan yang terlewat tidak bisa dipindahkan di kantor ini. Buatkan jadwal baru.",
            "A missed visit cannot be moved at this office. Make a new booking.",
        ),
        _ => problem.saying(
            &format!(
                "Kunjungan yang terlewat hanya bisa dipindahkan sampai {days} hari sesudahnya. Buatkan jadwal baru."
            ),
            &format!("A missed visit can be moved for {days} days only. Make a new booking."),
        ),
    }
}

fn not_offered(office: &Office, why: NotOffered) -> Problem {
    match why {
        NotOffered::Service => unknown_service(),
        NotOffered::Offline => Problem::new(Reason::NotOnline).with("contact", &office.contact),
        NotOffered::Slot => Problem::field(
            "slot",
            "Tidak ada sesi pada jam itu. Lihat ketersediaan untuk jam yang dilayani.",
            "There is no slot at that time. See availability for the times that there are.",
        ),
        NotOffered::Closed(reason) => Problem::new(Reason::OfficeClosed)
            .with("reason", &reason.text.id)
            .with("reason_en", &reason.text.en)
            .with("reason_code", &reason.code),
        NotOffered::NotReleased(at) => {
            Problem::new(Reason::NotReleased).with("release_at", instant(at, office.timezone))
        }
    }
}

/// Why a registration does not go on.
pub fn registration_refused(refusal: RegistrationRefusal, now: DateTime<Utc>) -> Problem {
    let problem = Problem::new(refusal.reason());
    match refusal {
        RegistrationRefusal::TooSoon(at) => problem.retry_after(wait_secs(at, now)),
        RegistrationRefusal::NoCode { rule, next_day } if rule != CodeRule::Country => {
            problem.retry_after(wait_secs(next_day, now))
        }
        RegistrationRefusal::WrongOtp(Some(left)) | RegistrationRefusal::OwnerProofNeeded(left) => {
            problem.with("tries_left", left)
        }
        _ => problem,
    }
}

fn wait_secs(at: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    u32::try_from((at - now).num_seconds() + 1).unwrap_or(1)
}

impl From<AddRefusal> for Problem {
    fn from(refusal: AddRefusal) -> Self {
        match refusal {
            AddRefusal::NotCorrected(_, why) => why.into(),
            other => Self::new(other.reason()),
        }
    }
}

impl From<CorrectRefusal> for Problem {
    fn from(refusal: CorrectRefusal) -> Self {
        match refusal {
            CorrectRefusal::Field(error) => Self::fields(&[error]),
            other => Self::new(other.reason()),
        }
    }
}

impl From<OfficeRefusal> for Problem {
    fn from(refusal: OfficeRefusal) -> Self {
        match refusal {
            OfficeRefusal::Fields(fields) => Self::fields(&fields),
            other => Self::new(other.reason()),
        }
    }
}

impl From<SeatsRefusal> for Problem {
    fn from(refusal: SeatsRefusal) -> Self {
        match refusal {
            SeatsRefusal::Field(field) => Self::fields(&[field]),
            other => Self::new(other.reason()),
        }
    }
}

impl From<ClaimRefusal> for Problem {
    fn from(refusal: ClaimRefusal) -> Self {
        Self::new(refusal.reason())
    }
}

impl From<LookRefusal> for Problem {
    fn from(refusal: LookRefusal) -> Self {
        Self::new(refusal.reason())
    }
}

impl From<FreshProofNeeded> for Problem {
    fn from(_: FreshProofNeeded) -> Self {
        Self::new(Reason::FreshProofNeeded)
    }
}

impl From<VisitInProgress> for Problem {
    fn from(_: VisitInProgress) -> Self {
        Self::new(Reason::VisitInProgress)
    }
}

impl From<VisitRefusal> for Problem {
    fn from(refusal: VisitRefusal) -> Self {
        let problem = Self::new(refusal.reason());
        match refusal {
            VisitRefusal::Unknown => problem,
            VisitRefusal::Elsewhere(office) => problem
                .saying(
                    &format!("Tiket ini untuk {}, {}.", office.name, office.city),
                    &format!("This ticket is for {}, {}.", office.name, office.city),
                )
                .with("office", &office.id)
                .with("office_name", &office.name),
        }
    }
}

impl From<ScanRefusal> for Problem {
    fn from(refusal: ScanRefusal) -> Self {
        let (office, why) = match refusal {
            ScanRefusal::Visit(refusal) => return refusal.into(),
            ScanRefusal::CheckIn(office, why) => (office, why),
        };
        let (times, zone) = (why.booking.times, office.timezone);
        let reason = why.refusal.reason();
        let problem = Self::new(reason);
        match reason {
            Reason::WrongDay | Reason::TooEarly | Reason::TooLate => {
                at_another_time(problem, &office, &times)
                    .with("date", why.booking.seat.date)
                    .with("slot", why.booking.seat.time)
                    .with("check_in_from", instant(times.check_in_from, zone))
                    .with("check_in_until", instant(times.check_in_until, zone))
            }
            Reason::BookingEnded => ended(problem, why.booking.status),
            _ => problem,
        }
    }
}

/// Why the ticket of a visit that has ended is of no use.
fn ended(problem: Problem, status: Status) -> Problem {
    match status {
        Status::Cancelled => problem.saying(
            "Tiket ini sudah dibatalkan. Pemohon dapat memesan jadwal baru.",
            "This ticket was cancelled. The person can book anew.",
        ),
        Status::Served => problem.saying(
            "Kunjungan dengan tiket ini sudah selesai dilayani.",
            "The visit of this ticket was served and is over.",
        ),
        _ => problem,
    }
}

/// For when the ticket is, and until when: what a clerk tells whoever stands there with it.
fn at_another_time(problem: Problem, office: &Office, times: &Times) -> Problem {
    let zone = office.timezone;
    let when = |locale| date_time(locale, times.starts_at, zone);
    let at = |locale, at| time(locale, at, zone);
    let (from, until) = (times.check_in_from, times.check_in_until);
    problem.saying(
        &format!(
            "Tiket ini untuk {}, {}. Pemindaian dari {} sampai {}.",
            when(Locale::Id),
            office.name,
            at(Locale::Id, from),
            at(Locale::Id, until)
        ),
        &format!(
            "This ticket is for {}, {}. It is scanned from {} to {}.",
            when(Locale::En),
            office.name,
            at(Locale::En, from),
            at(Locale::En, until)
        ),
    )
}

impl From<FindingRefusal> for Problem {
    fn from(refusal: FindingRefusal) -> Self {
        match refusal {
            FindingRefusal::Visit(refusal) => refusal.into(),
            FindingRefusal::Field(error) => Self::fields(&[error]),
            FindingRefusal::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<CorrectionRefusal> for Problem {
    fn from(refusal: CorrectionRefusal) -> Self {
        match refusal {
            CorrectionRefusal::Visit(refusal) => refusal.into(),
            CorrectionRefusal::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<CallRefusal> for Problem {
    fn from(refusal: CallRefusal) -> Self {
        match refusal {
            CallRefusal::NobodyWaits => Self::new(Reason::QueueEmpty),
            CallRefusal::Closed => Self::new(Reason::CounterClosed),
            CallRefusal::ServedBefore(next, served) => served_before(&next, &served),
            CallRefusal::NotWaiting(None) => Self::new(Reason::NotFound),
            CallRefusal::NotWaiting(Some(state)) => {
                Self::new(Reason::NotWaiting).with("state", state)
            }
            CallRefusal::Busy(at) => counter_busy(&at),
        }
    }
}

/// The number that the counter has to be done with first.
fn counter_busy(at: &AtCounter) -> Problem {
    let problem = Problem::new(Reason::CounterBusy).with("state", at.state);
    problem.with("queue_number", at.number)
}

/// Which numbers are meant: the clerk compares two KTPs.
fn served_before(next: &WithNumber, served: &WithNumber) -> Problem {
    let (number, other) = (next.number, served.number);
    let problem = Problem::new(Reason::ServedBefore).saying(
        &format!(
            "Nomor {number} tampaknya orang yang sama dengan {other}, yang sudah selesai dilayani \
             hari ini. Jika memang benar gilirannya, panggil dengan nomornya."
        ),
        &format!(
            "{number} looks like the same person as {other}, who was served today. If it is right, \
             call it by its number."
        ),
    );
    let problem = problem.with("queue_number", number).with("served_number", other);
    match &served.counter {
        Some(counter) => problem.with("served_counter", counter),
        None => problem,
    }
}

impl From<SetCounterRefusal> for Problem {
    fn from(refusal: SetCounterRefusal) -> Self {
        match refusal {
            SetCounterRefusal::Busy(at) => counter_busy(&at),
        }
    }
}

impl From<BringBackRefusal> for Problem {
    fn from(refusal: BringBackRefusal) -> Self {
        match refusal {
            BringBackRefusal::NotSkipped(None) => Self::new(Reason::NotFound),
            BringBackRefusal::NotSkipped(Some(state)) => {
                Self::new(Reason::NotSkipped).with("state", state)
            }
        }
    }
}

impl From<StepRefusal> for Problem {
    fn from(refusal: StepRefusal) -> Self {
        match refusal {
            StepRefusal::Idle => Self::new(Reason::CounterIdle),
            StepRefusal::Closed => Self::new(Reason::CounterClosed),
            StepRefusal::Nobody(counter, known) => nobody_at(&counter, &known),
            StepRefusal::Refused(refusal) => refusal.into(),
        }
    }
}

/// Where somebody sits today: a name may have been typed wrongly.
fn nobody_at(counter: &Counter, known: &[Counter]) -> Problem {
    let counter = counter.as_str();
    let names = known.iter().map(Counter::as_str).collect::<Vec<_>>().join(", ");
    let (known, known_en) = match names.is_empty() {
        true => ("Belum ada loket lain yang buka.".into(), "No other counter is open yet.".into()),
        false => (format!("Loket yang buka: {names}."), format!("Open counters: {names}.")),
    };
    Problem::new(Reason::CounterClosed).saying(
        &format!("Loket {counter} belum dibuka dan belum memanggil hari ini. {known}"),
        &format!("Counter {counter} has neither been opened nor called anybody today. {known_en}"),
    )
}

/// A scanner that is set wrong makes a forger of everybody.
impl From<Unreadable> for Problem {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::Ticket(BadTicket::Layout) => Self::new(Reason::BadTicket).saying(
                "Tiket terbaca dengan tanda yang salah: periksa tata letak keyboard pemindai, yang \
                 harus Inggris (US). Sementara itu ketik kode booking.",
                "The ticket was read with other signs than it has: the scanner's keyboard layout must \
                 be English (US). Meanwhile type the booking code.",
            ),
            Unreadable::Ticket(_) => Self::new(Reason::BadTicket),
            Unreadable::Code => Self::field(
                "code",
                "Kode booking terdiri atas sepuluh huruf dan angka; periksa salah ketik.",
                "A booking code has ten letters and digits; please check for a typing mistake.",
            ),
        }
    }
}
