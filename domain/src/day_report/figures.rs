//! Counts, and how long things lasted.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::booking::{Booking, CheckIn, Status};
use crate::office::Channel;

/// What became of bookings that were confirmed. `booked` is the sum of `came`, `no_shows`, `cancelled` and
/// `to_come`; `came` is that of `served`, `unfinished` and `lapsed`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Confirmed for the date and not moved to another one before the visit.
    pub booked: u32,
    /// Were let in.
    pub came: u32,
    /// Of these: after their hour had begun.
    pub late: u32,
    /// Of these: were sent for a document.
    pub sent_back: u32,
    /// Of these: are done.
    pub served: u32,
    /// Of these: still here, or nobody has said that they are done.
    pub unfinished: u32,
    /// Of these: did not bring the document in time.
    pub lapsed: u32,
    /// Did not come.
    pub no_shows: u32,
    /// Were cancelled, by whomever.
    pub cancelled: u32,
    /// May still come.
    pub to_come: u32,
    /// Were moved to another date, and are counted there.
    pub moved_away: u32,
}

impl Figures {
    /// Of one booking of the date that is in this state now. Nothing: it was never confirmed.
    pub(super) fn of(booking: &Booking, status: Status) -> Self {
        let mut one = Self { booked: 1, ..Self::default() };
        match status {
            Status::Held | Status::Expired => return Self::default(),
            Status::Confirmed => one.to_come = 1,
            Status::NoShow => one.no_shows = 1,
            Status::Cancelled => one.cancelled = 1,
            Status::CheckedIn | Status::AwaitingDocuments => one.unfinished = 1,
            Status::Served => one.served = 1,
            Status::Lapsed => one.lapsed = 1,
        }
        one.came = one.unfinished + one.served + one.lapsed;
        if one.came > 0 {
            one.late = came_late(booking).into();
            one.sent_back = booking.missed_documents().next().is_some().into();
        }
        one
    }

    /// Of one that was missed, and then moved to another date.
    pub(super) fn missed() -> Self {
        Self { booked: 1, no_shows: 1, ..Self::default() }
    }

    /// Of one that was moved to another date.
    pub(super) fn moved_away() -> Self {
        Self { moved_away: 1, ..Self::default() }
    }
}

/// Whether the person came after the hour had begun. Whoever comes without a booking gets such an hour.
fn came_late(booking: &Booking) -> bool {
    let after_start = |scan: &CheckIn| scan.at > booking.times.starts_at;
    booking.channel != Channel::WalkIn && booking.check_in.as_ref().is_some_and(after_start)
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.booked += other.booked;
        self.came += other.came;
        self.late += other.late;
        self.sent_back += other.sent_back;
        self.served += other.served;
        self.unfinished += other.unfinished;
        self.lapsed += other.lapsed;
        self.no_shows += other.no_shows;
        self.cancelled += other.cancelled;
        self.to_come += other.to_come;
        self.moved_away += other.moved_away;
    }
}

/// How long something lasted, for each person, in seconds; in no order that says who.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasting(Vec<u32>);

/// What is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lasted {
    /// How many people it was.
    pub people: usize,
    /// Half of them had no longer.
    pub median_secs: u32,
    /// Nine of ten had no longer.
    pub p90_secs: u32,
}

impl Lasting {
    pub(super) fn note(&mut self, secs: i64) {
        let secs = u32::try_from(secs.max(0)).unwrap_or(u32::MAX);
        let at = self.0.partition_point(|known| *known < secs);
        self.0.insert(at, secs);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
        self.0.sort_unstable();
    }

    /// Nothing of nobody.
    pub fn lasted(&self) -> Option<Lasted> {
        let (median_secs, p90_secs) = (self.percentile(50)?, self.percentile(90)?);
        Some(Lasted { people: self.0.len(), median_secs, p90_secs })
    }

    /// The least of them that so many of a hundred had no longer than.
    fn percentile(&self, percent: usize) -> Option<u32> {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.checked_sub(1)?).copied()
    }
}
