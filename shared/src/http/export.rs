//! Everything that is stored of an account, as its owner gets it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::booking::{Actor, Event, Status};
use crate::domain::language::Locale;
use crate::domain::person::Category;
use crate::storage::BookingKept;
use crate::use_cases::account::KnownOfAccount;

/// Everything that is stored of an account, in the clear: for its owner only.
#[derive(Serialize, ToSchema)]
pub struct Export {
    account_id: String,
    #[serde(with = "super::views::national")]
    created_at: DateTime<Utc>,
    locale: Locale,
    phone: Option<String>,
    whatsapp_user_id: Option<String>,
    applicants: Vec<ExportedApplicant>,
    /// Whether reminders are sent.
    reminders: bool,
    bookings: Vec<ExportedBooking>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Export(…)")
    }
}

#[derive(Serialize, ToSchema)]
struct ExportedApplicant {
    id: String,
    name: String,
    nik: Option<String>,
    birth_date: NaiveDate,
    ktp_regency: Option<String>,
    category: Category,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportedBooking {
    code: String,
    status: Status,
    applicant_id: String,
    office: String,
    service: String,
    date: NaiveDate,
    slot: String,
    history: Vec<ExportedEvent>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportedEvent {
    #[serde(with = "super::views::national")]
    at: DateTime<Utc>,
    status: Status,
    by: Actor,
}

fn exported(kept: &BookingKept, now: DateTime<Utc>) -> ExportedBooking {
    let booking = &kept.booking;
    let event = |event: &Event| ExportedEvent { at: event.at, status: event.status, by: event.by };
    ExportedBooking {
        code: booking.code.to_string(),
        status: booking.status_at(now),
        applicant_id: booking.applicant.to_string(),
        office: booking.seat.office.to_string(),
        service: booking.seat.service.to_string(),
        date: booking.seat.date,
        slot: booking.seat.time.to_string(),
        history: kept.events.iter().map(event).collect(),
    }
}

impl Export {
    /// What is known of an account, to be shown to its owner.
    pub fn of(known: KnownOfAccount, now: DateTime<Utc>) -> Self {
        let KnownOfAccount { account, applicants, reminders, bookings } = known;
        Self {
            account_id: account.id.to_string(),
            created_at: account.created_at,
            locale: account.locale,
            phone: account.contacts.phone.as_ref().map(|phone| phone.expose().to_owned()),
            whatsapp_user_id: account.contacts.scoped.as_ref().map(|id| id.expose().to_owned()),
            applicants: applicants
                .iter()
                .map(|applicant| ExportedApplicant {
                    id: applicant.id.to_string(),
                    name: applicant.details.name.expose().to_owned(),
                    nik: applicant.details.nik.as_ref().map(|nik| nik.expose().to_owned()),
                    birth_date: applicant.details.birth_date,
                    ktp_regency: applicant.details.ktp_regency.clone(),
                    category: applicant.details.category,
                })
                .collect(),
            reminders,
            bookings: bookings.iter().map(|kept| exported(kept, now)).collect(),
        }
    }
}
