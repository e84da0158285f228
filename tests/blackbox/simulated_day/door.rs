//! The door: tickets are scanned, documents looked at, people without a booking taken in.

use antrian_tests::app::Answer;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use futures_util::stream::{self, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};

use super::people::{Coming, Documents, SERVICES, Scanning, Visitor, some_of};
use super::record::{End, Span, Visit, timed};
use super::{AT_ONCE, Day, PATIENCE};
use crate::steps::{after, outcome};

/// How long documents are waited for, and how long it takes to fetch them.
const DEADLINE_SECS: i64 = 2 * 3600;
const FETCHING: std::ops::RangeInclusive<i64> = 9..=20;

impl Day<'_> {
    /// Everybody who stands at the door now.
    pub(super) async fn let_in(&mut self) {
        let here = self.at_door();
        let scans: Vec<_> =
            stream::iter(&here).map(|nth| self.scan(*nth)).buffered(AT_ONCE).collect().await;
        for (nth, (answer, at)) in here.into_iter().zip(scans) {
            self.is_scanned(nth, answer, at).await;
        }
        for nth in self.due_back() {
            self.brings_documents(nth).await;
        }
        let (due, later) = self.without_booking.drain(..).partition(|(at, _)| *at <= self.minute);
        self.without_booking = later;
        for (_, service) in due {
            self.walks_in(service).await;
        }
    }

    pub(super) fn at_door(&self) -> Vec<usize> {
        let is_here = |(nth, visitor): (usize, &Visitor)| {
            visitor.at_door.contains(&self.minute).then_some(nth)
        };
        self.visitors.iter().enumerate().filter_map(is_here).collect()
    }

    fn due_back(&mut self) -> Vec<usize> {
        let (due, later) = self.fetching.drain(..).partition(|(at, _)| *at <= self.minute);
        self.fetching = later;
        let due: Vec<(i64, usize)> = due;
        due.into_iter().map(|(_, nth)| nth).collect()
    }

    async fn scan(&self, nth: usize) -> (Answer, Span) {
        let body = json!({"ticket": self.visitors[nth].ticket, "gate": "Gerbang 1"});
        timed(self.app, self.desk.post(self.app, "/v1/check-ins", body)).await
    }

    async fn is_scanned(&mut self, nth: usize, answer: Answer, at: Span) {
        let Visitor { coming, hour, scanning, .. } = self.visitors[nth];
        match coming {
            Coming::TooEarly if self.minute < hour * 60 - 60 => {
                assert_eq!(outcome(&answer), (409, "too_early"));
                return;
            }
            Coming::TooLate => {
                assert_eq!(outcome(&answer), (409, "too_late"), "{answer:?}");
                return;
            }
            _ => self.is_in(nth, &answer.body, at),
        }
        match scanning {
            Scanning::Once => {}
            Scanning::Twice => {
                let again = self.scan(nth).await.0;
                assert_eq!(again.body["duplicate"], true, "{again:?}");
                assert_eq!(again.body["queue_number"], answer.body["queue_number"]);
            }
            Scanning::Undone => {
                let path = format!("/v1/check-ins/{}", self.visitors[nth].code);
                let token = self.app.staff(OFFICE, &["desk"]).await;
                let undone = self.app.call(Method::DELETE, &path, Some(&token), None).await;
                assert_eq!(undone.status, 200, "{undone:?}");
                let (again, at) = self.scan(nth).await;
                self.is_in(nth, &again.body, at);
            }
        }
        self.looks_at_documents(nth, &answer.body).await;
    }

    /// Has a number, which nobody has had before.
    pub(super) fn is_in(&mut self, nth: usize, visit: &Value, at: Span) {
        assert_eq!(visit["status"], "checked_in", "{nth}: {visit}");
        let number = visit["queue_number"].as_str().unwrap().to_owned();
        assert!(self.numbers.insert(number.clone()), "{number} was given before: {visit}");
        self.visits[nth].stands_in_line(at);
        let is_booked = self.visits[nth].channel != "walk_in";
        self.visits[nth].is_late = is_booked && self.visitors[nth].coming == Coming::Late;
    }

    pub(super) async fn looks_at_documents(&mut self, nth: usize, visit: &Value) {
        let found = match self.visitors[nth].documents {
            Documents::NotLookedAt => return,
            Documents::Complete => json!({"decision": "complete"}),
            Documents::Fetched | Documents::NotBrought => {
                let asked = visit["documents"].as_array().unwrap().iter();
                let ids: Vec<_> = asked.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
                let missing = some_of(&mut self.rng, &ids);
                self.visits[nth].fetches(missing.clone());
                if self.visitors[nth].documents == Documents::Fetched {
                    let back = self.minute + 5 * self.draw(FETCHING);
                    self.fetching.push((back, nth));
                } else {
                    self.visits[nth].ends(End::Lapsed);
                }
                let deadline = after(&self.app.now().to_rfc3339(), DEADLINE_SECS);
                json!({"decision": "incomplete", "missing": missing, "deadline": deadline})
            }
        };
        let answer = self.desk.documents(self.app, &self.visitors[nth].code, found).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn brings_documents(&mut self, nth: usize) {
        let complete = json!({"decision": "complete"});
        let code = &self.visitors[nth].code;
        let (back, at) = timed(self.app, self.desk.documents(self.app, code, complete)).await;
        assert_eq!((back.status, back.text("status").as_str()), (200, "checked_in"), "{back:?}");
        self.visits[nth].stands_in_line(at);
    }

    /// Gets what is left of an hour, waits for somebody to miss theirs, or gives up.
    async fn walks_in(&mut self, service: usize) {
        let number = 1000 + u32::try_from(self.visitors.len()).unwrap();
        let body = json!({"service": SERVICES[service].0, "name": format!("Contoh {number}"),
            "nik": nik(number), "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"});
        let path = format!("/v1/offices/{OFFICE}/walk-ins");
        let (answer, at) = timed(self.app, self.desk.post(self.app, &path, body)).await;
        if answer.status == 409 {
            assert_eq!(answer.code(), "slot_full", "{answer:?}");
            if self.minute < PATIENCE {
                self.without_booking.push((self.minute + 15, service));
            } else {
                self.turned_away += 1;
            }
            return;
        }
        assert_eq!(answer.status, 201, "{answer:?}");
        let code = answer.text("code");
        let hour = answer.text("slot")[..2].parse().unwrap();
        let seat = self.seat_of(&code).await;
        self.unused.remove(&seat);
        let nth = self.visitors.len();
        self.by_code.insert(code.clone(), nth);
        self.visits.push(Visit::booked(hour, SERVICES[service].0, "walk_in"));
        self.visitors.push(Visitor {
            hour,
            service,
            category: antrian::domain::person::Category::General,
            coming: Coming::InTime,
            documents: Documents::Complete,
            scanning: Scanning::Once,
            at_door: vec![],
            code,
            ticket: String::new(),
        });
        self.is_in(nth, &answer.body["check_in"], at);
        self.looks_at_documents(nth, &answer.body["check_in"]).await;
    }

    /// A ticket of another office, and one whose last sign was changed.
    pub(super) async fn strangers(&self, elsewhere: &str) {
        let scan = async |ticket: &str| {
            self.desk.post(self.app, "/v1/check-ins", json!({"ticket": ticket})).await
        };
        assert_eq!(outcome(&scan(elsewhere).await), (409, "wrong_office"));
        let ticket = &self.visitors[0].ticket;
        let last = if ticket.ends_with('0') { "1" } else { "0" };
        let forged = format!("{}{last}", &ticket[..ticket.len() - 1]);
        assert_eq!(outcome(&scan(&forged).await), (422, "bad_ticket"));
    }
}
