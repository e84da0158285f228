//! Any signed bytes: they are read without a panic, and never as more than they hold.

#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = antrian_whatsapp::cloud_api::read(body, Some("100000000000001"), DateTime::UNIX_EPOCH);
});
