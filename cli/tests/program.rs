//! The program against a running system.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use antrian_tests::app::DATE;
use antrian_tests::offices::OFFICE;
use antrian_tests::{Person, TestApp, offices};
use serde_json::{Value, json};

/// What somebody types who has this token.
async fn antrian(url: &str, token: &str, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_antrian"));
    command.args(args).env("ANTRIAN_URL", url).env("ANTRIAN_TOKEN", token);
    let input = input.to_owned();
    let run = move || {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output, code: i32, words: &str) {
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(why.contains(words) && output.stdout.is_empty(), "{output:?}");
}

/// Two people with a visit at nine, and a token that the program has asked for.
async fn running() -> (TestApp, String, String) {
    let app = TestApp::start().await;
    for number in 1..=2 {
        Person::register(&app, number).await.book(&app, DATE, "09:00").await;
    }
    let url = app.stack.base_url.clone();
    let asked = ["token", "--office", "*", "--role", "admin", "--role", "desk"];
    let token = said(&antrian(&url, "", &asked, "").await).trim().to_owned();
    (app, url, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn offices_rosters_reports_and_the_audit_are_read() {
    let (app, url, token) = running().await;
    let run = async |args: &[&str]| said(&antrian(&url, &token, args, "").await);
    assert!(run(&["offices", "list"]).await.contains(OFFICE));
    let shown: Value =
        serde_json::from_str(&run(&["--json", "offices", "show", OFFICE]).await).unwrap();
    let path = format!("/v1/offices/{OFFICE}");
    assert_eq!(shown, app.call(reqwest::Method::GET, &path, None, None).await.body);

    let roster = run(&["roster", OFFICE, "--date", DATE]).await;
    assert!(roster.contains(&format!("{DATE}: 2 visits")) && roster.contains("Contoh"), "{roster}");
    let report = run(&["report", OFFICE, "--from", DATE]).await;
    assert!(report.contains("BOOKED") && report.contains("09:00"), "{report}");
    app.assert_audit_agrees().await;
    let audit = run(&["audit"]).await;
    assert!(audit.contains("ended: yes") && audit.contains("live_bookings: 2"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_releases_closures_and_descriptions_are_changed() {
    let (app, url, token) = running().await;
    let run = async |args: &[&str]| said(&antrian(&url, &token, args, "").await);
    run(&["quota", OFFICE, DATE, "10:00", "passport_new", "7"]).await;
    app.advance(11);
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(7));
    let opened = run(&["release", OFFICE, "--from", "2027-01-11"]).await;
    assert!(opened.contains("opened: 2027-01-11"), "{opened}");
    let closure = ["--from", DATE, "--reason", "Pemadaman listrik"];
    let plan = run(&[&["closures", "preview", OFFICE], closure.as_slice()].concat()).await;
    assert!(plan.contains("2 bookings"), "{plan}");
    let closed = run(&[&["closures", "close", OFFICE], closure.as_slice()].concat()).await;
    assert!(closed.contains(&format!("closed: {DATE}")), "{closed}");

    let calendar = json!({"exceptions": {}}).to_string();
    said(&antrian(&url, &token, &["calendar", "put", OFFICE, "-"], &calendar).await);
    let mut office = serde_json::to_value(offices::office(2)).unwrap();
    office["name"] = json!("Kantor Baru");
    let put = antrian(&url, &token, &["offices", "put", OFFICE, "-"], &office.to_string()).await;
    assert!(said(&put).contains("Kantor Baru"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_wrong_words_and_a_silent_service_have_codes_of_their_own() {
    let (_app, url, token) = running().await;
    let run = async |args: &[&str]| antrian(&url, &token, args, "").await;
    refused(&run(&["roster", "tidak-ada"]).await, 1, "not_found");
    refused(&antrian(&url, "", &["roster", OFFICE], "").await, 1, "unauthenticated");
    refused(&antrian(&url, "x.y.z", &["audit"], "").await, 1, "unauthenticated");
    let past = run(&["--lang", "en", "release", OFFICE, "--from", "2020-01-01"]).await;
    refused(&past, 1, "The dates must be in order");
    refused(&run(&["roster"]).await, 2, "<OFFICE>");
    refused(&run(&["offices", "put", OFFICE, "/nowhere.json"]).await, 2, "/nowhere.json");
    refused(&antrian(&url, &token, &["offices", "put", OFFICE, "-"], "{").await, 2, "EOF");
    let plain = antrian("http://antrian.example", &token, &["offices", "list"], "").await;
    refused(&plain, 2, "not https");
    let nobody = "http://127.0.0.1:1";
    refused(&antrian(nobody, &token, &["offices", "list"], "").await, 3, "does not answer");
    let release = ["release", OFFICE, "--from", "2027-01-11"];
    refused(&antrian(nobody, &token, &release, "").await, 3, "--idempotency-key cli-");
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_complete_its_words() {
    for shell in ["bash", "zsh", "fish"] {
        let script = said(&antrian("", "", &["completion", shell], "").await);
        assert!(script.contains("closures"), "{shell}");
    }
    let script = said(&antrian("", "", &["completion", "bash"], "").await);
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}
