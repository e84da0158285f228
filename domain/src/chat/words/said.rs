//! What a text can say.

use chrono::NaiveDate;

use crate::code::BookingCode;
use crate::language::Locale;
use crate::personal::{Nik, PersonName};
use crate::time::SlotTime;

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A word that means the same at any point of the conversation.
    Command(Command),
    /// A code that proves a number to the web: candidates in order, eight symbols each, read as
    /// Crockford says.
    Registration(Vec<String>),
    /// A booking's code, and nothing else.
    Code(BookingCode),
    /// Something that was meant as a booking's code and is mistyped.
    MistypedCode,
    /// A person's details, a date of visit, or both, as the office's old format has them.
    Wish(Details),
    /// A number: a row of the list that was offered.
    Number(u32),
    Date(NaiveDate),
    /// A time of day.
    Time(SlotTime),
    /// Agreement.
    Yes,
    /// The opposite.
    No,
    /// Words of no known meaning, perhaps the name of something that was offered.
    Other,
    /// No words at all: empty, punctuation, pictographs.
    Nothing,
}

/// A word that means the same at any point of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `MENU`, `0`, a greeting.
    Menu,
    /// `DAFTAR` without a code, `BOOKING`, `ANTRI`: begin a booking.
    Book,
    /// `BATAL`, with or without the code of a booking.
    Cancel(Option<BookingCode>),
    /// `JADWAL`: show bookings.
    Show,
    /// `PINDAH`, with or without the code of a booking.
    Move(Option<BookingCode>),
    /// `TAMBAH WAKTU`: hold the seat for longer.
    Extend,
    /// `BANTUAN`, `HELP`.
    Help,
    /// `BAHASA`, `ENGLISH`; absent: the other language.
    Language(Option<Locale>),
    /// `STOP`: no reminders.
    Stop,
    /// `MULAI`, `START`: reminders again.
    Resume,
}

/// Details of a person and a visit, from fields in any order. What is missing is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    pub name: Option<PersonName>,
    /// National identity number.
    pub nik: Option<Nik>,
    /// Birth date, if it was stated.
    pub birth_date: Option<NaiveDate>,
    /// City or regency of the KTP, if it was named as such (`KOTA BANDUNG`, `KAB. SLEMAN`,
    /// `KTP: Bandung`) or, with [`details`](super::details), stands as a second field of words.
    pub regency: Option<String>,
    /// Date of the visit.
    pub date: Option<NaiveDate>,
    /// Time of the visit.
    pub time: Option<SlotTime>,
    /// Fields that could not be read.
    pub misread: Vec<Misread>,
}

/// Why a field could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// Digits that should be a NIK and are not: too few, too many, an impossible date.
    Nik,
    /// A date that does not exist.
    Date,
    /// A date of visit that has passed.
    PastDate,
    /// Fields that cannot be told apart.
    Unclear,
}
