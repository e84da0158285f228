//! Weekly hours and their pools.

use std::collections::BTreeSet;

use chrono::Weekday;

use crate::field::FieldError;
use crate::office::{Office, Season, WeeklySession};

/// Slots of one day: a transaction of at most 100 items writes them and the day.
const MAX_SLOTS: usize = 99;
/// Seat numbers have three digits.
const MAX_SEATS: u16 = 999;
/// Minutes of the 366 days that a date is released ahead at most.
const MAX_BEFORE: u32 = 366 * 24 * 60;
const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "Senin", "Monday"),
    (Weekday::Tue, "Selasa", "Tuesday"),
    (Weekday::Wed, "Rabu", "Wednesday"),
    (Weekday::Thu, "Kamis", "Thursday"),
    (Weekday::Fri, "Jumat", "Friday"),
    (Weekday::Sat, "Sabtu", "Saturday"),
    (Weekday::Sun, "Minggu", "Sunday"),
];

/// Seasons of an office: a few years of them.
const MAX_SEASONS: usize = 20;

pub(super) fn violations(office: &Office) -> Vec<FieldError> {
    let mut found = week_violations(office, "sessions", &office.sessions);
    if office.seasons.len() > MAX_SEASONS {
        found.push(FieldError::new("seasons", "Paling banyak 20 musim.", "At most 20 seasons."));
    }
    for (at, season) in office.seasons.iter().enumerate() {
        let path = format!("seasons[{at}]");
        let others = &office.seasons[..at];
        found.extend(
            season_violations(season, others)
                .map(|(field, id, en)| FieldError::new(&format!("{path}.{field}"), id, en)),
        );
        found.extend(week_violations(office, &format!("{path}.sessions"), &season.sessions));
    }
    found
}

fn season_violations(
    season: &Season,
    before: &[Season],
) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let begins_alone = before.iter().all(|other| other.from != season.from);
    let rules = [
        (
            !season.is_over(season.from),
            "until",
            "Tanggal terakhir tidak boleh sebelum tanggal pertama.",
            "The last date must not be before the first.",
        ),
        (
            begins_alone,
            "from",
            "Sudah ada musim lain yang mulai pada tanggal ini.",
            "Another season begins on this date.",
        ),
        (
            !season.sessions.is_empty(),
            "sessions",
            "Paling sedikit satu sesi. Hari tutup diatur di kalender, supaya pemohon diberi tahu.",
            "At least one session. Closed days are set in the calendar, so that people are told.",
        ),
    ];
    rules.into_iter().filter(|(fits, ..)| !fits).map(|(_, field, id, en)| (field, id, en))
}

/// What does not fit of sessions that make up a week, which stand at this path.
fn week_violations(office: &Office, path: &str, sessions: &[WeeklySession]) -> Vec<FieldError> {
    let known =
        |session: &WeeklySession| office.services.iter().any(|one| one.id == session.service);
    let of_session = sessions.iter().enumerate().filter_map(|(at, session)| {
        let (field, id, en) = session_violation(session, known(session))?;
        Some(FieldError::new(&format!("{path}[{at}].{field}"), id, en))
    });
    let mut found: Vec<_> = of_session.collect();
    let mut said = BTreeSet::new();
    let of_days = WEEK.into_iter().filter_map(|day| day_violation(path, sessions, day));
    found.extend(of_days.filter(|violation| said.insert(violation.field.clone())));
    found
}

/// The field of a session that does not fit, and what it should be.
fn session_violation(
    session: &WeeklySession,
    known: bool,
) -> Option<(&'static str, &'static str, &'static str)> {
    let pooled: u32 = session.pools.iter().map(|pool| u32::from(pool.seats)).sum();
    let rules = [
        (
            known,
            "service",
            "Layanan ini tidak ada di daftar layanan kantor.",
            "It is not among the office's services.",
        ),
        (!session.days.is_empty(), "days", "Paling sedikit satu hari.", "At least one weekday."),
        (
            session.from < session.until,
            "until",
            "Jam selesai harus sesudah jam mulai.",
            "It must be after `from`.",
        ),
        (
            (5..=720).contains(&session.every_minutes),
            "every_minutes",
            "Angka dari 5 sampai 720.",
            "A number from 5 to 720.",
        ),
        (
            session.quota <= MAX_SEATS,
            "quota",
            "Kuota paling banyak 999.",
            "A quota of at most 999.",
        ),
        (
            pooled <= u32::from(session.quota),
            "pools",
            "Jumlah kursi semua jatah tidak boleh melebihi kuota.",
            "Together they must not be larger than the quota.",
        ),
        (
            session.pools.iter().all(|pool| pool.opens_to_all_minutes_before <= MAX_BEFORE),
            "pools",
            "Jatah dibuka untuk semua paling awal 366 hari sebelumnya (527040 menit).",
            "They open to all at most 366 days before (527040 minutes).",
        ),
    ];
    rules.into_iter().find(|(fits, ..)| !fits).map(|(_, field, id, en)| (field, id, en))
}

fn day_violation(
    path: &str,
    sessions: &[WeeklySession],
    (day, id, en): (Weekday, &str, &str),
) -> Option<FieldError> {
    let mut seen = BTreeSet::new();
    for (at, session) in sessions.iter().enumerate() {
        if !session.days.contains(&day) {
            continue;
        }
        let step = usize::from(session.every_minutes.max(1));
        for minutes in (session.from.minutes()..session.until.minutes()).step_by(step) {
            if !seen.insert((minutes, &session.service)) {
                return Some(FieldError::new(
                    &format!("{path}[{at}].from"),
                    &format!("Pada hari {id} jamnya sama dengan jam lain dari layanan ini."),
                    &format!("On {en} it has the same hour as another one of this service."),
                ));
            }
        }
    }
    (seen.len() > MAX_SLOTS).then(|| {
        FieldError::new(
            path,
            &format!("Hari {id}: paling banyak 99 jam, semua layanan bersama."),
            &format!("{en}: at most 99 hours, all services together."),
        )
    })
}
