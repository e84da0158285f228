//! People of an account who are corrected or removed, and what that means for their booking.

use chrono::{DateTime, Utc};

use super::claim::hold_limits;
use super::{Ledger, LedgerError, messages};
use crate::domain::account::Applicant;
use crate::domain::booking::{Actor, Booking, Status};
use crate::domain::ids::AccountId;
use crate::domain::message::MessageKind;
use crate::domain::reason::Reason;
use crate::domain::time::whole_seconds;
use crate::storage::{Attempt, Correction, CorrectionConflict, Rebooked};

/// Why a person is not corrected or not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionRefused {
    /// They are at the office.
    Visiting,
    /// They have a booking that is on, which would be handed on, or be left without them.
    HasBooking,
    /// Another account has booked under the NIK as it is to be, or a limit stands in the way.
    NeedsConfirmation,
    /// As many NIKs were told today as one may tell.
    TooMany,
    /// The account was erased meanwhile.
    AccountGone,
}

impl CorrectionRefused {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::Visiting => Reason::VisitInProgress,
            Self::HasBooking => Reason::PersonHasBooking,
            Self::NeedsConfirmation => Reason::PersonNeedsConfirmation,
            Self::TooMany => Reason::TooManyPeople,
            Self::AccountGone => Reason::Unauthenticated,
        }
    }
}

type Try = Result<Attempt<(), Result<(), CorrectionRefused>>, LedgerError>;

impl Ledger {
    /// Corrects a person, once: name, birth date and all else at any time but during a visit; the NIK
    /// while a booking is on only if it was a slip of the pen, for a booking is not handed on. What
    /// counts against a NIK stays with it. A clerk, who has the KTP in hand, does so during a visit too, and
    /// the booking keeps who did.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn try_correct(
        &self,
        account: &AccountId,
        before: &Applicant,
        after: &Applicant,
        now: DateTime<Utc>,
    ) -> Try {
        let now = whole_seconds(now);
        let by_desk = self.staff.is_some();
        let booking = self.booking_of(account, before, now).await?;
        if !by_desk && booking.as_ref().is_some_and(is_visiting) {
            return refused(CorrectionRefused::Visiting);
        }
        let is_same_nik = before.person == after.person;
        let Some(booking) = booking.filter(|_| by_desk || !is_same_nik) else {
            let correction = Correction { account, before, after: Some(after), booking: None };
            return self.make_correction(&correction, now).await;
        };
        if is_same_nik {
            return self.note(account, (before, after), &booking, now).await;
        }
        if (booking.nik_corrected && !by_desk) || !before.details.is_slip(&after.details) {
            return refused(CorrectionRefused::HasBooking);
        }
        self.rebook(account, (before, after), &booking, now).await
    }

    /// A clerk corrects the person of a booking, which keeps who did.
    async fn note(
        &self,
        account: &AccountId,
        (before, after): (&Applicant, &Applicant),
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Try {
        let noted = booking.with_corrected_person();
        let rebooked = Rebooked { before: booking, after: &noted, limits: None, messages: &[] };
        let correction =
            Correction { account, before, after: Some(after), booking: Some(rebooked) };
        self.make_correction(&correction, now).await
    }

    async fn rebook(
        &self,
        account: &AccountId,
        (before, after): (&Applicant, &Applicant),
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Try {
        let office = self.office_of(booking, now).await?;
        let corrected = booking.with_corrected_nik(&after.person);
        let kinds: &[MessageKind] = match corrected.status {
            Status::Held => &[MessageKind::Hold],
            Status::Confirmed => &[MessageKind::Confirmed, MessageKind::Reminder],
            _ => &[],
        };
        let messages = messages(&corrected, kinds, now);
        let limits = Some(hold_limits(&office, booking.channel, now));
        let rebooked = Rebooked { before: booking, after: &corrected, limits, messages: &messages };
        let correction =
            Correction { account, before, after: Some(after), booking: Some(rebooked) };
        let made = self.make_correction(&correction, now).await?;
        if matches!(made, Attempt::Done(Ok(()))) {
            self.enqueue_due(&messages, now).await;
        }
        Ok(made)
    }

    /// Removes a person, once, unless a booking of theirs is on.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn try_remove(
        &self,
        account: &AccountId,
        person: &Applicant,
        now: DateTime<Utc>,
    ) -> Try {
        let now = whole_seconds(now);
        if self.booking_of(account, person, now).await?.is_some() {
            return refused(CorrectionRefused::HasBooking);
        }
        let correction = Correction { account, before: person, after: None, booking: None };
        self.make_correction(&correction, now).await
    }

    async fn make_correction(&self, correction: &Correction<'_>, now: DateTime<Utc>) -> Try {
        let asked = self.asked(Actor::Applicant, now);
        match self.store.correct_applicant(correction, &asked).await? {
            Ok(()) => Ok(Attempt::Done(Ok(()))),
            Err(CorrectionConflict::Changed) => Ok(Attempt::Conflict(())),
            Err(CorrectionConflict::PersonBusy) => refused(CorrectionRefused::NeedsConfirmation),
            Err(CorrectionConflict::TooMany) => refused(CorrectionRefused::TooMany),
            Err(CorrectionConflict::AccountGone) => refused(CorrectionRefused::AccountGone),
        }
    }

    /// The booking of a person that is on. A visit that was missed is written down first: it counts
    /// against the person as they were when they missed it.
    async fn booking_of(
        &self,
        account: &AccountId,
        person: &Applicant,
        now: DateTime<Utc>,
    ) -> Result<Option<Booking>, LedgerError> {
        let last = self.store.last_booking(&person.person).await?;
        let Some(last) = last.filter(|last| last.account == *account) else { return Ok(None) };
        let Some(booking) = self.store.booking(last.code).await? else { return Ok(None) };
        if booking.status_at(now) == Status::NoShow && booking.status != Status::NoShow {
            self.apply_expiry(&booking, now).await?;
        }
        let is_on = booking.status_at(now).is_live() && last.is_on(account, now);
        Ok(is_on.then_some(booking))
    }
}

fn refused(refusal: CorrectionRefused) -> Try {
    Ok(Attempt::Done(Err(refusal)))
}

fn is_visiting(booking: &Booking) -> bool {
    matches!(booking.status, Status::CheckedIn | Status::AwaitingDocuments)
}
