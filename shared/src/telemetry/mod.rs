//! What the system tells of itself: log lines, metrics, and the id that goes through both. No
//! personal data: the types see to it.
//!
//! - [`catalogue`]: every record of metrics that there is.
//! - [`Metrics`]: emits them, one JSON line each in CloudWatch's embedded metric format.
//! - [`correlation`]: the request that a piece of work is done for, from the gateway to the message.

pub mod catalogue;
pub mod correlation;
mod lines;
mod metrics;
mod record;

use std::time::Instant;

use chrono::{DateTime, Utc};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use metrics::Metrics;
pub use record::Record;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, a panic too.
    Json,
    /// For people.
    Plain,
}

/// What is logged unless `RUST_LOG` says otherwise.
const USUAL: &str = "info,aws=warn,hyper=warn,dynoxide=error,rustack_sqs_core=warn";

/// Starts logging; `RUST_LOG` chooses what, by target and level. Only the first call counts.
pub fn start(format: LogFormat) {
    let chosen = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok());
    // `EnvFilter` could choose by fields as well, for 0.4 MB of regular expressions.
    let targets: Targets = chosen.or_else(|| USUAL.parse().ok()).unwrap_or_default();
    let builder =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => {
            log_panics();
            let lines = builder.fmt_fields(JsonFields::new()).event_format(lines::Lines);
            lines.finish().with(targets).try_init()
        }
        LogFormat::Plain => builder.with_target(false).finish().with(targets).try_init(),
    };
    // A second start (tests share a process) keeps the first one's settings.
    drop(started);
}

/// A panic is one line like any other. Its words are left out: some of those of the standard library
/// repeat the text at which they happened.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at = at.as_deref(), "panic");
    }));
}

/// Tells that an instance of `function` is ready; its process began at `begun`.
pub fn cold_start(metrics: &Metrics, function: &str, begun: Instant, now: DateTime<Utc>) {
    let init_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let record = Record::of(&catalogue::COLD_START, &[1, init_ms]).by(function);
    metrics.send(record.with("init_ms", init_ms), now);
}
