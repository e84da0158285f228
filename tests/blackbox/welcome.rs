//! The lines that `cargo run` prints work when they are pasted, in every shell and with or without `jq`; and what it
//! says while it begins.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use antrian_local::{Options, Stack, demo, welcome};

/// A shell as a person sits before it: lines come by its standard input. Without their own files, so that what
/// stands in those of this machine changes nothing.
const SHELLS: [&[&str]; 3] = [
    &["bash", "--norc", "-s"],
    // Interactive, for only then a `#` begins no comment unless it is told so.
    &["zsh", "-f", "-i", "-s"],
    &["dash", "-s"],
];

/// Where a program is. The shells, `curl` and `jq` are not installed by this project.
fn found(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&path()).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "says what did not run")]
async fn the_printed_lines_lead_to_the_end_of_a_visit_in_every_shell() {
    for program in ["curl", "jq", "bash", "zsh", "dash"] {
        assert!(
            found(program).is_some() || std::env::var_os("CI").is_none(),
            "the gates need {program}"
        );
    }
    if found("curl").is_none() {
        eprintln!("not run: there is no curl on this machine");
        return;
    }
    let mut offices = demo::offices().unwrap();
    offices.retain(|office| office.id.as_str() == "demo-kecil");
    let stack = Stack::start(Options { offices, ..Options::default() }).await.unwrap();

    // Each pasted by another made-up person, on a later day.
    let mut numbers = Vec::new();
    for shell in SHELLS.iter().filter(|shell| found(shell[0]).is_some()) {
        let printed = paste(&stack, shell, &path());
        numbers.push(value(&printed, "queue_number"));
    }
    let without_jq = paste(&stack, SHELLS[0], &path_without_jq());
    assert!(without_jq.contains(r#""state":"finished""#), "as it came: {without_jq}");
    stack.stop().await;
    assert_eq!(numbers[0], "A-001", "{numbers:?}");
}

/// The folders of `PATH` as links to all that is in them but `jq`.
fn path_without_jq() -> OsString {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-jq");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for program in ["curl", "grep", "head", "cut", "od", "awk", "seq", "sleep", "tr", "sed"] {
        let found = found(program).unwrap();
        std::os::unix::fs::symlink(found, folder.join(program)).unwrap();
    }
    folder.into_os_string()
}

/// What the lines print.
fn paste(stack: &Stack, shell: &[&str], path: &OsString) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pasted").join(shell[0]);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut child = Command::new(found(shell[0]).unwrap())
        .args(&shell[1..])
        .env("PATH", path)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = welcome::lines(&stack.base_url);
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    for fault in ["not found", "no matches", "parse error", "yntax error", "bad "] {
        assert!(!errors.contains(fault), "{shell:?}: {errors}");
    }
    assert!(!printed.contains("about:blank"), "{shell:?}: a line was refused: {printed}");
    assert!(printed.contains("confirmed"), "{shell:?}: {printed}");
    assert!(printed.contains("-2-confirmed"), "{shell:?}: no confirmation was sent: {printed}");
    assert!(printed.contains("finished"), "{shell:?}: {printed} {errors}");
    let png = std::fs::read(folder.join("ticket.png")).unwrap();
    assert_eq!(png[..4], *b"\x89PNG", "{shell:?}");
    printed
}

/// The text of a field, in either form of JSON.
fn value(printed: &str, name: &str) -> String {
    let rest = printed.split_once(&format!("\"{name}\":")).map_or("", |(_, rest)| rest);
    rest.split('"').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_first_start_says_what_it_does_and_a_later_one_only_how_long_it_took() {
    let offices = demo::offices().unwrap().len();
    let first = welcome::preparing(offices);
    assert!(first.contains(&format!("Menyiapkan {offices} kantor")), "{first}");
    assert!(first.contains(&format!("Preparing {offices} offices")), "{first}");
    let ready = welcome::ready(std::time::Duration::from_millis(2_300));
    assert!(ready.contains("Siap dalam 2,3 detik") && ready.contains("2.3 s"), "{ready}");
}
