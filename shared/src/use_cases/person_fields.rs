//! What somebody types of a person, field by field.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::field::FieldError;
use crate::domain::normal::normal;
use crate::domain::personal::{Nik, PersonName};
use crate::domain::time::local_date;

/// Names of regencies are shorter.
const MAX_REGENCY_CHARS: usize = 60;
/// Nobody is older.
const MAX_AGE_DAYS: i64 = 130 * 366;

/// Born today somewhere in the country is born by tomorrow's date in UTC.
pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
    local_date(now, chrono_tz::Asia::Jayapura)
}

/// The name that somebody types. A KTP has no name with a colon: it is a label's, as in `Nama: Siti Contoh`.
pub(super) fn name(text: &str) -> Result<PersonName, FieldError> {
    if text.contains([':', '=', '#']) {
        return Err(FieldError::new(
            "name",
            "Tulis namanya saja, tanpa kata seperti \"Nama:\".",
            "Write the name alone, without words such as \"Name:\".",
        ));
    }
    text.parse().map_err(|_| {
        FieldError::new(
            "name",
            "Tulis nama seperti di KTP, paling panjang 100 huruf.",
            "Write the name as on the KTP, at most 100 letters.",
        )
    })
}

/// The NIK that somebody types.
///
/// # Errors
/// If it is none.
pub fn nik(text: &str) -> Result<Nik, FieldError> {
    text.parse().map_err(|_| {
        FieldError::new(
            "nik",
            "NIK terdiri atas 16 angka seperti di KTP.",
            "A NIK has 16 digits, as on the KTP.",
        )
    })
}

pub(super) fn wrong_category() -> FieldError {
    FieldError::new(
        "category",
        "Kategori tidak sesuai dengan tanggal lahir: lansia mulai 60 tahun, balita di bawah 5 tahun.",
        "The category does not fit the date of birth: elderly from 60 years on, toddlers below 5.",
    )
}

pub(super) fn birth_date(text: &str, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let text = normal(text);
    let date: Option<NaiveDate> = text.parse().ok().filter(|_| text.len() == 10);
    let plausible =
        |date: &NaiveDate| *date <= today && today - *date < TimeDelta::days(MAX_AGE_DAYS);
    date.filter(plausible).ok_or_else(|| {
        FieldError::new(
            "birth_date",
            "Tulis tanggal lahir sebagai TTTT-BB-HH.",
            "Write the date of birth as YYYY-MM-DD.",
        )
    })
}

pub(super) fn regency(text: &str) -> Result<String, FieldError> {
    let text = normal(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (2..=MAX_REGENCY_CHARS).contains(&text.chars().count())
        && !text.chars().any(char::is_control);
    if fits {
        return Ok(text);
    }
    Err(FieldError::new(
        "ktp_regency",
        "Tulis kota atau kabupaten penerbit KTP.",
        "Write the city or regency that issued the KTP.",
    ))
}
