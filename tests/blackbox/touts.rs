//! What people who trade seats can keep from others: one number, ten, a hundred, with five made-up
//! people each, against the rules of fair use and without them.
//!
//! Figures are seats kept from others at a time, on average, in parts of a day's seats. They are printed
//! (`--nocapture`) and stand in `docs/security-tests.md`.

#![expect(clippy::print_stdout, reason = "figures, for whoever asks to see them")]

use antrian::domain::account::Applicant;
use antrian::domain::account::PersonDetails;
use antrian::domain::booking::{Booking, CancelReason};
use antrian::domain::ids::AccountId;
use antrian::domain::language::Locale;
use antrian::domain::office::{Channel, Office};
use antrian::domain::person::{Category, Contacts};
use antrian::ledger::{HoldRefusal, HoldRequest, SlotChoice, Visitor};
use antrian::storage::ApplicantAdded;
use antrian_tests::offices::SERVICE;
use antrian_tests::person::nik;
use antrian_tests::{Setup, TestApp};
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use crate::steps::office_with;

/// Seats of a date, as at the largest office.
const SEATS: u32 = 384;
const PEOPLE: u32 = 5;

/// Sixteen slots of 24 seats, open for today and six days more.
fn office(rules: bool) -> Office {
    office_with(24, |o| {
        o["sessions"][0]["from"] = "08:00".into();
        o["sessions"][0]["until"] = "16:00".into();
        o["sessions"][0]["every_minutes"] = 30.into();
        o["release"]["days_ahead"] = 6.into();
        o["policy"]["cool_down_secs"] = json!([30, 300]);
        if !rules {
            o["policy"]["fair_use"] =
                json!({"holds_per_person": 0, "holds_per_account": 0, "missed_visits": 0});
        }
    })
}

/// A number, and the people whom it has made up.
struct Tout {
    account: AccountId,
    people: Vec<Applicant>,
}

struct Market {
    app: TestApp,
    office: Office,
    touts: Vec<Tout>,
}

impl Market {
    async fn open(rules: bool, numbers: u32) -> Self {
        let office = office(rules);
        let setup = Setup { offices: vec![office.clone()], ..Setup::default() };
        let app = TestApp::start_with(setup).await;
        let mut touts = vec![];
        for number in 1..=numbers {
            touts.push(Tout::enrol(&app, number).await);
        }
        Self { app, office, touts }
    }

    async fn hold(&self, tout: &Tout, person: &Applicant, date: NaiveDate) -> Option<Booking> {
        let request = HoldRequest {
            office: &self.office,
            service: &SERVICE.parse().unwrap(),
            choice: SlotChoice::Date(date),
            account: &tout.account,
            visitors: &[Visitor {
                applicant: &person.id,
                person: &person.person,
                channel: Channel::Web,
            }],
            locale: Locale::Id,
            idempotency_key: None,
            request_hash: "tout",
        };
        let held = self.app.stack.app.ledger.hold(&request, self.app.now()).await.unwrap();
        match held {
            Ok(held) => Some(*held.booking),
            // The day after may be a holiday.
            Err(
                HoldRefusal::Limited(..)
                | HoldRefusal::AlreadyBooked(_)
                | HoldRefusal::NotOffered(_),
            ) => None,
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    fn everybody(&self) -> impl Iterator<Item = (&Tout, &Applicant)> {
        let people = |tout| std::iter::repeat(tout).zip(&Tout::people(tout)[..]);
        self.touts.iter().flat_map(people)
    }

    fn date(&self, days: i64) -> NaiveDate {
        let today = self.app.now().with_timezone(&self.office.timezone).date_naive();
        today + TimeDelta::days(days)
    }

    /// Takes all the time for a hold that there is.
    async fn extend(&self, held: Booking) {
        let (ledger, mut held) = (&self.app.stack.app.ledger, held);
        while let Ok(longer) = ledger.extend(&self.office, held, self.app.now()).await.unwrap() {
            held = *longer.booking;
        }
    }

    /// A day of holding what one may, extending it and waiting until it lapses: seats held at a time, on
    /// average.
    async fn hold_and_wait(&self) -> f64 {
        const STEP: i64 = 45 * 60 + 1;
        // From midnight on: counts are of a day, and half of two days would be two of them.
        self.app.advance(16 * 3_600);
        let date = self.date(2);
        let (mut held, steps) = (0, 86_400 / STEP);
        let mut tried_in_vain = None;
        for _ in 0..steps {
            let today = self.date(0);
            if tried_in_vain != Some(today) {
                let before = held;
                for (tout, person) in self.everybody() {
                    let Some(booking) = self.hold(tout, person, date).await else { continue };
                    held += 1;
                    self.extend(booking).await;
                }
                tried_in_vain = (held == before).then_some(today);
            }
            self.app.advance(STEP);
        }
        // Each hold keeps a seat for a step at the most, and for its rest.
        f64::from(held) / f64::from(u32::try_from(steps).unwrap())
    }

    /// Everybody holds and cancels, again and again: seats kept from others at the end of it.
    async fn hold_and_cancel(&self, cycles: u32) -> u32 {
        let (ledger, date) = (&self.app.stack.app.ledger, self.date(2));
        for _ in 0..cycles {
            for (tout, person) in self.everybody() {
                let Some(held) = self.hold(tout, person, date).await else { continue };
                let reason = CancelReason::Applicant;
                let cancelled = ledger.cancel(&self.office, held, reason, self.app.now()).await;
                assert!(cancelled.unwrap().is_ok());
            }
        }
        self.taken(date).await
    }

    async fn taken(&self, date: NaiveDate) -> u32 {
        let (id, now) = (&self.office.id, self.app.now());
        let day = self.app.stack.app.ledger.store().day(id, date).await.unwrap();
        let seats = day.slots.iter().flat_map(|slot| &slot.seats);
        u32::try_from(seats.filter(|seat| seat.is_taken(now)).count()).unwrap()
    }

    /// So many days of confirming what one may for the day after, and not coming: seats a day.
    async fn stay_away(&self, days: u32) -> f64 {
        let ledger = &self.app.stack.app.ledger;
        let mut wasted = 0;
        // In the evening: the visit of the day is missed by then.
        self.app.advance(10 * 3_600);
        for _ in 0..days {
            let date = self.date(1);
            for (tout, person) in self.everybody() {
                let Some(held) = self.hold(tout, person, date).await else { continue };
                assert!(ledger.confirm(held, self.app.now()).await.unwrap().is_ok());
                wasted += 1;
            }
            self.app.advance(86_400);
            self.app.tick().await;
        }
        f64::from(wasted) / f64::from(days)
    }
}

impl Tout {
    fn people(&self) -> &Vec<Applicant> {
        &self.people
    }

    async fn enrol(app: &TestApp, number: u32) -> Self {
        let store = app.stack.app.ledger.store();
        let phone = format!("62800{number:07}").parse().unwrap();
        let contacts = Contacts { phone: Some(phone), scoped: None };
        let account = store.account_of_contacts(&contacts, Locale::Id, app.now()).await.unwrap();
        let mut people = vec![];
        for person in 1..=PEOPLE {
            let id = number * PEOPLE + person;
            let details = PersonDetails {
                name: format!("Contoh {id}").parse().unwrap(),
                nik: Some(nik(id).parse().unwrap()),
                birth_date: "1990-01-01".parse().unwrap(),
                ktp_regency: Some("Kota Makassar".to_owned()),
                category: Category::General,
            };
            let added = store.add_applicant(&account, &details, None, app.now()).await;
            let ApplicantAdded::Added(added) = added.unwrap() else { panic!("not added") };
            people.push(*added);
        }
        Self { account, people }
    }
}

fn percent(seats: f64) -> f64 {
    100.0 * seats / f64::from(SEATS)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_numbers_that_hold_and_wait_keep_less_than_a_hundredth() {
    let with = Market::open(true, 10).await.hold_and_wait().await;
    let one = Market::open(true, 1).await.hold_and_wait().await;
    println!("hold and wait: {one:.2} seats by one number, {with:.2} by ten");
    assert!(percent(with) < 1.0, "{with}");
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_rules_one_number_keeps_five_seats_all_day() {
    let without = Market::open(false, 1).await.hold_and_wait().await;
    println!("hold and wait, no rules: {without:.2} seats by one number");
    assert!(without > 4.9, "{without}");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_are_held_and_cancelled_are_back_within_half_a_minute() {
    let market = Market::open(true, 10).await;
    let kept = market.hold_and_cancel(4).await;
    println!("hold and cancel: {kept} seats rest after a rush of ten numbers");
    assert!(kept <= 100, "ten holds each");
    market.app.advance(31);
    assert_eq!(market.taken(market.date(2)).await, 0);
    assert_eq!(market.hold_and_cancel(4).await, 0, "and that was all for today");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_numbers_that_confirm_and_stay_away_waste_less_than_a_hundredth() {
    let wasted = Market::open(true, 10).await.stay_away(32).await;
    println!("confirm and stay away: {wasted:.2} seats a day by ten numbers");
    assert!(percent(wasted) < 1.0, "{wasted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_rules_they_waste_fifty_seats_a_day() {
    let wasted = Market::open(false, 10).await.stay_away(3).await;
    assert!(wasted > 49.0, "{wasted}");
}
