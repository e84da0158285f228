//! How long what belongs to a date is kept: days, slots, seats, queues.
//!
//! After it nobody needs them: Indonesia's Law 27 of 2022 on personal data has processing end when its
//! purpose is reached (article 42) and data deleted that are no longer needed for it (article 43). Every
//! write of such an item says when it goes, so that items of earlier releases learn it when they are
//! touched.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Item;
use super::expression::Expression;
use super::values::{seconds, text_of};

/// A visit that was missed or complained of is looked at within weeks.
const DAYS_KEPT: TimeDelta = TimeDelta::days(90);
const TTL: &str = "ttl";

/// When the items of this partition go; absent: not by its date, or after the end of the calendar.
fn goes_at(pk: &str) -> Option<DateTime<Utc>> {
    let (of_office, date) = pk.rsplit_once('#')?;
    let (kind, _) = of_office.split_once('#')?;
    let is_of_date = matches!(kind, "DAY" | "QUEUE");
    let date: NaiveDate = date.parse().ok().filter(|_| is_of_date)?;
    date.and_time(NaiveTime::MIN).and_utc().checked_add_signed(DAYS_KEPT)
}

/// An item as it is put: with when it goes.
pub(super) fn kept(mut item: Item) -> Item {
    let at = text_of(&item, "pk").and_then(goes_at);
    item.extend(at.map(|at| (TTL.to_owned(), seconds(at))));
    item
}

/// An update that also says when the item goes: it may be made by this update.
pub(super) fn kept_by(pk: &AttributeValue, update: Expression) -> Expression {
    match pk.as_s().ok().and_then(|pk| goes_at(pk)) {
        Some(at) => update.setting("#ttl = :goes_at").with(":goes_at", seconds(at)),
        None => update,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::values::text;

    #[test]
    fn what_belongs_to_a_date_goes_ninety_days_after_it() {
        let goes = |pk: &str| goes_at(pk).map(|at| at.to_rfc3339());
        let expected = Some("2027-03-02T00:00:00+00:00".to_owned());
        assert_eq!(goes("DAY#kantor-1#2026-12-02"), expected);
        assert_eq!(goes("QUEUE#kantor-1#2026-12-02"), expected);
        for other in [
            "BOOKING#7KQ4MM2XR9",
            "OFFICES",
            "SPENDING#2026-12-02",
            "DAY#kantor#lain",
            "DAY#kantor-1#+262142-12-31",
        ] {
            assert_eq!(goes(other), None, "{other}");
        }
    }

    #[test]
    fn an_update_says_it_too_whatever_it_does() {
        let day = text("DAY#kantor-1#2026-12-02");
        let of = |pk: &AttributeValue, update: &'static str| {
            kept_by(pk, Expression::new(update)).text.into_owned()
        };
        assert_eq!(of(&day, "SET #a = :a REMOVE #b"), "SET #ttl = :goes_at, #a = :a REMOVE #b");
        assert_eq!(of(&day, "REMOVE #b"), "SET #ttl = :goes_at REMOVE #b");
        assert_eq!(of(&text("PERSON#x"), "SET #a = :a"), "SET #a = :a");
    }
}
