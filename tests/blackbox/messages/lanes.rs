//! Three queues and one rate: what somebody waits for never stands behind a mass of what can wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use antrian::domain::message::MessageState;
use antrian_local::cloud::{QUEUE, URGENT};
use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Person, Recorder, Setup, TestApp, offices};
use serde_json::{Value, json};

use super::sweeping::due_reminders;
use super::{row, told, work};
use crate::registration::{begin, path};

/// What the number may send: less than Meta allows one, so that fewer reminders make a mass.
const PER_SECOND: usize = 30;
/// Batches of ten that each lane's senders have time for within a second; bulk has less of the real ones.
const BATCHES: [usize; 3] = [1, 1, 1];
/// People, and reminders to each of them that are due at once: below what one may get at once.
const PEOPLE: u32 = 10;
const EACH: u32 = 35;

/// Asks for a code to this phone.
async fn ask_for_code(app: &TestApp, phone: &str) {
    let begun = begin(app).await;
    let asked = app.post(&path(&begun, "otp"), json!({"phone": phone})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
}

fn has_got_one(app: &TestApp, phone: &str) -> bool {
    app.stack.graph.sent().iter().any(|sent| sent.to.as_deref() == Some(phone))
}

/// Everything into the queue of what can wait, as if there were no other.
fn into_one_queue(url: String) -> impl FnMut(&Call) -> Action + Send {
    move |call| {
        if call.target != "SendMessageBatch" {
            return Action::Pass;
        }
        let mut body: Value = call.body.clone();
        body["QueueUrl"] = json!(url);
        Action::Send(body)
    }
}

/// 350 reminders are due at once, and every other second somebody asks for a code. How many seconds,
/// of a number that sends 30 in each, the code waited that waited longest; and how many reminders went
/// out meanwhile.
async fn longest_wait(one_queue: bool) -> (usize, usize) {
    let switch = Arc::new(Switch::default());
    let setup = Setup {
        offices: vec![offices::office(u16::try_from(PEOPLE).unwrap())],
        http_client: Some(client(switch.clone())),
        ..Setup::default()
    };
    let app = TestApp::start_with(setup).await;
    let stack = &app.stack;
    for number in 1..=PEOPLE {
        let code = Person::register(&app, number).await.book(&app, DATE, "09:00").await;
        due_reminders(&app, &code.text("code"), EACH).await;
    }
    app.drain().await;
    if one_queue {
        switch.arm(into_one_queue(stack.bulk.queue_url.clone()));
    }
    assert_eq!(app.tick().await.swept, (PEOPLE * EACH) as usize);
    let (mut waiting, mut longest) = (vec![], 0);
    for second in 0.. {
        if second < 10 && second % 2 == 0 {
            let phone = format!("62811000{second:04}");
            ask_for_code(&app, &phone).await;
            waiting.push((phone, second));
        }
        stack.graph.allow(PER_SECOND);
        if one_queue {
            stack.bulk.poll_times(PER_SECOND / 10).await.unwrap();
        } else {
            for (poller, times) in
                [&stack.urgent, &stack.poller, &stack.bulk].into_iter().zip(BATCHES)
            {
                poller.poll_times(times).await.unwrap();
            }
        }
        app.advance(1);
        waiting.retain(|(phone, asked)| {
            let came = has_got_one(&app, phone);
            longest = longest.max(if came { second + 1 - asked } else { 0 });
            !came
        });
        if waiting.is_empty() && second >= 10 {
            break;
        }
        assert!(second < 60, "{waiting:?} wait still");
    }
    let reminders = app.sent_ids().iter().filter(|id| id.contains("-reminder")).count();
    (longest, reminders)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_does_not_wait_for_a_mass_of_reminders() {
    let (longest, reminders) = longest_wait(false).await;
    assert!(longest <= 1, "a code waited {longest} s");
    assert!(reminders >= 100, "reminders go on meanwhile: {reminders}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_queue_a_code_waits_for_every_reminder_before_it() {
    let (longest, _) = longest_wait(true).await;
    assert!(longest > 10, "the control: {longest} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_waits_in_the_queue_of_its_lane() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    due_reminders(&app, &code, 1).await;
    ask_for_code(&app, "6281100000001").await;
    app.tick().await;
    let stack = &app.stack;
    let before = app.sent_ids().len();
    stack.urgent.drain().await.unwrap();
    assert!(has_got_one(&app, "6281100000001") && app.sent_ids().len() > before);
    assert!(told(&app, &code, "confirmed").is_empty());
    stack.poller.drain().await.unwrap();
    assert_eq!(told(&app, &code, "confirmed").len(), 1);
    let reminders = || app.sent_ids().iter().filter(|id| id.contains("-reminder")).count();
    assert_eq!(reminders(), 0);
    stack.bulk.drain().await.unwrap();
    assert_eq!(reminders(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_waits_in_its_own_queue_and_not_for_the_sweeper() {
    let app = TestApp::start().await;
    let phone = "6281100000001";
    ask_for_code(&app, phone).await;
    app.stack.graph.fail(Fault::RateLimit, 1);
    app.stack.urgent.drain().await.unwrap();
    assert!(!has_got_one(&app, phone));
    // No tick: the queue itself brings it after the four seconds that the row waits.
    let begun = Instant::now();
    while !has_got_one(&app, phone) {
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody brings it");
        app.stack.urgent.drain().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_at_its_limit_holds_back_what_can_wait_and_no_code() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let rows = due_reminders(&app, &code, 2).await;
    app.tick().await;
    app.stack.graph.fail(Fault::RateLimit, 1);
    app.stack.bulk.drain().await.unwrap();
    let mut attempts = vec![];
    for id in &rows {
        let held = row(&app, id).await;
        assert_eq!(held.state, MessageState::Pending);
        assert!((held.due - app.now()).num_seconds() > 45, "a code would wait four seconds");
        attempts.push(held.attempts);
    }
    attempts.sort_unstable();
    assert_eq!(attempts, [0, 1], "the second one was not tried");
    ask_for_code(&app, "6281100000001").await;
    app.drain().await;
    assert!(has_got_one(&app, "6281100000001"));
    app.advance(30);
    work(&app).await;
    assert_eq!(row(&app, &rows[0]).await.state, MessageState::Pending);
    app.advance(31);
    work(&app).await;
    for id in &rows {
        assert_eq!(row(&app, id).await.state, MessageState::Sent);
    }
}

/// A rate at which each of the three local senders takes 100 ms for a message.
const SLOW: &str = "30";

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_keeps_to_its_part_of_the_rate_also_after_its_last_message() {
    let settings = [("ANTRIAN_MESSAGES_PER_SECOND".to_owned(), SLOW.to_owned())].into();
    let app = TestApp::start_with(Setup { settings, ..Setup::default() }).await;
    for number in 1..=5 {
        ask_for_code(&app, &format!("628110000000{number}")).await;
    }
    let begun = Instant::now();
    assert_eq!(app.stack.urgent.drain().await.unwrap(), 5);
    assert!(begun.elapsed() >= Duration::from_millis(500), "{:?}", begun.elapsed());
    // One at a time, as by new senders each of which knows of no other.
    let begun = Instant::now();
    for number in 1..=3 {
        ask_for_code(&app, &format!("628120000000{number}")).await;
        app.stack.urgent.poll_times(1).await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

/// The queue that a booking's message of this kind was handed to.
fn queue_of(recorder: &Recorder, code: &str, kind: &str) -> String {
    let (code, kind) = (code.to_lowercase(), format!("-{kind}"));
    let batches = recorder.bodies("SendMessageBatch");
    let has_it = |batch: &&Value| {
        let bodies =
            batch["Entries"].as_array().unwrap().iter().map(|one| one["MessageBody"].as_str());
        bodies.flatten().any(|body| body.contains(&code) && body.contains(&kind))
    };
    let batch = batches.iter().find(has_it).unwrap();
    batch["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chat_changes_is_told_as_its_answer() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    assert_eq!(queue_of(&recorder, &code, "hold"), QUEUE, "held on the web");
    Phone::new(&app, &person.phone).say(&code).await;
    assert_eq!(queue_of(&recorder, &code, "confirmed"), URGENT, "confirmed in the chat");
}
