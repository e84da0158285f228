//! Which documents to bring, for anybody to ask before booking.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::document::ApplicantKind;
use crate::domain::ids::ServiceId;
use crate::domain::office::Office;
use crate::domain::requirements::{Circumstances, Requirements, national, requirements};
use crate::domain::time::local_date;

/// What somebody wants to know about a visit.
#[derive(Debug, Clone)]
pub struct DocumentQuestion<'a> {
    /// One of the office's services.
    pub service: &'a ServiceId,
    /// Of age or not; absent: of age.
    pub applicant: Option<ApplicantKind>,
    /// City or regency that issued the KTP.
    pub ktp_regency: Option<&'a str>,
    /// Date of the visit; absent: today.
    pub date: Option<NaiveDate>,
}

/// The office does not give this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownService;

/// The checklist for a visit to an office.
///
/// # Errors
/// [`UnknownService`]: a refusal, not a fault.
pub fn checklist_for(
    office: &Office,
    question: &DocumentQuestion<'_>,
    now: DateTime<Utc>,
) -> Result<Requirements, UnknownService> {
    if office.services.iter().all(|service| service.id != *question.service) {
        return Err(UnknownService);
    }
    let about = Circumstances {
        service: question.service,
        applicant: question.applicant.unwrap_or(ApplicantKind::Adult),
        ktp_regency: question.ktp_regency,
        date: question.date.unwrap_or_else(|| local_date(now, office.timezone)),
    };
    Ok(requirements(office, &about))
}

/// The checklist by the national rules, where no office was named.
pub fn national_checklist(
    service: &ServiceId,
    applicant: ApplicantKind,
    now: DateTime<Utc>,
) -> Requirements {
    let date = local_date(now, chrono_tz::Asia::Jakarta);
    national(&Circumstances { service, applicant, ktp_regency: None, date })
}
