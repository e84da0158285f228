//! What time makes due, once a minute; and the audit, once a day.

mod audit;
mod part;

use std::time::Duration;

use antrian::app::App;
use antrian::domain::sending::Spending;
use antrian::ledger::{Housekeeping, LedgerError};
use antrian::messaging::sweep::{Sweep, Swept, sweep_inbox};
use antrian::storage::AuditReport;
use antrian::telemetry::Record;
use antrian::telemetry::catalogue::{AUDIT, SPENDING, SWEEP};
use antrian::use_cases::report::keep_settled;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use audit::Wanted;
use part::Parts;

const MICROS_OF_A_CENT: u64 = 10_000;

/// What a part of a tick may take: two of them one after the other end within the tick.
const PART: Duration = Duration::from_secs(25);

/// What a run of the audit may take; what is left then is done by the next one.
const AUDIT_RUN: Duration = Duration::from_secs(13 * 60);
/// No page of the outbox is begun later: it ends before its part is cut off.
const SWEEP_PAGES: Duration = Duration::from_secs(18);

/// What the schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Everything that is due.
    #[default]
    Tick,
    /// The audit: on with one that has not ended, or a new one.
    Audit,
    /// On with the audit of this night, until it has ended.
    NightlyAudit,
    /// All messages that wait to be sent into their queues, also those that are in them as far as the table
    /// knows: after the queues were emptied.
    Enqueue,
}

impl Job {
    /// What it may take: a tick ends before the next one comes.
    pub fn most(self) -> Duration {
        Duration::from_secs(match self {
            Self::Tick | Self::Enqueue => 55,
            Self::Audit | Self::NightlyAudit => 14 * 60,
        })
    }
}

/// A scheduled event.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Scheduled {
    /// What to do; absent: a tick.
    #[serde(default)]
    pub job: Job,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Days that open within the next day, made for it.
    pub days_made: u32,
    /// Holds that ran out and visits that were missed, written down.
    pub settled: u32,
    /// Bookings moved or cancelled because their office closed their day.
    pub cleared: u32,
    /// Overdue messages handed to the queue.
    pub swept: usize,
    /// Received messages that waited, handed to their queue again.
    pub heard: usize,
    /// Reports of settled days that were kept.
    pub reports: u32,
    /// The audit, if that was asked for and has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditReport>,
}

/// Runs a job. The parts of a tick do not wait for each other's success: the first fault is the answer
/// after all have been tried.
///
/// # Errors
/// If the table did not answer.
pub async fn run(app: &App, work: &Housekeeping, job: Job) -> Result<Report, LedgerError> {
    match job {
        Job::Tick => Box::pin(tick(app, work)).await,
        Job::Audit => Box::pin(audit(app, work, Wanted::Any)).await,
        Job::NightlyAudit => Box::pin(audit(app, work, Wanted::Nightly)).await,
        Job::Enqueue => Box::pin(enqueue(app)).await,
    }
}

async fn tick(app: &App, work: &Housekeeping) -> Result<Report, LedgerError> {
    let now = app.clock.now();
    let parts = Parts { metrics: &app.metrics, now, most: PART };
    let store = app.ledger.store();
    let outbox = Sweep { store, queue: &app.queue, now, within: SWEEP_PAGES, anew: false };
    let ((made, surveyed), kept, settled, cleared, swept, heard, spent, reported) = tokio::join!(
        // What is free next is looked for after days have been made.
        async {
            let made = parts.part("days", work.make_days(now)).await;
            (made, parts.part("survey", work.survey(now)).await)
        },
        parts.part("directory", work.keep_directory()),
        parts.part("expiry", work.apply_expiry(now)),
        parts.part("closures", work.clear_closed_days(now)),
        parts.part("messages", outbox.outbox()),
        parts.part("inbox", sweep_inbox(store, &app.inbox, now)),
        parts.part("spending", store.spent(now.date_naive())),
        parts.part("reports", keep_settled(app, now)),
    );
    // What was found out is told even if another part has failed.
    swept.iter().flatten().for_each(|swept| record_sweep(app, *swept, now));
    spent.iter().flatten().for_each(|spent| record_spending(app, *spent, now));
    spent?;
    kept?;
    surveyed?;
    Ok(Report {
        days_made: made?.unwrap_or_default(),
        settled: settled?.unwrap_or_default(),
        cleared: cleared?.unwrap_or_default(),
        swept: swept?.unwrap_or_default().count,
        heard: heard?.unwrap_or_default(),
        reports: reported?.unwrap_or_default(),
        audit: None,
    })
}

async fn enqueue(app: &App) -> Result<Report, LedgerError> {
    let (now, store) = (app.clock.now(), app.ledger.store());
    let outbox = Sweep { store, queue: &app.queue, now, within: 2 * SWEEP_PAGES, anew: true };
    Ok(Report { swept: outbox.outbox().await?.count, ..Report::default() })
}

fn record_sweep(app: &App, swept: Swept, now: DateTime<Utc>) {
    let count = i64::try_from(swept.count).unwrap_or(i64::MAX);
    app.metrics.send(Record::of(&SWEEP, &[count, swept.lag_secs]), now);
}

/// Tells what the day's messages have cost so far, in words too from four fifths of the ceiling on.
fn record_spending(app: &App, micros: u64, now: DateTime<Utc>) {
    let percent = app.sending.spent_percent(micros);
    match app.sending.spending(micros) {
        Spending::Usual => {}
        Spending::Near => {
            tracing::warn!(percent, "the day's messages have cost most of what they may cost");
        }
        Spending::Reached => tracing::error!(
            percent,
            "the day's messages have cost all that they may cost: codes and reminders wait"
        ),
    }
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let values = [whole(micros / MICROS_OF_A_CENT), whole(percent)];
    app.metrics.send(Record::of(&SPENDING, &values), now);
}

async fn audit(app: &App, work: &Housekeeping, wanted: Wanted) -> Result<Report, LedgerError> {
    let audit = audit::audit(app, work, wanted, AUDIT_RUN).await?;
    if let Some(audit) = &audit {
        let disagreements = i64::try_from(audit.disagreements.len()).unwrap_or(i64::MAX);
        let record = Record::of(&AUDIT, &[disagreements]).with("days", audit.days);
        let record = record.with("seats", audit.seats_taken).with("bookings", audit.live_bookings);
        app.metrics.send(record, app.clock.now());
    }
    Ok(Report { audit, ..Report::default() })
}
