//! A hold that ran out is told to whoever has written within a day, once, with a button to choose again.

use std::sync::{Arc, Mutex};

use antrian::domain::message::MessageState;
use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Person, Setup, TestApp};
use serde_json::json;

use super::{one, row, tapped, told, work, writes};
use crate::steps::reach;

const NUMBER: &str = "6280000000101";
const WISH: &str = "#Budi Contoh#9971010101909001#02-12-2026";
/// Longer than a hold lasts.
const LAPSE_SECS: i64 = 16 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_lapses_is_told_once_with_a_button_to_choose_again() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    app.advance(LAPSE_SECS);
    work(&app).await;
    let lapsed = phone.read().await;
    assert_eq!(lapsed.len(), 1);
    let text = &lapsed[0].text;
    assert!(text.contains("Waktu konfirmasi sudah habis"), "{text}");
    assert!(text.contains("Budi C. (NIK …9001)") && text.contains("2 Desember 2026"), "{text}");
    work(&app).await;
    assert!(phone.read().await.is_empty(), "once");
    let dates = phone.tap("Pilih lagi").await;
    assert!(dates[0].text.contains("Tanggal berapa di Kantor Uji"), "{}", dates[0].text);
    phone.tap("Rab, 2 Des").await;
    let held = phone.tap("10.00").await;
    assert!(held[0].text.contains("Budi C. (NIK …9001)"), "{}", held[0].text);
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(1));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_on_the_button_do_the_same_in_both_languages() {
    let app = TestApp::with_quota(4).await;
    for (at, words) in ["pilih lagi", "Choose again", "mau pilih lagi dong"].into_iter().enumerate()
    {
        let mut phone = Phone::new(&app, &format!("62800000004{at:02}"));
        phone.say(&WISH.replace("9001#", &format!("91{at:02}#"))).await;
        app.advance(LAPSE_SECS);
        work(&app).await;
        phone.read().await;
        let dates = phone.say(words).await;
        assert!(dates[0].text.contains("Tanggal berapa"), "{words}: {}", dates[0].text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_written_within_a_day_is_not_told() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    app.advance(24 * 3600);
    work(&app).await;
    let silent = person.hold(&app, DATE, "09:00").await.text("code");
    app.advance(LAPSE_SECS);
    work(&app).await;
    assert!(told(&app, &silent, "hold_lapsed").is_empty());
    let again = person.hold(&app, DATE, "09:00").await.text("code");
    writes(&app, &again).await;
    app.advance(LAPSE_SECS);
    work(&app).await;
    assert_eq!(tapped(&one(&app, &again, "hold_lapsed")), [format!("again:{again}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_finds_the_window_closed_is_dropped() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    app.advance(LAPSE_SECS);
    app.tick().await;
    app.advance(24 * 3600);
    app.drain().await;
    assert!(told(&app, &code, "hold_lapsed").is_empty());
    let id = format!("{}-2-hold_lapsed", code.to_lowercase()).parse().unwrap();
    assert_eq!(row(&app, &id).await.state, MessageState::Stale);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_cancelled_or_made_again_is_not_told() {
    let app = TestApp::with_quota(4).await;
    let mut codes = vec![];
    for (number, act) in [(1, "confirm"), (2, "cancel")] {
        let person = Person::register(&app, number).await;
        let code = person.hold(&app, DATE, "09:00").await.text("code");
        assert_eq!(person.act(&app, &code, act).await.status, 200);
        codes.push(code);
    }
    let person = Person::register(&app, 3).await;
    let first = person.hold(&app, DATE, "09:00").await;
    codes.push(first.text("code"));
    app.drain().await;
    reach(&app, &first.text("hold_expires_at"));
    assert_eq!(person.hold(&app, DATE, "10:00").await.status, 201, "made again before the tick");
    app.advance(60);
    work(&app).await;
    for code in codes {
        assert!(told(&app, &code, "hold_lapsed").is_empty(), "{code}");
    }
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_told_of_its_hold_in_one_message() {
    let app = TestApp::with_quota(5).await;
    let person = Person::register(&app, 1).await;
    for number in 2..=3 {
        assert_eq!(person.add(&app, number).await.status, 201);
    }
    let wish = json!({"applicant_ids": ["p1", "p2", "p3"], "office": "uji",
        "service": "passport_new", "date": DATE, "slot": "09:00"});
    let held = person.post(&app, "/v1/group-bookings", wish).await;
    assert_eq!(held.status, 201, "{held:?}");
    app.drain().await;
    app.advance(LAPSE_SECS);
    work(&app).await;
    let lapsed: Vec<_> =
        app.sent_ids().into_iter().filter(|id| id.ends_with("-hold_lapsed")).collect();
    assert_eq!(lapsed.len(), 1, "{lapsed:?}");
    let text = app.sent().pop().unwrap();
    for row in ["1. ", "2. ", "3. "] {
        assert!(text.contains(row), "{text}");
    }
}

/// What the transactions of a tick touch.
async fn ticked(app: &TestApp, switch: &Switch) -> Vec<Vec<Item>> {
    let seen = Arc::new(Mutex::new(vec![]));
    let kept = seen.clone();
    switch.arm(move |call| {
        let items = touched(call);
        if items.contains(&Item::Booking) {
            kept.lock().unwrap().push(items);
        }
        Action::Pass
    });
    app.tick().await;
    switch.disarm();
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapse_writes_as_little_as_before_and_the_seat_waits_for_nobody() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    app.advance(24 * 3600);
    app.tick().await;
    app.drain().await;
    let held = person.hold(&app, DATE, "09:00").await;
    app.drain().await;
    let before = app.seats_free(DATE, "09:00").await;
    app.advance(LAPSE_SECS + 15 * 60);
    assert_eq!(app.seats_free(DATE, "09:00").await, before.map(|free| free + 1), "without a tick");
    assert_eq!(ticked(&app, &switch).await, [vec![Item::Booking, Item::Event]]);
    let again = person.hold(&app, DATE, "09:00").await.text("code");
    assert_ne!(again, held.text("code"));
    writes(&app, &again).await;
    app.advance(LAPSE_SECS);
    let told = vec![Item::Booking, Item::Event, Item::Message];
    assert_eq!(ticked(&app, &switch).await, [told], "one row, in the transaction that was there");
}
