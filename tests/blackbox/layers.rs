//! The layers of `ARCHITECTURE.md`, read from the code. An arrow goes from a file to the one that defines
//! what it names: it only points down, and no arrows make a circle.
//!
//! `mod` is no arrow, nor is `pub use` of what lies below a module. Who names something through such a
//! `pub use` has an arrow to the file that defines it. What a method call reaches is not seen.

mod invented;
mod rules;
mod source;
mod tokens;
mod tree;

use tree::Tree;

/// The crates, lowest first; each knows those below it. Functions do not know each other.
const CRATES: [&str; 5] = ["domain", "shared", "pages", "functions", "local"];

/// The rooms of the shared crate, lowest first; each knows those below it. All may know the domain.
const ROOMS: [&str; 16] = [
    "telemetry",
    "clock",
    "security",
    "config",
    "net",
    "storage",
    "queues",
    "health",
    "ledger",
    "rendering",
    "messaging",
    "staff",
    "app",
    "use_cases",
    "http",
    "lambda",
];

/// Crates that the domain does without; `aws_`: all whose names begin so.
const FOREIGN: [&str; 9] =
    ["aws_", "axum", "http", "hyper", "lambda_", "reqwest", "rustls", "tokio", "tower"];

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_crate_knows_those_below_it_only() {
    assert_none(rules::crates(&Tree::of_project()));
}

#[test]
fn the_domain_names_no_crate_for_input_or_output() {
    assert_none(rules::domain(&Tree::of_project()));
}

#[test]
fn a_room_knows_those_below_it_only() {
    assert_none(rules::rooms(&Tree::of_project()));
}

#[test]
fn no_files_go_round_in_a_circle() {
    assert_none(rules::circles(&Tree::of_project()));
}
