//! Claims of persons: the account that has the booking is asked, and gives it up or keeps it. A clerk who
//! sees the person's KTP releases it without being asked.

use chrono::{DateTime, Utc};

use super::change::{Changed, Try, cancelled_by, lost};
use super::commit::Made;
use super::{Ledger, LedgerError, Outcome, cooled_down, messages};
use crate::domain::booking::{Booking, CancelReason, DeskRelease, Refusal, Status};
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::domain::message::Message;
use crate::domain::office::Office;
use crate::domain::person_claim::PersonClaim;
use crate::domain::reason::Reason;
use crate::domain::time::{local_date, whole_seconds};
use crate::storage::{
    Attempt, CONTENTION, ClaimCounted, ClaimQuestion, LiveBooking, Transition, compare_and_set,
};
use crate::telemetry::catalogue::PERSON_CLAIM;
use crate::telemetry::{Record, correlation};

/// An account that says that a person is theirs to book for.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRequest<'a> {
    pub account: &'a AccountId,
    /// The person's keyed hash.
    pub person: &'a str,
    /// Language in which it is told of an answer.
    pub locale: Locale,
    /// Claims that it may make in a day.
    pub most: u32,
}

/// Why a claim is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimRefusal {
    /// As many were made today as one may make.
    TooMany,
    /// The account was erased meanwhile.
    AccountGone,
}

impl ClaimRefusal {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::TooMany => Reason::TooManyClaims,
            Self::AccountGone => Reason::Unauthenticated,
        }
    }
}

/// There is no question that could be answered: none was put, it was answered, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOver;

type Claimed = Result<(), ClaimRefusal>;

impl Ledger {
    /// Claims a person. The answer is the same whether another account has booked for the person or not:
    /// if one has, it is asked.
    ///
    /// # Errors
    /// If the table does not answer, or the booking is changed again and again.
    pub async fn claim_person(
        &self,
        request: &ClaimRequest<'_>,
        now: DateTime<Utc>,
    ) -> Outcome<(), ClaimRefusal> {
        let now = whole_seconds(now);
        compare_and_set(CONTENTION, (), |()| self.try_claim_person(request, now)).await
    }

    async fn try_claim_person(
        &self,
        request: &ClaimRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), Claimed>, LedgerError> {
        let (live, before) = self.store.claims_of(request.person, now).await?;
        let may_ask = |live: &LiveBooking| {
            before.as_ref().is_none_or(|claim| claim.allows_another(live.code, now))
        };
        let booking = match live.filter(may_ask) {
            Some(live) => self.store.booking(live.code).await?,
            None => None,
        };
        let claimed_by = (request.account, request.locale);
        let asked = booking.and_then(|booking| {
            let claim = PersonClaim::about(&booking, claimed_by, now)?;
            let message = Message::of_claim(&booking, &claim);
            Some((claim, Message { request_id: correlation::current_text(), ..message }, booking))
        });
        let question = asked.as_ref().map(|(claim, message, booking)| ClaimQuestion {
            claim,
            person: request.person,
            message,
            live_until: booking.person_free_at(),
        });
        let (account, most) = (request.account, request.most);
        Ok(match self.store.count_claim(account, most, question.as_ref(), now).await? {
            ClaimCounted::Yes => {
                self.count_claim(if asked.is_some() { "asked" } else { "nobody" }, now);
                if let Some((_, message, _)) = asked {
                    self.queue.enqueue([&message]).await;
                }
                Attempt::Done(Ok(()))
            }
            ClaimCounted::TooMany => {
                self.count_claim("refused", now);
                Attempt::Done(Err(ClaimRefusal::TooMany))
            }
            ClaimCounted::AccountGone => Attempt::Done(Err(ClaimRefusal::AccountGone)),
            ClaimCounted::Changed => Attempt::Conflict(()),
        })
    }

    fn count_claim(&self, step: &str, now: DateTime<Utc>) {
        self.metrics.send(Record::of(&PERSON_CLAIM, &[1]).with("step", step), now);
    }

    /// Gives a booking up to the account that claims its person, which is told.
    ///
    /// # Errors
    /// If the table does not answer, or the booking is changed again and again.
    pub async fn give_up(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, ClaimOver> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_give_up(office, before, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_give_up(
        &self,
        office: &Office,
        before: Booking,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Booking, Result<Changed, ClaimOver>>, LedgerError> {
        if before.cancel_reason == Some(CancelReason::Claim) && before.status == Status::Cancelled {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let claim = self.store.person_claim(&before.person).await?;
        let claim = claim.filter(|claim| claim.is_open(&before, now));
        let (Some(claim), Ok(after)) = (claim, before.cancel(CancelReason::Claim, now)) else {
            return Ok(Attempt::Done(Err(ClaimOver)));
        };
        let (by, kinds) = cancelled_by(CancelReason::Claim);
        let mut told = messages(&after, kinds, now);
        let released = Message::of_released_claim(&after, &claim, now);
        told.push(Message { request_id: correlation::current_text(), ..released });
        let change = Transition::new(&before, &after)
            .releasing_seat(cooled_down(office, &before, now))
            .telling(&told)
            .settling(&claim);
        Ok(match self.make_transition(&change, by, now).await? {
            Made::Yes => {
                self.days.forget(&after.seat.office, after.seat.date).await;
                self.count_claim("given_up", now);
                Attempt::Done(Ok(Changed::now(after)))
            }
            Made::Conflict(newer) => Attempt::Conflict(*newer),
            Made::Lost => Attempt::Done(Err(ClaimOver)),
        })
    }

    /// Keeps a booking whose person somebody claims: nobody is asked about it again. `false`: nobody
    /// was.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn keep_claimed(
        &self,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let is_kept = self.store.refuse_claim(booking).await?;
        if is_kept {
            self.count_claim("kept", now);
        }
        Ok(is_kept)
    }

    /// Cancels a booking whose person stands at a desk with their KTP.
    ///
    /// # Errors
    /// If the table does not answer, or the booking is changed again and again.
    pub async fn release_person(
        &self,
        office: &Office,
        booking: Booking,
        by: &DeskRelease,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_release_person(office, before, by, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_release_person(
        &self,
        office: &Office,
        before: Booking,
        by: &DeskRelease,
        now: DateTime<Utc>,
    ) -> Try {
        if before.cancel_reason == Some(CancelReason::Desk) && before.status == Status::Cancelled {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match before.cancel(CancelReason::Desk, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        let (actor, kinds) = cancelled_by(CancelReason::Desk);
        let told = messages(&after, kinds, now);
        let change = Transition::new(&before, &after)
            .releasing_seat(cooled_down(office, &before, now))
            .telling(&told)
            .released(by, local_date(now, office.timezone));
        match self.make_transition(&change, actor, now).await? {
            Made::Yes => {
                self.days.forget(&after.seat.office, after.seat.date).await;
                Ok(Attempt::Done(Ok(Changed::now(after))))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict(*newer)),
            Made::Lost => Ok(Attempt::Done(Err(lost(&before)))),
        }
    }
}
