//! The rules of appointments, pure: no I/O, no clock, no AWS types. `now` is always an argument.

pub mod account;
pub mod booking;
pub mod calendar;
pub mod chat;
pub mod code;
pub mod day;
pub mod device;
pub mod document;
pub mod fair_use;
pub mod field;
pub mod ids;
pub mod inbound;
pub mod language;
pub mod message;
pub mod office;
pub mod person;
pub mod personal;
pub mod queue;
pub mod reason;
pub mod release;
pub mod report;
pub mod requirements;
pub mod sending;
pub mod ticket;
pub mod time;
pub mod validate;
mod weekday;
