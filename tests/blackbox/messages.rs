//! What people are told: each thing once, when it is worth most, and never when it is not so.

mod ceiling;
mod lanes;
mod lapsed;
mod pause;
mod sweeping;
mod window;

use std::sync::Arc;

use antrian::domain::ids::MessageId;
use antrian::domain::message::{Lane, Message, MessageState};
use antrian::messaging::{Courier, Delivery, ReplyOptions};
use antrian_local::simulator::{Fault, SentMessage};
use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};
use chrono::{DateTime, TimeDelta, Utc};

use crate::steps::{close, reach, read_qr};

/// What was sent about a booking of this kind.
fn told(app: &TestApp, code: &str, kind: &str) -> Vec<SentMessage> {
    let code = code.to_lowercase();
    let is_it = |id: &str| id.starts_with(&code) && id.ends_with(&format!("-{kind}"));
    let kept = app.stack.graph.sent();
    kept.into_iter().filter(|kept| is_it(&kept.message_id)).collect()
}

/// The one message of a kind.
fn one(app: &TestApp, code: &str, kind: &str) -> SentMessage {
    let mut found = told(app, code, kind);
    assert_eq!(found.len(), 1, "{kind}: {:?}", app.sent_ids());
    found.remove(0)
}

fn has_words(kept: &SentMessage, words: &[&str]) {
    let text = &kept.text;
    assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
}

/// The ticket in a message's picture.
fn pictured(kept: &SentMessage) -> String {
    let Some(png) = &kept.picture else { panic!("no picture") };
    read_qr(&image::load_from_memory(png).unwrap().to_luma8()).unwrap()
}

/// What comes back from a message's buttons.
fn tapped(kept: &SentMessage) -> Vec<String> {
    let Some(ReplyOptions::Buttons(buttons)) = &kept.choices else { panic!("no buttons") };
    buttons.iter().map(|button| button.id.clone()).collect()
}

fn spoken(code: &str) -> String {
    format!("{}-{}", &code[..5], &code[5..])
}

async fn work(app: &TestApp) {
    app.tick().await;
    app.drain().await;
}

async fn row(app: &TestApp, id: &MessageId) -> Message {
    app.stack.app.ledger.store().message(id).await.unwrap().unwrap()
}

/// The owner of a booking writes something: the window is open again.
async fn writes(app: &TestApp, code: &str) {
    let store = app.stack.app.ledger.store();
    let booking = store.booking(code.parse().unwrap()).await.unwrap().unwrap();
    store.note_inbound(&booking.account, app.now()).await.unwrap();
}

/// A person with a confirmed booking, of which nothing but the registration has been sent yet.
async fn untold(app: &TestApp, number: u32) -> (Person, String, MessageId) {
    let person = Person::register(app, number).await;
    app.drain().await;
    let held = person.hold(app, DATE, "09:00").await;
    app.drain().await;
    let code = held.text("code");
    assert_eq!(person.act(app, &code, "confirm").await.status, 200);
    let id = format!("{}-2-confirmed", code.to_lowercase()).parse().unwrap();
    (person, code, id)
}

async fn dead_letters(app: &TestApp) -> Vec<String> {
    let poller = &app.stack.poller;
    let url = format!("{}-dlq", poller.queue_url);
    let request = poller.sqs.receive_message().queue_url(url).max_number_of_messages(10);
    let messages = request.send().await.unwrap().messages.unwrap_or_default();
    messages.into_iter().filter_map(|message| message.body).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_told_of_step_by_step_each_step_once() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let hold = one(&app, &code, "hold");
    has_words(&hold, &["belum terkonfirmasi", &spoken(&code), "Kantor Uji", "Paspor baru", "KTP"]);
    assert_eq!(
        tapped(&hold),
        [format!("confirm:{code}"), format!("move:{code}"), format!("cancel:{code}")]
    );

    let confirmed = person.act(&app, &code, "confirm").await;
    app.drain().await;
    let message = one(&app, &code, "confirmed");
    has_words(&message, &["sudah terkonfirmasi", &spoken(&code), "09.00", "08.00", "09.30"]);
    assert_eq!(pictured(&message), confirmed.text("ticket"));

    let moved = person.reschedule(&app, &code, "2026-12-03", "10:00").await;
    app.drain().await;
    let message = one(&app, &code, "moved");
    has_words(&message, &["sudah dipindahkan", &spoken(&code), "10.00", "3 Desember 2026"]);
    assert_eq!(pictured(&message), moved.text("ticket"));

    person.act(&app, &code, "cancel").await;
    app.drain().await;
    let message = one(&app, &code, "cancelled");
    has_words(&message, &["sudah dibatalkan", &spoken(&code)]);
    assert_eq!(tapped(&message), ["book"]);

    // Whatever time and the sweeper do afterwards, nothing is told twice.
    for instant in ["2026-11-30T04:00:00Z", "2026-12-01T02:00:00Z", "2026-12-02T02:00:00Z"] {
        reach(&app, instant);
        work(&app).await;
    }
    let about = app.sent_ids().iter().filter(|id| id.starts_with(&code.to_lowercase())).count();
    assert_eq!(about, 4, "{:?}", app.sent_ids());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reminder_comes_the_day_before_by_nine_in_the_offices_zone() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let booked = person.book(&app, DATE, "09:00").await;
    let code = booked.text("code");
    app.drain().await;
    // Not before seven.
    reach(&app, "2026-11-30T22:59:30Z");
    work(&app).await;
    assert!(told(&app, &code, "reminder").is_empty());
    writes(&app, &code).await;
    reach(&app, "2026-12-01T01:00:00Z");
    work(&app).await;
    let reminder = one(&app, &code, "reminder");
    has_words(&reminder, &["Pengingat", &spoken(&code), "2 Desember 2026", "09.00"]);
    assert_eq!(pictured(&reminder), booked.text("ticket"));
    app.advance(3600);
    work(&app).await;
    one(&app, &code, "reminder");
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_of_one_morning_go_each_at_its_own_time() {
    let app = TestApp::with_quota(12).await;
    for number in 1..=12 {
        Person::register(&app, number).await.book(&app, DATE, "09:00").await;
    }
    app.drain().await;
    let sent = || app.sent_ids().iter().filter(|id| id.ends_with("-reminder")).count();
    let mut by_quarter = vec![];
    for quarter in 0..=8 {
        reach(&app, &(seven() + TimeDelta::minutes(15 * quarter)).to_rfc3339());
        work(&app).await;
        by_quarter.push(sent());
    }
    assert_eq!((by_quarter[0], by_quarter[8]), (0, 12), "{by_quarter:?}");
    // All of them within one quarter of an hour: once in four million runs.
    let most = by_quarter.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(most < 12, "{by_quarter:?}");
}

/// Seven in the morning of the day before, in Makassar.
fn seven() -> DateTime<Utc> {
    "2026-11-30T23:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_office_is_told_with_its_reason_and_the_new_time() {
    let app = TestApp::start().await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    app.advance(31);
    work(&app).await;
    let message = one(&app, &code, "closed_moved");
    let (old, new) = ("Rabu, 2 Desember 2026", "Kamis, 3 Desember 2026");
    let words = ["kantor tutup", old, "Pemadaman listrik", new, "tanpa biaya", &spoken(&code)];
    has_words(&message, &words);
    assert_eq!(tapped(&message), [format!("move:{code}"), format!("cancel:{code}")]);
    app.advance(62);
    work(&app).await;
    one(&app, &code, "closed_moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_so_any_more_is_not_told() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    person.act(&app, &code, "cancel").await;
    app.drain().await;
    assert!(told(&app, &code, "hold").is_empty() && told(&app, &code, "confirmed").is_empty());
    one(&app, &code, "cancelled");
    let id = format!("{}-2-confirmed", code.to_lowercase()).parse().unwrap();
    assert_eq!(row(&app, &id).await.state, MessageState::Stale);
    reach(&app, "2026-12-01T01:00:00Z");
    work(&app).await;
    assert!(told(&app, &code, "reminder").is_empty());

    // A hold that lapsed before its message was sent.
    let late = person.hold(&app, "2026-12-03", "09:00").await.text("code");
    app.advance(15 * 60 + 1);
    work(&app).await;
    assert!(told(&app, &late, "hold").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqs_lost_the_sweeper_finds() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    let poller = &app.stack.poller;
    poller.sqs.purge_queue().queue_url(&poller.queue_url).send().await.unwrap();
    work(&app).await;
    assert_eq!(row(&app, &id).await.state, MessageState::Pending, "it may still be on its way");
    app.advance(21);
    assert_eq!(app.tick().await.swept, 1);
    app.drain().await;
    one(&app, &code, "confirmed");
    app.advance(21);
    assert_eq!(app.tick().await.swept, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_busy_is_asked_again_later_and_later() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::RateLimit, 3);
    app.drain().await;
    let mut last = row(&app, &id).await;
    for (attempts, wait) in [(1, 4), (2, 16), (3, 64)] {
        assert_eq!((last.state, last.attempts), (MessageState::Pending, attempts));
        assert_eq!(last.last_attempt.code(), Some("130429"));
        assert!((last.due - app.now()).num_seconds() <= wait);
        // The first wait is over before anybody could look.
        if wait > 15 {
            reach(&app, &(last.due - TimeDelta::seconds(10)).to_rfc3339());
            work(&app).await;
            assert_eq!(row(&app, &id).await, last, "too early for try {}", attempts + 1);
        }
        reach(&app, &last.due.to_rfc3339());
        work(&app).await;
        last = row(&app, &id).await;
    }
    assert_eq!(
        (last.state, last.attempts, last.last_attempt.code()),
        (MessageState::Sent, 4, None)
    );
    one(&app, &code, "confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_recorded_and_not_tried_again() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::Code(131026), 1);
    app.drain().await;
    let failed = row(&app, &id).await;
    assert_eq!((failed.state, failed.last_attempt.code()), (MessageState::Failed, Some("131026")));
    app.advance(3600);
    work(&app).await;
    assert!(told(&app, &code, "confirmed").is_empty());
    assert!(dead_letters(&app).await.is_empty(), "there is nothing to mend");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_of_ours_lies_in_the_dead_letter_queue() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::Code(132000), 1);
    app.drain().await;
    assert_eq!(row(&app, &id).await.state, MessageState::Failed);
    assert_eq!(dead_letters(&app).await, [format!(r#"{{"message_id":"{id}"}}"#)]);
    app.advance(3600);
    work(&app).await;
    assert!(told(&app, &code, "confirmed").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_may_have_is_not_sent_again_for_ten_minutes() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::TimeoutAfterAcceptance, 1);
    app.drain().await;
    assert_eq!(row(&app, &id).await.state, MessageState::Sending);
    for wait in [61, 300, 200] {
        app.advance(wait);
        work(&app).await;
        assert_eq!(told(&app, &code, "confirmed").len(), 1);
    }
    app.advance(60);
    work(&app).await;
    assert_eq!(row(&app, &id).await.state, MessageState::Sent);
    assert_eq!(told(&app, &code, "confirmed").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_died_is_waited_for_before_anybody_sends_again() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    let (store, now) = (app.stack.app.ledger.store(), app.now());
    let until = now + TimeDelta::seconds(60);
    store.lease_message(&id, "gone", now, until).await.unwrap();
    app.drain().await;
    for wait in [61, 300, 240] {
        app.advance(wait);
        work(&app).await;
        assert!(told(&app, &code, "confirmed").is_empty(), "after {wait}");
    }
    app.advance(61);
    work(&app).await;
    one(&app, &code, "confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_couriers_at_once_send_once() {
    let app = Arc::new(TestApp::with_quota(8).await);
    for number in 1..=8 {
        let (_, code, id) = untold(&app, number).await;
        let courier = |app: Arc<TestApp>, id: MessageId| async move {
            let (state, stack) = (&app.stack.app, &app.stack);
            let courier = Courier {
                ledger: &state.ledger,
                queue: &state.queue,
                lane: Lane::Transactional,
                messenger: &*stack.messenger,
                public_url: &state.public_url,
                policy: &state.sending,
            };
            courier.deliver(&id, app.now()).await.unwrap()
        };
        let first = tokio::spawn(courier(app.clone(), id.clone()));
        let second = tokio::spawn(courier(app.clone(), id));
        let outcomes = [first.await.unwrap(), second.await.unwrap()];
        let sent = outcomes.iter().filter(|outcome| **outcome == Delivery::Sent).count();
        assert_eq!(sent, 1, "{outcomes:?}");
        assert!(outcomes.contains(&Delivery::Nothing), "{outcomes:?}");
        app.drain().await;
        one(&app, &code, "confirmed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_in_the_queue_harms_no_neighbour() {
    let app = TestApp::start().await;
    let (_, code, _) = untold(&app, 1).await;
    let poller = &app.stack.poller;
    for junk in ["not ours", r#"{"message_id":"nobody-1-hold"}"#] {
        let request = poller.sqs.send_message().queue_url(&poller.queue_url);
        request.message_body(junk).send().await.unwrap();
    }
    let (_, other, _) = untold(&app, 2).await;
    assert!(app.drain().await >= 1);
    one(&app, &code, "confirmed");
    one(&app, &other, "confirmed");
}
