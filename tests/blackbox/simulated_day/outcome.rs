//! What the system says of the day, against what the simulation has written down.

use std::collections::{BTreeMap, BTreeSet};

use antrian_tests::app::DATE;
use serde_json::Value;

use super::people::{HOURS, SERVICES, WALK_INS};
use super::record::{Span, Visit, counts_of, lasted, percentile};
use super::{Day, instant};
use crate::reports::{counts, number, report, said, sum};
use crate::steps::reach;

/// Hour, service and number of a seat.
pub(super) type Seat = (String, String, u16);

/// Of both services.
const SEATS_OF_HOUR: u64 = 48;

impl Day<'_> {
    /// Where a booking sits, which only the table says.
    pub(super) async fn seat_of(&self, code: &str) -> Seat {
        let store = self.app.stack.app.ledger.store();
        let kept = store.booking_with_history(code.parse().unwrap()).await.unwrap().unwrap();
        let seat = kept.booking.seat;
        (seat.time.to_string(), seat.service.to_string(), seat.number)
    }

    /// The numbers of each letter were given without a gap, each to one person, and everybody is done.
    pub(super) async fn check_numbers(&self) {
        let today = self.desk.today(self.app).await;
        assert_eq!(today.body["next"], Value::Null, "the day is one page");
        let entries = today.body["entries"].as_array().unwrap();
        let text = |of: &Value, name: &str| of[name].as_str().unwrap().to_owned();
        let numbers: Vec<_> = entries.iter().map(|entry| text(entry, "queue_number")).collect();
        assert_eq!(numbers, self.numbers.iter().cloned().collect::<Vec<_>>(), "each once");
        for (_, letter, _) in SERVICES {
            let own = numbers.iter().filter(|number| number.starts_with(letter)).count();
            let expected: BTreeSet<_> = (1..=own).map(|nth| format!("{letter}-{nth:03}")).collect();
            assert!(expected.is_subset(&self.numbers), "{letter}: {numbers:?}");
        }
        let finished =
            entries.iter().filter(|it| it["state"] == "finished" && it["undone"] == false);
        let finished: BTreeSet<_> = finished.map(|entry| text(entry, "queue_number")).collect();
        assert_eq!(finished, self.done, "whoever was served, and nobody else");
        let left = |state| number(&today.body, state);
        assert_eq!(["waiting", "skipped", "parked"].map(left), [0; 3]);
    }

    pub(super) async fn check_report(&self) {
        let seen = report(self.app, &format!("?from={DATE}")).await;
        assert_eq!(seen.status, 200, "{seen:?}");
        self.check_counts(&seen.body);
        self.check_seats(&seen.body);
        self.check_missing(&seen.body["missing_documents"]);
        check_times(&seen.body["total"], &self.visits.iter().collect::<Vec<_>>());
        let audit = self.app.assert_audit_agrees().await;
        // One of them is booked at the other office and does not come.
        let came = counts_of(&self.visits)[1];
        assert_eq!(u64::from(audit.seats_taken), came, "{audit:?}");
        reach(self.app, &instant(25 * 60, 10));
        self.app.tick().await;
        let kept = report(self.app, &format!("?from={DATE}")).await;
        assert_eq!(said(&kept), said(&seen), "the day after");
        self.app.assert_audit_agrees().await;
    }

    fn check_counts(&self, seen: &Value) {
        let own = counts_of(&self.visits);
        assert_eq!(counts(&seen["total"]), own, "{:?}", seen["total"]);
        let of = |name: &str| number(&seen["total"], name);
        assert_eq!(of("unfinished") + of("to_come"), 0, "everybody who came has an end");
        assert_eq!(of("booked"), (384 + WALK_INS - self.turned_away) as u64);
        for table in ["dates", "slots", "services", "channels"] {
            assert_eq!(sum(&seen[table]), own, "{table}");
        }
        assert!(self.turned_away < WALK_INS / 10, "hardly anybody comes in vain");
        assert_eq!(number(seen, "returned"), 0, "nobody was booked for an earlier day");
        self.check_row(&seen["dates"][0], |_| true);
        let rows = |table: &str| seen[table].as_array().unwrap().clone();
        for row in rows("slots") {
            let hour = row["slot"].as_str().unwrap()[..2].parse::<i64>().unwrap();
            self.check_row(&row, |visit| visit.hour == hour);
        }
        for row in rows("services") {
            self.check_row(&row, |visit| row["service"] == visit.service);
        }
        for row in rows("channels") {
            self.check_row(&row, |visit| row["channel"] == visit.channel);
        }
    }

    fn check_row(&self, row: &Value, is_in: impl Fn(&Visit) -> bool) {
        let own: Vec<_> = self.visits.iter().filter(|visit| is_in(visit)).collect();
        assert_eq!(counts(row), counts_of(own.iter().copied()), "{row}");
        check_times(row, &own);
    }

    fn check_seats(&self, seen: &Value) {
        let rows = seen["slots"].as_array().unwrap();
        assert_eq!(rows.len(), HOURS.count());
        for row in rows {
            self.check_row_seats(row, SEATS_OF_HOUR, |(hour, _, _)| row["slot"] == *hour.as_str());
        }
        let hours = HOURS.count() as u64;
        for (row, (id, _, seats)) in seen["services"].as_array().unwrap().iter().zip(SERVICES) {
            assert_eq!(row["service"], id);
            self.check_row_seats(row, hours * u64::from(seats), |(_, service, _)| service == id);
        }
        self.check_row_seats(&seen["dates"][0], hours * SEATS_OF_HOUR, |_| true);
    }

    fn check_row_seats(&self, row: &Value, offered: u64, is_in: impl Fn(&&Seat) -> bool) {
        let unused = self.unused.iter().filter(is_in).count();
        let seen = ["seats_offered", "seats_unused"].map(|name| number(row, name));
        assert_eq!(seen, [offered, unused as u64], "{row}");
    }

    fn check_missing(&self, seen: &Value) {
        let mut own = BTreeMap::<String, u64>::new();
        for id in self.visits.iter().flat_map(|visit| &visit.missing) {
            *own.entry(id.clone()).or_default() += 1;
        }
        let seen = seen.as_array().unwrap().iter();
        let seen: BTreeMap<_, _> =
            seen.map(|it| (it["id"].as_str().unwrap().to_owned(), number(it, "people"))).collect();
        assert_eq!(seen, own);
    }
}

/// Median and nine of ten, of waiting and serving.
fn check_times(row: &Value, visits: &[&Visit]) {
    let own = lasted(visits.iter().copied());
    for (what, own) in ["waiting", "serving"].into_iter().zip(own) {
        assert_eq!(number(&row[what], "people"), own.len() as u64, "{row}");
        for (name, percent) in [("median_secs", 50), ("p90_secs", 90)] {
            let secs = i64::try_from(number(&row[what], name)).unwrap();
            let Span { from, to } = percentile(&own, percent);
            assert!((from..=to).contains(&secs), "{what}: {name} is {secs}, not {from} to {to}");
        }
    }
}
