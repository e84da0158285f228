//! The lines that `cargo run` prints work when they are pasted.

use std::process::Command;

use antrian_local::{Options, Stack, demo, welcome};

/// The lines need a shell and `curl`, which this project does not install.
fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "says that it did not run")]
async fn the_printed_lines_lead_to_the_end_of_a_visit() {
    assert!(has_curl() || std::env::var_os("CI").is_none(), "the gates need curl");
    if !has_curl() {
        eprintln!("not run: there is no curl on this machine");
        return;
    }
    let mut offices = demo::offices().unwrap();
    offices.retain(|office| office.id.as_str() == "demo-kecil");
    let stack = Stack::start(Options { offices, ..Options::default() }).await.unwrap();

    // Pasted twice, by two made-up people: what they are called follows from the shell's seed.
    let first = paste(&stack, 1);
    let second = paste(&stack, 2);
    stack.stop().await;
    assert!(first.contains(r#""queue_number":"A-001""#), "{first}");
    assert!(second.contains(r#""queue_number":"A-00"#), "{second}");
    for printed in [&first, &second] {
        assert!(printed.contains(r#""state":"finished""#), "{printed}");
    }
}

/// What the lines print.
fn paste(stack: &Stack, seed: u32) -> String {
    let folder = format!("antrian-welcome-{}-{seed}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let lines = format!("RANDOM={seed}\n{}", welcome::lines(&stack.base_url));
    let output = Command::new("bash").arg("-c").arg(lines).current_dir(&folder).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let png = std::fs::read(folder.join("ticket.png")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();

    assert!(printed.contains(r#""status":"confirmed""#), "{printed}");
    assert!(!printed.contains(r#""type":"about:blank""#), "a line was refused: {printed}");
    assert!(printed.contains("-2-confirmed"), "no confirmation was sent: {printed}");
    assert_eq!(png[..4], *b"\x89PNG");
    printed
}
