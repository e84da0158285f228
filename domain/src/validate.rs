//! Whether an office's description makes sense, before it is written anywhere.

use std::collections::BTreeSet;

use chrono::Weekday;

use super::fair_use::FairUse;
use super::office::{Location, Office, WeeklySession};
use super::release::ReleasePolicy;
use crate::language::Text;
use crate::normal::is_format;

/// What is wrong with a description: the field, and a sentence for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleViolation {
    /// Path of the field.
    pub field: String,
    /// What it should be, in English.
    pub why: &'static str,
}

/// Slots of one day: a transaction of at most 100 items writes them and the day.
const MAX_SLOTS: usize = 99;
/// Seat numbers have three digits.
const MAX_SEATS: u16 = 999;
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// Everything that is wrong with an office.
pub fn violations(office: &Office) -> Vec<RuleViolation> {
    let mut found = Vec::new();
    let ids: BTreeSet<_> = office.services.iter().map(|service| &service.id).collect();
    if ids.is_empty() || ids.len() != office.services.len() {
        found.push(violation("services", "at least one service, and no id twice"));
    }
    if office.services.iter().any(|service| !service.queue_group.is_ascii_uppercase()) {
        found.push(violation("services.queue_group", "a letter from A to Z"));
    }
    for (at, session) in office.sessions.iter().enumerate() {
        let known = ids.contains(&session.service);
        found.extend(
            session_violation(session, known).map(|why| violation(&format!("sessions[{at}]"), why)),
        );
    }
    for day in WEEK {
        found.extend(day_violation(office, day).map(|why| violation("sessions", why)));
    }
    found.extend(policy_violation(office).map(|why| violation("policy", why)));
    found.extend(release_violation(&office.release).map(|(field, why)| violation(field, why)));
    if office.whatsapp_number.as_ref().is_some_and(|number| !is_number(number)) {
        found.push(violation(
            "whatsapp_number",
            "8 to 15 digits, with the country's and nothing else",
        ));
    }
    if office.location.is_some_and(|location| !is_on_earth(location)) {
        found
            .push(violation("location", "a latitude from -90 to 90, a longitude from -180 to 180"));
    }
    found.extend(documents_violation(office).map(|why| violation("documents", why)));
    const SAID: &str =
        "1 to 120 characters, none of them for control or direction, no blank at an end";
    found.extend(bad_text(office).map(|field| violation(field, SAID)));
    found
}

/// No rule opens a date more than a year before it.
fn release_violation(release: &ReleasePolicy) -> Option<(&'static str, &'static str)> {
    match release {
        ReleasePolicy::Rolling { days_ahead: 366.., .. } => {
            Some(("release.days_ahead", "from 0 to 365"))
        }
        ReleasePolicy::Weekly { weeks_ahead: 0 | 52.., .. } => {
            Some(("release.weeks_ahead", "from 1 to 51"))
        }
        ReleasePolicy::Monthly { months_ahead: 0 | 12.., .. } => {
            Some(("release.months_ahead", "from 1 to 11"))
        }
        ReleasePolicy::Monthly { day: 0 | 32.., .. } => Some(("release.day", "from 1 to 31")),
        _ => None,
    }
}

/// Names, addresses and reasons stand in messages, whose length is bounded.
const MAX_CHARS: usize = 120;
/// Notes and sources stand on pages only.
const MAX_NOTE_CHARS: usize = 500;

/// A text as every channel carries it: something, not too much, and nothing that breaks a line, turns the
/// text around or hides in it.
fn has_chars(text: &str, most: usize) -> bool {
    let is_plain = |c: char| !c.is_control() && !is_format(c);
    (1..=most).contains(&text.chars().count()) && text.trim() == text && text.chars().all(is_plain)
}

fn is_said(text: &Text, most: usize) -> bool {
    [&text.id, &text.en].iter().all(|said| has_chars(said, most))
}

/// Whether a text may stand in a message: as the reason of a closed day does.
pub fn is_short_text(text: &Text) -> bool {
    is_said(text, MAX_CHARS)
}

/// The first field with a text that says nothing or too much.
fn bad_text(office: &Office) -> Option<&'static str> {
    let short = |text: &String| has_chars(text, MAX_CHARS);
    let said = |text: &Text| is_said(text, MAX_CHARS);
    let fields = [
        ("name", short(&office.name)),
        ("address", short(&office.address)),
        ("city", short(&office.city)),
        ("province", short(&office.province)),
        ("contact", said(&office.contact)),
        ("services.name", office.services.iter().all(|service| said(&service.name))),
        ("regencies", office.regencies.iter().all(short)),
        ("exceptions", office.exceptions.values().all(|exception| said(&exception.reason))),
    ];
    fields.into_iter().find(|(_, is_good)| !is_good).map(|(field, _)| field)
}

/// Rules of an office's own: few, for the checklist has to fit into a message.
const MAX_RULES: usize = 50;
const MAX_DOCUMENTS: usize = 12;

/// Ids of documents stand in metrics, their labels in messages.
fn documents_violation(office: &Office) -> Option<&'static str> {
    let is_id = |id: &str| {
        (1..=40).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if office.documents.len() > MAX_RULES {
        return Some("at most 50 rules");
    }
    for rule in &office.documents {
        if rule.documents.len() > MAX_DOCUMENTS {
            return Some("at most 12 documents in a rule");
        }
        if rule.documents.iter().any(|document| !is_id(&document.id)) {
            return Some("an id of 1 to 40 small letters, digits or `_`");
        }
        if rule.documents.iter().any(|document| !is_said(&document.label, MAX_CHARS)) {
            return Some("a label of 1 to 120 characters, none of them for control or direction");
        }
        let mut notes = rule.documents.iter().filter_map(|document| document.note.as_ref());
        if !notes.all(|note| is_said(note, MAX_NOTE_CHARS))
            || !has_chars(&rule.source, MAX_NOTE_CHARS)
        {
            return Some("notes and a source of 1 to 500 characters");
        }
    }
    None
}

fn violation(field: &str, why: &'static str) -> RuleViolation {
    RuleViolation { field: field.to_owned(), why }
}

fn is_on_earth(location: Location) -> bool {
    location.latitude.abs() <= 90.0 && location.longitude.abs() <= 180.0
}

fn is_number(text: &str) -> bool {
    (8..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Minutes of the 366 days that a date is released ahead at most.
const MAX_BEFORE: u32 = 366 * 24 * 60;

fn session_violation(session: &WeeklySession, known: bool) -> Option<&'static str> {
    let pooled: u32 = session.pools.iter().map(|pool| u32::from(pool.seats)).sum();
    if !known {
        Some("its service is not among the office's services")
    } else if session.days.is_empty() {
        Some("at least one weekday")
    } else if session.from >= session.until {
        Some("`from` before `until`")
    } else if !(5..=720).contains(&session.every_minutes) {
        Some("`every_minutes` from 5 to 720")
    } else if session.quota > MAX_SEATS {
        Some("a quota of at most 999")
    } else if pooled > u32::from(session.quota) {
        Some("pools that together are no larger than the quota")
    } else if session.pools.iter().any(|pool| pool.opens_to_all_minutes_before > MAX_BEFORE) {
        Some("pools open to all at most 366 days before (527040 minutes)")
    } else {
        None
    }
}

fn day_violation(office: &Office, day: Weekday) -> Option<&'static str> {
    let mut seen = BTreeSet::new();
    for session in office.sessions.iter().filter(|session| session.days.contains(&day)) {
        let step = usize::from(session.every_minutes.max(1));
        for minutes in (session.from.minutes()..session.until.minutes()).step_by(step) {
            if !seen.insert((minutes, &session.service)) {
                return Some("a service has one slot at a time: two sessions of a weekday overlap");
            }
        }
    }
    (seen.len() > MAX_SLOTS).then_some("at most 99 slots on a weekday, all services together")
}

fn policy_violation(office: &Office) -> Option<&'static str> {
    let policy = &office.policy;
    if !(1..=24 * 60).contains(&policy.hold_minutes) {
        Some("`hold_minutes` from 1 to 1440")
    } else if policy.extend_minutes > 60
        || policy.max_extensions > 100
        || !(1..=24 * 60).contains(&policy.hold_max_minutes)
    {
        Some(
            "`extend_minutes` at most 60, `max_extensions` at most 100, `hold_max_minutes` from 1 to 1440",
        )
    } else if policy.cool_down_secs.0 > policy.cool_down_secs.1 || policy.cool_down_secs.1 > 3_600 {
        Some("`cool_down_secs` as [least, most], at most 3600")
    } else if policy.late_minutes == 0
        || policy.late_minutes > 12 * 60
        || policy.early_minutes > 24 * 60
    {
        Some("`late_minutes` from 1 to 720, `early_minutes` at most 1440")
    } else if policy.book_minutes_before > 14 * 24 * 60 || policy.reschedule_days_before > 60 {
        Some("`book_minutes_before` at most 20160, `reschedule_days_before` at most 60")
    } else if policy.missed_move_days > 30 {
        Some("`missed_move_days` at most 30")
    } else if !(1..=20).contains(&policy.priority_one_in) {
        Some("`priority_one_in` from 1 to 20")
    } else if !(1..=365).contains(&policy.fair_use.missed_within_days)
        || !(1..=365).contains(&policy.fair_use.closed_days)
    {
        Some("`fair_use.missed_within_days` and `fair_use.closed_days` from 1 to 365")
    } else if counts(&policy.fair_use).into_iter().any(|count| count > MAX_COUNT) {
        Some("`fair_use` counts of holds, missed visits and look-ups at most 10000")
    } else {
        None
    }
}

/// No limit of fair use is higher.
const MAX_COUNT: u32 = 10_000;

fn counts(rule: &FairUse) -> [u32; 4] {
    [rule.holds_per_person, rule.holds_per_account, rule.missed_visits, rule.lookups_per_clerk]
}

#[cfg(test)]
mod tests;
