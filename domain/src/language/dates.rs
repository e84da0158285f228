//! Dates and times as people read them.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::Locale;
use crate::time::{SlotTime, zone_name};

/// `Senin, 7 Desember 2026 pukul 09.00 WIB` or `Monday, 7 December 2026 at 09:00 WIB`.
pub fn date_time(locale: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    let day = date(locale, at.with_timezone(&zone).date_naive());
    let time = time(locale, at, zone);
    match locale {
        Locale::Id => format!("{day} {time}"),
        Locale::En => format!("{day} at {time}"),
    }
}

/// `Senin, 7 Desember 2026` or `Monday, 7 December 2026`.
pub fn date(locale: Locale, date: NaiveDate) -> String {
    let months = match locale {
        Locale::Id => MONTHS_ID,
        Locale::En => MONTHS_EN,
    };
    let weekday = weekday(locale, date.weekday());
    let month = months[date.month0() as usize];
    format!("{weekday}, {} {month} {}", date.day(), date.year())
}

/// `Sen, 7 Des` or `Mon, 7 Dec`: where many stand below each other.
pub fn short_date(locale: Locale, date: NaiveDate) -> String {
    let months = match locale {
        Locale::Id => MONTHS_ID,
        Locale::En => MONTHS_EN,
    };
    let short = |word: &'static str| word.get(..3).unwrap_or(word);
    let (weekday, month) = (weekday(locale, date.weekday()), months[date.month0() as usize]);
    format!("{}, {} {}", short(weekday), date.day(), short(month))
}

/// `Senin` or `Monday`.
pub fn weekday(locale: Locale, day: Weekday) -> &'static str {
    let names = match locale {
        Locale::Id => WEEKDAYS_ID,
        Locale::En => WEEKDAYS_EN,
    };
    names[day.num_days_from_monday() as usize]
}

/// `09.00` or `09:00`.
pub fn clock(locale: Locale, time: SlotTime) -> String {
    match locale {
        Locale::Id => time.to_string().replace(':', "."),
        Locale::En => time.to_string(),
    }
}

/// `pukul 09.00 WIB` or `09:00 WIB`.
pub fn time(locale: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let (hour, minute, zone) = (local.hour(), local.minute(), zone_name(zone));
    match locale {
        Locale::Id => format!("pukul {hour:02}.{minute:02} {zone}"),
        Locale::En => format!("{hour:02}:{minute:02} {zone}"),
    }
}

#[rustfmt::skip]
const WEEKDAYS_ID: [&str; 7] =
    ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
#[rustfmt::skip]
const WEEKDAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
#[rustfmt::skip]
const MONTHS_ID: [&str; 12] = [
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
];
#[rustfmt::skip]
const MONTHS_EN: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_and_a_time_are_written_as_the_office_knows_them() {
        let midnight_at_jayapura = at("2026-12-06T15:00:00Z");
        let zone = Tz::Asia__Jayapura;
        assert_eq!(
            date_time(Locale::Id, midnight_at_jayapura, zone),
            "Senin, 7 Desember 2026 pukul 00.00 WIT"
        );
        assert_eq!(
            date_time(Locale::En, midnight_at_jayapura, Tz::Asia__Makassar),
            "Sunday, 6 December 2026 at 23:00 WITA"
        );
        assert_eq!(
            time(Locale::Id, at("2026-12-07T02:05:00Z"), Tz::Asia__Jakarta),
            "pukul 09.05 WIB"
        );
        assert_eq!(time(Locale::En, at("2026-12-07T02:05:00Z"), Tz::Asia__Jakarta), "09:05 WIB");
        let days = ["2026-01-05", "2026-05-29", "2028-02-29"].map(|day| day.parse().unwrap());
        assert_eq!(
            days.map(|day| date(Locale::Id, day)),
            ["Senin, 5 Januari 2026", "Jumat, 29 Mei 2026", "Selasa, 29 Februari 2028"]
        );
        assert_eq!(date(Locale::En, days[2]), "Tuesday, 29 February 2028");
    }
}
