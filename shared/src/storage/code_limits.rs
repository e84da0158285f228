//! What one-time codes count against: the number, its prefix, the address of whoever asks, and all
//! together. One item for each and each month; the days of the month are attributes of it, so that a
//! code counts once for its day and its month in the transaction that grants it: never over a limit,
//! and no round trip more.
//!
//! The item of all codes is one of up to eight, chosen by the registration: transactions on one item that
//! meet wait for each other, and every code has this one. Each has its share of the limit, which may so
//! bite a little early, never late.

use std::net::IpAddr;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::expression::Expression;
use super::transact::Write;
use super::values::{number, seconds};
use super::{Store, keys};
use crate::domain::ids::RegistrationId;
use crate::domain::personal::PhoneNumber;
use crate::domain::sending::{CodeRule, Limit, SendingPolicy};
use crate::security::Derive;

/// Who asks for a code, where it goes, and what limits it.
#[derive(Debug, Clone, Copy)]
pub struct CodeRequest<'a> {
    pub policy: &'a SendingPolicy,
    pub phone: &'a PhoneNumber,
    /// The address that the gateway vouches for.
    pub address: Option<IpAddr>,
}

/// Items that share the count of all codes, at most.
const MAX_SHARES: u32 = 8;
/// A share is of no fewer codes a day: those of smaller ones would end at very different times.
const MIN_SHARE: u32 = 100;
/// No day of the month is left to count after so long.
const KEEP_DAYS: i64 = 40;

impl Store {
    /// Counts a code against everything that limits it. Refused: that rule's limit is reached.
    pub(super) fn count_code(
        &self,
        registration: &RegistrationId,
        request: CodeRequest<'_>,
        now: DateTime<Utc>,
    ) -> Vec<(CodeRule, Write)> {
        let CodeRequest { policy, phone, address } = request;
        let number = self.keyring().contact_phone(phone);
        let hash = |kind, text: &str| {
            let bytes = self.keyring().derive(Derive::Throttle, &[kind, text]);
            format!("{kind}.{}", crate::security::tokens::hex(&bytes))
        };
        let prefix = policy.prefix(phone).map(|prefix| hash("prefix", prefix));
        let address = address.map(|address| hash("address", &network(address)));
        let shares = (policy.codes.per_day / MIN_SHARE).clamp(1, MAX_SHARES);
        let share = u32::from(keys::shard(registration.as_str())) % shares;
        let counted = [
            Some((CodeRule::Number, number, policy.codes_per_number)),
            prefix.map(|hash| (CodeRule::Prefix, hash, policy.codes_per_prefix)),
            address.map(|hash| (CodeRule::Address, hash, policy.codes_per_address)),
            Some((CodeRule::All, format!("all.{share}"), shared(policy.codes, shares))),
        ];
        let write = |(rule, hash, limit): (_, String, _)| (rule, count(&hash, limit, now));
        counted.into_iter().flatten().map(write).collect()
    }
}

fn shared(limit: Limit, shares: u32) -> Limit {
    Limit { per_day: limit.per_day / shares, per_month: limit.per_month / shares }
}

/// Who has an IPv6 address has a network of them.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
    }
}

/// Refused: the limit of the day or the month is reached.
fn count(hash: &str, limit: Limit, now: DateTime<Utc>) -> Write {
    let day = format!("#day_{:02}", now.day());
    let add = Expression::new(format!("ADD {day} :one, #sent :one SET #ttl = :ttl"))
        .with(":one", number(1))
        .with(":ttl", seconds(now + TimeDelta::days(KEEP_DAYS)));
    let below = |attribute: &str, limit: &str, value: u32| match value {
        // Absent compares with nothing: none is sent.
        0 => format!("{attribute} < {limit}"),
        _ => format!("(attribute_not_exists({attribute}) OR {attribute} < {limit})"),
    };
    let day_open = below(&day, ":per_day", limit.per_day);
    let month_open = below("#sent", ":per_month", limit.per_month);
    let within = Expression::new(format!("{day_open} AND {month_open}"))
        .with(":per_day", number(limit.per_day))
        .with(":per_month", number(limit.per_month));
    Write::Update(keys::codes_sent(hash, now.date_naive()), add, Some(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let same = |one: &str, other: &str| {
            network(one.parse().unwrap()) == network(other.parse().unwrap())
        };
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
    }
}
