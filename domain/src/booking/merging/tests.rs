use std::sync::LazyLock;

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::booking::tests::{at, booking, office};
use crate::booking::{Actor, CancelReason, ScanFacts};
use crate::time::SlotTime;

static OFFICE: LazyLock<Office> = LazyLock::new(office);

/// Of minutes after 08:00 at the office, an hour before the visit's slot: check-in is from 0 to 90.
fn minute(minutes: i64) -> DateTime<Utc> {
    at("2026-12-02T00:00:00Z") + TimeDelta::minutes(minutes)
}

fn scan(scanner: &str, id: &str, minutes: i64) -> OfflineScan {
    let key = ScanKey::new(scanner, id).unwrap();
    OfflineScan { key, at: minute(minutes), gate: scanner.to_owned() }
}

/// A booking with its history, as the table keeps it.
#[derive(Debug, Clone)]
struct Kept {
    booking: Booking,
    history: Vec<Event>,
}

impl Kept {
    /// Confirmed the day before.
    fn confirmed() -> Self {
        let first = Booking { version: 1, ..booking(Status::Held) };
        let made = at("2026-12-01T00:00:00Z");
        let kept =
            Self { booking: first.clone(), history: vec![first.event(made, Actor::Applicant)] };
        kept.with(first.confirm(made).unwrap(), made)
    }

    fn with(mut self, next: Booking, at: DateTime<Utc>) -> Self {
        self.history.push(next.event(at, Actor::Office));
        Self { booking: next, ..self }
    }

    fn merge(&self, scan: &OfflineScan) -> Merge {
        self.booking.merge(&self.history, &OFFICE, scan)
    }

    fn check_in(
        self,
        key: Option<ScanKey>,
        gate: &str,
        came: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let (gate, queue_date, priority) = (gate.to_owned(), None, None);
        let scan = CheckIn { at: came, gate, group: 'A', number: 4, queue_date, priority, key };
        let next = self.booking.check_in(&OFFICE, scan, came).unwrap();
        self.with(next, now)
    }

    /// Scanned with a network.
    fn scanned(self, minutes: i64) -> Self {
        self.check_in(None, "online", minute(minutes), minute(minutes))
    }

    /// Hands a scan in.
    fn hand_in(self, scan: &OfflineScan, now: DateTime<Utc>) -> Self {
        match self.merge(scan) {
            Merge::First => self.check_in(Some(scan.key.clone()), &scan.gate, scan.at, now),
            Merge::Earlier(next) => self.with(*next, now),
            _ => self,
        }
    }

    /// What a clerk sees of the scan that counts.
    fn record(&self) -> (Status, Option<ScanFacts>) {
        (self.booking.status, self.booking.check_in.as_ref().map(CheckIn::facts))
    }
}

#[test]
fn a_scan_is_judged_as_of_its_own_time() {
    let kept = Kept::confirmed();
    let comes_to = |minutes| kept.merge(&scan("s", "1", minutes));
    assert_eq!(comes_to(-1), Merge::Refused(Refusal::TooEarly));
    assert_eq!(comes_to(0), Merge::First);
    assert_eq!(comes_to(89), Merge::First);
    assert_eq!(comes_to(90), Merge::Refused(Refusal::TooLate));
    assert_eq!(comes_to(24 * 60), Merge::Refused(Refusal::WrongDay));
    assert_eq!(comes_to(-3 * 24 * 60), Merge::Refused(Refusal::NotConfirmed), "before it was made");
    let missed = kept.booking.apply_expiry(minute(95)).unwrap();
    let missed = kept.clone().with(missed, minute(95));
    assert_eq!(
        missed.merge(&scan("s", "1", 30)),
        Merge::First,
        "though it counts as missed by now"
    );
    assert_eq!(missed.merge(&scan("s", "1", 100)), Merge::Refused(Refusal::TooLate));
}

#[test]
fn the_first_scan_by_time_counts_and_the_number_stays() {
    let kept = Kept::confirmed().scanned(30);
    assert_eq!(kept.merge(&scan("s", "1", 31)), Merge::Later);
    assert_eq!(kept.merge(&scan("s", "1", 30)), Merge::Later, "with a network goes first");
    let earlier = scan("s", "1", 20);
    let Merge::Earlier(next) = kept.merge(&earlier) else { panic!("not earlier") };
    let (before, after) = (kept.booking.check_in.clone().unwrap(), next.check_in.clone().unwrap());
    assert_eq!((after.at, &*after.gate, after.number), (earlier.at, "s", before.number));
    assert_eq!(next.version, kept.booking.version + 1);
    let kept = kept.with(*next, minute(40));
    assert_eq!(kept.merge(&earlier), Merge::Recorded, "handed in once more");
    let served = kept.booking.serve(minute(60)).unwrap();
    let served = kept.with(served, minute(60));
    let Merge::Earlier(next) = served.merge(&scan("t", "1", 10)) else { panic!("not earlier") };
    assert_eq!(next.status, Status::Served);
    assert_eq!(served.merge(&scan("t", "1", 70)), Merge::Later);
    assert_eq!(served.merge(&scan("t", "1", -10)), Merge::Refused(Refusal::TooEarly));
}

#[test]
fn what_was_changed_after_the_scan_is_a_conflict_and_before_it_a_refusal() {
    let kept = Kept::confirmed();
    let conflict = |change, at| Merge::Conflict(Conflict { change, at: minute(at) });
    let cancelled = kept.booking.cancel(CancelReason::Applicant, minute(20)).unwrap();
    let cancelled = kept.clone().with(cancelled, minute(20));
    assert_eq!(cancelled.merge(&scan("s", "1", 10)), conflict(Change::Cancelled, 20));
    assert_eq!(cancelled.merge(&scan("s", "1", 20)), Merge::Refused(Refusal::Ended));

    let mut seat = kept.booking.seat.clone();
    seat.date = NaiveDate::from_ymd_opt(2026, 12, 3).unwrap();
    seat.time = SlotTime::from_minutes(600).unwrap();
    let times = Times::of(&OFFICE, seat.date, seat.time);
    let moved = Booking { seat, times, ..kept.booking.next(Status::Confirmed) };
    let moved = kept.clone().with(moved, minute(20));
    assert_eq!(moved.merge(&scan("s", "1", 10)), conflict(Change::Moved, 20));
    assert_eq!(moved.merge(&scan("s", "1", 25)), Merge::Refused(Refusal::WrongDay));

    let came = kept.scanned(15);
    let undone = came.booking.undo_check_in(minute(20)).unwrap();
    let undone = came.with(undone, minute(20));
    assert_eq!(undone.merge(&scan("s", "1", 10)), conflict(Change::Undone, 20));
    assert_eq!(undone.merge(&scan("s", "1", 17)), conflict(Change::Undone, 20));
    assert_eq!(undone.merge(&scan("s", "1", 25)), Merge::First);
    let again = undone.scanned(40);
    assert_eq!(again.merge(&scan("s", "1", 17)), conflict(Change::Undone, 20));
    assert_eq!(again.merge(&scan("s", "1", 50)), Merge::Later);
}

#[test]
fn who_gave_a_visit_up_that_had_begun_is_a_conflict_too() {
    let came = Kept::confirmed().scanned(10);
    let deadline = at("2026-12-04T00:00:00Z");
    let waits = came.booking.documents_incomplete(&["ktp".to_owned()], deadline, minute(20));
    let waits = came.with(waits.unwrap(), minute(20));
    let cancelled = waits.booking.cancel(CancelReason::Applicant, minute(40)).unwrap();
    let cancelled = waits.with(cancelled, minute(40));
    let conflict = Conflict { change: Change::Cancelled, at: minute(40) };
    assert_eq!(cancelled.merge(&scan("s", "1", 30)), Merge::Conflict(conflict));
    assert_eq!(cancelled.merge(&scan("s", "1", 5)), Merge::Conflict(conflict));
    assert_eq!(cancelled.merge(&scan("s", "1", 50)), Merge::Refused(Refusal::Ended));
}

#[test]
fn a_wrong_clock_is_corrected_by_what_it_said_at_the_sending() {
    let (zone, now) = (chrono_tz::Asia::Makassar, minute(60));
    let time = |scanned, sent| scan_time(minute(scanned), minute(sent), now, zone);
    assert_eq!(time(30, 60), Ok(minute(30)));
    assert_eq!(time(150, 180), Ok(minute(30)), "two hours ahead");
    assert_eq!(time(-90, -60), Ok(minute(30)), "two hours behind");
    assert_eq!(time(61, 60), Err(ScanTimeError::Future));
    assert_eq!(time(-9 * 60, 60), Err(ScanTimeError::Late), "yesterday at the office");
    let seconds = |off| now + TimeDelta::milliseconds(off);
    let slow = |off| scan_time(minute(30), seconds(off), now, zone);
    assert_eq!((slow(-9_999), slow(9_999)), (Ok(minute(30)), Ok(minute(30))), "a slow network");
    let ahead = scan_time(seconds(5_900), seconds(6_000), now, zone);
    assert_eq!(ahead, Ok(now), "no scan is made later than it is handed in");
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!(scan_time(first, last, now, zone), Err(ScanTimeError::Late));
    assert_eq!(scan_time(first, first, now, zone), Ok(now), "a clock that begins anew");
}

/// Scans of three tickets by two scanners without a network, in any order of handing in; some more than
/// once.
fn scans() -> impl Strategy<Value = Vec<(usize, OfflineScan)>> {
    let one = (0usize..3, 0usize..2, 0u8..9, -5i64..95);
    let one = one.prop_map(|(ticket, scanner, id, minutes)| {
        // The same scan is of the same ticket and time.
        let id = format!("{ticket}-{id}-{minutes}");
        (ticket, scan(["gate-a", "gate-b"][scanner], &id, minutes))
    });
    prop::collection::vec(one, 1..12)
}

proptest! {
    #[test]
    fn two_offline_scanners_are_merged_into_the_same_state_in_any_order_and_any_split(
        (scans, shuffled) in scans().prop_flat_map(|all| {
            let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
            (Just(all), Just(twice).prop_shuffle())
        }),
        split in 0usize..24,
        online in prop::option::of(0i64..90),
    ) {
        let begin = || {
            let fresh = Kept::confirmed();
            let first = match online {
                Some(minutes) => fresh.clone().scanned(minutes),
                None => fresh.clone(),
            };
            vec![first, fresh.clone(), fresh]
        };
        let handed_in = |parts: &[&[(usize, OfflineScan)]]| {
            let mut all = begin();
            for (part, scans) in parts.iter().enumerate() {
                // A batch is merged in the order of time, as it was scanned.
                let mut scans = scans.to_vec();
                scans.sort_by(|(_, one), (_, other)| (one.at, &one.key).cmp(&(other.at, &other.key)));
                for (ticket, scan) in scans {
                    let now = minute(100 + i64::try_from(part).unwrap());
                    all[ticket] = all[ticket].clone().hand_in(&scan, now);
                }
            }
            all.iter().map(Kept::record).collect::<Vec<_>>()
        };
        let whole = handed_in(&[&scans]);
        let (one, other) = shuffled.split_at(split.min(shuffled.len()));
        prop_assert_eq!(&handed_in(&[one, other]), &whole);
        prop_assert_eq!(&handed_in(&[other, one]), &whole);
        let single: Vec<_> = shuffled.chunks(1).collect();
        prop_assert_eq!(&handed_in(&single), &whole);
        // It is the first good scan by time, whoever made it.
        for (ticket, (status, record)) in whole.iter().enumerate() {
            let online = online.filter(|_| ticket == 0).map(|minutes| (minute(minutes), None));
            let good = scans.iter().filter(|(of, scan)| *of == ticket && scan.at >= minute(0) && scan.at < minute(90));
            let first = good.map(|(_, scan)| (scan.at, Some(scan.key.clone()))).chain(online).min();
            prop_assert_eq!(*status == Status::CheckedIn, first.is_some());
            prop_assert_eq!(record.as_ref().map(|facts| (facts.at, facts.key.clone())), first);
        }
    }
}
