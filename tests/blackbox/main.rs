//! Black-box tests of the whole system: over HTTP, through the queue, against the table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "names of tests are sentences")]

mod journey;
mod model;
mod welcome;
mod wire;
