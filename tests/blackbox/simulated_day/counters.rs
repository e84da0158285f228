//! Eight counters call, serve, skip, park, send on and finish.

use std::collections::VecDeque;

use antrian_tests::app::Answer;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use super::record::{End, Span, Visit, timed};
use super::{AT_ONCE, Day};

/// The letters that each counter is opened for.
const LETTERS: [&[&str]; 8] = [&["A"], &["A"], &["A"], &["A"], &["A"], &["B"], &["B"], &["A", "B"]];
/// Minutes until somebody who did not hear the call comes forward.
const SKIPPED_FOR: i64 = 10;
/// Minutes that somebody is parked for.
const PARKED_FOR: i64 = 10;

/// A counter.
#[derive(Debug)]
pub(super) struct Counter {
    name: String,
    at_work: Option<Work>,
    /// From when on, who.
    parked: VecDeque<(i64, usize)>,
}

/// Whom a counter has, until when, and what it does then.
#[derive(Debug, Clone, Copy)]
struct Work {
    nth: usize,
    until: i64,
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Finish,
    Park,
    SendOn,
}

/// What happens when somebody is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Comes(Then),
    ComesAtSecondCall,
    /// Comes, and the clerk does not say so until they are done.
    ComesUnsaid,
    DoesNotCome,
    CalledByMistake,
}

/// What a clerk says of it.
fn steps(heard: Heard) -> &'static [&'static str] {
    match heard {
        Heard::DoesNotCome => &["skip"],
        Heard::CalledByMistake => &["pass-back"],
        Heard::Comes(_) => &["serve"],
        Heard::ComesAtSecondCall => &["recall", "serve"],
        Heard::ComesUnsaid => &[],
    }
}

/// Somebody who was called.
#[derive(Debug)]
struct Called {
    counter: usize,
    nth: usize,
    number: String,
    at: Span,
}

impl Day<'_> {
    pub(super) async fn open_counters(&mut self) {
        for (nth, letters) in LETTERS.iter().enumerate() {
            let name = (nth + 1).to_string();
            let set = json!({"open": true, "groups": letters});
            let opened = self.desk.set_counter(self.app, &name, set).await;
            assert_eq!(opened.status, 200, "{opened:?}");
            self.counters.push(Counter { name, at_work: None, parked: VecDeque::new() });
        }
    }

    /// Each counter ends what is due and calls the next one.
    pub(super) async fn counters_work(&mut self) {
        let minute = self.minute;
        while let Some((_, number)) = self.skipped.pop_front_if(|(at, _)| *at <= minute) {
            let body = json!({"number": number});
            let (back, at) = timed(self.app, self.desk.queue(self.app, "bring-back", body)).await;
            self.visit_at(&back).stands_in_line(at);
        }
        self.end_work().await;
        let called = self.call().await;
        self.receive(called).await;
    }

    /// Whether anybody is still in line, at a counter, parked or skipped.
    pub(super) fn is_busy(&self) -> bool {
        self.visits.iter().any(|visit| visit.came && visit.end.is_none())
    }

    async fn does(&self, counter: usize, what: &str, mut more: Value) -> (Answer, Span) {
        more["counter"] = json!(self.counters[counter].name);
        let (answer, at) = timed(self.app, self.desk.queue(self.app, what, more)).await;
        let is_nobody = what == "call" && answer.code() == "queue_empty";
        assert!(answer.status == 200 || is_nobody, "{what}: {answer:?}");
        (answer, at)
    }

    fn visit_at(&mut self, answer: &Answer) -> &mut Visit {
        assert_eq!(answer.status, 200, "{answer:?}");
        &mut self.visits[self.by_code[&answer.text("code")]]
    }

    /// Those whose time at a counter is over.
    async fn end_work(&mut self) {
        let due = self.counters.iter().enumerate().filter_map(|(counter, own)| {
            own.at_work.filter(|work| work.until <= self.minute).map(|work| (counter, work))
        });
        let due: Vec<_> = due.collect();
        let asked = stream::iter(&due).map(|(counter, work)| {
            let (what, more) = match work.then {
                Then::Finish => ("finish", json!({})),
                Then::Park => ("park", json!({})),
                Then::SendOn if *counter < 5 => ("transfer", json!({"to_counter": "8"})),
                Then::SendOn => ("transfer", json!({"to_group": "A"})),
            };
            self.does(*counter, what, more)
        });
        let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        for ((counter, work), (answer, at)) in due.into_iter().zip(answers) {
            self.ended(counter, work, &answer, at);
        }
    }

    fn ended(&mut self, counter: usize, Work { nth, then, .. }: Work, answer: &Answer, at: Span) {
        self.counters[counter].at_work = None;
        assert_eq!(self.by_code[&answer.text("code")], nth, "each counter has its own");
        self.visits[nth].leaves_counter(at);
        match then {
            Then::Finish => {
                self.visits[nth].ends(End::Served);
                assert!(self.done.insert(answer.text("queue_number")), "served twice: {answer:?}");
            }
            Then::Park => {
                self.counters[counter].parked.push_back((self.minute + PARKED_FOR, nth));
            }
            Then::SendOn => self.visits[nth].stands_in_line(at),
        }
    }

    /// Whom each counter that is free gets, if anybody.
    async fn call(&mut self) -> Vec<Called> {
        let minute = self.minute;
        let is_anybody_in_line = self.visits.iter().any(Visit::is_in_line);
        let free = self.counters.iter_mut().enumerate().filter(|(_, own)| own.at_work.is_none());
        let free: Vec<_> = free
            .map(|(counter, own)| (counter, own.parked.pop_front_if(|(at, _)| *at <= minute)))
            .filter(|(_, parked)| parked.is_some() || is_anybody_in_line)
            .collect();
        let asked = stream::iter(&free).map(|(counter, parked)| {
            let how = parked.map_or(json!({}), |_| json!({"parked": true}));
            self.does(*counter, "call", how)
        });
        let answers: Vec<_> = asked.buffered(2).collect().await;
        let mut called = vec![];
        for ((counter, parked), (answer, at)) in free.into_iter().zip(answers) {
            if answer.status == 200 {
                let nth = self.by_code[&answer.text("code")];
                assert!(parked.is_none_or(|(_, own)| own == nth), "{answer:?}");
                self.visits[nth].called(at);
                called.push(Called { counter, nth, number: answer.text("queue_number"), at });
            }
        }
        called
    }

    /// What becomes of those who were called.
    async fn receive(&mut self, called: Vec<Called>) {
        let heard: Vec<_> = called.iter().map(|called| self.heard(called.nth)).collect();
        let asked = stream::iter(called.iter().zip(&heard)).map(async |(called, heard)| {
            let mut at = called.at;
            for what in steps(*heard) {
                at = self.does(called.counter, what, json!({})).await.1;
            }
            at
        });
        let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        for ((called, heard), at) in called.into_iter().zip(heard).zip(answers) {
            let then = match heard {
                Heard::DoesNotCome => {
                    self.skipped.push_back((self.minute + SKIPPED_FOR, called.number));
                    continue;
                }
                Heard::CalledByMistake => {
                    self.visits[called.nth].passed_back();
                    continue;
                }
                Heard::Comes(then) => then,
                Heard::ComesAtSecondCall | Heard::ComesUnsaid => Then::Finish,
            };
            self.visits[called.nth].serving(at);
            let until = self.minute + 5 * self.draw(1..=2);
            self.counters[called.counter].at_work = Some(Work { nth: called.nth, until, then });
        }
    }

    /// Something out of the ordinary happens to a person once.
    fn heard(&mut self, nth: usize) -> Heard {
        let drawn = if self.tried.insert(nth) { self.draw(0..=99) } else { 99 };
        match drawn {
            0..5 => Heard::DoesNotCome,
            5..8 => Heard::CalledByMistake,
            8..12 => Heard::ComesAtSecondCall,
            12..17 => Heard::Comes(Then::Park),
            17..22 => Heard::Comes(Then::SendOn),
            22..40 => Heard::Comes(Then::Finish),
            _ => Heard::ComesUnsaid,
        }
    }
}
