//! Where records go.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{Record, correlation};

/// Emits records. Its clones emit to the same place.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    stage: String,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout,
    Kept(Mutex<Vec<String>>),
    Nowhere,
}

impl Metrics {
    /// To the function's output, from where CloudWatch takes them.
    pub fn to_stdout(stage: &str) -> Self {
        Self::new(stage, Sink::Stdout)
    }

    /// To memory, for whoever looks at them with [`Metrics::kept`].
    pub fn to_memory(stage: &str) -> Self {
        Self::new(stage, Sink::Kept(Mutex::default()))
    }

    /// Nobody reads them.
    pub fn to_nowhere(stage: &str) -> Self {
        Self::new(stage, Sink::Nowhere)
    }

    fn new(stage: &str, sink: Sink) -> Self {
        Self(Arc::new(Inner { stage: stage.to_owned(), sink }))
    }

    /// Emits a record, in the name of the request that this task works for.
    pub fn send(&self, record: Record, now: DateTime<Utc>) {
        if matches!(self.0.sink, Sink::Nowhere) {
            return;
        }
        let line = record.line(&self.0.stage, correlation::current().as_deref(), now);
        self.write(line);
    }

    /// The lines that were kept, oldest first.
    pub fn kept(&self) -> Vec<String> {
        match &self.0.sink {
            Sink::Kept(lines) => lines.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Sink::Stdout | Sink::Nowhere => vec![],
        }
    }

    fn write(&self, mut line: String) {
        match &self.0.sink {
            Sink::Stdout => {
                line.push('\n');
                // One write for a line: lines of several threads do not mix. Where nobody reads, there
                // is nobody to be told either.
                drop(std::io::stdout().lock().write_all(line.as_bytes()));
            }
            Sink::Kept(lines) => lines.lock().unwrap_or_else(PoisonError::into_inner).push(line),
            Sink::Nowhere => {}
        }
    }
}
