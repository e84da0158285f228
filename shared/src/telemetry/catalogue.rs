//! Every record of metrics that there is: names, units, dimensions, properties, when. `docs/metrics.md`
//! has the same table, and `infra/metrics.json` the same data for the checks of dashboards and alarms;
//! tests compare them.
//!
//! Offices, dates and ids are properties, which cost nothing but their bytes; a dimension's every
//! value is a metric that is paid for.

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Milliseconds,
    Percent,
}

impl Unit {
    /// As CloudWatch writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
            Self::Milliseconds => "Milliseconds",
            Self::Percent => "Percent",
        }
    }
}

/// A metric. All have the dimension `Stage`.
#[derive(Debug)]
pub struct Metric {
    pub name: &'static str,
    pub unit: Unit,
    /// The dimension by which it is also told apart.
    pub by: Option<&'static str>,
}

/// A kind of record.
#[derive(Debug)]
pub struct Definition {
    /// The record's `event`.
    pub event: &'static str,
    pub metrics: &'static [Metric],
    /// What else it may say. `request_id` may stand in any.
    pub properties: &'static [&'static str],
    /// When it is written.
    pub when: &'static str,
}

const fn count(name: &'static str) -> Metric {
    Metric { name, unit: Unit::Count, by: None }
}

const fn count_by(name: &'static str, by: &'static str) -> Metric {
    Metric { name, unit: Unit::Count, by: Some(by) }
}

macro_rules! records {
    ($($name:ident = $event:literal [$($metric:expr),*] [$($property:literal),*] $when:literal;)*) => {
        $(
            #[doc = $when]
            pub static $name: Definition = Definition {
                event: $event,
                metrics: &[$($metric),*],
                properties: &[$($property),*],
                when: $when,
            };
        )*

        /// All of them.
        pub static ALL: &[&Definition] = &[$(&$name),*];
    };
}

records! {
    HOLD = "hold" [count_by("Holds", "Channel")] ["office", "date", "service"]
        "a seat was held";
    BOOKING = "booking" [count_by("Bookings", "Channel")] ["office", "date", "service"]
        "a hold was confirmed";
    CANCELLATION = "cancellation" [count("Cancellations")] ["office", "date"]
        "a booking was cancelled: by its owner, with its account, because the office closed, or because \
         its person was claimed or released";
    MOVE = "move" [count("Moves")] ["office", "date"]
        "a booking was moved; `date` is the new one";
    REFUSAL = "refusal" [count_by("Refusals", "Reason")] ["office", "date", "channel"]
        "a hold, a confirmation, a cancellation or a move was refused";
    PERSON_CLAIM = "person_claim" [count("PersonClaims")] ["step"]
        "a person was claimed: another account was `asked`, or `nobody`, or it was `refused` for the day; \
         a booking was `given_up` to a claim, or `kept`";
    PERSON_LOOKUP = "person_lookup" [count("PersonLookups")] ["office", "found", "staff"]
        "a clerk looked a person up by NIK: `nothing`, `booked` or `closed` was found, `released` or \
         `reopened` was done, it was `refused` for the day, or visits of today were `searched` by name";
    SEATS = "seats" [count("SeatsFree")] ["office", "date"]
        "every 15 minutes, free seats of the next 14 days: the metric is the sum over all offices; \
         a line for each office and open day has the number without being a metric";
    MESSAGE_SENT = "message_sent"
        [count_by("MessagesSent", "Kind"), count("MessagesLate"),
         Metric { name: "MessageDelay", unit: Unit::Milliseconds, by: None }]
        ["office", "message_id"]
        "the provider took a message; late: more than 60 s after it was first due; due times are \
         whole seconds";
    MESSAGE_FAILED = "message_failed" [count_by("MessagesFailed", "Kind")] ["reason", "message_id"]
        "a message was given up, or its provider reported that it could not be delivered";
    MESSAGE_HELD_BACK = "message_held_back" [count("MessagesHeldBack")] ["kind", "message_id"]
        "a code or a reminder waited, for the day's messages have cost what they may cost";
    CODE_REFUSED = "code_refused" [count("CodesRefused")] ["rule"]
        "a one-time code was refused by a limit: `country`, `number`, `prefix`, `address`, `all` or \
         `ceiling`";
    SPENDING = "spending"
        [count("SpendingCents"), Metric { name: "SpendingPercent", unit: Unit::Percent, by: None }] []
        "every tick: what the day's messages (UTC) have cost so far, in hundredths of a USD and of the \
         ceiling";
    ANSWER_WITHHELD = "answer_withheld" [count("AnswersWithheld")] []
        "a message in a chat got no answer, for its number has had all of an hour";
    MISREAD = "misread" [count("MessagesMisread")] ["question"]
        "a message in a chat was not understood; `question`: what was asked before it";
    SWEEP = "sweep"
        [count("MessagesSwept"), Metric { name: "SweepLag", unit: Unit::Seconds, by: None }] []
        "every tick: rows that the sweeper had to hand to the queue, and how long the oldest of them \
         was due";
    TICK_PART = "tick_part" [count_by("TickPartsCut", "Part")] ["millis"]
        "a part of a tick (`days`, `survey`, `expiry`, `closures`, `messages`, `inbox`, `spending`, `reports`) had no \
         time left; a line for each part of every tick says how long it took without being a metric";
    CHECK_IN = "check_in" [count("CheckIns")] ["office", "date", "minutes_after_slot"]
        "a ticket was scanned for the first time";
    CHECK_IN_REFUSAL = "check_in_refusal" [count_by("CheckInRefusals", "Reason")] ["office"]
        "a scan was refused";
    SENT_BACK = "sent_back" [count("SentBack")] ["office", "date", "missing"]
        "a visit was stopped for documents; `missing`: their ids";
    DOCUMENTS_BROUGHT = "documents_brought" [count("DocumentsBrought")] ["office", "date"]
        "the missing documents came before their deadline";
    LAPSED = "lapsed" [count("VisitsLapsed")] ["office", "date"]
        "a visit whose documents did not come was written down";
    CALLED = "called" [Metric { name: "WaitingTime", unit: Unit::Seconds, by: None }]
        ["office", "date", "priority"]
        "a number was called for the first time: since the scan, or since its documents came";
    SKIPPED = "skipped" [count("NumbersSkipped")] ["office", "date"]
        "nobody came when a number was called";
    SERVED = "served"
        [count("VisitsServed"), Metric { name: "ServiceTime", unit: Unit::Seconds, by: None }]
        ["office", "date"]
        "a visit was finished at a counter";
    NO_SHOW = "no_show" [count("NoShows")] ["office", "date"]
        "a visit that was missed was written down";
    HOLD_EXPIRED = "hold_expired" [count("HoldsExpired")] ["office", "date"]
        "a hold that ran out was written down";
    HOLD_MISREAD = "hold_misread" [count("HoldsExpiredMisread")] ["office", "date"]
        "a hold that ran out was written down, and the last that its person wrote since was not understood";
    AUDIT = "audit" [count("AuditDisagreements")] ["days", "seats", "bookings"]
        "every audit, 0 too";
    SENDING_PAUSED = "sending_paused" [count("SendingPaused")] ["reason"]
        "the provider refused everything";
    WEBHOOK_REJECTED = "webhook_rejected" [count("WebhooksRejected")] ["provider"]
        "a delivery had a wrong signature";
    INBOUND = "inbound" [count("InboundMessages")] []
        "messages from people were stored";
    COLD_START = "cold_start"
        [count_by("ColdStarts", "Function"),
         Metric { name: "Init", unit: Unit::Milliseconds, by: None }]
        ["init_ms"]
        "an instance became ready; `Init`: from the start of its process";
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::message::MessageKind;

    const DOCUMENT: &str = include_str!("../../../docs/metrics.md");

    fn row(definition: &Definition, metric: &Metric) -> String {
        let by = metric.by.map_or("–".to_owned(), |by| format!("`{by}`"));
        let properties: Vec<_> =
            definition.properties.iter().map(|property| format!("`{property}`")).collect();
        let properties =
            if properties.is_empty() { "–".to_owned() } else { properties.join(", ") };
        let (unit, event, when) = (metric.unit.as_str(), definition.event, definition.when);
        format!("| `{}` | {unit} | {by} | `{event}` | {properties} | {when} |", metric.name)
    }

    #[test]
    fn the_document_and_the_catalogue_agree() {
        let pairs = ALL.iter().flat_map(|kind| kind.metrics.iter().map(move |m| row(kind, m)));
        let expected: Vec<_> = pairs.collect();
        let shown: Vec<_> = DOCUMENT
            .lines()
            .skip_while(|line| !line.starts_with("| metric |"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert_eq!(shown, expected, "the table should be:\n{}", expected.join("\n"));
    }

    /// Every kind of message, the values of the dimension `Kind`.
    fn kinds() -> Vec<&'static str> {
        let next = |kind: &MessageKind| match kind {
            MessageKind::Hold => Some(MessageKind::Confirmed),
            MessageKind::Confirmed => Some(MessageKind::Reminder),
            MessageKind::Reminder => Some(MessageKind::Cancelled),
            MessageKind::Cancelled => Some(MessageKind::Moved),
            MessageKind::Moved => Some(MessageKind::OfficeClosed),
            MessageKind::OfficeClosed => Some(MessageKind::ClosedMoved),
            MessageKind::ClosedMoved => Some(MessageKind::ClosedWaiting),
            MessageKind::ClosedWaiting => Some(MessageKind::ClaimAsked),
            MessageKind::ClaimAsked => Some(MessageKind::ClaimReleased),
            MessageKind::ClaimReleased => Some(MessageKind::Released),
            MessageKind::Released => Some(MessageKind::HoldLapsed),
            MessageKind::HoldLapsed => Some(MessageKind::DocumentsMissing),
            MessageKind::DocumentsMissing => Some(MessageKind::AlmostYourTurn),
            MessageKind::AlmostYourTurn => Some(MessageKind::Verified),
            MessageKind::Verified => Some(MessageKind::OneTimeCode),
            MessageKind::OneTimeCode => Some(MessageKind::Ticket),
            MessageKind::Ticket => Some(MessageKind::Reply),
            MessageKind::Reply => None,
        };
        std::iter::successors(Some(MessageKind::Hold), next).map(MessageKind::as_str).collect()
    }

    fn exported() -> Value {
        let metric =
            |it: &Metric| (it.name.to_owned(), json!({ "unit": it.unit.as_str(), "by": it.by }));
        let record = |it: &&Definition| {
            let metrics: Value = it.metrics.iter().map(metric).collect();
            (it.event.to_owned(), json!({ "metrics": metrics, "properties": it.properties }))
        };
        json!({ "kinds": kinds(), "records": ALL.iter().map(record).collect::<Value>() })
    }

    /// After a change of the catalogue: `ANTRIAN_WRITE_METRICS=1 cargo test -p antrian --lib telemetry`.
    #[test]
    fn the_exported_metrics_are_those_of_the_catalogue() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/metrics.json");
        if std::env::var_os("ANTRIAN_WRITE_METRICS").is_some() {
            std::fs::write(file, format!("{:#}\n", exported())).unwrap();
        }
        let read: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(read, exported(), "infra/metrics.json is older than the catalogue");
    }

    #[test]
    fn no_name_is_used_twice() {
        let events = ALL.iter().map(|definition| definition.event);
        let metrics = ALL.iter().flat_map(|definition| definition.metrics).map(|m| m.name);
        let mut names: Vec<_> = events.chain(metrics).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
