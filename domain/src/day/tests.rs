use super::*;
use proptest::prelude::*;

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(secs, 0).unwrap()
}

fn slot(quota: u16, pools: Vec<Pool>) -> Slot {
    Slot {
        service: "passport_new".parse().unwrap(),
        time: "09:00".parse().unwrap(),
        quota,
        pools,
        book_until: at(10_000),
        released_at: at(0),
        by_hand: false,
    }
}

const CHANNELS: [Channel; 4] =
    [Channel::Web, Channel::Whatsapp, Channel::Priority, Channel::WalkIn];

fn slots() -> impl Strategy<Value = SlotSeats> {
    let pools = prop::collection::vec((0usize..4, 0u16..4, 0i64..12_000), 0..4);
    let seats = prop::collection::btree_map(1u16..16, prop::option::of(0i64..12_000), 0..12);
    (1u16..12, pools, seats).prop_map(|(quota, pools, seats)| {
        let mut next = 1;
        let pools = pools
            .into_iter()
            .filter(|(_, seats, _)| *seats > 0)
            .map(|(channel, seats, until)| {
                let first = next;
                next += seats;
                Pool { channel: CHANNELS[channel], first, last: next - 1, until: at(until) }
            })
            .collect();
        let seats = seats
            .into_iter()
            .map(|(number, free_at)| Seat {
                number,
                code: BookingCode::from_bits(number.into()),
                free_at: free_at.map(at),
            })
            .collect();
        SlotSeats { slot: slot(quota, pools), seats }
    })
}

proptest! {
    #[test]
    fn only_free_numbers_within_the_quota_are_offered(slot in slots(), now in 0i64..12_000, seed: u64) {
        use rand::SeedableRng;
        let now = at(now);
        for channel in CHANNELS {
            let free: Vec<u16> = slot.claimable(channel, now).collect();
            for &number in &free {
                prop_assert!((1..=slot.slot.quota).contains(&number));
                prop_assert!(!slot.seats.iter().any(|s| s.number == number && s.is_taken(now)));
                prop_assert!(slot.slot.admits(number, channel, now));
            }
            let taken = slot.seats.iter().filter(|seat| seat.is_taken(now)).count();
            prop_assert!(free.is_empty() || free.len() + taken <= usize::from(slot.slot.quota));
            let picked = slot.pick(channel, now, &mut rand::rngs::StdRng::seed_from_u64(seed));
            prop_assert_eq!(picked.is_some(), !free.is_empty());
            prop_assert!(picked.is_none_or(|number| free.contains(&number)));
        }
    }

    #[test]
    fn a_pool_is_for_its_channel_until_its_time_and_then_for_all(slot in slots(), now in 0i64..9_999) {
        let now = at(now);
        for pool in &slot.slot.pools {
            for number in pool.first..=pool.last.min(slot.slot.quota) {
                for channel in CHANNELS {
                    let expected = channel == pool.channel || pool.until <= now;
                    prop_assert_eq!(slot.slot.admits(number, channel, now), expected);
                }
            }
        }
    }

    #[test]
    fn pools_never_overlap_and_never_run_empty(seats in prop::collection::vec(0u16..9, 0..5)) {
        let rules: Vec<_> = seats.iter().map(|&seats| PoolRule {
            channel: Channel::Whatsapp, seats, opens_to_all_minutes_before: 60,
        }).collect();
        let pools = number_pools(&rules, at(90_000));
        let total: u16 = pools.iter().map(|pool| pool.last - pool.first + 1).sum();
        prop_assert_eq!(total, seats.iter().sum::<u16>());
        prop_assert!(pools.windows(2).all(|two| two[0].last + 1 == two[1].first));
    }
}

#[test]
fn a_seat_is_taken_until_the_very_second_it_is_free() {
    let seat = Seat { number: 1, code: BookingCode::from_bits(1), free_at: Some(at(100)) };
    assert!(seat.is_taken(at(99)));
    assert!(!seat.is_taken(at(100)));
    assert!(Seat { free_at: None, ..seat }.is_taken(at(1_000_000)));
}

#[test]
fn nothing_can_be_claimed_before_the_instant_of_the_release() {
    let slot = Slot { released_at: at(100), ..slot(2, vec![]) };
    let day = Day {
        date: "2026-12-02".parse().unwrap(),
        state: Some(DayState { opened_at: at(0), closed: None, closed_at: None }),
        slots: vec![SlotSeats { slot, seats: vec![] }],
    };
    let free = |now| day.slots[0].seats_free(Channel::Web, at(now));
    assert_eq!((free(99), free(100)), (0, 2));
    assert!(!day.is_released(at(99)) && day.is_released(at(100)));
}

#[test]
fn time_changes_a_day_when_something_of_it_begins_or_ends() {
    let pool = Pool { channel: Channel::Whatsapp, first: 1, last: 1, until: at(300) };
    let slot = Slot { released_at: at(100), ..slot(2, vec![pool]) };
    let seat = |number, free_at: Option<i64>| Seat {
        number,
        code: BookingCode::from_bits(1),
        free_at: free_at.map(at),
    };
    let seats = vec![seat(1, Some(200)), seat(2, None)];
    let slots = vec![SlotSeats { slot, seats }];
    let day = Day { date: "2026-12-02".parse().unwrap(), state: None, slots };
    let next = |now| day.changes_at(at(now));
    let ends = [0, 100, 200, 300, 10_000].map(next);
    assert_eq!(ends, [Some(at(100)), Some(at(200)), Some(at(300)), Some(at(10_000)), None]);
}

#[test]
fn a_new_plan_changes_what_is_to_be_released_and_nothing_else() {
    let of = |service: &str, time: &str, quota, released| Slot {
        service: service.parse().unwrap(),
        time: time.parse().unwrap(),
        released_at: at(released),
        ..slot(quota, vec![])
    };
    let by_hand = |released| Slot { by_hand: true, ..of("lost", "09:00", 1, released) };
    let known = [
        of("open", "09:00", 2, 0),
        by_hand(900),
        of("new", "08:00", 2, 900),
        of("new", "09:00", 2, 900),
        of("new", "10:00", 2, 900),
    ];
    let slots = known.map(|slot| SlotSeats { slot, seats: vec![] }).to_vec();
    let state = DayState { opened_at: at(0), closed: None, closed_at: None };
    let day = Day { date: "2026-12-02".parse().unwrap(), state: Some(state), slots };
    let plan = vec![
        of("open", "09:00", 5, 900),
        of("open", "10:00", 5, 900),
        of("lost", "09:00", 7, 950),
        of("new", "08:00", 2, 900),
        of("new", "09:00", 3, 900),
        of("new", "11:00", 2, 900),
        of("added", "09:00", 1, 900),
    ];
    let expected = [
        SlotChange::Remove(of("new", "10:00", 2, 900)),
        SlotChange::Put(by_hand(950)),
        SlotChange::Put(of("new", "09:00", 3, 900)),
        SlotChange::Put(of("new", "11:00", 2, 900)),
        SlotChange::Put(of("added", "09:00", 1, 900)),
    ];
    assert_eq!(day.replanned(plan.clone(), at(120)), expected);
    // Once it is released, or about to be, it is as people see it.
    assert_eq!(day.replanned(plan, at(900)), [SlotChange::Put(of("added", "09:00", 1, 900))]);
}

#[test]
fn a_closed_day_offers_nothing_and_still_knows_its_slots() {
    let other = Slot { service: "passport_replacement".parse().unwrap(), ..slot(2, vec![]) };
    let slots = [slot(2, vec![]), other].map(|slot| SlotSeats { slot, seats: vec![] }).to_vec();
    let text = crate::language::Text { id: "Libur".to_owned(), en: "Closed".to_owned() };
    let reason = ClosedReason { code: "office_closed".to_owned(), text };
    let date = "2026-12-02".parse().unwrap();
    let day = |state| Day { date, state, slots: slots.clone() };
    let state = |closed| DayState { opened_at: at(0), closed, closed_at: None };
    let service = "passport_new".parse().unwrap();
    let open = day(Some(state(None)));
    assert_eq!((open.closed(), open.slots_of(&service).count()), (None, 1));
    let closed = day(Some(state(Some(reason.clone()))));
    assert_eq!((closed.closed(), closed.slots_of(&service).count()), (Some(&reason), 0));
    assert_eq!(day(None).closed(), None);
    let found = |time: &str| closed.slot(&service, time.parse().unwrap()).map(|it| &it.slot);
    assert_eq!((found("09:00"), found("10:00")), (Some(&slots[0].slot), None));
}
