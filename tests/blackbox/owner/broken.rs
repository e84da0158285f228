//! The table breaks at every call of an answer: what it leads to is there once, and whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use antrian_tests::app::Setup;
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Person, TestApp};
use serde_json::json;

use super::{DAY, Handset, account_of, asks, digits};
use crate::webhooks::{message, store};

fn is_table_call(call: &Call) -> bool {
    matches!(call.target.as_str(), "GetItem" | "BatchGetItem" | "Query" | "TransactWriteItems")
}

/// Lets the wire break at the `nth` call of the table, from 1, until it is disarmed; counts the calls.
fn breaks(switch: &Switch, nth: usize, is_lost: bool) -> Arc<AtomicUsize> {
    let met = Arc::new(AtomicUsize::new(0));
    let count = met.clone();
    switch.arm(move |call| {
        if !is_table_call(call) {
            return Action::Pass;
        }
        let number = count.fetch_add(1, Ordering::Relaxed) + 1;
        if number < nth {
            return Action::Pass;
        }
        // As if the function ended here, before the call or after what it did.
        if number == nth && is_lost { Action::LoseAnswer } else { Action::Refuse }
    });
    met
}

/// An account that rested, whose user was asked and has `wrong` answers behind them.
async fn asked(app: &TestApp, number: u32, wrong: u32) -> (Person, String) {
    let person = Person::register(app, number).await;
    let account = account_of(app, &person).await;
    app.drain().await;
    app.advance(DAY);
    let mut phone = Handset::new(app, "before", &person.phone, None);
    phone.said = number * 100;
    assert!(asks(&phone.say("halo").await, 3));
    for wrong in 1..=wrong {
        assert!(asks(&phone.say("00000001").await, 3 - wrong));
    }
    (person, account)
}

async fn settles_once(wrong: u32, say: fn(u32) -> String, is_own: bool) {
    let settings = [("ANTRIAN_ACCOUNT_REST_DAYS".to_owned(), "1".to_owned())].into();
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { settings, http_client, ..Setup::default() }).await;
    let mut number = 0;
    for is_lost in [false, true] {
        for nth in 1.. {
            number += 1;
            let (person, account) = asked(&app, number, wrong).await;
            let mut phone = Handset::new(&app, "answer", &person.phone, None);
            phone.said = number * 100;
            let id = format!("wamid.answer.{}", phone.said);
            let text = message(&id, phone.from.clone(), &say(number));
            assert_eq!(store(&app, &[text]).await, 200);
            let met = breaks(&switch, nth, is_lost);
            let _ = app.stack.inbox.drain().await;
            switch.disarm();
            let reached = met.load(Ordering::Relaxed) >= nth;
            // The queue brings it again.
            for _ in 0..3 {
                app.advance(30);
                app.tick().await;
                app.listen().await;
                app.drain().await;
            }
            let case = format!("call {nth}, lost {is_lost}");
            let signed_in = phone.signs_in().await;
            assert_eq!(signed_in.status, 200, "{case}: {signed_in:?}");
            assert_eq!(signed_in.text("account_id") == account, is_own, "{case}");
            let own = Person { token: signed_in.text("token"), phone: person.phone.clone() };
            let people = own.get(&app, "/v1/me").await.body["applicants"].clone();
            assert_eq!(people == json!([]), !is_own, "{case}: {people}");
            let old = person.get(&app, "/v1/me").await;
            assert_eq!(old.status, if is_own { 200 } else { 401 }, "{case}: {old:?}");
            if !reached {
                break;
            }
        }
    }
    assert!(number > 10, "{number} calls were tried");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_answer_opens_the_account_whatever_breaks() {
    settles_once(0, digits, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_wrong_answer_begins_one_account_whatever_breaks() {
    settles_once(2, |_| "00000001".to_owned(), false).await;
}
