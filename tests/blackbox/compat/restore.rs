//! A backup is restored after people went on booking (docs/runbooks/restore.md): what is there agrees,
//! what is lost is found, and nobody who was forgotten loses the place to somebody else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use antrian::clock::Clock;
use antrian_local::home::Home;
use antrian_local::{Options, Stack};
use antrian_tests::app::{BEGIN, DATE};
use antrian_tests::wire::client;
use antrian_tests::{Person, Recorder, TestApp, offices};
use reqwest::Method;
use serde_json::{Value, json};

use super::journey::kind;
use crate::steps::{administer, reach};

/// Folders of this test: the system's, its backup, its damaged state.
struct Folders {
    live: PathBuf,
    backup: PathBuf,
    damaged: PathBuf,
}

impl Folders {
    fn fresh() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("restore");
        let _ = fs::remove_dir_all(&root);
        let folder = |name| root.join(name);
        Self { live: folder("live"), backup: folder("backup"), damaged: folder("damaged") }
    }
}

/// Copies a stopped stack's folder.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// A system whose data is in a folder.
async fn open(folder: &Path, at: &str) -> (TestApp, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let options = Options {
        home: Some(Home::open(folder, false).unwrap()),
        offices: vec![offices::office(2)],
        http_client: Some(client(recorder.clone())),
        clock: Some(Clock::set_to(at.parse().unwrap())),
        by_hand: true,
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap();
    let http = antrian::net::client::builder().no_proxy().build().unwrap();
    let app = TestApp { stack, http };
    app.tick().await;
    (app, recorder)
}

/// Codes of all bookings in a table.
async fn codes(recorder: &Recorder) -> BTreeSet<String> {
    let items = recorder.items().await;
    let bookings = items.iter().filter(|item| kind(item) == "BOOKING/BOOKING");
    bookings.map(|booking| booking["code"]["S"].as_str().unwrap().to_owned()).collect()
}

async fn scan(app: &TestApp, ticket: &str) -> antrian_tests::Answer {
    let staff = app.staff(offices::OFFICE, &["desk"]).await;
    app.call(Method::POST, "/v1/check-ins", Some(&staff), Some(json!({"ticket": ticket}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_and_what_was_booked_since_is_found() {
    let folders = Folders::fresh();
    let (app, _) = open(&folders.live, BEGIN).await;
    let early = Person::register(&app, 1).await;
    let booked = early.book(&app, DATE, "09:00").await;
    app.stack.stop().await;
    copy(&folders.live, &folders.backup);

    let (app, _) = open(&folders.live, "2026-11-30T01:00:00Z").await;
    app.drain().await;
    let late = Person::register(&app, 2).await;
    let lost = late.book(&app, DATE, "09:00").await;
    let moved = early.reschedule(&app, &booked.text("code"), DATE, "10:00").await;
    assert_eq!(moved.status, 200, "{moved:?}");
    app.stack.stop().await;
    copy(&folders.live, &folders.damaged);
    fs::write(folders.live.join("table.db"), vec![0x5a; 8192]).unwrap();
    for log in ["table.db-wal", "table.db-shm"] {
        let _ = fs::remove_file(folders.live.join(log));
    }
    let home = Some(Home::open(&folders.live, false).unwrap());
    let refused = Stack::start(Options { home, by_hand: true, ..Options::default() }).await;
    assert!(refused.is_err(), "a damaged table is noticed");

    copy(&folders.backup, &folders.live);
    let (app, restored) = open(&folders.live, "2026-11-30T02:00:00Z").await;
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (1, 1), "{report:?}");
    let seen = early.get(&app, &format!("/v1/bookings/{}", booked.text("code"))).await;
    assert_eq!(seen.text("slot"), "09:00", "the move is lost, the booking is not");

    find_lost(&app, &restored, &folders, &lost.body).await;
    make_room(&app).await;
    come(&app, &booked.text("ticket"), &lost.text("ticket")).await;
    app.assert_audit_agrees().await;
}

/// The damaged table tells what the restored one does not know; so does each ticket by itself.
async fn find_lost(app: &TestApp, restored: &Recorder, folders: &Folders, lost: &Value) {
    let (damaged, recorder) = open(&folders.damaged, "2026-11-30T02:00:00Z").await;
    let known = codes(restored).await;
    let found: Vec<String> = codes(&recorder).await.difference(&known).cloned().collect();
    assert_eq!(found, [lost["code"].as_str().unwrap()]);
    damaged.stack.stop().await;
    let claims = app.stack.app.tickets.verify(lost["ticket"].as_str().unwrap()).unwrap();
    assert_eq!(
        (claims.code.to_string(), claims.time.to_string()),
        (found[0].clone(), "09:00".into())
    );
}

/// One place less is sold in the slot for each booking of it that was lost. A quota takes the highest
/// numbers away, which may be taken, so it is lowered until enough is gone.
async fn make_room(app: &TestApp) {
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1), "it would be sold again");
    let path = format!("/slots/{DATE}/09:00");
    for quota in [1, 0] {
        if app.seats_free(DATE, "09:00").await == Some(0) {
            break;
        }
        let body = json!({"service": offices::SERVICE, "quota": quota});
        let answer = administer(app, Method::PATCH, &path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        app.advance(2);
    }
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0));
}

/// Whoever was kept comes in; a ticket that is genuine and unknown is told apart from a forged one.
async fn come(app: &TestApp, kept: &str, lost: &str) {
    reach(app, "2026-12-02T00:30:00Z");
    assert_eq!(scan(app, kept).await.status, 200);
    assert_eq!(scan(app, lost).await.code(), "not_found");
    let forged = lost.replace(&lost[20..24], "AAAA");
    assert_eq!(scan(app, &forged).await.code(), "bad_ticket");
}
