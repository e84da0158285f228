//! A day of a large office, from the first ticket to the report: every seat booked, sixty people without a
//! booking, eight counters, late ones, missing documents, twenty minutes without power. What the system says
//! of it in the end is what the simulation counted itself.

mod counters;
mod door;
mod outcome;
mod people;
mod power_cut;
mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use antrian::domain::office::Office;
use antrian_tests::app::DATE;
use antrian_tests::crowd::{enrol_family, somebody};
use antrian_tests::desk::Desk;
use antrian_tests::offices::{self, OFFICE};
use antrian_tests::{Person, Setup, TestApp};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use self::counters::Counter;
use self::outcome::Seat;
use self::people::{BOOKED, Coming, SERVICES, Visitor};
use self::power_cut::{Kept, POWER_CUT};
use self::record::{End, Visit};
use crate::steps::{office_with, reach};

const SEED: u64 = 20_261_202;
/// Minutes of the day: the first scans, the last people, and until when nobody is told to wait in vain.
const BEGIN: i64 = 6 * 60 + 40;
const LAST_COMES: i64 = 16 * 60 + 30;
const PATIENCE: i64 = 16 * 60;
/// Minutes from one look of the scheduler to the next.
const TICK: i64 = 15;
/// Whoever is still in line then has been forgotten.
const END: i64 = 19 * 60;
/// Requests at the same time.
const AT_ONCE: usize = 4;
/// People of one account.
const FAMILY: usize = 5;

/// A minute of the day at the office, and so many seconds.
fn instant(minute: i64, secs: i64) -> String {
    let midnight: DateTime<Utc> = "2026-12-01T16:00:00Z".parse().unwrap();
    (midnight + TimeDelta::minutes(minute) + TimeDelta::seconds(secs)).to_rfc3339()
}

/// Two services with eight hours each; together they have a seat for everybody who books.
fn large() -> Office {
    office_with(1, |office| {
        let session = office["sessions"][0].clone();
        let each = |of: fn(Value, (&str, char, u16)) -> Value, begin: &Value| {
            SERVICES.map(|service| of(begin.clone(), service)).to_vec()
        };
        office["services"] = json!(each(
            |_, (id, letter, _)| json!({"id": id, "queue_group": letter,
                "name": {"id": id, "en": id}}),
            &session
        ));
        office["sessions"] = json!(each(
            |mut session, (id, _, seats)| {
                session["service"] = json!(id);
                (session["from"], session["until"]) = (json!("08:00"), json!("16:00"));
                session["quota"] = json!(seats);
                session
            },
            &session
        ));
    })
}

/// The day as it goes on.
struct Day<'a> {
    app: &'a TestApp,
    desk: Desk,
    rng: StdRng,
    /// Minute of the day.
    minute: i64,
    visitors: Vec<Visitor>,
    /// What became of each of them.
    visits: Vec<Visit>,
    by_code: HashMap<String, usize>,
    /// Minute and service.
    without_booking: Vec<(i64, usize)>,
    turned_away: usize,
    /// Who comes back with documents, and when.
    fetching: Vec<(i64, usize)>,
    /// Numbers that were given, and numbers that are done.
    numbers: BTreeSet<String>,
    done: BTreeSet<String>,
    counters: Vec<Counter>,
    skipped: VecDeque<(i64, String)>,
    /// To whom something out of the ordinary may have happened.
    tried: HashSet<usize>,
    kept: Kept,
    /// Seats that were given back, and that nobody else has taken.
    unused: BTreeSet<Seat>,
}

impl<'a> Day<'a> {
    async fn begin(app: &'a TestApp) -> Self {
        let mut rng = StdRng::seed_from_u64(SEED);
        let visitors = people::dealt(&mut rng);
        let visits = visitors.iter().map(|it| {
            let channel = if it.category.has_priority() { "priority" } else { "web" };
            Visit::booked(it.hour, SERVICES[it.service].0, channel)
        });
        Self {
            app,
            desk: Desk::sign_in(app).await,
            minute: BEGIN,
            visits: visits.collect(),
            visitors,
            by_code: HashMap::new(),
            without_booking: people::without_booking(&mut rng),
            turned_away: 0,
            fetching: vec![],
            numbers: BTreeSet::new(),
            done: BTreeSet::new(),
            counters: vec![],
            skipped: VecDeque::new(),
            tried: HashSet::new(),
            kept: Kept::default(),
            unused: BTreeSet::new(),
            rng,
        }
    }

    fn draw(&mut self, range: std::ops::RangeInclusive<i64>) -> i64 {
        self.rng.random_range(range)
    }

    /// Families of one hour and service book together, one after the other, until every seat is taken; some
    /// give theirs up.
    async fn book(&mut self) {
        let mut slots = BTreeMap::<_, Vec<usize>>::new();
        for (nth, visitor) in self.visitors.iter().enumerate() {
            slots.entry((visitor.hour, visitor.service)).or_default().push(nth);
        }
        let day = &*self;
        let slots = stream::iter(slots.into_values()).map(|people| async move {
            let mut booked = vec![];
            for family in people.chunks(FAMILY) {
                booked.extend(day.book_family(family).await);
            }
            booked
        });
        let booked: Vec<_> = slots.buffer_unordered(AT_ONCE).collect().await;
        for (nth, code, ticket) in booked.into_iter().flatten() {
            self.by_code.insert(code.clone(), nth);
            (self.visitors[nth].code, self.visitors[nth].ticket) = (code, ticket);
            match self.visitors[nth].coming {
                Coming::Cancels => {
                    let seat = self.seat_of(&self.visitors[nth].code).await;
                    self.unused.insert(seat);
                    self.visits[nth].ends(End::Cancelled);
                }
                Coming::Never | Coming::TooLate => self.visits[nth].ends(End::Missed),
                Coming::InTime | Coming::Late | Coming::TooEarly => {}
            }
        }
        assert_eq!(self.by_code.len(), BOOKED);
    }

    /// Of each of them the code and the ticket.
    async fn book_family(&self, people: &[usize]) -> Vec<(usize, String, String)> {
        let number = |nth: usize| u32::try_from(nth + 1).unwrap();
        let details = people.iter().map(|nth| somebody(number(*nth), self.visitors[*nth].category));
        let details: Vec<_> = details.collect();
        let account = enrol_family(self.app, number(people[0]), &details).await;
        let Visitor { hour, service, .. } = self.visitors[people[0]];
        let ids: Vec<_> = (1..=people.len()).map(|nth| format!("p{nth}")).collect();
        let slot = format!("{hour:02}:00");
        let wish = json!({"applicant_ids": ids, "office": OFFICE, "service": SERVICES[service].0,
            "date": DATE, "slot": slot});
        let held = account.post(self.app, "/v1/group-bookings", wish).await;
        assert_eq!(held.status, 201, "{held:?}");
        let bookings = held.body["bookings"].as_array().unwrap();
        let codes: Vec<_> = bookings.iter().map(|it| it["code"].as_str().unwrap()).collect();
        let confirmed = account.act(self.app, codes[0], "confirm").await;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        let own =
            people.iter().zip(codes).map(|(nth, code)| self.ticket(&account, *nth, code, &slot));
        join_all(own).await
    }

    /// Whoever is dealt an hour has a seat of it, until they give it up.
    async fn ticket(
        &self,
        account: &Person,
        nth: usize,
        code: &str,
        slot: &str,
    ) -> (usize, String, String) {
        let own = account.get(self.app, &format!("/v1/bookings/{code}")).await;
        assert_eq!((own.text("status").as_str(), own.text("slot").as_str()), ("confirmed", slot));
        if self.visitors[nth].coming == Coming::Cancels {
            assert_eq!(account.act(self.app, code, "cancel").await.status, 200);
        }
        (nth, code.to_owned(), own.text("ticket"))
    }

    /// Steps of five minutes until everybody who came is done.
    async fn play(&mut self) {
        while self.minute <= LAST_COMES || self.is_busy() {
            assert!(self.minute < END, "somebody is in no list: {:?}", self.visits);
            reach(self.app, &instant(self.minute, 0));
            if self.minute % TICK == 0 {
                self.app.tick().await;
            }
            match self.minute {
                // A token is good for eight hours.
                BEGIN | 720 => self.desk = Desk::sign_in(self.app).await,
                470 => self.open_counters().await,
                _ => {}
            }
            if POWER_CUT.contains(&self.minute) {
                self.keep_scans();
            } else {
                if self.minute == POWER_CUT.end {
                    self.hand_in().await;
                }
                self.let_in().await;
                reach(self.app, &instant(self.minute, 120));
                self.counters_work().await;
            }
            self.minute += 5;
        }
        // The last deadline for documents is over.
        reach(self.app, &instant(END, 0));
        self.app.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "shown if it fails: the day is dealt by its seed")]
async fn a_day_of_a_large_office_adds_up_and_agrees_with_the_audit() {
    eprintln!("the day of seed {SEED}");
    let elsewhere = office_with(1, |office| office["id"] = json!("lain"));
    let offices = vec![large(), elsewhere];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let mut day = Day::begin(&app).await;
    day.book().await;
    let stranger = enrol_family(&app, 9000, &[somebody(9000, Default::default())]).await;
    let wish = json!({"applicant_id": "p1", "office": "lain", "service": offices::SERVICE,
        "date": DATE, "slot": "09:00"});
    let held = stranger.post(&app, "/v1/bookings", wish).await;
    let booked = stranger.act(&app, &held.text("code"), "confirm").await;
    app.assert_audit_agrees().await;
    reach(&app, &instant(BEGIN, 0));
    day.desk = Desk::sign_in(&app).await;
    day.strangers(&booked.text("ticket")).await;
    day.play().await;
    day.check_numbers().await;
    day.check_report().await;
}
