//! What a person reads at the terminal when the stack starts, or cannot start.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a person at the terminal reads this"
)]

use std::time::Duration;

use crate::options::Options;
use crate::stack::Stack;

/// What to try. A test runs these lines.
const TRY: &str = include_str!("../try.sh");

/// The lines to paste, for a stack at this address.
pub fn lines(base_url: &str) -> String {
    TRY.replace("{base_url}", base_url)
}

/// What the first start does before it answers.
pub fn preparing(offices: usize) -> String {
    format!("Menyiapkan {offices} kantor … / Preparing {offices} offices …")
}

/// How long it took.
pub fn ready(after: Duration) -> String {
    let tenths = after.as_millis().div_ceil(100).max(1);
    let (secs, tenths) = (tenths / 10, tenths % 10);
    format!("Siap dalam {secs},{tenths} detik. / Ready after {secs}.{tenths} s.")
}

/// Prints what takes a while when there are no data yet.
pub fn announce(options: &Options) {
    if options.home.as_ref().is_none_or(|home| home.is_new()) {
        println!("{}", preparing(options.offices.len()));
    }
}

/// Prints that the stack is up, and what to try.
pub fn greet(stack: &Stack, after: Duration) {
    let data = match stack.home() {
        Some(home) => format!(
            "Data is kept in {} (cargo run -- --fresh forgets it).",
            home.folder().display()
        ),
        None => "Data is kept in memory only.".to_owned(),
    };
    println!(
        "{ready}\n\nAntrian is up at {base}. Ctrl-C ends it.\n{data}\n\n\
        Book on a page: open {base}/ and follow it to a ticket. WhatsApp is {base}/simulator.\n\
        Staff: open {base}/petugas and sign in as one of the made-up clerks.\n\
        Book by chat: open {base}/simulator and write MENU.\n\n{lines}",
        ready = ready(after),
        base = stack.base_url,
        lines = lines(&stack.base_url)
    );
}

/// Prints why the stack cannot be started.
pub fn print_error(error: &anyhow::Error) {
    eprintln!("{error:#}");
}
