//! What is booked: an office of 384 seats a day, and one that is full on every date.

use antrian_tests::offices::SERVICE;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// When it begins: Monday, 08:00 in Makassar, with no public holiday in the next 30 days.
pub(crate) const BEGIN: &str = "2026-10-05T00:00:00Z";
/// An office with 16 slots of 24 seats on each of 30 dates.
pub(crate) const OFFICE: &str = "besar";
/// An office with 16 slots of one seat on each of 14 dates, to be filled.
pub(crate) const FULL: &str = "penuh";
/// An office with one slot of [`RUSH_SEATS`] on each of a few dates.
pub(crate) const RUSH: &str = "ramai";
/// Seats of the one slot that a rush is for.
pub(crate) const RUSH_SEATS: u16 = 300;
/// Slots of a day: every half hour from 08:00.
pub(crate) const SLOTS: usize = 16;

/// An office as its description file has it.
pub(crate) fn office(id: &str, quota: u16, days_ahead: u16) -> Value {
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    json!({
        "id": id, "name": "Kantor Uji", "address": "Jalan Contoh No. 1", "city": "Makassar",
        "province": "Sulawesi Selatan", "timezone": "Asia/Makassar", "example": true,
        "online": true, "whatsapp_number": "6280000000000",
        "contact": {"id": "Hubungi meja informasi.", "en": "Ask the information desk."},
        "services": [{"id": SERVICE, "name": {"id": "Paspor baru", "en": "New passport"},
            "queue_group": "A"}],
        "sessions": [{"service": SERVICE, "days": week, "from": "08:00", "until": "16:00",
            "every_minutes": 30, "quota": quota}],
        "release": {"kind": "rolling", "days_ahead": days_ahead, "at": "00:00"},
        "policy": {"cool_down_secs": [30, 60]},
        "regencies": ["Kota Makassar"], "domicile": "required",
    })
}

/// The office of a rush.
pub(crate) fn office_of_one_slot() -> Value {
    let mut office = office(RUSH, RUSH_SEATS, 7);
    office["sessions"][0]["until"] = json!("08:30");
    office
}

/// The `at`-th date after the day on which the benchmark begins.
pub(crate) fn date(at: usize) -> Option<NaiveDate> {
    let today = NaiveDate::from_ymd_opt(2026, 10, 5)?;
    today.checked_add_days(Days::new(at as u64))
}

/// The wish to hold a seat for a person of an account.
pub(crate) fn wish(office: &str, person: usize, day: usize, slot: usize) -> Value {
    let (hour, minute) = (8 + slot / 2, slot % 2 * 30);
    json!({
        "applicant_id": format!("p{}", person + 1), "office": office, "service": SERVICE,
        "date": date(day), "slot": format!("{hour:02}:{minute:02}"),
    })
}
