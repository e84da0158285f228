//! Every transition from every state.

use Status::*;

use super::*;
use crate::queue::QueueNumber;

const STATES: [Status; 9] =
    [Held, Confirmed, CheckedIn, AwaitingDocuments, Served, Cancelled, Expired, NoShow, Lapsed];

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn office() -> Office {
    let offices = include_str!("../../data/offices.json");
    let offices: serde_json::Value = serde_json::from_str(offices).unwrap();
    let mut offices = offices["offices"].as_array().unwrap().iter();
    let office = offices.find(|office| office["id"] == "makassar").unwrap();
    serde_json::from_value(office.clone()).unwrap()
}

/// When everything of these tests happens: within the hour before the slot, on its day.
const NOW: &str = "2026-12-02T00:30:00Z";

fn seat(date: &str) -> SeatRef {
    SeatRef {
        office: "makassar".parse().unwrap(),
        service: "passport_new".parse().unwrap(),
        date: date.parse().unwrap(),
        time: "09:00".parse().unwrap(),
        number: 3,
    }
}

/// A booking of 2 December at nine in Makassar (01:00 UTC) that is in this state and stays there.
pub(crate) fn booking(status: Status) -> Booking {
    let seat = seat("2026-12-02");
    let times = Times::of(&office(), seat.date, seat.time);
    let came = matches!(status, CheckedIn | AwaitingDocuments | Served | Lapsed);
    Booking {
        code: BookingCode::from_bits(7),
        status,
        version: 2,
        seat,
        times,
        account: "a-0123456789".parse().unwrap(),
        applicant: "p1".parse().unwrap(),
        person: "hash".to_owned(),
        channel: Channel::Web,
        locale: Locale::Id,
        hold_expires_at: (status == Held).then(|| at("2026-12-02T00:40:00Z")),
        extensions: 0,
        created_at: at("2026-12-01T00:00:00Z"),
        request_hash: "hash".to_owned(),
        cancel_reason: (status == Cancelled).then_some(CancelReason::Applicant),
        check_in: came.then(|| scan(at(NOW))),
        documents: (status == AwaitingDocuments).then(|| DocumentCheck {
            missing: vec!["ktp".to_owned()],
            deadline: Some(at("2026-12-03T00:00:00Z")),
            missed: vec![],
        }),
        excused: false,
        group: vec![],
        nik_corrected: false,
        return_seat: None,
        moved_by_office: false,
        closed_visit: None,
        uncounted: 0,
    }
}

fn scan(at: DateTime<Utc>) -> CheckIn {
    let gate = "A".to_owned();
    CheckIn { at, gate, group: 'A', number: 4, queue_date: None, priority: None, key: None }
}

/// What a transition makes of each state, in the order of [`STATES`].
fn from_all<T>(transition: impl Fn(&Booking) -> Result<T, Refusal>) -> Vec<Result<T, Refusal>> {
    STATES.iter().map(|status| transition(&booking(*status))).collect()
}

/// The same, with the states that follow.
fn states(
    transition: impl Fn(&Booking) -> Result<Booking, Refusal>,
) -> Vec<Result<Status, Refusal>> {
    from_all(|booking| {
        let next = transition(booking)?;
        assert_eq!(next.version, booking.version + 1, "a transition is a version");
        assert_eq!(next.hold_expires_at.is_some(), next.status == Held, "only a hold runs out");
        Ok(next.status)
    })
}

#[test]
fn each_state_allows_its_transitions_and_says_why_not_the_others() {
    let now = at(NOW);
    let (expired, ended) = (Err(Refusal::HoldExpired), Err(Refusal::Ended));
    let (came, not_yet) = (Err(Refusal::CheckedIn), Err(Refusal::NotCheckedIn));
    let (over, missed) = (Err(Refusal::DeadlinePassed), Err(Refusal::NotMissed));
    assert_eq!(
        states(|it| it.confirm(now)),
        [Ok(Confirmed), ended, came, came, ended, ended, expired, ended, ended]
    );
    assert_eq!(
        states(|it| it.cancel(CancelReason::Applicant, now)),
        [Ok(Cancelled), Ok(Cancelled), came, Ok(Cancelled), ended, ended, expired, ended, ended]
    );
    assert_eq!(
        states(|it| it.check_in(&office(), scan(now), now)),
        [
            Err(Refusal::NotConfirmed),
            Ok(CheckedIn),
            came,
            came,
            ended,
            ended,
            expired,
            Ok(CheckedIn),
            over
        ]
    );
    assert_eq!(
        states(|it| it.documents_complete(now)),
        [not_yet, not_yet, Ok(CheckedIn), Ok(CheckedIn), ended, ended, ended, ended, over]
    );
    assert_eq!(
        states(|it| it.documents_incomplete(&["kk".to_owned()], at("2026-12-04T00:00:00Z"), now)),
        [
            not_yet,
            not_yet,
            Ok(AwaitingDocuments),
            Ok(AwaitingDocuments),
            ended,
            ended,
            ended,
            ended,
            over
        ]
    );
    assert_eq!(
        states(|it| it.with_priority(true, now)),
        [not_yet, not_yet, Ok(CheckedIn), ended, ended, ended, ended, ended, ended]
    );
    assert_eq!(
        states(|it| it.serve(now)),
        [not_yet, not_yet, Ok(Served), ended, ended, ended, ended, ended, over]
    );
    assert_eq!(
        states(|it| it.excuse(now)),
        [missed, missed, missed, missed, missed, missed, missed, Ok(NoShow), missed]
    );
}

#[test]
fn who_may_move_stays_held_or_confirmed() {
    let before = at("2026-12-01T00:00:00Z");
    let (expired, ended, came) =
        (Err(Refusal::HoldExpired), Err(Refusal::Ended), Err(Refusal::CheckedIn));
    let to = seat("2026-12-04");
    let times = Times::of(&office(), to.date, to.time);
    assert_eq!(
        states(|it| it.reschedule(to.clone(), times, Mover::Owner, before)),
        [Ok(Held), Ok(Confirmed), came, came, ended, ended, expired, ended, ended]
    );
    let moved = booking(Confirmed).reschedule(to.clone(), times, Mover::Owner, before).unwrap();
    assert_eq!((moved.seat, moved.times), (to.clone(), times));
    let displaced =
        Booking { cancel_reason: Some(CancelReason::OfficeClosed), ..booking(Cancelled) };
    let moved = displaced.reschedule(to, times, Mover::Owner, at(NOW)).unwrap();
    assert_eq!((moved.status, moved.cancel_reason), (Confirmed, None), "at any time");
    let limit = booking(Confirmed).times.reschedule_until;
    let second = TimeDelta::seconds(1);
    assert_eq!(booking(Confirmed).may_move(Mover::Owner, limit - second), Ok(Confirmed));
    assert_eq!(booking(Confirmed).may_move(Mover::Owner, limit), Err(Refusal::TooLateToMove));
    for status in [Held, Confirmed] {
        let often = |version| Booking { version, ..booking(status) }.may_move(Mover::Owner, before);
        assert_eq!(often(7), Ok(status));
        assert_eq!(often(8), Err(Refusal::MovedTooOften));
    }
}

#[test]
fn a_clerk_moves_until_the_visit_and_a_missed_one_for_as_long_as_the_office_says() {
    let office = office();
    let by = Mover::Desk(&office.policy, None);
    let (expired, ended, came) =
        (Err(Refusal::HoldExpired), Err(Refusal::Ended), Err(Refusal::CheckedIn));
    assert_eq!(
        states(|it| it.reschedule(seat("2026-12-04"), it.times, by, at(NOW))),
        [Ok(Held), Ok(Confirmed), came, came, ended, ended, expired, Ok(Confirmed), ended]
    );
    let often = Booking { version: 20, excused: true, ..booking(Confirmed) };
    let (to, late) = (seat("2026-12-04"), often.times.reschedule_until + TimeDelta::hours(9));
    let times = Times::of(&office, to.date, to.time);
    let moved = often.reschedule(to.clone(), times, by, late).unwrap();
    assert_eq!((&moved.seat, moved.version, moved.uncounted), (&to, 21, 1), "nobody's own move");
    assert!(!moved.excused, "the next visit has not been missed yet");

    let missed = booking(Confirmed);
    let last = missed.times.check_in_until + TimeDelta::days(7);
    assert_eq!(missed.may_move(by, last - TimeDelta::seconds(1)), Ok(Confirmed));
    assert_eq!(missed.may_move(by, last), Err(Refusal::TooLateToMove));
    let never = Policy { missed_move_days: 0, ..office.policy.clone() };
    let just = missed.times.check_in_until;
    assert_eq!(missed.may_move(Mover::Desk(&never, None), just), Err(Refusal::TooLateToMove));
    assert_eq!(missed.may_move(Mover::Owner, just), Err(Refusal::Ended));
}

#[test]
fn only_what_the_office_cancelled_is_displaced() {
    for status in STATES {
        for reason in [CancelReason::Applicant, CancelReason::OfficeClosed, CancelReason::Erasure] {
            let booking = Booking { cancel_reason: Some(reason), ..booking(status) };
            let expected = status == Cancelled && reason == CancelReason::OfficeClosed;
            assert_eq!(booking.is_displaced(), expected, "{status:?} {reason:?}");
        }
    }
}

#[test]
fn time_alone_ends_a_hold_a_visit_and_a_deadline_at_their_second() {
    let second = TimeDelta::seconds(1);
    for (status, until, then) in [
        (Held, at("2026-12-02T00:40:00Z"), Expired),
        (Confirmed, at("2026-12-02T01:30:00Z"), NoShow),
        (AwaitingDocuments, at("2026-12-03T00:00:00Z"), Lapsed),
    ] {
        let booking = booking(status);
        assert_eq!(booking.due(), Some(until), "{status:?}");
        assert_eq!(booking.person_free_at(), until, "{status:?}");
        assert_eq!(booking.status_at(until - second), status);
        assert_eq!(booking.apply_expiry(until - second), Err(Refusal::NotDue));
        assert_eq!(booking.status_at(until), then);
        let ended = booking.apply_expiry(until).unwrap();
        assert_eq!((ended.status, ended.version), (then, 3));
    }
    for status in [CheckedIn, Served, Cancelled, Expired, NoShow, Lapsed] {
        let booking = booking(status);
        assert_eq!(booking.due(), None, "{status:?}");
        assert_eq!(booking.person_free_at(), at("2026-12-02T16:00:00Z"), "the day's end");
        assert_eq!(booking.status_at(at("2027-01-01T00:00:00Z")), status);
    }
    let open = Booking { documents: None, ..booking(AwaitingDocuments) };
    assert_eq!(open.due(), Some(at("2026-12-02T16:00:00Z")), "no deadline: the day's end");
}

#[test]
fn the_door_is_open_from_an_hour_before_the_slot_until_half_an_hour_after() {
    let come = |now: &str| booking(Confirmed).may_check_in(&office(), at(now));
    assert_eq!(come("2026-12-01T23:59:59Z"), Err(Refusal::TooEarly));
    assert_eq!(come("2026-12-02T00:00:00Z"), Ok(()));
    assert_eq!(come("2026-12-02T01:29:59Z"), Ok(()));
    assert_eq!(come("2026-12-02T01:30:00Z"), Err(Refusal::TooLate));
    assert_eq!(come("2026-12-01T15:59:59Z"), Err(Refusal::WrongDay), "23:59:59 the day before");
    assert_eq!(come("2026-12-02T16:00:00Z"), Err(Refusal::WrongDay), "midnight in Makassar");
}

#[test]
fn the_documents_of_who_came_are_looked_at_until_the_day_ends() {
    let (last, end) = (at("2026-12-02T15:59:59Z"), at("2026-12-02T16:00:00Z"));
    let here = booking(CheckedIn);
    assert!(here.documents_complete(last).is_ok() && here.with_priority(true, last).is_ok());
    assert_eq!(here.documents_complete(end), Err(Refusal::Ended));
    assert_eq!(here.with_priority(true, end), Err(Refusal::Ended));
    assert!(!here.has_documents(), "nobody has looked");
    let complete = here.documents_complete(last).unwrap();
    assert!(complete.has_documents());
    assert!(!complete.serve(last).unwrap().has_documents(), "served");
    let deadline = at("2026-12-04T00:00:00Z");
    let missing = here.documents_incomplete(&["kk".to_owned()], deadline, last).unwrap();
    assert_eq!(missing.documents_deadline(), Some(deadline));
    assert!(!missing.has_documents());
    assert_eq!(complete.documents_deadline(), None);
    let back = Booking { status: CheckedIn, ..missing };
    assert!(!back.has_documents(), "one was missing");
}

#[test]
fn a_place_in_the_queue_is_of_the_day_on_which_the_person_was_let_in() {
    let came = booking(CheckedIn);
    let (day, number) = came.queue_place().unwrap();
    assert_eq!((day.date, number.to_string()), (came.seat.date, "A-004".to_owned()));
    let today = "2026-12-03".parse().unwrap();
    let again = came.queued_on(&office(), today, QueueNumber { group: 'B', number: 9 });
    let (day, number) = again.queue_place().unwrap();
    assert_eq!((day.date, number.to_string()), (today, "B-009".to_owned()));
    assert_eq!(again.times.day_ends_at, at("2026-12-03T16:00:00Z"));
    assert_eq!(again.check_in.unwrap().at, came.check_in.unwrap().at, "the first scan stays");
    assert!(booking(Confirmed).queue_place().is_none());
}

#[test]
fn priority_is_what_was_booked_until_a_clerk_has_seen_it() {
    let now = at(NOW);
    let booked = |channel| Booking { channel, ..booking(CheckedIn) };
    assert!(booked(Channel::Priority).has_priority());
    assert!(!booked(Channel::Web).has_priority());
    let corrected = |channel, priority| booked(channel).with_priority(priority, now).unwrap();
    assert!(!corrected(Channel::Priority, false).has_priority());
    assert!(corrected(Channel::Web, true).has_priority());
    assert_eq!(corrected(Channel::Web, true).check_in.unwrap().number, 4, "its number stays");
}

#[test]
fn an_event_says_what_a_version_made() {
    let booking = booking(Confirmed);
    let event = booking.event(at(NOW), Actor::Office);
    let expected = Event {
        version: 2,
        status: Confirmed,
        at: at(NOW),
        by: Actor::Office,
        date: booking.seat.date,
        time: booking.seat.time,
        cause: None,
        released: None,
        clerk: None,
        handed_in: None,
        corrected: false,
        office_closed: false,
    };
    assert_eq!(event, expected);
    assert!(booking.confirm(at(NOW)).is_err() && booking.excuse(at(NOW)).is_err());
    assert!(super::tests::booking(NoShow).excuse(at(NOW)).unwrap().excused);
    let cancelled = booking.cancel(CancelReason::Erasure, at(NOW)).unwrap();
    assert_eq!(cancelled.cancel_reason, Some(CancelReason::Erasure));
}

#[test]
fn a_live_booking_keeps_its_seat() {
    let live: Vec<_> = STATES.into_iter().filter(|status| status.is_live()).collect();
    assert_eq!(live, [Held, Confirmed, CheckedIn, AwaitingDocuments]);
}

#[test]
fn the_instants_of_a_slot_follow_from_the_policy() {
    let mut office = office();
    office.policy.reschedule_days_before = 0;
    let times = Times::of(&office, "2026-12-02".parse().unwrap(), "09:00".parse().unwrap());
    assert_eq!(times.reschedule_until, times.starts_at, "until it begins");
    office.policy.reschedule_days_before = 2;
    let times = Times::of(&office, "2026-12-02".parse().unwrap(), "09:00".parse().unwrap());
    assert_eq!(times.starts_at, at("2026-12-02T01:00:00Z"));
    assert_eq!(times.check_in_from, at("2026-12-02T00:00:00Z"));
    assert_eq!(times.check_in_until, at("2026-12-02T01:30:00Z"));
    assert_eq!(times.reschedule_until, at("2026-11-30T16:00:00Z"));
    assert_eq!(times.reminder_at, at("2026-12-01T01:00:00Z"));
    assert_eq!(times.day_ends_at, at("2026-12-02T16:00:00Z"));
}

#[test]
fn a_message_is_stale_when_its_time_its_version_or_its_hold_is_over() {
    use crate::message::{Message, MessageKind};
    let held = booking(Held);
    let about = |kind, booking: &Booking| Message::about(booking, kind, Locale::Id, at(NOW));
    let hold = about(MessageKind::Hold, &held);
    assert_eq!(hold.expires_at, at("2026-12-02T00:40:00Z"), "the hold's end");
    assert!(!hold.is_stale(Some(&held), at("2026-12-02T00:39:59Z")));
    assert!(hold.is_stale(Some(&held), at("2026-12-02T00:40:00Z")));
    assert!(hold.is_stale(None, at(NOW)), "the booking is gone");
    assert!(hold.is_stale(Some(&held.confirm(at(NOW)).unwrap()), at(NOW)), "another version");
    let same_version = Booking { status: Confirmed, hold_expires_at: None, ..held.clone() };
    assert!(hold.is_stale(Some(&same_version), at(NOW)), "it is held no longer");
    let confirmed = booking(Confirmed);
    let reminder = about(MessageKind::Reminder, &confirmed);
    assert_eq!(reminder.expires_at, confirmed.times.starts_at);
    assert!(!reminder.is_stale(Some(&confirmed), at(NOW)));
    let cancelled = about(MessageKind::Cancelled, &confirmed);
    assert_eq!(cancelled.expires_at, at("2026-12-05T00:30:00Z"), "three days");
    let id = "registration-1-verified".parse().unwrap();
    let until = at("2026-12-03T00:00:00Z");
    let of_nothing = Message::new(id, MessageKind::Verified, Locale::Id, at(NOW), until);
    assert!(!of_nothing.is_stale(None, at(NOW)), "it is about no booking");
}

#[test]
fn a_hold_is_extended_as_often_and_as_far_as_the_policy_says() {
    let policy =
        Policy { extend_minutes: 3, max_extensions: 2, hold_max_minutes: 20, ..Policy::default() };
    let made = at("2026-12-02T00:00:00Z");
    let end = |minutes| Some(made + TimeDelta::minutes(minutes));
    let held = Booking { created_at: made, hold_expires_at: end(15), ..booking(Held) };
    let once = held.extend(&policy, made).unwrap();
    assert_eq!((once.hold_expires_at, once.extensions, once.version), (end(18), 1, 3));
    let twice = once.extend(&policy, made).unwrap();
    assert_eq!(twice.hold_expires_at, end(20), "the hard end cuts it short");
    assert_eq!(twice.extend(&policy, made), Err(Refusal::NoMoreTime), "often enough");
    let far = Policy { max_extensions: 9, ..policy.clone() };
    assert_eq!(twice.extend(&far, made), Err(Refusal::NoMoreTime), "far enough");
    let never = Policy { extend_minutes: 0, ..policy.clone() };
    assert_eq!(held.extend(&never, made), Err(Refusal::NoMoreTime));
    assert_eq!(held.extend(&policy, end(15).unwrap()), Err(Refusal::HoldExpired));
    assert_eq!(booking(CheckedIn).extend(&policy, made), Err(Refusal::CheckedIn));
    assert_eq!(booking(Cancelled).extend(&policy, made), Err(Refusal::Ended));
}

#[test]
fn a_booking_that_its_office_moves_is_moved_free_of_charge_once_more() {
    let closed = booking(Confirmed);
    let (date, before) = (closed.seat.date, at("2026-12-01T00:00:00Z"));
    let to = seat("2026-12-04");
    let times = Times::of(&office(), to.date, to.time);
    let tired = Booking { version: 8, ..closed.clone() };
    let moved = tired.move_off(date, to.clone(), times, before).unwrap();
    assert_eq!((moved.status, moved.version, &moved.seat), (Confirmed, 9, &to));
    assert!(moved.event(before, Actor::System).office_closed && !moved.waits_for_seat());
    let late = times.reschedule_until;
    assert_eq!(
        moved.may_move(Mover::Owner, late),
        Ok(Confirmed),
        "until the visit, however often it was moved"
    );
    assert_eq!(moved.moves_until(), times.check_in_until);
    let chosen = moved.reschedule(seat("2026-12-07"), times, Mover::Owner, late).unwrap();
    assert!(
        chosen.unsettled_visit().is_none() && !chosen.event(late, Actor::Applicant).office_closed
    );
    assert_eq!(
        chosen.may_move(Mover::Owner, before),
        Err(Refusal::MovedTooOften),
        "as before the closing"
    );
    assert_eq!(chosen.moves_until(), times.reschedule_until);
    let gone = moved.move_off(date, to, times, before);
    assert_eq!(gone, Err(Refusal::Ended), "it is not on that date any more");
}

#[test]
fn a_booking_waits_for_a_seat_until_it_is_moved_cancelled_or_its_day_is_open_again() {
    let (closed, before) = (booking(Confirmed), at("2026-12-01T00:00:00Z"));
    let date = closed.seat.date;
    assert_eq!(closed.resume(before), Err(Refusal::NotDue));
    let waits = closed.wait_for_seat(date, before).unwrap();
    assert!(waits.waits_for_seat() && waits.status == Confirmed);
    assert_eq!(waits.wait_for_seat(date, before), Err(Refusal::NotDue), "it is told once");
    assert_eq!(waits.may_move(Mover::Owner, waits.times.reschedule_until), Ok(Confirmed));
    let on = waits.resume(before).unwrap();
    assert!(!on.waits_for_seat() && on.unsettled_visit().is_none());
    assert!(on.wait_for_seat(date, before).unwrap().waits_for_seat(), "closed once more");
    let over = waits.cancel(CancelReason::OfficeClosed, before).unwrap();
    assert!(over.is_displaced() && over.event(before, Actor::Office).office_closed);
    let came = waits.check_in(&office(), scan(at(NOW)), at(NOW)).unwrap();
    assert!(!came.waits_for_seat());
    let other = date.succ_opt().unwrap();
    assert_eq!(closed.wait_for_seat(other, before), Err(Refusal::Ended));
    for status in STATES.into_iter().filter(|status| *status != Confirmed) {
        assert!(booking(status).wait_for_seat(date, before).is_err(), "{status:?}");
    }
}
