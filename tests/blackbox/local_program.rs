//! What the program at the terminal does with a folder that it should not use, a full disk and a clock
//! that makes no sense: it says so in one line, in both languages, and nothing is lost.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use antrian_local::home::Home;
use antrian_local::settings::Settings;
use antrian_local::{Options, Stack};
use serde_json::{Value, json};

/// A folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("local").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// The one line of an error, with what it says in Indonesian and in English.
fn assert_line(error: &anyhow::Error, words: [&str; 2]) {
    let line = format!("{error:#}");
    assert!(!line.contains('\n') && words.iter().all(|word| line.contains(word)), "{line}");
}

fn settings(data: &str, fresh: bool) -> anyhow::Result<Settings> {
    let args = fresh.then(|| "--fresh".to_owned());
    Settings::read(args.into_iter(), |name| (name == "ANTRIAN_DATA").then(|| data.to_owned()))
}

async fn start(home: Home) -> Stack {
    let options = Options { home: Some(home), by_hand: true, ..Options::default() };
    Stack::start(options).await.unwrap()
}

#[test]
fn an_empty_name_of_the_folder_is_not_the_current_one() {
    let before = fs::read_dir(".").unwrap().count();
    assert_line(&settings("", false).unwrap_err(), ["kosong", "is empty"]);
    assert_eq!(fs::read_dir(".").unwrap().count(), before);
}

const CHILD: &str = "ANTRIAN_TEST_LOCK_CHILD";

/// The lock is between processes: the second one is a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_use_is_refused_to_a_second_program_even_if_that_wants_it_empty() {
    if let Some(folder) = std::env::var_os(CHILD) {
        for fresh in [false, true] {
            let refused = settings(folder.to_str().unwrap(), fresh).unwrap().options();
            assert_line(&refused.unwrap_err(), ["sedang dipakai", "is in use"]);
        }
        return;
    }
    let folder = folder("in-use");
    let stack = start(Home::open(&folder, false).unwrap()).await;
    let names = ["table.db", "keys.json"].map(|name| folder.join(name));
    assert!(names.iter().all(|file| file.exists()));
    let name =
        "local_program::a_folder_in_use_is_refused_to_a_second_program_even_if_that_wants_it_empty";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", name])
        .env(CHILD, &folder)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert!(names.iter().all(|file| file.exists()), "nothing was deleted");
    stack.stop().await;
    Home::open(&folder, false).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_no_health_and_is_named() {
    let folder = folder("full");
    let stack = start(Home::open(&folder, false).unwrap()).await;
    let http = antrian::net::client::builder().no_proxy().build().unwrap();
    let health = async || {
        let url = format!("{}/v1/health", stack.base_url);
        let answer = http.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(health().await.0, 200);
    // What is written there meets a device that is always full.
    symlink("/dev/full", folder.join("space-check")).unwrap();
    let (status, problem) = health().await;
    assert_eq!((status, &problem["code"]), (503, &json!("not_ready")), "{problem}");
    let reason = problem["reason"].as_str().unwrap();
    assert!(reason.contains("periksa disk") && reason.contains("look at the disk"), "{reason}");
    assert!(reason.contains(folder.to_str().unwrap()) && reason.contains("No space"), "{reason}");
    assert_eq!(health().await.0, 200, "there is room again");
    stack.stop().await;
}

#[test]
fn several_looks_at_once_find_the_same_disk() {
    let home = Home::open(&folder("looks"), false).unwrap();
    std::thread::scope(|scope| {
        let look = || (0..100).all(|_| home.check_space().is_ok());
        let looks: Vec<_> = (0..4).map(|_| scope.spawn(look)).collect();
        assert!(looks.into_iter().all(|look| look.join().unwrap()));
    });
}

#[test]
fn a_remembered_clock_that_makes_no_sense_is_named_and_kept() {
    for (number, text) in ["9223372036854775807", "-1", "soon", ""].into_iter().enumerate() {
        let folder = folder(&format!("clock-{number}"));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("clock-ahead-secs");
        fs::write(&file, text).unwrap();
        let refused = Home::open(&folder, false).unwrap_err();
        assert_line(&refused, ["tidak masuk akal", "makes no sense"]);
        assert!(format!("{refused}").contains(file.to_str().unwrap()));
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_not_moved_beyond_what_a_start_would_take() {
    let folder = folder("far");
    fs::create_dir_all(&folder).unwrap();
    let ninety_nine = 99 * 366 * 24 * 3600 + 60;
    fs::write(folder.join("clock-ahead-secs"), format!("{ninety_nine}\n")).unwrap();
    let stack = start(Home::open(&folder, false).unwrap()).await;
    let http = antrian::net::client::builder().no_proxy().build().unwrap();
    let url = format!("{}/local/clock", stack.base_url);
    let advance = json!({"advance_seconds": 366 * 24 * 3600});
    let refused = http.post(url).json(&advance).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    stack.stop().await;
    assert_eq!(Home::open(&folder, false).unwrap().clock_ahead_secs(), ninety_nine);
}
