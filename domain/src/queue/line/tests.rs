use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::code::BookingCode;
use crate::queue::{CounterAction, TransferTo, takes_people};

fn at(minute: i64) -> DateTime<Utc> {
    "2026-12-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn entry(number: &str, priority: bool, minute: i64) -> QueueEntry {
    let number: crate::queue::QueueNumber = number.parse().unwrap();
    let code = BookingCode::from_bits(u64::from(number.number) + 1_000 * number.group as u64);
    QueueEntry::waiting(number, code, "passport_new".parse().unwrap(), priority, at(minute))
}

fn counter(name: &str) -> Counter {
    name.parse().unwrap()
}

/// Calls everybody at one counter; the numbers in their order.
fn drained(entries: &mut [QueueEntry], one_in: u32, letters: &[char], at_counter: &str) -> String {
    let (mut order, own) = (vec![], counter(at_counter));
    for minute in 100.. {
        let Some(next) = Line::of(entries, one_in).next(letters, &own).cloned() else { break };
        let done = next.called(&own, at(minute)).after(CounterAction::Finish, at(minute));
        order.push(next.queue_number().to_string());
        *entries.iter_mut().find(|of| of.queue_number() == next.queue_number()).unwrap() = done;
    }
    order.join(" ")
}

#[test]
fn one_call_of_three_goes_to_priority_while_others_wait() {
    let all = || {
        let first = (1..=4).map(|of| entry(&format!("A-{of:03}"), true, of));
        let rest = (5..=9).map(|of| entry(&format!("A-{of:03}"), false, of));
        first.chain(rest).collect::<Vec<_>>()
    };
    let ratio = "A-001 A-005 A-006 A-002 A-007 A-008 A-003 A-009 A-004";
    assert_eq!(drained(&mut all(), 3, &[], "1"), ratio, "the first one, then one of three");
    let first = "A-001 A-002 A-003 A-004 A-005 A-006 A-007 A-008 A-009";
    assert_eq!(drained(&mut all(), 1, &[], "1"), first);
    let entries = all();
    let line = Line::of(&entries, 3);
    let ahead: Vec<_> = entries.iter().map(|own| line.ahead(own)).collect();
    assert_eq!(
        ahead,
        [0, 3, 6, 8, 1, 2, 4, 5, 7],
        "everybody is told the place they are called at"
    );
}

#[test]
fn who_was_sent_to_a_counter_is_called_there_first_and_by_any_other_once_it_is_closed() {
    let mut all = [entry("A-001", true, 0), entry("A-002", false, 1), entry("A-003", false, 2)];
    let serving = all[2].called(&counter("1"), at(5)).after(CounterAction::Serve, at(6));
    all[2] = serving.transferred(&TransferTo::Counter(counter("5")), at(9));
    assert_eq!(all[2].waited(at(10)), Some(TimeDelta::minutes(8)), "waits since they came");
    assert_eq!(all[2].service_time(at(10)).num_minutes(), 8, "three minutes at counter 1");
    let line = Line::of(&all, 1);
    assert_eq!(line.next(&['B'], &counter("5")), Some(&all[2]), "whatever letters it serves");
    assert_eq!(line.next(&[], &counter("1")), Some(&all[0]));
    assert_eq!((line.ahead(&all[2]), line.ahead(&all[1])), (0, 1));
    assert_eq!(drained(&mut all.clone(), 1, &[], "1"), "A-001 A-002");
    let closed = [counter("5")];
    let line = Line::of(&all[1..], 1).with_closed(&closed);
    assert_eq!(line.next(&[], &counter("1")), Some(&all[1]));
    assert_eq!(line.ahead(&all[2]), 1, "in the line again");
}

#[test]
fn who_was_sent_to_another_letter_stands_where_the_waiting_time_says() {
    let mut all = [entry("A-009", false, 3), entry("B-001", false, 0), entry("B-002", false, 5)];
    let called = all[0].called(&counter("1"), at(20));
    all[0] = called.transferred(&TransferTo::Letter('B'), at(21));
    assert_eq!(all[0].queue_number().to_string(), "A-009");
    assert_eq!(drained(&mut all.clone(), 1, &['A'], "1"), "");
    assert_eq!(drained(&mut all.clone(), 1, &['B'], "1"), "B-001 A-009 B-002");
    let back = all[0].called(&counter("2"), at(30)).transferred(&TransferTo::Letter('A'), at(31));
    assert_eq!((back.line, back.line()), (None, 'A'));
}

#[test]
fn who_was_skipped_comes_back_behind_three() {
    let mut all: Vec<_> = (1..=6).map(|of| entry(&format!("A-{of:03}"), false, of)).collect();
    all.push(entry("A-007", true, 7));
    let skipped = all[0].called(&counter("1"), at(20)).after(CounterAction::Skip, at(21));
    let turn = Line::of(&all[1..], 1).turn_behind(&skipped, at(22));
    all[0] = skipped.brought_back(turn);
    assert_eq!(drained(&mut all.clone(), 1, &[], "1"), "A-007 A-002 A-003 A-004 A-001 A-005 A-006");
    let few = [entry("A-002", false, 2)];
    assert_eq!(Line::of(&few, 1).turn_behind(&skipped, at(22)), at(22), "at the end");
}

#[test]
fn a_call_by_mistake_leaves_everything_as_it_was() {
    let own = counter("1");
    let waiting = entry("A-001", false, 0);
    let skipped = waiting.called(&own, at(5)).after(CounterAction::Skip, at(6));
    let served = waiting.called(&own, at(5)).after(CounterAction::Serve, at(6));
    let parked = served.after(CounterAction::Park, at(10));
    let sent = served.transferred(&TransferTo::Counter(counter("5")), at(9));
    for before in [waiting, skipped.clone(), parked.clone(), sent, skipped.brought_back(at(7))] {
        let called = before.called(&counter("2"), at(30));
        let serving = called.after(CounterAction::Serve, at(31));
        for wrong in [called.after(CounterAction::Recall, at(31)), called] {
            assert_eq!(wrong.after(CounterAction::PassBack, at(33)), before);
        }
        let passed = serving.after(CounterAction::PassBack, at(33));
        let served_secs = before.served_secs + 120;
        assert_eq!(
            passed,
            QueueEntry { served_secs, ..before },
            "two minutes at the counter count"
        );
    }
    assert_eq!(parked.service_time(at(10)).num_minutes() - 5, 4, "and the time at the counter");
}

/// What is done to somebody at random.
#[derive(Debug, Clone, Copy)]
enum Act {
    Call(usize),
    CallNumber(usize),
    Step(CounterAction),
    ToLetter(char),
    ToCounter(usize),
    BringBack,
}

const COUNTERS: [&str; 3] = ["1", "2", "3"];

fn act() -> impl Strategy<Value = Act> {
    use CounterAction::{Finish, Park, PassBack, Recall, Serve, Skip};
    let step = prop::sample::select(vec![Recall, Serve, Skip, Park, PassBack, Finish]);
    prop_oneof![
        3 => (0..3usize).prop_map(Act::Call),
        2 => (0..3usize).prop_map(Act::CallNumber),
        5 => step.prop_map(Act::Step),
        1 => prop::sample::select(vec!['A', 'B']).prop_map(Act::ToLetter),
        1 => (0..3usize).prop_map(Act::ToCounter),
        1 => Just(Act::BringBack),
    ]
}

/// What becomes of one of them; unchanged if that cannot be done.
fn done(
    all: &[QueueEntry],
    seated: &BTreeSet<Counter>,
    (nth, act): (usize, Act),
    now: DateTime<Utc>,
) -> (usize, QueueEntry) {
    let (own, is_at) = (&all[nth], all[nth].state.is_at_counter());
    let takes = |counter: &Counter| takes_people(None, seated.contains(counter));
    let after = match act {
        Act::Call(of) => {
            let counter = counter(COUNTERS[of]);
            let Some(next) = Line::of(all, 2).next(&[], &counter) else {
                return (nth, own.clone());
            };
            let at = all.iter().position(|of| of == next).unwrap();
            return (at, next.called(&counter, now));
        }
        Act::CallNumber(of) if own.can_be_called() => own.called(&counter(COUNTERS[of]), now),
        Act::Step(step) if is_at => own.after(step, now),
        Act::ToLetter(letter) if is_at => own.transferred(&TransferTo::Letter(letter), now),
        Act::ToCounter(of) if is_at && takes(&counter(COUNTERS[of])) => {
            own.transferred(&TransferTo::Counter(counter(COUNTERS[of])), now)
        }
        Act::BringBack if matches!(own.state, QueueState::Skipped | QueueState::Parked) => {
            own.brought_back(Line::of(all, 2).turn_behind(own, now))
        }
        _ => own.clone(),
    };
    (nth, after)
}

proptest! {
    /// Each entry waits, is at a counter, parked, skipped or finished whatever was done, and whoever is
    /// not finished is reached: by the next call of a counter where somebody sits, by its counter, or by
    /// being brought back.
    #[test]
    fn nobody_is_ever_in_no_list(
        acts in prop::collection::vec((0..6usize, act()), 0..60),
        priority in prop::collection::vec(any::<bool>(), 6),
        one_in in 1..4u32,
    ) {
        let mut all: Vec<_> = (0..6).map(|of| {
            let letter = if of < 4 { 'A' } else { 'B' };
            entry(&format!("{letter}-{:03}", of + 1), priority[of], i64::try_from(of).unwrap())
        }).collect();
        let mut seated = BTreeSet::from([counter("1")]);
        for (minute, act) in (10..).zip(acts) {
            let (at_place, after) = done(&all, &seated, act, at(minute));
            let before = &all[at_place];
            let had = |of: &QueueEntry| of.served_secs + of.served_at.map_or(0, |begun| (at(minute) - begun).num_seconds());
            prop_assert!(had(&after) >= had(before), "no time is taken away");
            prop_assert_eq!(after.since, before.since);
            seated.extend(after.counter.clone().filter(|_| after.state == QueueState::Called));
            all[at_place] = after;
        }
        for of in 0..all.len() {
            if all[of].state.is_at_counter() {
                all[of] = all[of].after(CounterAction::PassBack, at(90));
            }
            if matches!(all[of].state, QueueState::Skipped | QueueState::Parked) {
                all[of] = all[of].brought_back(Line::of(&all, one_in).turn_behind(&all[of], at(91)));
            }
            let is_listed = matches!(all[of].state, QueueState::Waiting | QueueState::Finished);
            prop_assert!(is_listed, "{:?}", all[of]);
        }
        for name in seated {
            drained(&mut all, one_in, &[], name.as_str());
        }
        prop_assert!(all.iter().all(|of| of.state == QueueState::Finished), "{all:?}");
    }

    /// Where people are told to stand is where they are called.
    #[test]
    fn as_many_are_called_before_as_were_told(
        priority in prop::collection::vec(any::<bool>(), 1..8),
        one_in in 1..5u32,
        called in 0..4usize,
    ) {
        let mut all: Vec<_> = (1i64..).zip(priority)
            .map(|(of, first)| entry(&format!("A-{of:03}"), first, of)).collect();
        for minute in 0..called {
            let Some(next) = Line::of(&all, one_in).next(&[], &counter("1")).cloned() else { break };
            let minute = 20 + i64::try_from(minute).unwrap();
            let gone = next.called(&counter("1"), at(minute)).after(CounterAction::Finish, at(50));
            *all.iter_mut().find(|of| of.number == next.number).unwrap() = gone;
        }
        let told: Vec<_> = all.iter().filter(|of| of.state == QueueState::Waiting)
            .map(|own| (Line::of(&all, one_in).ahead(own), own.queue_number().to_string())).collect();
        let order = drained(&mut all, one_in, &['A'], "1");
        let order: Vec<_> = order.split_whitespace().collect();
        for (ahead, number) in told {
            prop_assert_eq!(order[usize::try_from(ahead).unwrap()], number);
        }
    }
}
