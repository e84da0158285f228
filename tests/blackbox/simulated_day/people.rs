//! Who comes, when, and with what: dealt from a deck that is shuffled by a seed, so that there are as many of
//! each as the day is to have.

use antrian::domain::person::Category;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// The services: id, letter of the queue, seats an hour.
pub(super) const SERVICES: [(&str, char, u16); 2] =
    [("passport_new", 'A', 32), ("passport_replacement", 'B', 16)];
/// The first hours of slots, at the office.
pub(super) const HOURS: std::ops::Range<i64> = 8..16;
pub(super) const BOOKED: usize = 384;
pub(super) const WALK_INS: usize = 60;

/// Whether and when somebody comes to their hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coming {
    InTime,
    /// More than an hour before it, and again.
    TooEarly,
    /// After its begin, within half an hour.
    Late,
    /// Later than that.
    TooLate,
    Never,
    /// Gives the visit up the day before.
    Cancels,
}

/// What is found of somebody's documents at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Documents {
    NotLookedAt,
    Complete,
    /// Some are missing, and brought in time.
    Fetched,
    /// Some are missing, and are not brought.
    NotBrought,
}

/// What a scanner does with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scanning {
    Once,
    Twice,
    /// By mistake first: it is undone, and done again.
    Undone,
}

/// Somebody, and what the day has in store for them.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) hour: i64,
    /// Of [`SERVICES`].
    pub(super) service: usize,
    pub(super) category: Category,
    pub(super) coming: Coming,
    pub(super) documents: Documents,
    pub(super) scanning: Scanning,
    /// Minutes of the day at which they stand at the door.
    pub(super) at_door: Vec<i64>,
    pub(super) code: String,
    pub(super) ticket: String,
}

/// Those who book: every seat of the day, hour by hour.
pub(super) fn dealt(rng: &mut StdRng) -> Vec<Visitor> {
    let mut coming = deck(
        rng,
        &[
            (Coming::Cancels, 12),
            (Coming::Never, 46),
            (Coming::TooLate, 14),
            (Coming::TooEarly, 10),
            (Coming::Late, 48),
        ],
        Coming::InTime,
    );
    let mut documents = deck(
        rng,
        &[(Documents::Complete, 80), (Documents::Fetched, 36), (Documents::NotBrought, 9)],
        Documents::NotLookedAt,
    );
    let mut scanning = deck(rng, &[(Scanning::Twice, 20), (Scanning::Undone, 8)], Scanning::Once);
    let mut categories =
        deck(rng, &[(Category::Elderly, 14), (Category::Pregnant, 10)], Category::General);
    let seats = HOURS.flat_map(|hour| {
        let services = SERVICES.iter().enumerate();
        services.flat_map(move |(service, (_, _, seats))| (0..*seats).map(move |_| (hour, service)))
    });
    seats
        .map(|(hour, service)| {
            let coming = coming.pop().unwrap();
            Visitor {
                hour,
                service,
                category: categories.pop().unwrap(),
                coming,
                documents: documents.pop().unwrap(),
                scanning: scanning.pop().unwrap(),
                at_door: at_door(rng, coming, hour * 60),
                code: String::new(),
                ticket: String::new(),
            }
        })
        .collect()
}

/// So many of each, the rest of one kind, shuffled.
fn deck<T: Copy>(rng: &mut StdRng, kinds: &[(T, usize)], rest: T) -> Vec<T> {
    let mut cards: Vec<T> =
        kinds.iter().flat_map(|(kind, many)| std::iter::repeat_n(*kind, *many)).collect();
    cards.resize(BOOKED, rest);
    cards.shuffle(rng);
    cards
}

fn at_door(rng: &mut StdRng, coming: Coming, begin: i64) -> Vec<i64> {
    let steps =
        |rng: &mut StdRng, range: std::ops::RangeInclusive<i64>| 5 * rng.random_range(range);
    match coming {
        Coming::InTime => vec![begin - steps(rng, 1..=11)],
        Coming::TooEarly => vec![begin - 75, begin - 50],
        Coming::Late => vec![begin + steps(rng, 1..=5)],
        Coming::TooLate => vec![begin + steps(rng, 7..=15)],
        Coming::Never | Coming::Cancels => vec![],
    }
}

/// When people without a booking come, in minutes of the day, and the service that they want.
pub(super) fn without_booking(rng: &mut StdRng) -> Vec<(i64, usize)> {
    (0..WALK_INS)
        .map(|nth| (8 * 60 + 5 * rng.random_range(1..=84), usize::from(nth % 3 == 0)))
        .collect()
}

/// One or two of these.
pub(super) fn some_of(rng: &mut StdRng, documents: &[String]) -> Vec<String> {
    let mut shuffled = documents.to_vec();
    shuffled.shuffle(rng);
    shuffled.truncate(1 + usize::from(rng.next_u32().is_multiple_of(4)));
    shuffled
}
