//! Offices for tests.

use antrian::domain::office::Office;
use serde_json::json;

/// The office that most tests use.
pub const OFFICE: &str = "uji";
pub const SERVICE: &str = "passport_new";

/// An office open every day, with slots at 09:00 and 10:00 of `quota` seats each, in
/// `Asia/Makassar`, released 30 days ahead at midnight; cancelled seats are claimable 30 seconds
/// later at the earliest and 60 at the latest; holds last 15 minutes.
///
/// # Panics
/// If the description below is not an office.
#[must_use]
pub fn office(quota: u16) -> Office {
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    #[expect(clippy::unwrap_used, reason = "a test's own data")]
    serde_json::from_value(json!({
        "id": OFFICE, "name": "Kantor Uji", "address": "Jalan Contoh No. 1", "city": "Makassar",
        "province": "Sulawesi Selatan", "timezone": "Asia/Makassar", "example": true, "online": true,
        "whatsapp_number": "6280000000000",
        "contact": {"id": "Telepon (0411) 000-0100, Senin–Jumat 08.00–15.00 WITA.",
            "en": "Call (0411) 000-0100, Mon–Fri 08:00–15:00 WITA."},
        "services": [
            {"id": SERVICE, "name": {"id": "Paspor baru", "en": "New passport"}, "queue_group": "A"},
        ],
        "sessions": [{"service": SERVICE, "days": week, "from": "09:00", "until": "11:00",
            "every_minutes": 60, "quota": quota}],
        "release": {"kind": "rolling", "days_ahead": 30, "at": "00:00"},
        "policy": {"cool_down_secs": [30, 60]},
        "regencies": ["Kota Makassar"],
        "domicile": "required",
    }))
    .unwrap()
}
