//! The steps of a history.

use antrian::domain::office::Channel;
use proptest::prelude::*;

use super::words::{
    Boundary, CHECK_IN_CLOSES_AFTER, CHECK_IN_OPENS_BEFORE, Choice, DAYS, DeskAct, NIKS, Place,
    Request, SLOTS, WAYS,
};

/// One thing that happens. Bookings and requests are counted from the latest one back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Somebody asks for a seat.
    Hold(Request),
    /// Somebody asks for a seat and confirms what is held.
    Book(Request),
    /// A request that had a key is sent once more.
    Repeat(usize),
    /// The booking is confirmed.
    Confirm(usize),
    /// The booking is cancelled by its owner.
    Cancel(usize),
    /// The booking is moved.
    Move(usize, Place),
    /// A clerk moves it.
    MoveAtDesk(usize, Place),
    /// The booking's ticket is scanned.
    CheckIn(usize),
    /// It is scanned so many seconds after (before) its check-in opens, or now if that is past.
    Arrive(usize, i64),
    /// A paper of the booking's person is missing for so many seconds.
    SendBack(usize, i64),
    /// All papers of the booking's person are there.
    Complete(usize),
    /// The booking's number is called, and its visit finished.
    Serve(usize),
    /// The booking's number is called, and the counter does this with it.
    Desk(usize, DeskAct),
    /// The booking's number is brought back into the line.
    BringBack(usize),
    /// The NIK of the person of a way in is corrected.
    Correct(usize, usize),
    /// The person of a way in is removed from their account, and told anew.
    Retell(usize),
    /// So many seconds pass.
    Wait(i64),
    /// Time passes until so many seconds after (before) the next boundary of a kind.
    WaitFor(Boundary, i64),
    /// The slot gets a quota.
    SetQuota(Place, u16),
    /// The office closes a day.
    Close(usize),
    /// The office closes the booking's day, and the scheduler comes as soon as it may.
    CloseAndClear(usize),
    /// The office takes the closing back.
    Reopen(usize),
    /// The scheduler opens days.
    MakeDays,
    /// The scheduler writes down what time has changed.
    Settle,
    /// The scheduler moves or cancels what stands on closed days.
    ClearClosedDays,
}

/// Any step, those that make bookings live more often than those that only look at them.
pub(super) fn any_step() -> BoxedStrategy<Step> {
    prop_oneof![
        12 => request().prop_map(Step::Hold),
        12 => request().prop_map(Step::Book),
        2 => latest().prop_map(Step::Repeat),
        5 => latest().prop_map(Step::Confirm),
        3 => latest().prop_map(Step::Cancel),
        6 => (latest(), any_place()).prop_map(|(nth, place)| Step::Move(nth, place)),
        4 => (latest(), any_place()).prop_map(|(nth, place)| Step::MoveAtDesk(nth, place)),
        2 => latest().prop_map(Step::CheckIn),
        2 => (latest(), arrival()).prop_map(|(nth, secs)| Step::Arrive(nth, secs)),
        3 => (latest(), fetching()).prop_map(|(nth, secs)| Step::SendBack(nth, secs)),
        3 => latest().prop_map(Step::Complete),
        2 => latest().prop_map(Step::Serve),
        4 => (latest(), desk_act()).prop_map(|(nth, act)| Step::Desk(nth, act)),
        3 => latest().prop_map(Step::BringBack),
        3 => (0..WAYS.len(), 0..NIKS).prop_map(|(way, nik)| Step::Correct(way, nik)),
        2 => (0..WAYS.len()).prop_map(Step::Retell),
        1 => passing().prop_map(Step::Wait),
        7 => (boundary(), -1..=1i64).prop_map(|(boundary, off)| Step::WaitFor(boundary, off)),
        3 => (place(), 0..=4u16).prop_map(|(place, quota)| Step::SetQuota(place, quota)),
        1 => day().prop_map(Step::Close),
        2 => latest().prop_map(Step::CloseAndClear),
        3 => day().prop_map(Step::Reopen),
        2 => Just(Step::MakeDays),
        2 => Just(Step::Settle),
        2 => Just(Step::ClearClosedDays),
    ]
    .boxed()
}

/// Few keys, so that the same one comes again with another request.
fn request() -> impl Strategy<Value = Request> {
    let key = prop_oneof![1 => Just(None), 1 => (0..3u8).prop_map(Some)];
    (0..WAYS.len(), channel(), choice(), key).prop_map(|(way, channel, choice, key)| Request {
        way,
        channel,
        choice,
        key,
    })
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![
        4 => Just(Channel::Web),
        2 => Just(Channel::Whatsapp),
        1 => Just(Channel::Priority),
    ]
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        4 => place().prop_map(Choice::Slot),
        1 => day().prop_map(Choice::Date),
        1 => Just(Choice::Earliest),
    ]
}

/// Mostly the first slot of the middle day, so that it fills up.
fn place() -> impl Strategy<Value = Place> {
    prop_oneof![3 => Just(Place { day: 1, slot: 0 }), 2 => any_place()]
}

fn any_place() -> impl Strategy<Value = Place> {
    (day(), 0..SLOTS).prop_map(|(day, slot)| Place { day, slot })
}

fn day() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(1), 2 => 0..DAYS]
}

fn latest() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0), 2 => 0..3usize, 1 => 0..12usize]
}

fn desk_act() -> impl Strategy<Value = DeskAct> {
    prop_oneof![
        2 => Just(DeskAct::Skip),
        2 => Just(DeskAct::Park),
        1 => Just(DeskAct::PassBack),
        1 => Just(DeskAct::ToLetter),
        1 => (0..2usize).prop_map(DeskAct::ToCounter),
    ]
}

fn passing() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => 1..90i64,
        6 => (1..60i64).prop_map(|minutes| minutes * 60),
        1 => (1..24i64).prop_map(|hours| hours * 3_600),
        1 => Just(86_400i64),
    ]
}

/// Time to fetch a paper: within the day, or days.
fn fetching() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(3_600i64), 1 => 1..7_200i64, 3 => Just(86_400i64), 1 => Just(2 * 86_400i64)]
}

/// At the edges of the check-in hours, and within.
fn arrival() -> impl Strategy<Value = i64> {
    const OPEN: i64 = CHECK_IN_OPENS_BEFORE + CHECK_IN_CLOSES_AFTER;
    prop_oneof![2 => 0..OPEN, 1 => -1..=1i64, 1 => (OPEN - 1)..=OPEN]
}

fn boundary() -> impl Strategy<Value = Boundary> {
    prop_oneof![
        6 => Just(Boundary::HoldRunsOut),
        6 => Just(Boundary::SeatCools),
        1 => Just(Boundary::PoolOpens),
        1 => Just(Boundary::BookingCloses),
        1 => Just(Boundary::CheckInOpens),
        1 => Just(Boundary::SlotStarts),
        1 => Just(Boundary::CheckInCloses),
        2 => Just(Boundary::DeadlinePasses),
        1 => Just(Boundary::Midnight),
        2 => Just(Boundary::ClosureCleared),
        2 => Just(Boundary::ClosureForgotten),
        1 => Just(Boundary::ClosureSeenAgain),
        1 => Just(Boundary::SearchEnds),
    ]
}
