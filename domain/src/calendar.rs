//! Which slots a date has at an office: sessions of the week, holidays, exceptions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ids::ServiceId;
use super::office::{Office, WeeklySession};
use super::time::SlotTime;
use crate::language::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    National,
    /// Cuti bersama, a day off by decree: offices close as on holidays.
    CollectiveLeave,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Fixed by decree, or by the solar calendar.
    Decreed,
    /// Computed from a lunar or religious calendar; the decree may move it.
    Expected,
}

/// A national holiday or collective leave day.
#[derive(Debug, Clone, Deserialize)]
pub struct Holiday {
    pub date: NaiveDate,
    pub kind: HolidayKind,
    pub name: Text,
    pub certainty: Certainty,
    /// Where the date was found.
    pub source: String,
}

#[derive(Debug, Deserialize)]
struct Holidays {
    holidays: Vec<Holiday>,
}

const FILE: &str = include_str!("../data/holidays.json");

static HOLIDAYS: LazyLock<BTreeMap<NaiveDate, Holiday>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    let file: Holidays = serde_json::from_str(FILE).expect("holidays.json");
    file.holidays.into_iter().map(|holiday| (holiday.date, holiday)).collect()
});

pub fn holiday(date: NaiveDate) -> Option<&'static Holiday> {
    HOLIDAYS.get(&date)
}

/// Why an office gives no appointments on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedReason {
    /// `holiday`, `collective_leave`, `office_closed` or `no_session`.
    pub code: String,
    /// For the public.
    pub text: Text,
}

/// A slot as the calendar plans it, before anybody has opened it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedSlot {
    pub service: ServiceId,
    /// Its start, in the office's zone.
    pub time: SlotTime,
    /// Its quota and pools.
    pub session: WeeklySession,
}

/// What the calendar says of a date at an office.
#[derive(Debug, Clone, PartialEq)]
pub enum PlannedDay {
    Closed(ClosedReason),
    /// Open with these slots, in order of time and service.
    Open(Vec<PlannedSlot>),
}

/// Plans `date` at `office`. An office's own exception is stronger than a holiday.
pub fn plan_day(office: &Office, date: NaiveDate) -> PlannedDay {
    match office.exceptions.get(&date) {
        Some(exception) if !exception.open => {
            return closed("office_closed", exception.reason.clone());
        }
        Some(_) => {}
        None => {
            if let Some(holiday) = holiday(date) {
                let code = match holiday.kind {
                    HolidayKind::National => "holiday",
                    HolidayKind::CollectiveLeave => "collective_leave",
                };
                return closed(code, holiday.name.clone());
            }
        }
    }
    let mut slots: Vec<_> = office.sessions_on(date).flat_map(session_slots).collect();
    slots.sort_by(|a, b| (a.time, &a.service).cmp(&(b.time, &b.service)));
    if slots.is_empty() { closed("no_session", no_session()) } else { PlannedDay::Open(slots) }
}

/// A slot of an office's week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeekSlot {
    /// Days after Monday.
    pub day: usize,
    /// Its start, in the office's zone.
    pub time: SlotTime,
    pub service: ServiceId,
}

/// Seats of a week with these sessions, slot by slot: holidays and days that differ aside.
pub fn seats_of_week(sessions: &[WeeklySession]) -> BTreeMap<WeekSlot, u32> {
    let mut seats = BTreeMap::new();
    for session in sessions {
        for (day, slot) in
            session.days.iter().flat_map(|day| session_slots(session).map(move |slot| (day, slot)))
        {
            let day = day.num_days_from_monday() as usize;
            let slot = WeekSlot { day, time: slot.time, service: slot.service };
            *seats.entry(slot).or_default() += u32::from(session.quota);
        }
    }
    seats
}

fn closed(code: &str, text: Text) -> PlannedDay {
    PlannedDay::Closed(ClosedReason { code: code.to_owned(), text })
}

fn no_session() -> Text {
    Text {
        id: "Tidak ada layanan pada hari itu".to_owned(),
        en: "No service on this day".to_owned(),
    }
}

fn session_slots(session: &WeeklySession) -> impl Iterator<Item = PlannedSlot> + '_ {
    let step = usize::from(session.every_minutes.max(1));
    (session.from.minutes()..session.until.minutes()).step_by(step).filter_map(|minutes| {
        Some(PlannedSlot {
            service: session.service.clone(),
            time: SlotTime::from_minutes(minutes)?,
            session: session.clone(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::Season;

    #[test]
    fn every_field_of_the_file_is_read() {
        let mut json = serde_json::Deserializer::from_str(FILE);
        let read = serde_ignored::deserialize(&mut json, |path| panic!("{path} is not known"));
        let file: Holidays = read.unwrap();
        assert!(!file.holidays.is_empty());
    }

    #[test]
    fn of_the_seasons_that_hold_the_one_that_began_last_counts() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../data/offices.json")).unwrap();
        let mut office: Office = serde_json::from_value(file["offices"][0].clone()).unwrap();
        let season = |from: &str, until: Option<&str>, quota: u16| {
            let session = WeeklySession { quota, pools: vec![], ..office.sessions[0].clone() };
            let (from, until) = (from.parse().unwrap(), until.map(|date| date.parse().unwrap()));
            Season { name: office.contact.clone(), from, until, sessions: vec![session] }
        };
        office.seasons = vec![
            season("2027-04-05", Some("2027-04-08"), 2),
            season("2027-03-29", None, 1),
            season("2027-04-07", Some("2027-04-07"), 3),
        ];
        let quota = |date: &str| match plan_day(&office, date.parse().unwrap()) {
            PlannedDay::Open(slots) => slots[0].session.quota,
            PlannedDay::Closed(_) => 0,
        };
        let usual = office.sessions[0].quota;
        for (date, expected) in [
            ("2027-03-24", usual),
            ("2027-03-29", 1),
            ("2027-04-05", 2),
            ("2027-04-07", 3),
            ("2027-04-08", 2),
            ("2027-04-12", 1),
        ] {
            assert_eq!(quota(date), expected, "{date}");
        }
        assert_eq!(quota("2027-04-09"), 0, "a Friday, on which the season has no hours");
    }
}
