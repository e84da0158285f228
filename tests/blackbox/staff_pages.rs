//! Pages for staff, without script: signing in, what each role may do, the door.

mod changes;
mod closures;
mod counters;
mod matrix;
mod offline;
mod quotas;
mod report;
mod scan;
mod settings;
mod sign_in;
mod visitors;

/// The start of the staff's pages.
const START: &str = "/petugas";
