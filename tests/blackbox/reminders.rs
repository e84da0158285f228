//! Reminders on and off: the chat, the page, the API and whoever sends them agree.

use std::sync::Arc;

use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Call, Gate, Switch, client};
use antrian_tests::{Browser, Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

async fn wants(app: &TestApp, person: &Person) -> bool {
    person.get(app, "/v1/me").await.body["reminders"].as_bool().unwrap()
}

async fn set(app: &TestApp, person: &Person, wanted: bool) {
    let body = json!({"reminders": wanted});
    let answer = app.call(Method::PATCH, "/v1/me", Some(&person.token), Some(body)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// The name and the words of the button on the own page.
const OFF: &str = "Matikan pengingat";
const ON: &str = "Nyalakan pengingat";

#[tokio::test(flavor = "multi_thread")]
async fn chat_page_and_api_say_the_same_of_reminders() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&app, &person.phone, "/saya").await;
    let mut phone = Phone::new(&app, &person.phone);
    assert!(wants(&app, &person).await);
    assert!(browser.get("/saya").await.html.contains(OFF));

    let pressed = browser.post("/saya/pengingat", &[("pengingat", "tidak")]).await;
    assert_eq!((pressed.status, pressed.location()), (303, "/saya#pengingat"));
    assert!(!wants(&app, &person).await);
    phone.say("halo").await;
    assert!(!wants(&app, &person).await, "a turn keeps it");
    assert!(browser.get("/saya").await.html.contains(ON));
    let export = person.get(&app, "/v1/me/export").await;
    assert_eq!(export.body["reminders"], false);

    phone.say("MULAI").await;
    assert!(wants(&app, &person).await);
    set(&app, &person, false).await;
    phone.say("STOP").await;
    set(&app, &person, true).await;
    assert!(browser.get("/saya").await.html.contains(OFF));

    let foreign = [("sec-fetch-site", "cross-site")];
    let foreign = browser.post_from("/saya/pengingat", &[("pengingat", "tidak")], &foreign).await;
    assert_eq!(foreign.status, 403);
    let stranger = Browser::new(&app).post("/saya/pengingat", &[("pengingat", "tidak")]).await;
    assert_eq!(stranger.location(), "/masuk?ke=%2Fsaya");
    assert!(wants(&app, &person).await);
}

/// The write of a turn's conversation in a transaction.
fn turn(body: &mut Value) -> Option<&mut Value> {
    let mut writes = body["TransactItems"].as_array_mut()?.iter_mut();
    let is_turn = |update: &Value| {
        let sets = update["UpdateExpression"].as_str().unwrap_or_default();
        update["Key"]["sk"]["S"] == "CHAT" && sets.contains("#sealed")
    };
    writes.find_map(|write| write.get_mut("Update").filter(|update| is_turn(update)))
}

/// The same with a condition on the conversation that always holds.
fn unguarded(call: &Call) -> Action {
    let mut body = call.body.clone();
    let turn = turn(&mut body).unwrap();
    let condition = turn["ConditionExpression"].as_str().unwrap();
    turn["ConditionExpression"] = format!("({condition}) OR NOT ({condition})").into();
    Action::Send(body)
}

/// Reminders are turned off while a turn of the conversation is under way. Whether they are wanted
/// afterwards, and how many messages the turn was answered with.
async fn turned_off_during_a_turn(is_guarded: bool) -> (bool, usize) {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let person = Person::register(&app, 1).await;
    let mut phone = Phone::new(&app, &person.phone);
    phone.say("halo").await;
    let gate = Gate::default();
    let closed = gate.clone();
    switch.arm(move |call| match turn(&mut call.body.clone()).is_some() {
        false => Action::Pass,
        true if is_guarded => Action::Wait(closed.clone(), Box::new(Action::Pass)),
        true => Action::Wait(closed.clone(), Box::new(unguarded(call))),
    });
    let off = async {
        gate.reached().await;
        set(&app, &person, false).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(phone.say("BANTUAN"), off);
    (wants(&app, &person).await, answers.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_began_before_does_not_write_the_old_wish_back() {
    assert_eq!(turned_off_during_a_turn(true).await, (false, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_conversations_condition_the_old_wish_comes_back() {
    assert_eq!(turned_off_during_a_turn(false).await, (true, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_one_word_and_somebodys() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let patch = async |token: Option<&str>, body: Value| {
        app.call(Method::PATCH, "/v1/me", token, Some(body)).await.status
    };
    assert_eq!(patch(None, json!({"reminders": false})).await, 401);
    for odd in [json!({}), json!({"reminders": "no"}), json!({"reminders": true, "colour": 1})] {
        assert_eq!(patch(Some(&person.token), odd).await, 422);
    }
    let store = app.stack.app.ledger.store();
    let gone = antrian::security::tokens::account_id();
    assert!(!store.set_reminders(&gone, false).await.unwrap(), "nothing is made of nobody");
    assert!(!store.service_window(&gone).await.unwrap().reminders_off);
}
