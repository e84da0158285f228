//! An office as its staff describe it: services, sessions, calendar, release, policies, documents.
//!
//! This is the shape of `domain/data/offices.json`, of `PUT /v1/offices/{office}` and of the item in
//! the table. Every number and rule about an office is here as data; none is in the code. Unknown
//! fields are passed over here, for a later release may have stored some; whoever takes a description
//! from people refuses them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::document::DocumentRule;
use super::fair_use::FairUse;
use super::ids::{OfficeId, ServiceId};
use super::language::Text;
use super::release::ReleasePolicy;
use super::time::SlotTime;

/// One public office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Office {
    /// Short name in URLs and tickets.
    #[schema(value_type = String)]
    pub id: OfficeId,
    pub name: String,
    /// Street and number.
    pub address: String,
    /// City or regency where the office stands.
    pub city: String,
    pub province: String,
    /// Where it stands, for maps and for people who look for the nearest one; absent: not told.
    #[serde(default)]
    pub location: Option<Location>,
    /// IANA zone, for example `Asia/Makassar`.
    #[schema(value_type = String)]
    pub timezone: Tz,
    /// `true` for demonstration data, which no real office stands behind.
    #[serde(default)]
    pub example: bool,
    /// Whether appointments are given online at all.
    pub online: bool,
    /// Number for WhatsApp, in international form, digits only.
    #[serde(default)]
    pub whatsapp_number: Option<String>,
    /// How to reach a person there, in a sentence.
    pub contact: Text,
    pub services: Vec<Service>,
    /// Weekly sessions from which slots are made.
    pub sessions: Vec<WeeklySession>,
    /// Weekly hours that count instead of `sessions` on some dates, for example in Ramadan, or from a date on.
    #[serde(default)]
    pub seasons: Vec<Season>,
    /// Days that differ from the week: own closures, and openings on a national holiday.
    #[serde(default)]
    pub exceptions: BTreeMap<NaiveDate, DayException>,
    /// When slots are opened to the public.
    pub release: ReleasePolicy,
    #[serde(default)]
    pub policy: Policy,
    /// Regencies and cities that the office counts as its own; a KTP from elsewhere is "outside".
    #[serde(default)]
    pub regencies: BTreeSet<String>,
    /// What a KTP from outside needs here.
    pub domicile: DomicileRule,
    /// Document rules of this office, on top of the national ones.
    #[serde(default)]
    pub documents: Vec<DocumentRule>,
}

impl Office {
    /// A service that it gives.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// The week that counts on a date: of the season that began last, or else the usual one.
    pub fn week_on(&self, date: NaiveDate) -> &[WeeklySession] {
        let holding = self.seasons.iter().filter(|season| season.holds_on(date));
        let season = holding.max_by_key(|season| season.from);
        season.map_or(&self.sessions, |season| &season.sessions)
    }

    /// The sessions that a date has by its week.
    pub fn sessions_on(&self, date: NaiveDate) -> impl Iterator<Item = &WeeklySession> {
        let day = date.weekday();
        self.week_on(date).iter().filter(move |session| session.days.contains(&day))
    }

    /// Seasons that are on at a date, or will be.
    pub fn coming_seasons(&self, date: NaiveDate) -> impl Iterator<Item = &Season> {
        self.seasons.iter().filter(move |season| !season.is_over(date))
    }

    /// Letters of its queues, each once, in their order.
    pub fn queue_letters(&self) -> BTreeSet<char> {
        self.services.iter().map(|service| service.queue_group).collect()
    }
}

/// A place on the earth (WGS 84), in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// North of the equator, -90 to 90.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    /// East of Greenwich, -180 to 180.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
}

/// What people can come for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// For example `passport_new`.
    #[schema(value_type = String)]
    pub id: ServiceId,
    pub name: Text,
    /// Letter before the queue number; services with the same letter share one sequence.
    pub queue_group: char,
}

/// Equal slots through a part of some weekdays: one every `every_minutes` from `from`, the last one
/// starting before `until`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WeeklySession {
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Weekdays, `mon` to `sun`.
    #[schema(value_type = Vec<String>)]
    #[serde(with = "super::weekday::list")]
    pub days: Vec<Weekday>,
    /// First slot.
    #[schema(value_type = String)]
    pub from: SlotTime,
    /// No slot starts at or after this time.
    #[schema(value_type = String)]
    pub until: SlotTime,
    /// Length of a slot, 5 to 720.
    pub every_minutes: u16,
    /// Seats of each slot, at most 999.
    pub quota: u16,
    /// Seats kept for channels, out of `quota`.
    #[serde(default)]
    pub pools: Vec<PoolRule>,
}

/// Weekly hours for a part of the year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Season {
    /// What it is called, for the public: 1 to 120 characters.
    pub name: Text,
    /// The first date. Where several seasons hold, the one that began last counts.
    pub from: NaiveDate,
    /// The last date; absent: until further notice.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    pub sessions: Vec<WeeklySession>,
}

impl Season {
    fn holds_on(&self, date: NaiveDate) -> bool {
        self.from <= date && !self.is_over(date)
    }

    /// Whether its last date is before this one.
    pub fn is_over(&self, date: NaiveDate) -> bool {
        self.until.is_some_and(|until| until < date)
    }
}

/// Seats of a slot that are one channel's until shortly before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolRule {
    pub channel: Channel,
    pub seats: u16,
    /// How long before the slot's start every channel may have what is left.
    pub opens_to_all_minutes_before: u32,
}

/// How a booking comes in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Web,
    /// A WhatsApp conversation.
    Whatsapp,
    /// People entitled to priority.
    Priority,
    /// The desk.
    WalkIn,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Whatsapp => "whatsapp",
            Self::Priority => "priority",
            Self::WalkIn => "walk_in",
        }
    }
}

/// A day that differs from the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayException {
    /// `false`: closed; `true`: open although it is a holiday.
    pub open: bool,
    /// Why, for the public.
    pub reason: Text,
}

/// What a KTP issued outside the office's region needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomicileRule {
    /// Nothing more.
    NotNeeded,
    /// A domicile or employer letter is better brought.
    Recommended,
    /// Without a domicile or employer letter the application is not taken.
    Required,
}

/// Numbers that an office sets for itself. Durations in whole minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Policy {
    /// How long a hold waits for its confirmation, 1 to 1440.
    pub hold_minutes: u32,
    /// Who needs longer gets so many minutes more at a time, at most 60; 0: nobody does.
    pub extend_minutes: u32,
    /// As often as this.
    pub max_extensions: u32,
    /// And no longer than this after the hold began, 1 to 1440: a seat that waits is one that nobody
    /// else can have.
    pub hold_max_minutes: u32,
    /// A seat that is given up, or whose hold ran out, can be claimed after a random time between these
    /// two, in seconds, at most 3600: so nobody can hand it to a buyer at a known second. One that is
    /// cancelled unconfirmed rests a tenth of it, so that a hold and its cancelling block a seat for
    /// little longer than they last.
    #[schema(value_type = [u32; 2])]
    pub cool_down_secs: (u32, u32),
    /// How long before the slot check-in opens.
    pub early_minutes: u32,
    /// How long after the slot's start check-in closes; then the visit counts as missed.
    pub late_minutes: u32,
    /// The last day on which a booking can be moved, in days before its date; 1: the day before.
    pub reschedule_days_before: u32,
    /// For so many days after a missed visit a clerk can move it to another time, at most 30; 0: nobody can.
    /// It still counts as missed.
    pub missed_move_days: u32,
    /// Until when reminders go on the day before, in the office's zone: each at a time of its own in the
    /// three hours before, none earlier than seven.
    #[schema(value_type = String)]
    pub reminder_at: SlotTime,
    /// How long before a slot's start online booking for it closes.
    pub book_minutes_before: u32,
    /// Of so many calls one goes to somebody who has priority, while others wait: 1 to 20; 1: who has
    /// priority is always called first.
    #[schema(minimum = 1, maximum = 20)]
    pub priority_one_in: u32,
    /// How many seats somebody may hold, and what missed visits lead to.
    pub fair_use: FairUse,
}

/// When people are reminded where an office sets no time.
const NINE_O_CLOCK: SlotTime = match SlotTime::from_minutes(9 * 60) {
    Some(time) => time,
    None => panic!("nine o'clock is a time"),
};

impl Default for Policy {
    fn default() -> Self {
        Self {
            hold_minutes: 15,
            extend_minutes: 3,
            max_extensions: 10,
            hold_max_minutes: 45,
            cool_down_secs: (30, 300),
            early_minutes: 60,
            late_minutes: 30,
            reschedule_days_before: 1,
            missed_move_days: 7,
            reminder_at: NINE_O_CLOCK,
            book_minutes_before: 30,
            priority_one_in: 1,
            fair_use: FairUse::default(),
        }
    }
}
