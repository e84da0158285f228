//! Any text on any day: it is understood without a panic, and the same again within blanks.

#![no_main]

use antrian_domain::chat::words::{details, understand};
use chrono::{Days, NaiveDate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let days = text.len() as u64 * 7 % 3_000;
    let today = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default() + Days::new(days);
    let said = understand(text, today);
    let _ = details(text, today);
    if text.chars().count() < 4_000 {
        assert!(understand(&format!("\u{200b} {text} \u{a0}"), today) == said, "changed by blanks");
    }
});
