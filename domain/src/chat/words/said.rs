//! What a text can say.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

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
    /// A date that depends on where and when it is read.
    Day(Relative),
    /// A time of day.
    Time(SlotTime),
    /// Agreement.
    Yes,
    /// `KONFIRMASI`: agreement to what waits for it, whatever was spoken of last.
    Confirm,
    /// `ga jadi`: what was begun is not wanted any more.
    NeverMind,
    /// The opposite.
    No,
    /// `terima kasih`, and nothing else.
    Thanks,
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
    /// `PILIH LAGI`: choose again what was held and lapsed, or else begin a booking.
    Again,
    /// `BATAL`, with or without the code of a booking.
    Cancel(Option<BookingCode>),
    /// `JADWAL`: show bookings.
    Show,
    /// `PINDAH`, with or without the code of a booking.
    Move(Option<BookingCode>),
    /// `UBAH DATA`: correct a person.
    Correct,
    /// `HAPUS DATA`: remove a person.
    Remove,
    /// `TAMBAH WAKTU`: hold the seat for longer.
    Extend,
    /// `KABARI`: tell when the turn at the office is near.
    TellTurn,
    /// `KONTAK`: how to reach the people of an office.
    Contact,
    /// `SYARAT`: which documents are to be brought.
    Papers,
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
    /// What the date is from the day on which it is read, if it was stated so: at another office it may
    /// be another one.
    pub relative: Option<Relative>,
    /// Time of the visit.
    pub time: Option<SlotTime>,
    /// More than one hour was said, or one that is not wanted: which it is has to be asked.
    pub asks_hour: bool,
    /// Fields that could not be read.
    pub misread: Vec<Misread>,
}

/// A date by its distance from the day on which it is read. Where an office is it may be tomorrow already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// So many days later.
    Ahead(u8),
    /// The next such weekday, today not among them.
    Weekday(Weekday),
}

impl Relative {
    /// The date, read on `today`.
    ///
    /// ```
    /// use antrian_domain::chat::words::Relative;
    ///
    /// let friday = chrono::NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    /// assert_eq!(Relative::Ahead(1).on(friday).to_string(), "2026-11-28");
    /// assert_eq!(Relative::Weekday(chrono::Weekday::Fri).on(friday).to_string(), "2026-12-04");
    /// ```
    pub fn on(self, today: NaiveDate) -> NaiveDate {
        let days = match self {
            Self::Ahead(days) => u64::from(days),
            Self::Weekday(day) => u64::from(day.days_since(today.weekday().succ())) + 1,
        };
        today.checked_add_days(Days::new(days)).unwrap_or(today)
    }
}

/// Why a field could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// So many digits that should be a NIK and are not: too few, too many, an impossible date.
    Nik(u8),
    /// Two numbers that could be it, a family card's among them.
    TwoNiks,
    /// A date that does not exist.
    Date,
    /// A date of visit that has passed.
    PastDate,
    /// Fields that cannot be told apart.
    Unclear,
}
