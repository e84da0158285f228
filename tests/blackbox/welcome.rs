//! The lines that `cargo run` prints work when they are pasted.

use std::process::Command;

use antrian_local::{Options, Stack, demo, welcome};

/// The lines need a shell and `curl`, which this project does not install.
fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "says that it did not run")]
async fn the_printed_lines_lead_to_a_queue_number() {
    assert!(has_curl() || std::env::var_os("CI").is_none(), "the gates need curl");
    if !has_curl() {
        eprintln!("not run: there is no curl on this machine");
        return;
    }
    let mut offices = demo::offices().unwrap();
    offices.retain(|office| office.id.as_str() == "demo-kecil");
    let stack = Stack::start(Options { offices, ..Options::default() }).await.unwrap();

    let folder = std::env::temp_dir().join(format!("antrian-welcome-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let lines = welcome::lines(&stack.base_url);
    let run = Command::new("bash").arg("-c").arg(lines).current_dir(&folder).output();
    let output = run.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let png = std::fs::read(folder.join("ticket.png")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    stack.stop().await;

    assert!(printed.contains(r#""status":"confirmed""#), "{printed}");
    assert!(printed.contains(r#""queue_number":"A-001""#), "{printed}");
    assert!(!printed.contains(r#""type":"about:blank""#), "a line was refused: {printed}");
    assert!(printed.contains("-2-confirmed"), "no confirmation was sent: {printed}");
    assert_eq!(png[..4], *b"\x89PNG");
}
