//! An office's rules in sentences.

use antrian::domain::fair_use::FairUse;
use antrian::domain::language::clock;
use antrian::domain::office::Policy;
use antrian_pages::page::Page;

/// Values with what they are called, a line each.
pub(crate) fn labelled(lines: Vec<(&str, String)>) -> Vec<String> {
    lines.into_iter().map(|(label, value)| format!("{label}: {value}")).collect()
}

fn minutes(page: &Page, minutes: u32) -> String {
    format!("{minutes} {}", page.say("menit", "minutes"))
}

pub(crate) fn policy_lines(page: &Page, policy: &Policy) -> Vec<String> {
    let Policy {
        hold_minutes,
        extend_minutes,
        max_extensions,
        hold_max_minutes,
        cool_down_secs: (shortest, longest),
        early_minutes,
        late_minutes,
        reschedule_days_before,
        missed_move_days,
        reminder_at,
        book_minutes_before,
        priority_one_in,
        fair_use,
    } = policy;
    let seconds = page.say("detik", "seconds");
    let mut lines = labelled(vec![
        (page.say("Kursi ditahan", "A seat is held for"), minutes(page, *hold_minutes)),
        (
            page.say("Tambahan waktu sekali minta", "More time at a time"),
            minutes(page, *extend_minutes),
        ),
        (
            page.say("Paling banyak minta tambahan", "More time at most"),
            format!("{max_extensions} ×"),
        ),
        (page.say("Ditahan paling lama", "Held at most"), minutes(page, *hold_max_minutes)),
        (
            page.say("Kursi yang dilepas istirahat", "A seat given up rests"),
            format!("{shortest}–{longest} {seconds}"),
        ),
        (page.say("Boleh datang lebih awal", "May come early by"), minutes(page, *early_minutes)),
        (page.say("Boleh terlambat", "May be late by"), minutes(page, *late_minutes)),
        (
            page.say(
                "Pindah jadwal paling lambat, hari sebelumnya",
                "Last day to move, days before",
            ),
            reschedule_days_before.to_string(),
        ),
        (
            page.say(
                "Kunjungan terlewat bisa dipindah, hari",
                "A missed visit can be moved for, days",
            ),
            missed_move_days.to_string(),
        ),
        (page.say("Pengingat sampai pukul", "Reminders until"), clock(page.locale, *reminder_at)),
        (
            page.say("Pemesanan ditutup sebelum jam", "Booking closes before the hour by"),
            minutes(page, *book_minutes_before),
        ),
        (
            page.say("Prioritas: satu dari … panggilan", "Priority: one call in"),
            priority_one_in.to_string(),
        ),
    ]);
    lines.extend(fair_use_lines(page, fair_use));
    lines
}

fn fair_use_lines(page: &Page, rule: &FairUse) -> Vec<String> {
    let FairUse {
        holds_per_person,
        holds_per_account,
        missed_visits,
        missed_within_days,
        closed_days,
        lookups_per_clerk,
    } = rule;
    let days = page.say("hari", "days");
    labelled(vec![
        (
            page.say("Kursi yang ditahan per orang sehari", "Seats held per person a day"),
            holds_per_person.to_string(),
        ),
        (
            page.say("Kursi yang ditahan per nomor sehari", "Seats held per number a day"),
            holds_per_account.to_string(),
        ),
        (
            page.say(
                "Kunjungan terlewat yang menutup pemesanan",
                "Missed visits that close booking",
            ),
            missed_visits.to_string(),
        ),
        (page.say("Dihitung dalam", "Counted within"), format!("{missed_within_days} {days}")),
        (
            page.say("Pemesanan ditutup selama", "Booking is closed for"),
            format!("{closed_days} {days}"),
        ),
        (
            page.say("Pencarian NIK per petugas sehari", "Look-ups by NIK per clerk a day"),
            lookups_per_clerk.to_string(),
        ),
    ])
}
