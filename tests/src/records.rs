//! The records of metrics that a system has emitted, and what CloudWatch asks of one.

use antrian::telemetry::catalogue::{ALL, Definition};
use serde_json::{Map, Value};

use crate::app::TestApp;

impl TestApp {
    /// All records so far, oldest first.
    ///
    /// # Panics
    /// If one is not a JSON object.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "a test of lines that are no JSON fails")]
    pub fn records(&self) -> Vec<Value> {
        let lines = self.stack.app.metrics.kept();
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The records of an event.
    #[must_use]
    pub fn records_of(&self, event: &str) -> Vec<Value> {
        let mut records = self.records();
        records.retain(|record| record["event"] == event);
        records
    }
}

/// Dimensions of a set, metrics of a directive, characters of a name or value: as the specification of
/// the embedded metric format has them.
const MAX_DIMENSIONS: usize = 30;
const MAX_METRICS: usize = 100;
const MAX_CHARS: usize = 1_024;
const MAX_DIMENSION_CHARS: usize = 250;
/// A log event of CloudWatch.
const MAX_BYTES: usize = 256 * 1_024;
/// Units that the catalogue has; the specification knows more.
const UNITS: [&str; 4] = ["Count", "Seconds", "Milliseconds", "Percent"];

/// What is wrong with a record: by the specification, then by the catalogue.
#[must_use]
pub fn faults(record: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(members) = record.as_object() else { return vec!["no object".to_owned()] };
    if record.to_string().len() > MAX_BYTES {
        faults.push("too long".to_owned());
    }
    if let Some(head) = members.get("_aws") {
        of_head(head, members, &mut faults);
    }
    let event = members.get("event").and_then(Value::as_str);
    match ALL.iter().find(|definition| Some(definition.event) == event) {
        Some(definition) => of_catalogue(definition, members, &mut faults),
        None => faults.push(format!("unknown event {event:?}")),
    }
    faults
}

fn of_head(head: &Value, members: &Map<String, Value>, faults: &mut Vec<String>) {
    // Milliseconds: the same number of seconds would lie in January 1970.
    if head["Timestamp"].as_i64().is_none_or(|ms| ms < 1_000_000_000_000) {
        faults.push("no timestamp in milliseconds".to_owned());
    }
    let directives = head["CloudWatchMetrics"].as_array().map_or(&[][..], Vec::as_slice);
    if directives.is_empty() {
        faults.push("no directive".to_owned());
    }
    for directive in directives {
        of_directive(directive, members, faults);
    }
}

fn of_directive(directive: &Value, members: &Map<String, Value>, faults: &mut Vec<String>) {
    let list = |name: &str| directive[name].as_array().map_or(&[][..], Vec::as_slice);
    if !is_text(&directive["Namespace"], MAX_CHARS) {
        faults.push("no namespace".to_owned());
    }
    let (sets, metrics) = (list("Dimensions"), list("Metrics"));
    if sets.is_empty() || metrics.is_empty() || metrics.len() > MAX_METRICS {
        faults.push("too many or too few metrics".to_owned());
    }
    for metric in metrics {
        let value = metric["Name"].as_str().and_then(|name| members.get(name));
        if !is_text(&metric["Name"], MAX_CHARS) || !value.is_some_and(Value::is_number) {
            faults.push(format!("{metric} has no number"));
        }
        if !metric["Unit"].as_str().is_some_and(|unit| UNITS.contains(&unit)) {
            faults.push(format!("{metric} has no unit"));
        }
    }
    for set in sets {
        let names = set.as_array().map_or(&[][..], Vec::as_slice);
        if names.len() > MAX_DIMENSIONS {
            faults.push(format!("{set} is too long"));
        }
        for name in names {
            let value = name.as_str().and_then(|name| members.get(name));
            let is_sound = is_text(name, MAX_DIMENSION_CHARS)
                && value.is_some_and(|value| is_text(value, MAX_CHARS));
            if !is_sound {
                faults.push(format!("{name} has no value"));
            }
        }
    }
}

fn is_text(value: &Value, most: usize) -> bool {
    value.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()))
}

fn of_catalogue(definition: &Definition, members: &Map<String, Value>, faults: &mut Vec<String>) {
    let metrics = definition.metrics.iter();
    let own = metrics.clone().map(|metric| metric.name).chain(metrics.filter_map(|m| m.by));
    let mut known: Vec<_> = own.chain(definition.properties.iter().copied()).collect();
    known.extend(["_aws", "Stage", "event", "request_id"]);
    for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
        faults.push(format!("{name} is not in the catalogue"));
    }
    for metric in definition.metrics.iter().filter(|metric| !members.contains_key(metric.name)) {
        faults.push(format!("{} is missing", metric.name));
    }
}
