//! Free seats near a wanted one, and refusals that need no reading.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::alternative::Alternative;
use super::availability::{DayStatus, day_availability, search_dates};
use super::cache::DayCache;
use super::views::growing;
use super::{Ledger, LedgerError};
use crate::domain::day::Day;
use crate::domain::ids::{AccountId, ServiceId};
use crate::domain::office::{Channel, Office};
use crate::domain::time::{SlotTime, local_date};

/// Alternatives given with a refusal.
const MAX_ALTERNATIVES: usize = 5;
/// Days looked at for them.
const ALTERNATIVE_DAYS: usize = 14;
/// Alternatives may be a little old: they are offers, not promises.
const ALTERNATIVE_AGE: TimeDelta = TimeDelta::seconds(10);
/// Channels that a request over the web can come to: which of them is known only after sign-in.
const WEB_CHANNELS: [Channel; 2] = [Channel::Web, Channel::Priority];

impl Ledger {
    /// Slots of the service with as many free seats: later and earlier ones of the wanted date, then the
    /// following dates.
    pub async fn alternatives(
        &self,
        office: &Office,
        service: &ServiceId,
        wanted: NaiveDate,
        (channel, seats): (Channel, u16),
        now: DateTime<Utc>,
    ) -> Result<Vec<Alternative>, LedgerError> {
        let mut found = Vec::new();
        let first = wanted.max(local_date(now, office.timezone));
        for dates in growing(search_dates(first).take(ALTERNATIVE_DAYS), 2) {
            for day in self.seen_days(office, &dates, now).await?.values() {
                if is_beyond(office, day, now)
                    || !collect(office, service, day, (channel, seats), now, &mut found)
                {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// What to offer instead of a wanted slot (or date) if this instance knows that it is full:
    /// without a reading, for whoever asks. `None` says nothing.
    pub fn known_full(
        &self,
        office: &Office,
        service: &ServiceId,
        date: NaiveDate,
        time: Option<SlotTime>,
        now: DateTime<Utc>,
    ) -> Option<Arc<Vec<Alternative>>> {
        let day = self.days.peek(&office.id, date, DayCache::refusal_age(), now)?;
        if day.state.is_none() || day.closed().is_some() {
            return None;
        }
        let mut wanted = day
            .slots_of(service)
            .filter(|seats| time.is_none_or(|time| seats.slot.time == time))
            .filter(|seats| seats.slot.is_released(now))
            .peekable();
        wanted.peek()?;
        let full = wanted.all(|seats| {
            now < seats.slot.book_until
                && WEB_CHANNELS
                    .iter()
                    .all(|&channel| seats.claimable(channel, now).next().is_none())
        });
        full.then(|| {
            let wanted = (office.id.clone(), service.clone(), date);
            let find = || self.remembered(office, service, date, now);
            self.offers.get(&wanted, now, find)
        })
    }

    /// Whether a hold was made under this key. Who asks may be anybody: a key that was never used tells
    /// nothing of the account.
    pub async fn is_answered(&self, account: &AccountId, key: &str) -> Result<bool, LedgerError> {
        let code = self.store.keyring().booking_code(account, key, 0);
        Ok(self.store.booking(code).await?.is_some())
    }

    fn remembered(
        &self,
        office: &Office,
        service: &ServiceId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Vec<Alternative> {
        let mut found = Vec::new();
        for date in search_dates(date).take(ALTERNATIVE_DAYS) {
            let own = self.days.peek(&office.id, date, ALTERNATIVE_AGE, now);
            let Some(day) = own.or_else(|| self.glimpsed(&office.id, date, now)) else { break };
            if !collect(office, service, &day, (Channel::Web, 1), now, &mut found) {
                break;
            }
        }
        found
    }
}

/// Whether the day lies behind everything that is open.
pub(super) fn is_beyond(office: &Office, day: &Day, now: DateTime<Utc>) -> bool {
    !day.is_released(now) && day.date > office.release.open_through(now, office.timezone)
}

/// Adds the day's slots with as many free seats; `false` when enough are found.
fn collect(
    office: &Office,
    service: &ServiceId,
    day: &Day,
    (channel, seats): (Channel, u16),
    now: DateTime<Utc>,
    found: &mut Vec<Alternative>,
) -> bool {
    let availability = day_availability(office, service, day, channel, now);
    if availability.status == DayStatus::Open {
        let free = availability.slots.iter().filter(|slot| slot.seats_free >= seats);
        found.extend(free.map(|slot| Alternative {
            date: day.date,
            time: slot.time,
            seats_free: slot.seats_free,
        }));
        found.truncate(MAX_ALTERNATIVES);
    }
    found.len() < MAX_ALTERNATIVES
}
