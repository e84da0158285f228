//! The model's words: constants of its small world, places, bookings, and how things can end.
//!
//! Times are seconds since midnight, at the office, of the first date.

use antrian::domain::booking::{Refusal, Status};
use antrian::domain::office::Channel;

/// Dates of the world; on later ones the office gives no service.
pub(super) const DAYS: usize = 3;
/// Slots of a date: 09:00 and 10:00.
pub(super) const SLOTS: usize = 2;
/// Seats of a slot at first; seat 1 is the WhatsApp pool.
pub(super) const QUOTA: u16 = 2;
/// Account and person of those who ask: four people, three accounts; the last way in is a person
/// whom two accounts know.
pub(super) const WAYS: [(usize, usize); 5] = [(0, 0), (0, 1), (1, 2), (2, 3), (2, 0)];
pub(super) const ACCOUNTS: u32 = 3;
/// NIKs that there are, those that nobody has at first among them.
pub(super) const NIKS: usize = 7;
/// So many NIKs are told in an account after the first ones: how many one may tell is not what this
/// model is about.
pub(super) const MAX_TOLD: u32 = 8;
/// Histories begin at 08:00 on the first date, with two dates open.
pub(super) const BEGIN: i64 = 8 * HOUR;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
pub(super) const HOLD: i64 = 15 * MINUTE;
pub(super) const COOL_DOWN: i64 = 45;
pub(super) const POOL_OPENS_BEFORE: i64 = 2 * HOUR;
pub(super) const BOOKING_CLOSES_BEFORE: i64 = 30 * MINUTE;
pub(super) const CHECK_IN_OPENS_BEFORE: i64 = HOUR;
pub(super) const CHECK_IN_CLOSES_AFTER: i64 = 30 * MINUTE;
/// A closed day is cleared only so long after it was closed…
pub(super) const CLEARED_AFTER: i64 = 30;
/// …and looked at until so long after it.
pub(super) const FORGOTTEN_AFTER: i64 = 90;
/// Seats for those who wait are looked for no more often.
pub(super) const LOOK_AGAIN: i64 = 2 * MINUTE;
/// A booking with so many changes is not moved any more.
pub(super) const MAX_VERSIONS: u32 = 8;
/// The recount complains of bookings on a closed day so long after it was closed.
pub(super) const OVERDUE_AFTER: i64 = 15 * MINUTE;
/// The seat of the pool.
pub(super) const POOL: u16 = 1;
/// Slots offered instead of a full one.
pub(super) const MAX_ALTERNATIVES: usize = 5;

/// A slot on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) day: usize,
    pub(super) slot: usize,
}

impl Place {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..DAYS).flat_map(|day| (0..SLOTS).map(move |slot| Self { day, slot }))
    }

    pub(super) fn midnight(self) -> i64 {
        i64::try_from(self.day).unwrap() * DAY
    }

    pub(super) fn starts(self) -> i64 {
        self.midnight() + (9 + i64::try_from(self.slot).unwrap()) * HOUR
    }

    pub(super) fn books_until(self) -> i64 {
        self.starts() - BOOKING_CLOSES_BEFORE
    }

    /// At nine the day before, who still waits for another seat is told that there is none.
    pub(super) fn search_ends(self) -> i64 {
        self.midnight() - DAY + 9 * HOUR
    }

    pub(super) fn missed_from(self) -> i64 {
        self.starts() + CHECK_IN_CLOSES_AFTER
    }
}

/// Which slots are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Slot(Place),
    Date(usize),
    Earliest,
}

/// A wish for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Request {
    /// Index into [`WAYS`].
    pub(super) way: usize,
    pub(super) channel: Channel,
    pub(super) choice: Choice,
    pub(super) key: Option<u8>,
}

impl Request {
    pub(super) fn account(&self) -> usize {
        WAYS[self.way].0
    }
}

/// A day's queue and the number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InLine {
    pub(super) day: i64,
    pub(super) number: u32,
}

/// What a counter does with somebody whom it has called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeskAct {
    Skip,
    Park,
    PassBack,
    /// To the other letter.
    ToLetter,
    /// To one of two counters that call nobody in a history.
    ToCounter(usize),
}

/// The letter of the office's service, and the one that people are sent to.
pub(super) const LETTERS: [char; 2] = ['A', 'B'];
/// So many who wait are called before somebody who is brought back.
pub(super) const BEHIND: usize = 3;

/// How somebody stands who is at the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    pub(super) came: i64,
    /// Sent to the other letter.
    pub(super) is_sent: bool,
    /// Sent to this counter.
    pub(super) sent_to: Option<usize>,
    /// Skipped or parked.
    pub(super) away: Option<DeskAct>,
    /// Brought back: as if come then.
    pub(super) turn: Option<i64>,
}

impl Standing {
    pub(super) fn letter(self) -> char {
        LETTERS[usize::from(self.is_sent)]
    }
}

/// What was written of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Held {
        until: i64,
    },
    Confirmed,
    /// In a line; `complete`: the papers were looked at and are all there.
    CheckedIn {
        at: InLine,
        complete: bool,
    },
    AwaitingDocuments {
        at: InLine,
        until: i64,
    },
    Served {
        at: InLine,
    },
    Cancelled {
        by_office: bool,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Booking {
    pub(super) request: Request,
    /// Under whose NIK it is.
    pub(super) person: usize,
    /// How often its person had been told anew when it was made.
    pub(super) retold: u32,
    /// That NIK was corrected since it was made.
    pub(super) corrected: bool,
    pub(super) place: Place,
    pub(super) number: u16,
    pub(super) state: State,
    pub(super) version: u32,
    /// How its person stands in the line.
    pub(super) standing: Standing,
    /// The scheduler wrote down what became of it.
    pub(super) settled: bool,
    /// The day that the office took back, as long as its owner has not chosen since.
    pub(super) taken_from: Option<usize>,
    /// Versions that the office has caused.
    pub(super) uncounted: u32,
    /// The seat on another day that is kept while a document is fetched.
    pub(super) returns_to: Option<(Place, u16)>,
}

impl Booking {
    pub(super) fn status(&self, now: i64) -> Status {
        match self.state {
            State::Held { until } if until <= now => Status::Expired,
            State::Held { .. } => Status::Held,
            State::Confirmed if self.place.missed_from() <= now => Status::NoShow,
            State::Confirmed => Status::Confirmed,
            State::CheckedIn { .. } => Status::CheckedIn,
            State::AwaitingDocuments { until, .. } if until <= now => Status::Lapsed,
            State::AwaitingDocuments { .. } => Status::AwaitingDocuments,
            State::Served { .. } => Status::Served,
            State::Cancelled { .. } => Status::Cancelled,
        }
    }

    pub(super) fn keeps_person_until(&self) -> i64 {
        match self.state {
            State::Held { until } | State::AwaitingDocuments { until, .. } => until,
            State::Confirmed => self.place.missed_from(),
            State::CheckedIn { at, .. } => (at.day + 1) * DAY,
            State::Served { .. } | State::Cancelled { .. } => i64::MIN,
        }
    }

    /// Where the person is, or was, in a line.
    pub(super) fn in_line(&self) -> Option<InLine> {
        match self.state {
            State::CheckedIn { at, .. }
            | State::AwaitingDocuments { at, .. }
            | State::Served { at } => Some(at),
            _ => None,
        }
    }

    /// It is on a closed day until a seat is free.
    pub(super) fn waits(&self) -> bool {
        let is_on = self.state == State::Confirmed && !self.settled;
        is_on && self.taken_from == Some(self.place.day)
    }

    pub(super) fn has_priority(&self) -> bool {
        self.request.channel == Channel::Priority
    }

    pub(super) fn is_displaced(&self) -> bool {
        self.state == State::Cancelled { by_office: true }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    pub(super) closed: bool,
    /// When it was closed or opened again, as long as somebody still has to look at it.
    pub(super) to_clear: Option<i64>,
    /// When it was last looked at for people who wait.
    pub(super) looked_at: Option<i64>,
    pub(super) quotas: [u16; SLOTS],
}

/// Why no seat is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Past,
    Closed,
    NotReleased,
}

/// A slot and how many seats are free in it.
pub(super) type Free = (Place, u16);

/// What the public sees of a day: its slots that can still be booked, or why there are none.
pub(super) type Look = Result<Vec<Free>, Why>;

/// How a wish ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HoldEnd {
    /// One of these seats is held.
    Held(Place, Vec<u16>),
    Repeated(usize),
    Mismatch,
    Full(Vec<Free>),
    AlreadyBooked(Option<usize>),
    NotOffered(Why),
}

/// How a change ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChangeEnd {
    Done,
    Already,
    Refused(Refusal),
}

/// How a move ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MoveEnd {
    /// The booking has one of these seats.
    Done(Vec<u16>),
    Already,
    Refused(Refusal),
    Full(Vec<Free>),
    NotOffered(Why),
    AlreadyBooked,
}

/// Instants at which something changes without anybody doing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Boundary {
    HoldRunsOut,
    SeatCools,
    PoolOpens,
    BookingCloses,
    CheckInOpens,
    SlotStarts,
    CheckInCloses,
    DeadlinePasses,
    Midnight,
    ClosureCleared,
    ClosureForgotten,
    ClosureSeenAgain,
    /// Whoever waits for a seat is told that there is none.
    SearchEnds,
}
