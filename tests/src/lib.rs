//! A running system for tests: the local stack in memory, its clock, queue and scheduler in hand.

pub mod app;
pub mod browser;
pub mod crowd;
pub mod desk;
pub mod offices;
pub mod offline;
pub mod person;
pub mod phone;
pub mod recorder;
pub mod records;
pub mod round_trips;
pub mod unguarded;
pub mod wire;

pub use app::{Answer, Setup, TestApp};
pub use browser::Browser;
pub use person::Person;
pub use recorder::Recorder;
