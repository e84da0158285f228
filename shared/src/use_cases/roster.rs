//! Who comes to an office on a date, who is late, who waits for a document; and a search among those of
//! today by name. A clerk who has the KTP looks a person up by NIK ([`super::person_release`]).

use chrono::{DateTime, NaiveDate, Utc};

use super::LedgerError;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::{Booking, Status};
use crate::domain::ids::OfficeId;
use crate::staff::Staff;
use crate::telemetry::Record;
use crate::telemetry::catalogue::PERSON_LOOKUP;

/// A visit of the date, with whose it is.
#[derive(Debug)]
pub struct Expected {
    pub booking: Booking,
    /// Where it stands now.
    pub status: Status,
    /// Absent: removed or erased.
    pub applicant: Option<Applicant>,
}

impl Expected {
    /// Whether the hour has begun and the person may still come.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.status == Status::Confirmed && self.booking.times.starts_at <= now
    }
}

/// The visits of a date, by hour and code: all that were confirmed, also those that were missed. Who
/// cancelled or moved away is not expected.
pub async fn expected(
    app: &App,
    office: &OfficeId,
    date: NaiveDate,
) -> Result<Vec<Expected>, LedgerError> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let mut bookings = store.bookings_of(office, date).await?;
    bookings.retain(|booking| booking.seat.date == date && is_expected(booking.status_at(now)));
    bookings.sort_unstable_by_key(|booking| (booking.seat.time, booking.code));
    let applicants = store.applicants_of(&bookings.iter().collect::<Vec<_>>()).await?;
    let visits = bookings.into_iter().zip(applicants);
    Ok(visits
        .map(|(booking, applicant)| Expected { status: booking.status_at(now), booking, applicant })
        .collect())
}

fn is_expected(status: Status) -> bool {
    !matches!(status, Status::Held | Status::Cancelled | Status::Expired)
}

/// Those of them whose name has all of these words, or words that begin so. The search is recorded: who
/// looks and where, not for whom.
pub fn named(
    app: &App,
    staff: &Staff,
    office: &OfficeId,
    all: Vec<Expected>,
    name: &str,
) -> Vec<Expected> {
    let record = Record::of(&PERSON_LOOKUP, &[1]).with("found", "searched").at(office, None);
    app.metrics.send(record.with("staff", staff.subject.as_str()), app.clock.now());
    let wanted: Vec<_> = name.split_whitespace().map(str::to_lowercase).collect();
    let fits = |visit: &Expected| {
        let name = visit.applicant.as_ref().map(|of| of.details.name.expose().to_lowercase());
        name.is_some_and(|name| {
            let begins = |word: &String| name.split_whitespace().any(|own| own.starts_with(word));
            wanted.iter().all(begins)
        })
    };
    all.into_iter().filter(fits).collect()
}
