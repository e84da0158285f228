//! A record as CloudWatch reads it: the embedded metric format is one JSON line in which `_aws` says
//! which members are metrics.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::catalogue::{Definition, Metric};
use crate::domain::ids::OfficeId;

/// The namespace of all metrics.
const NAMESPACE: &str = "Antrian";

/// A record to be sent.
#[derive(Debug, Clone)]
pub struct Record {
    definition: &'static Definition,
    is_metric: bool,
    members: Map<String, Value>,
}

impl Record {
    /// A record with the values of its metrics, in the order of its definition.
    pub fn of(definition: &'static Definition, values: &[i64]) -> Self {
        let names = definition.metrics.iter().map(|metric| metric.name.to_owned());
        let members = names.zip(values.iter().map(|value| Value::from(*value))).collect();
        Self { definition, is_metric: true, members }
    }

    /// The value of its further dimension. CloudWatch takes no empty one.
    #[must_use]
    pub fn by(mut self, value: &str) -> Self {
        if let Some(name) = self.definition.metrics.iter().find_map(|metric| metric.by) {
            let value = if value.is_empty() { "none" } else { value };
            self.members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A property.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Where and, if that is known, for which date.
    #[must_use]
    pub fn at(self, office: &OfficeId, date: impl Into<Option<NaiveDate>>) -> Self {
        let placed = self.with("office", office.as_str());
        match date.into() {
            Some(date) => placed.with("date", date.to_string()),
            None => placed,
        }
    }

    /// For queries over log lines only: no metric is made of it.
    #[must_use]
    pub fn only_a_line(mut self) -> Self {
        self.is_metric = false;
        self
    }

    /// The line, without its end.
    pub(super) fn line(self, stage: &str, request: Option<&str>, now: DateTime<Utc>) -> String {
        let mut line = self.members;
        line.insert("event".to_owned(), self.definition.event.into());
        line.insert("Stage".to_owned(), stage.into());
        if let Some(id) = request {
            line.entry("request_id").or_insert_with(|| id.into());
        }
        if self.is_metric {
            let directives: Vec<_> = directives(self.definition.metrics).collect();
            let head =
                json!({"Timestamp": now.timestamp_millis(), "CloudWatchMetrics": directives});
            line.insert("_aws".to_owned(), head);
        }
        Value::Object(line).to_string()
    }
}

/// One for each set of dimensions.
fn directives(metrics: &'static [Metric]) -> impl Iterator<Item = Value> {
    metrics.chunk_by(|one, next| one.by == next.by).map(|group| {
        let names = group.iter().map(|m| json!({"Name": m.name, "Unit": m.unit.as_str()}));
        let dimensions = match group.first().and_then(|metric| metric.by) {
            Some(by) => json!([["Stage"], ["Stage", by]]),
            None => json!([["Stage"]]),
        };
        json!({"Namespace": NAMESPACE, "Dimensions": dimensions,
            "Metrics": names.collect::<Vec<_>>()})
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::catalogue::{MESSAGE_SENT, SEATS};

    #[test]
    fn a_record_is_what_cloudwatch_reads() {
        let now = "2026-11-30T00:00:00.123Z".parse().unwrap();
        let office = "uji".parse().unwrap();
        let record = Record::of(&MESSAGE_SENT, &[1, 0, 2_500]).by("confirmed").at(&office, None);
        let line: Value = serde_json::from_str(&record.line("dev", Some("r1"), now)).unwrap();
        let sent = json!({"Name": "MessagesSent", "Unit": "Count"});
        let rest = json!([{"Name": "MessagesLate", "Unit": "Count"},
            {"Name": "MessageDelay", "Unit": "Milliseconds"}]);
        let expected = json!({
            "_aws": {"Timestamp": 1_795_996_800_123_i64, "CloudWatchMetrics": [
                {"Namespace": "Antrian", "Dimensions": [["Stage"], ["Stage", "Kind"]],
                    "Metrics": [sent]},
                {"Namespace": "Antrian", "Dimensions": [["Stage"]], "Metrics": rest},
            ]},
            "event": "message_sent", "Stage": "dev", "Kind": "confirmed", "office": "uji",
            "request_id": "r1", "MessagesSent": 1, "MessagesLate": 0, "MessageDelay": 2_500,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_mere_line_makes_no_metric() {
        let now = "2026-11-30T00:00:00Z".parse().unwrap();
        let (office, date) = ("uji".parse().unwrap(), NaiveDate::from_ymd_opt(2026, 12, 2));
        let record = Record::of(&SEATS, &[7]).at(&office, date).only_a_line();
        let line: Value = serde_json::from_str(&record.line("dev", None, now)).unwrap();
        assert_eq!(
            line,
            json!({"event": "seats", "Stage": "dev", "SeatsFree": 7, "office": "uji",
                "date": "2026-12-02"})
        );
    }
}
