//! Statuses of messages: planned when a message is accepted, reported when they are due.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::error::GraphError;
use super::faults::Fault;
use super::graph::Graph;
use super::record::{Mark, Report};
use super::state::State;

/// [`Fault::LateStatuses`]: one minute.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// Plans the statuses of an accepted message.
pub(super) fn plan(state: &mut State, id: &str, fault: Option<Fault>, now: DateTime<Utc>) {
    let (marks, code) = match fault {
        Some(Fault::NoStatuses) => (vec![], None),
        Some(Fault::StatusesOutOfOrder) => (vec![Mark::Delivered, Mark::Sent], None),
        Some(Fault::Failed(code)) => (vec![Mark::Failed], Some(code)),
        _ => (vec![Mark::Sent, Mark::Delivered], None),
    };
    let due = if fault == Some(Fault::LateStatuses) { now + LATE } else { now };
    let times = if fault == Some(Fault::DoubledStatuses) { 2 } else { 1 };
    for mark in marks {
        for _ in 0..times {
            state.report(Report { id: id.to_owned(), mark, code, due });
        }
    }
}

/// The receiver looks at a message: it is reported as read, but only once.
pub(super) fn read(state: &mut State, id: &str, now: DateTime<Utc>) -> bool {
    let Some(record) = state.record(id).filter(|record| !record.incoming) else { return false };
    let is_new = record.mark < Mark::Read
        && !state.reports.iter().any(|report| report.id == id && report.mark == Mark::Read);
    if is_new {
        state.report(Report { id: id.to_owned(), mark: Mark::Read, code: None, due: now });
    }
    true
}

impl Graph {
    /// Shows a message on its receiver's phone: it is read. Returns whether there is such a
    /// message.
    pub fn read(&self, provider_id: &str) -> bool {
        let now = self.now();
        self.change(|state| read(state, provider_id, now))
    }

    /// Reports every status that is due, in order. Returns how many there were.
    pub async fn report(&self) -> usize {
        let mut reported = 0;
        while let Some(body) = self.next_report() {
            self.post(&body).await;
            reported += 1;
        }
        reported
    }

    /// Reports for ever, as statuses fall due.
    pub async fn report_for_ever(self) {
        let mut changes = self.changes();
        loop {
            self.report().await;
            let pause = std::time::Duration::from_secs(1);
            // A change and the passing of time can both make a status due.
            drop(tokio::time::timeout(pause, changes.changed()).await);
        }
    }

    /// Takes the next status that is due and marks its message.
    fn next_report(&self) -> Option<Value> {
        let now = self.now();
        let due = self.state().reports.iter().position(|report| report.due <= now)?;
        self.change(|state| {
            let report = state.reports.remove(due)?;
            state.mark(&report.id, report.mark);
            self.status(state, &report, now)
        })
    }

    fn status(&self, state: &State, report: &Report, now: DateTime<Utc>) -> Option<Value> {
        let record = state.record(&report.id)?;
        let person = &state.people[record.person];
        let mut status = json!({
            "id": report.id, "status": report.mark, "timestamp": now.timestamp().to_string(),
        });
        let phone = person.phone.as_ref().filter(|_| !record.to_scoped);
        if let Some(phone) = phone {
            status["recipient_id"] = phone.clone().into();
        }
        if let Some(scoped) = &person.scoped {
            status["recipient_user_id"] = scoped.clone().into();
        }
        if let Some(callback) = &record.callback {
            status["biz_opaque_callback_data"] = callback.clone().into();
        }
        match report.code {
            Some(code) => {
                status["errors"] = json!([GraphError::new(code, "an injected fault").in_status()]);
            }
            None => status["pricing"] = pricing(record.content.kind),
        }
        Some(self.account().delivery(person.contact(), "statuses", status))
    }
}

fn pricing(kind: &str) -> Value {
    let category = if kind == "template" { "utility" } else { "service" };
    json!({"billable": true, "pricing_model": "PMP", "category": category, "type": "regular"})
}
