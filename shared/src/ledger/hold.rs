//! Holding seats: which day and which slot. How a seat of it is claimed: `claim.rs`.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rand::seq::IteratorRandom;

use super::availability::{DayStatus, day_availability, past, search_dates};
use super::claim::{Claimed, Wished, hold_limits};
use super::search::is_beyond;
use super::views::growing;
use super::wish::{Held, HoldRefusal, HoldRequest, NotOffered, SlotChoice};
use super::{Ledger, LedgerError, Outcome};
use crate::domain::day::Day;
use crate::domain::fair_use::{Limit, Whose};
use crate::domain::ids::ServiceId;
use crate::domain::office::{Channel, Office};
use crate::domain::seating::seat_group;
use crate::domain::time::{SlotTime, local_date, whole_seconds};
use crate::storage::{Attempt, CONTENTION, compare_and_set};

/// Codes tried when another account's booking has the derived one.
const MAX_CODES: u32 = 4;

impl Ledger {
    /// Holds a seat for everybody who comes, or for nobody.
    ///
    /// # Errors
    /// If the table does not answer, or everybody meets on the same seats.
    pub async fn hold(
        &self,
        request: &HoldRequest<'_>,
        now: DateTime<Utc>,
    ) -> Outcome<Held, HoldRefusal> {
        let now = whole_seconds(now);
        let wished = self.try_hold(request, now).await?;
        if let Err(refusal) = &wished {
            let place = (&request.office.id, request.choice.date());
            self.count_refusal(refusal.reason(), place, request.channel(), now);
        }
        Ok(wished)
    }

    async fn try_hold(
        &self,
        request: &HoldRequest<'_>,
        now: DateTime<Utc>,
    ) -> Outcome<Held, HoldRefusal> {
        let office = request.office;
        if office.service(request.service).is_none() {
            return Ok(Err(HoldRefusal::NotOffered(NotOffered::Service)));
        }
        if !office.online && request.channel() != Channel::WalkIn {
            return Ok(Err(HoldRefusal::NotOffered(NotOffered::Offline)));
        }
        let limits = hold_limits(office, request.channel(), now);
        if limits.excludes(u32::try_from(request.visitors.len()).unwrap_or(u32::MAX)) {
            let limit = Limit::Holds(Whose::Account, limits.day_ends_at);
            return Ok(Err(HoldRefusal::Limited(limit, None)));
        }
        let wished = match request.choice {
            SlotChoice::Slot(date, time) => self.hold_on(request, date, Some(time), now).await?,
            SlotChoice::Date(date) => self.hold_on(request, date, None, now).await?,
            SlotChoice::Earliest => self.hold_earliest(request, now).await?,
        };
        match wished {
            Ok(_) | Err(HoldRefusal::Mismatch) => Ok(wished),
            refused => Ok(self.earlier_answer(request).await?.unwrap_or(refused)),
        }
    }

    /// A repeated request whose first try succeeded is answered as then, even if by now the slot is
    /// full or the person's booking is the very one that it made.
    async fn earlier_answer(
        &self,
        request: &HoldRequest<'_>,
    ) -> Result<Option<Wished>, LedgerError> {
        let Some(key) = request.idempotency_key else { return Ok(None) };
        for attempt in 0..MAX_CODES {
            let code = self.store.keyring().booking_code(request.account, key, attempt);
            match self.store.booking(code).await? {
                Some(booking) if booking.account == *request.account => {
                    return Ok(Some(self.replay(request, booking).await?));
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    async fn hold_earliest(
        &self,
        request: &HoldRequest<'_>,
        now: DateTime<Utc>,
    ) -> Outcome<Held, HoldRefusal> {
        let (office, service) = (request.office, request.service);
        let mut any_full = false;
        'search: for dates in growing(search_dates(local_date(now, office.timezone)), 1) {
            // Where nothing is to be seen nobody looks: with everything full that is one reading.
            for (date, seen) in self.seen_days(office, &dates, now).await? {
                if is_beyond(office, &seen, now) {
                    break 'search;
                }
                let free = day_availability(office, service, &seen, request.channel(), now);
                any_full |= matches!(free.status, DayStatus::Open | DayStatus::Full);
                if free.status != DayStatus::Open {
                    continue;
                }
                let day = self.days.get(&office.id, date, now).await?;
                match self.claim_on(request, day, None, now).await? {
                    // Closed at this very moment: there are other days.
                    Claimed::Done(Err(HoldRefusal::NotOffered(_))) | Claimed::Full(_) => {}
                    Claimed::Done(wished) => return Ok(wished),
                }
            }
        }
        if any_full {
            return Ok(Err(HoldRefusal::Full(vec![])));
        }
        let (opens_at, _) = office.release.next_release(now, office.timezone);
        Ok(Err(HoldRefusal::NotOffered(NotOffered::NotReleased(opens_at))))
    }

    async fn hold_on(
        &self,
        request: &HoldRequest<'_>,
        date: NaiveDate,
        time: Option<SlotTime>,
        now: DateTime<Utc>,
    ) -> Outcome<Held, HoldRefusal> {
        let day = self.days.get(&request.office.id, date, now).await?;
        match self.claim_on(request, day, time, now).await? {
            Claimed::Done(wished) => Ok(wished),
            Claimed::Full(_) => {
                let seats = u16::try_from(request.visitors.len()).unwrap_or(u16::MAX);
                let (office, wanted) = (request.office, (request.channel(), seats));
                let found = self.alternatives(office, request.service, date, wanted, now).await?;
                Ok(Err(HoldRefusal::Full(found)))
            }
        }
    }

    /// Claims a seat on a day, in the slot at `time` or in any.
    async fn claim_on(
        &self,
        request: &HoldRequest<'_>,
        day: Arc<Day>,
        time: Option<SlotTime>,
        now: DateTime<Utc>,
    ) -> Result<Claimed, LedgerError> {
        let (office, channel) = (request.office, request.channel());
        let none = |reason| Ok(Claimed::Done(Err(HoldRefusal::NotOffered(reason))));
        let times = match offered(office, request.service, channel, &day, time, now) {
            Ok(times) => times,
            Err(reason) => return none(reason),
        };
        let day = match self.claim_in(request, day, &times, now).await? {
            Claimed::Full(newer) => newer,
            done @ Claimed::Done(_) => return Ok(done),
        };
        // A day that was closed meanwhile has no seats to pick from, and is not full.
        match offered(office, request.service, channel, &day, time, now) {
            Ok(_) => Ok(Claimed::Full(day)),
            Err(reason) => none(reason),
        }
    }

    /// Claims a seat in the first of these slots that has any. When a seat turned out to be taken, the day
    /// is read again, so that "full" is what the table says and not what somebody remembers; and then any
    /// of the slots will do: those who met at the first hour would meet there again.
    async fn claim_in(
        &self,
        request: &HoldRequest<'_>,
        day: Arc<Day>,
        times: &[SlotTime],
        now: DateTime<Utc>,
    ) -> Result<Claimed, LedgerError> {
        let attempt = |(known, tries): ((Arc<Day>, u32), u32)| async move {
            let Some(time) = choose(request, &known.0, times, tries, now) else {
                return Ok(Attempt::Done(Claimed::Full(known.0)));
            };
            Ok(match self.try_claim(request, known, time, now).await? {
                Attempt::Conflict(newer) => Attempt::Conflict((newer, tries + 1)),
                Attempt::Done(done) => Attempt::Done(done),
            })
        };
        compare_and_set(CONTENTION, ((day, 0), 0), attempt).await
    }
}

/// Of the slots that have room for all who come, the first one; after the first try, any.
fn choose(
    request: &HoldRequest<'_>,
    day: &Day,
    times: &[SlotTime],
    tries: u32,
    now: DateTime<Utc>,
) -> Option<SlotTime> {
    let (service, channels, mut rng) = (request.service, request.channels(), rand::rng());
    let mut fits = times
        .iter()
        .copied()
        .filter(|time| seat_group(day, service, *time, &channels, now, &mut rand::rng()).is_some());
    if tries == 0 { fits.next() } else { fits.choose(&mut rng) }
}

/// The slots of a day that can be booked (only the one at `time`, if that is named), in order, or
/// why there are none.
pub(super) fn offered(
    office: &Office,
    service: &ServiceId,
    channel: Channel,
    day: &Day,
    time: Option<SlotTime>,
    now: DateTime<Utc>,
) -> Result<Vec<SlotTime>, NotOffered> {
    let availability = day_availability(office, service, day, channel, now);
    match availability.status {
        DayStatus::Closed(reason) => return Err(NotOffered::Closed(reason)),
        DayStatus::NotReleased(at) => return Err(NotOffered::NotReleased(at)),
        DayStatus::Open | DayStatus::Full => {}
    }
    let open = availability.slots.iter().map(|slot| slot.time);
    let times: Vec<_> = open.filter(|open| time.is_none_or(|time| time == *open)).collect();
    let has_passed = || time.is_some_and(|time| day.slot(service, time).is_some());
    match times.is_empty() {
        false => Ok(times),
        true if has_passed() => Err(NotOffered::Closed(past())),
        true => Err(NotOffered::Slot),
    }
}
