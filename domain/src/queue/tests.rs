use super::*;

fn next<'a>(entries: &'a [QueueEntry], letters: &[char]) -> Option<&'a QueueEntry> {
    Line::of(entries, 1).next(letters, &"9".parse().unwrap())
}

fn people_ahead(entries: &[QueueEntry], own: &QueueEntry) -> u32 {
    Line::of(entries, 1).ahead(own)
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-12-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn entry(number: &str, priority: bool, minute: i64) -> QueueEntry {
    let code = BookingCode::from_bits(1);
    let service = "passport_new".parse().unwrap();
    QueueEntry::waiting(number.parse().unwrap(), code, service, priority, at(minute))
}

#[test]
fn numbers_are_read_as_they_are_typed() {
    for text in ["A-014", "a14", " A014 ", "a-14"] {
        let number: QueueNumber = text.parse().unwrap();
        assert_eq!(number.to_string(), "A-014", "{text}");
    }
    for bad in ["", "A", "A-", "14", "A-0", "AA-1", "A-123456", "A 1", "A--1", "É-1", "A-+1"] {
        assert!(bad.parse::<QueueNumber>().is_err(), "{bad}");
    }
}

#[test]
fn a_counter_is_a_short_name() {
    for (typed, name) in [
        ("3", "3"),
        (" 12b ", "12B"),
        ("Foto-1", "FOTO-1"),
        ("foto  1", "FOTO 1"),
        ("Loket 3", "3"),
        ("loket tiga", "TIGA"),
        ("LOKET", "LOKET"),
    ] {
        assert_eq!(typed.parse::<Counter>().unwrap().as_str(), name);
    }
    for bad in ["", " ", "3#4", "loket #3", "nama-yang-panjang", "é"] {
        assert!(bad.parse::<Counter>().is_err(), "{bad}");
    }
}

#[test]
fn priority_goes_first_then_who_came_first() {
    let all = [entry("A-001", false, 0), entry("B-001", false, 1), entry("A-002", true, 9)];
    assert_eq!(next(&all, &[]).unwrap().queue_number().to_string(), "A-002");
    assert_eq!(next(&all[..2], &[]).unwrap().queue_number().to_string(), "A-001");
    assert_eq!(next(&all, &['B']).unwrap().queue_number().to_string(), "B-001");
    assert_eq!(next(&all, &['C']), None);
    assert_eq!(people_ahead(&all, &all[0]), 1);
    assert_eq!(people_ahead(&all, &all[1]), 0, "another group's counter");
    assert_eq!(people_ahead(&all, &all[2]), 0);
}

#[test]
fn within_a_group_the_number_counts_whoever_was_a_second_earlier() {
    let all = [entry("A-001", false, 1), entry("A-002", false, 0), entry("B-001", false, 0)];
    assert_eq!(next(&all, &['A']).unwrap().queue_number().to_string(), "A-001");
    assert_eq!(next(&all, &[]).unwrap().queue_number().to_string(), "B-001");
}

#[test]
fn who_fetched_a_paper_keeps_the_place_and_waits_anew() {
    let early = entry("A-001", false, 0).moved_to(QueueState::AwaitingDocuments).back(at(60));
    assert_eq!(
        entry("A-001", false, 0).moved_to(QueueState::AwaitingDocuments).waited(at(9)),
        None
    );
    let all = [entry("A-002", false, 5), early];
    let first = next(&all, &[]).unwrap();
    assert_eq!(first.queue_number().to_string(), "A-001");
    assert_eq!(first.waited(at(62)), Some(TimeDelta::minutes(2)));
    let called = first.called(&"3".parse().unwrap(), at(63));
    assert_eq!(called.waited(at(80)), Some(TimeDelta::minutes(3)), "until the call");
    assert_eq!(called.service_time(at(70)), TimeDelta::minutes(7));
    assert_eq!(
        called.after(CounterAction::Serve, at(65)).service_time(at(70)),
        TimeDelta::minutes(5)
    );
}

#[test]
fn an_entry_of_an_earlier_version_is_read() {
    let kept = serde_json::json!({"group": "A", "number": 7, "code": BookingCode::from_bits(1),
        "state": "waiting", "since": 1_796_173_200});
    let entry: QueueEntry = serde_json::from_value(kept).unwrap();
    assert_eq!((entry.queue_number().to_string(), entry.calls), ("A-007".to_owned(), 0));
}

#[test]
fn a_counter_recalls_serves_skips_and_finishes() {
    use CounterAction::{Finish, Park, PassBack, Recall, Serve, Skip};
    let called = entry("A-001", false, 0).called(&"3".parse().unwrap(), at(5));
    assert_eq!(
        (called.calls, called.state, called.called_at),
        (1, QueueState::Called, Some(at(5)))
    );
    let again = called.after(Recall, at(6));
    assert_eq!((again.calls, again.state), (2, QueueState::Called));
    let serving = again.after(Serve, at(7));
    assert_eq!((serving.state, serving.served_at), (QueueState::Serving, Some(at(7))));
    assert_eq!(serving.after(Serve, at(8)).served_at, Some(at(7)), "since the first time");
    assert_eq!(serving.service_time(at(9)), TimeDelta::minutes(2));
    assert_eq!(called.service_time(at(9)), TimeDelta::minutes(4), "since the call");
    assert_eq!(called.after(Skip, at(7)).state, QueueState::Skipped);
    assert_eq!(serving.after(Finish, at(8)).state, QueueState::Finished);
    let names = [Recall, Serve, Skip, Finish, Park, PassBack].map(CounterAction::as_str);
    assert_eq!(names, ["recall", "serve", "skip", "finish", "park", "pass-back"]);
    for name in names {
        let read: CounterAction = serde_json::from_value(name.into()).unwrap();
        assert_eq!(read.as_str(), name);
    }
}

#[test]
fn who_waits_or_was_skipped_can_be_called() {
    use QueueState::{AwaitingDocuments, Called, Finished, Parked, Serving, Skipped, Waiting};
    let all = [Waiting, Called, Serving, Skipped, Parked, AwaitingDocuments, Finished];
    let can = all.map(|state| entry("A-001", false, 0).moved_to(state).can_be_called());
    assert_eq!(can, [true, false, false, true, true, false, false]);
    assert_eq!(all.map(QueueState::is_at_counter), [false, true, true, false, false, false, false]);
}

#[test]
fn a_look_alike_is_somebody_else_with_the_same_likeness() {
    let of = |number: &str, bits, likeness: Option<&str>| QueueEntry {
        code: BookingCode::from_bits(bits),
        likeness: likeness.map(str::to_owned),
        ..entry(number, false, 0)
    };
    let all = [of("A-001", 1, Some("x")), of("A-002", 2, Some("y")), of("A-003", 3, Some("x"))];
    let found = |own: &QueueEntry| look_alike(&all, own).map(|entry| entry.number);
    assert_eq!((found(&all[0]), found(&all[2])), (Some(3), Some(1)));
    assert_eq!(found(&all[1]), None, "not the entry itself");
    assert_eq!(found(&of("A-004", 4, None)), None, "nothing is known of it");
}
