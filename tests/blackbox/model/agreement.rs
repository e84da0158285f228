//! Whether the system and the model agree about everything that can be seen, and the model with
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use antrian::domain::booking::Status;
use antrian::domain::office::Channel;
use antrian::domain::queue::{QueueDay, QueueState};
use antrian::storage::{AuditReport, DUE_SHARDS, Disagreement};
use chrono::TimeDelta;
use futures_util::future::join_all;

use super::answers;
use super::system::{System, date, idle_counter, time};
use super::words::{DAYS, DeskAct, State};

/// Compares both worlds as they are now.
pub(super) async fn check(system: &System) {
    no_seat_and_no_person_has_two_bookings(system);
    tokio::join!(
        bookings_agree(system),
        free_seats_agree(system),
        recount_agrees(system),
        places_agree(system)
    );
}

/// Everybody who is or was in a line of these days is in the list that the rules say, and in one.
async fn places_agree(system: &System) {
    let mut places = BTreeMap::new();
    for date in (0..=DAYS + 1).map(date) {
        let day = QueueDay { office: system.office.id.clone(), date };
        let entries = system.ledger().store().queue_entries(&day).await.unwrap();
        places.extend(entries.into_iter().map(|entry| ((date, entry.number), entry)));
    }
    for booking in &system.world.bookings {
        let Some(at) = booking.in_line() else { continue };
        let Some(entry) = places.get(&(date(at.day.try_into().unwrap()), at.number)) else {
            assert!(at.day > DAYS as i64 + 1, "{booking:?} is in no list");
            continue;
        };
        let expected = match (booking.state, booking.standing.away) {
            (State::Served { .. }, _) => QueueState::Finished,
            (State::AwaitingDocuments { .. }, _) => QueueState::AwaitingDocuments,
            (_, Some(DeskAct::Skip)) => QueueState::Skipped,
            (_, Some(_)) => QueueState::Parked,
            (_, None) => QueueState::Waiting,
        };
        assert_eq!(entry.state, expected, "{booking:?}");
        if expected == QueueState::Waiting {
            let sent_to = booking.standing.sent_to.map(idle_counter);
            let place = (booking.standing.letter(), sent_to);
            assert_eq!((entry.line(), entry.for_counter.clone()), place, "{booking:?}");
        }
    }
}

fn no_seat_and_no_person_has_two_bookings(system: &System) {
    let world = &system.world;
    let (mut seats, mut persons) = (BTreeSet::new(), BTreeSet::new());
    for (nth, booking) in world.bookings.iter().enumerate() {
        if world.status(nth).is_live() {
            let seat = (booking.place, booking.number);
            assert!(seats.insert(seat), "{seat:?} is oversold");
            assert!(world.is_taken(booking.place, booking.number), "{seat:?} is offered, but kept");
        }
        if matches!(world.status(nth), Status::Held | Status::Confirmed) {
            assert!(persons.insert(booking.person), "a person has two bookings");
        }
    }
}

async fn bookings_agree(system: &System) {
    let (world, now) = (&system.world, system.now());
    let kept = join_all((0..world.bookings.len()).map(|nth| system.booking(nth))).await;
    for (nth, (kept, booking)) in kept.iter().zip(&world.bookings).enumerate() {
        assert_eq!(kept.status_at(now), world.status(nth), "booking {nth}: {booking:?}");
        assert_eq!(kept.version, booking.version, "booking {nth}: {booking:?}");
        assert_eq!(kept.waits_for_seat(), booking.waits(), "booking {nth}: {booking:?}");
        let seat = (kept.seat.date, kept.seat.time, kept.seat.number);
        let expected = (date(booking.place.day), time(booking.place), booking.number);
        assert_eq!(seat, expected, "booking {nth}: {booking:?}");
        let scan = kept.queue_place().map(|(day, number)| (day.date, number.number));
        let place = booking.in_line().map(|at| (date(at.day.try_into().unwrap()), at.number));
        // Who gave up fetching a paper had a number, which nobody calls any more.
        let is_over = matches!(booking.state, State::Cancelled { .. });
        assert!(is_over || scan == place, "booking {nth}: {scan:?}, {booking:?}");
    }
}

async fn free_seats_agree(system: &System) {
    let (office, service, now) = (&system.office, &system.service, system.now());
    for channel in [Channel::Web, Channel::Whatsapp, Channel::Priority] {
        let (first, last) = (date(0), date(DAYS - 1));
        let asked = system.ledger().availability(office, service, first, last, channel, now);
        let days = asked.await.unwrap();
        for (day, seen) in days.iter().enumerate() {
            let expected = system.world.look(day, channel);
            assert_eq!(answers::look(seen), expected, "{channel:?} on day {day}");
        }
    }
}

async fn recount_agrees(system: &System) {
    let (store, office, now) = (system.ledger().store(), &system.office.id, system.now());
    let shards = (0..DUE_SHARDS).map(async |shard| {
        let page = store.due_page(shard, None, now + TimeDelta::days(800), 1_000).await.unwrap();
        store.audit_bookings(&page, now).await
    });
    let days = (0..DAYS).map(|day| store.audit_day(office, date(day), now));
    let mut report = AuditReport::default();
    let (shards, days) = tokio::join!(join_all(shards), join_all(days));
    shards.into_iter().chain(days).for_each(|part| report.add(part.unwrap()));
    let world = &system.world;
    let overdue = |nth: &usize| world.is_overdue(*nth);
    let overdue = (0..world.bookings.len()).filter(overdue).map(|nth| system.codes[nth]);
    let overdue: BTreeSet<_> = overdue.map(|code| format!("{code:?}")).collect();
    let found: BTreeSet<_> = report
        .disagreements
        .iter()
        .map(|found| match found {
            Disagreement::LiveOnClosedDay { code } => format!("{code:?}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(found, overdue, "on closed days that nobody clears");
    let taken = world.seats.keys().filter(|(place, number)| world.is_taken(*place, *number));
    assert_eq!(report.seats_taken, u32::try_from(taken.count()).unwrap());
    // Who is at the office is not counted: only what time can still change is in the index.
    let can_change =
        |status| matches!(status, Status::Held | Status::Confirmed | Status::AwaitingDocuments);
    let waiting = (0..world.bookings.len()).filter(|&nth| can_change(world.status(nth)));
    assert_eq!(report.live_bookings, u32::try_from(waiting.count()).unwrap());
}
