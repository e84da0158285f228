//! Black-box tests of the whole system: over HTTP, through the queue, against the table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod admin;
mod bad_input;
mod bookings;
mod chat;
mod checkin;
mod closing;
mod code_limits;
mod compat;
mod concurrency;
mod desk;
mod documented;
mod edge;
mod fair_use;
mod faults;
mod fuzz;
mod graph;
mod idempotency;
mod journey;
mod keyring;
mod layers;
mod local_program;
mod messages;
mod metrics;
mod model;
mod moves;
mod offices;
mod one_time_code;
mod operations;
mod pools;
mod privacy;
mod providers;
mod registration;
mod roles;
mod round_trips;
mod scheduler;
mod sessions;
mod sign_in;
mod steps;
mod tickets;
mod touts;
mod webhooks;
mod welcome;
mod wire;
