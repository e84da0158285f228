//! Numbers of the policy and of the release, each within its range.

use std::ops::RangeInclusive;

use crate::field::FieldError;
use crate::office::Office;
use crate::release::ReleasePolicy;

/// No limit of fair use is higher.
const MAX_COUNT: u32 = 10_000;
const MAX_REST_SECS: u32 = 3_600;

pub(super) fn violations(office: &Office) -> Vec<FieldError> {
    let ranges = policy(office).into_iter().chain(release(&office.release));
    let mut found: Vec<_> =
        ranges.filter_map(|(field, value, range)| outside(field, value, &range)).collect();
    let (least, most) = office.policy.cool_down_secs;
    if least > most || most > MAX_REST_SECS {
        found.push(FieldError::new(
            "policy.cool_down_secs",
            "Isi [paling sedikit, paling banyak], paling banyak 3600 detik.",
            "[least, most], at most 3600 seconds.",
        ));
    }
    found
}

type Ranged = (&'static str, u32, RangeInclusive<u32>);

fn policy(office: &Office) -> [Ranged; 16] {
    let policy = &office.policy;
    let fair = &policy.fair_use;
    [
        ("policy.hold_minutes", policy.hold_minutes, 1..=1_440),
        ("policy.extend_minutes", policy.extend_minutes, 0..=60),
        ("policy.max_extensions", policy.max_extensions, 0..=100),
        ("policy.hold_max_minutes", policy.hold_max_minutes, 1..=1_440),
        ("policy.late_minutes", policy.late_minutes, 1..=720),
        ("policy.early_minutes", policy.early_minutes, 0..=1_440),
        ("policy.book_minutes_before", policy.book_minutes_before, 0..=20_160),
        ("policy.reschedule_days_before", policy.reschedule_days_before, 0..=60),
        ("policy.missed_move_days", policy.missed_move_days, 0..=30),
        ("policy.priority_one_in", policy.priority_one_in, 1..=20),
        ("policy.fair_use.holds_per_person", fair.holds_per_person, 0..=MAX_COUNT),
        ("policy.fair_use.holds_per_account", fair.holds_per_account, 0..=MAX_COUNT),
        ("policy.fair_use.missed_visits", fair.missed_visits, 0..=MAX_COUNT),
        ("policy.fair_use.lookups_per_clerk", fair.lookups_per_clerk, 0..=MAX_COUNT),
        ("policy.fair_use.missed_within_days", fair.missed_within_days, 1..=365),
        ("policy.fair_use.closed_days", fair.closed_days, 1..=365),
    ]
}

/// No rule opens a date more than a year before it.
fn release(release: &ReleasePolicy) -> Vec<Ranged> {
    match *release {
        ReleasePolicy::Rolling { days_ahead, .. } => {
            vec![("release.days_ahead", days_ahead.into(), 0..=365)]
        }
        ReleasePolicy::Weekly { weeks_ahead, .. } => {
            vec![("release.weeks_ahead", weeks_ahead.into(), 1..=51)]
        }
        ReleasePolicy::Monthly { months_ahead, day, .. } => vec![
            ("release.months_ahead", months_ahead.into(), 1..=11),
            ("release.day", day.into(), 1..=31),
        ],
    }
}

fn outside(field: &str, value: u32, range: &RangeInclusive<u32>) -> Option<FieldError> {
    let (least, most) = (range.start(), range.end());
    let (id, en) =
        (format!("Angka dari {least} sampai {most}."), format!("A number from {least} to {most}."));
    (!range.contains(&value)).then(|| FieldError::new(field, &id, &en))
}
