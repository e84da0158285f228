//! What the stack says when it is up, and when it cannot be.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is what a person at the terminal reads"
)]

use crate::stack::Stack;

/// What to try, as it is printed; a test runs these very lines.
const TRY: &str = include_str!("../try.sh");

/// The lines to paste, for a stack at this address.
pub fn lines(base_url: &str) -> String {
    TRY.replace("{base_url}", base_url)
}

/// Says that the stack is up, and what to try.
pub fn greet(stack: &Stack) {
    let kept = match stack.home() {
        Some(home) => format!(
            "Data is kept in {} (cargo run -- --fresh forgets it).",
            home.folder().display()
        ),
        None => "Data is kept in memory only.".to_owned(),
    };
    println!(
        "\nAntrian is up at {base}. Ctrl-C ends it.\n{kept}\n\n\
        Book by chat: open {base}/simulator and write MENU.\n\n{lines}",
        base = stack.base_url,
        lines = lines(&stack.base_url)
    );
}

/// Says why the stack cannot be started.
pub fn complain(error: &anyhow::Error) {
    eprintln!("{error:#}");
}
