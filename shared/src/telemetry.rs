//! Logs: JSON lines in the cloud, plain lines on a laptop. No personal data: the types see to it.

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Plain,
}

/// Starts logging; `RUST_LOG` chooses what. Only the first call counts.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("info,aws=warn,hyper=warn,dynoxide=error,rustack_sqs_core=warn")
    });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => builder.json().with_current_span(true).try_init(),
        LogFormat::Plain => builder.with_target(false).try_init(),
    };
    // A second start (tests share a process) keeps the first one's settings.
    drop(started);
}
