//! What a person reads at the terminal when the stack starts, or cannot start.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a person at the terminal reads this"
)]

use crate::stack::Stack;

/// What to try. A test runs these lines.
const TRY: &str = include_str!("../try.sh");

/// The lines to paste, for a stack at this address.
pub fn lines(base_url: &str) -> String {
    TRY.replace("{base_url}", base_url)
}

/// Prints that the stack is up, and what to try.
pub fn greet(stack: &Stack) {
    let data = match stack.home() {
        Some(home) => format!(
            "Data is kept in {} (cargo run -- --fresh forgets it).",
            home.folder().display()
        ),
        None => "Data is kept in memory only.".to_owned(),
    };
    println!(
        "\nAntrian is up at {base}. Ctrl-C ends it.\n{data}\n\n\
        Book on a page: open {base}/ and follow it to a ticket. WhatsApp is {base}/simulator.\n\
        Book by chat: open {base}/simulator and write MENU.\n\n{lines}",
        base = stack.base_url,
        lines = lines(&stack.base_url)
    );
}

/// Prints why the stack cannot be started.
pub fn print_error(error: &anyhow::Error) {
    eprintln!("{error:#}");
}
