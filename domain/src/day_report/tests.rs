use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::booking::{Booking, CheckIn, DocumentCheck, SeatRef, Status};
use crate::code::BookingCode;
use crate::day::{Day, DayState, Slot, SlotSeats};
use crate::office::Channel;
use crate::queue::{CounterAction, QueueAct, QueueEntry, QueueEvent, QueueNumber};

const EVENING: &str = "2026-12-02T14:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Nine o'clock in Makassar.
fn nine() -> DateTime<Utc> {
    at("2026-12-02T01:00:00Z")
}

fn booking(code: u64, seat: u16, channel: Channel, status: Status) -> Booking {
    let came = matches!(
        status,
        Status::CheckedIn | Status::AwaitingDocuments | Status::Served | Status::Lapsed
    );
    let code_number = u32::try_from(code).unwrap();
    let scan = CheckIn {
        at: nine() + TimeDelta::minutes(i64::from(seat) - 2),
        gate: "A".to_owned(),
        group: 'A',
        number: code_number,
        queue_date: None,
        priority: None,
        key: None,
    };
    let known = crate::booking::tests::booking(status);
    Booking {
        code: BookingCode::from_bits(code),
        seat: SeatRef { number: seat, ..known.seat },
        channel,
        hold_expires_at: None,
        cancel_reason: None,
        check_in: came.then_some(scan),
        documents: None,
        ..known
    }
}

/// A slot of six seats with these bookings.
fn visits(bookings: Vec<Booking>, left: &[u64]) -> DayVisits {
    let slot = Slot {
        service: "passport_new".parse().unwrap(),
        time: "09:00".parse().unwrap(),
        quota: 6,
        pools: vec![],
        book_until: nine(),
        released_at: at("2026-11-01T00:00:00Z"),
        by_hand: false,
    };
    let slots = vec![SlotSeats { slot, seats: vec![] }];
    let left =
        left.iter().map(|code| (BookingCode::from_bits(*code), LeftVisit::default())).collect();
    let day = Day { date: "2026-12-02".parse().unwrap(), state: None, slots };
    DayVisits { day, bookings, left, entries: vec![], events: BTreeMap::new() }
}

#[test]
fn every_booking_that_was_confirmed_is_in_one_of_its_sums() {
    use Channel::{WalkIn, Web, Whatsapp};
    let sent_back = DocumentCheck {
        missing: vec![],
        deadline: None,
        missed: vec!["ktp".to_owned(), "family_card".to_owned()],
    };
    let mut day = visits(
        vec![
            booking(1, 1, Web, Status::Served),
            // Came a minute after the hour, and had to fetch two documents.
            Booking { documents: Some(sent_back), ..booking(2, 3, Whatsapp, Status::Served) },
            booking(3, 2, Web, Status::CheckedIn),
            booking(4, 4, Web, Status::Lapsed),
            // Stored as confirmed; by the evening it was missed, and its seat given to somebody at the desk.
            booking(5, 5, Web, Status::Confirmed),
            booking(6, 5, WalkIn, Status::Served),
            booking(7, 6, Web, Status::Cancelled),
            // Cancelled while it was held, ran out, is held: never confirmed.
            booking(8, 6, Web, Status::Cancelled),
            booking(9, 6, Web, Status::Expired),
        ],
        &[5, 7, 10],
    );
    // Moved; and missed, then moved by a clerk.
    for code in [10, 11] {
        let mut moved = booking(code, 1, Web, Status::Confirmed);
        moved.seat.date = "2026-12-09".parse().unwrap();
        day.bookings.push(moved);
    }
    let missed = LeftVisit { time: Some("09:00".parse().unwrap()), missed: Some(6) };
    day.left.insert(BookingCode::from_bits(11), missed);

    let report = day_report(&day, at(EVENING));
    let all = total(std::slice::from_ref(&report));
    let expected = Figures {
        booked: 8,
        came: 5,
        late: 2,
        sent_back: 1,
        served: 3,
        unfinished: 1,
        lapsed: 1,
        no_shows: 2,
        cancelled: 1,
        to_come: 0,
        moved_away: 1,
    };
    assert_eq!(all.figures, expected);
    assert_eq!(all.seats, Seats { offered: 6, unused: 0 }, "the sixth was missed");
    assert_eq!(report.missing, [("family_card".to_owned(), 1), ("ktp".to_owned(), 1)].into());

    let day = [report];
    let sum = |sums: Vec<Sum>| {
        let mut figures = Figures::default();
        sums.iter().for_each(|of| figures += of.figures);
        figures
    };
    assert_eq!(sum(by_hour(&day).into_values().collect()), expected);
    assert_eq!(sum(by_channel(&day).into_values().collect()), expected);
    assert_eq!(sum(by_service(&day).into_values().collect()), expected);
    assert_eq!(sum(by_date(&day).into_values().collect()), expected);
}

#[test]
fn in_the_morning_people_are_still_to_come() {
    let day = visits(vec![booking(1, 1, Channel::Web, Status::Confirmed)], &[]);
    let all = total(&[day_report(&day, nine())]);
    assert_eq!((all.figures.booked, all.figures.to_come, all.figures.no_shows), (1, 1, 0));
    assert_eq!(all.seats, Seats { offered: 6, unused: 5 });
}

#[test]
fn a_seat_that_was_taken_above_a_lowered_quota_is_no_seat_less_than_none() {
    let bookings = (1..=8).map(|n| booking(n.into(), n, Channel::Web, Status::Served)).collect();
    let all = total(&[day_report(&visits(bookings, &[]), at(EVENING))]);
    assert_eq!(all.seats, Seats { offered: 6, unused: 0 });
    let above = vec![booking(7, 7, Channel::Web, Status::Served)];
    let all = total(&[day_report(&visits(above, &[]), at(EVENING))]);
    assert_eq!(all.seats, Seats { offered: 6, unused: 6 }, "the seventh is none of the six");
}

#[test]
fn hours_before_a_day_was_closed_were_open() {
    let closed = |text: &str| DayState {
        opened_at: at("2026-11-01T00:00:00Z"),
        closed: None,
        closed_at: Some(at(text)),
    };
    let seats = |state| {
        let mut day = visits(vec![booking(1, 1, Channel::Web, Status::Served)], &[]);
        day.day.state = Some(state);
        total(&[day_report(&day, at(EVENING))]).seats
    };
    let nobody_came = Seats { offered: 0, unused: 0 };
    assert_eq!(seats(closed("2026-12-02T00:30:00Z")), nobody_came, "before nine");
    assert_eq!(seats(closed("2026-12-02T04:00:00Z")), Seats { offered: 6, unused: 5 });
}

#[test]
fn who_comes_back_with_documents_on_another_day_is_counted_on_the_day_of_the_visit() {
    let mut day = visits(vec![], &[]);
    let number = QueueNumber { group: 'A', number: 1 };
    let (code, service) = (BookingCode::from_bits(7), "passport_new".parse().unwrap());
    day.entries.push(QueueEntry::waiting(number, code, service, false, nine()));
    let report = day_report(&day, at(EVENING));
    assert_eq!((report.returned, total(&[report]).figures.booked), (1, 0));
}

#[test]
fn half_of_ten_waited_for_no_longer_than_the_fifth_and_nine_no_longer_than_the_ninth() {
    let mut day = visits(vec![], &[]);
    for n in 1..=10_u16 {
        let code = u64::from(n);
        day.bookings.push(booking(code, n, Channel::Web, Status::Served));
        let number = QueueNumber { group: 'A', number: n.into() };
        let service = "passport_new".parse().unwrap();
        let entry =
            QueueEntry::waiting(number, BookingCode::from_bits(code), service, false, nine());
        let called_at = nine() + TimeDelta::minutes(i64::from(n));
        let done_at = called_at + TimeDelta::minutes(7);
        let called = entry.called(&"1".parse().unwrap(), called_at);
        day.entries.push(called.after(CounterAction::Finish, done_at));
        let event = |at, act| QueueEvent { at, act, counter: None, staff: "staff".to_owned() };
        let events = vec![event(called_at, QueueAct::Call), event(done_at, QueueAct::Finish)];
        day.events.insert(number, events);
    }
    let all = total(&[day_report(&day, at(EVENING))]);
    let minutes = |of: Lasting| of.lasted().map(|l| (l.people, l.median_secs, l.p90_secs));
    assert_eq!(minutes(all.waiting), Some((10, 5 * 60, 9 * 60)));
    assert_eq!(minutes(all.serving), Some((10, 7 * 60, 7 * 60)));
    assert_eq!(minutes(Lasting::default()), None, "nobody: nothing is said");
}

#[test]
fn a_day_without_anything_has_its_row_in_the_table_of_days() {
    let report = day_report(&visits(vec![], &[]), nine());
    let date = report.date;
    assert_eq!(by_date(&[DayReport { slots: vec![], ..report }])[&date], Sum::default());
}
