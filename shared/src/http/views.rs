//! Shapes that several functions answer with.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::booking::SeatRef;
use crate::domain::document::Document;
use crate::domain::requirements::Warning;
use crate::ledger::Alternative;

/// A document to bring.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DocumentView {
    /// For example `ktp`.
    pub id: String,
    /// What it is called, in Indonesian.
    pub label: String,
    /// What it is called, in English.
    pub label_en: String,
    /// What to mind, in Indonesian.
    pub note: Option<String>,
    /// What to mind, in English.
    pub note_en: Option<String>,
    /// `false`: advisable.
    pub required: bool,
}

impl From<&Document> for DocumentView {
    fn from(document: &Document) -> Self {
        let note = document.note.as_ref();
        Self {
            id: document.id.clone(),
            label: document.label.id.clone(),
            label_en: document.label.en.clone(),
            note: note.map(|note| note.id.clone()),
            note_en: note.map(|note| note.en.clone()),
            required: document.required,
        }
    }
}

/// Something to know before booking.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WarningView {
    /// Stable name, for example `domicile_required`.
    pub code: String,
    /// In Indonesian.
    pub message: String,
    /// In English.
    pub message_en: String,
}

impl From<&Warning> for WarningView {
    fn from(warning: &Warning) -> Self {
        Self {
            code: warning.code.clone(),
            message: warning.message.id.clone(),
            message_en: warning.message.en.clone(),
        }
    }
}

/// A slot with free seats, offered instead of a full one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlternativeView {
    /// Date in the office's zone.
    pub date: NaiveDate,
    /// `HH:MM` in the office's zone.
    pub slot: String,
    /// Seats free when last seen.
    pub seats_free: u16,
}

impl From<&Alternative> for AlternativeView {
    fn from(alternative: &Alternative) -> Self {
        Self {
            date: alternative.date,
            slot: alternative.time.to_string(),
            seats_free: alternative.seats_free,
        }
    }
}

/// The seat on another day that is kept for whoever fetches a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnSeat {
    /// Date in the office's zone.
    pub date: NaiveDate,
    /// `HH:MM` in the office's zone.
    pub slot: String,
}

impl From<&SeatRef> for ReturnSeat {
    fn from(seat: &SeatRef) -> Self {
        Self { date: seat.date, slot: seat.time.to_string() }
    }
}

/// An instant as clients read it: RFC 3339 in whole seconds with the office's offset, such as
/// `2026-12-02T08:00:00+07:00`.
pub fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// An instant that belongs to no office in the same form, with the offset of the zone where most people
/// live.
pub fn nationally(at: DateTime<Utc>) -> String {
    instant(at, chrono_tz::Asia::Jakarta)
}

/// The same for serde.
pub mod national {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(missing_docs, reason = "serde's own contract")]
    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::nationally(*at))
    }

    #[expect(missing_docs, reason = "serde's own contract")]
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
        DateTime::deserialize(from)
    }
}

/// All of these, as views.
pub fn views<'a, T, V: From<&'a T>>(of: &'a [T]) -> Vec<V> {
    of.iter().map(V::from).collect()
}
