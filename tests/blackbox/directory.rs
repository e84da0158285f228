//! How instances know of offices and of denied staff: one by one, or by a document that is read again only
//! when it has changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use antrian::domain::denial::{DenialChange, DenialReason};
use antrian::domain::office::Office;
use antrian::storage::Written;
use antrian_tests::offices::{self, OFFICE};
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Item, Switch, client};
use antrian_tests::{Person, Recorder, Setup, TestApp};
use chrono::DateTime;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::steps::office_with;

/// Nobody has written it by hand.
fn installed() -> Written {
    Written { at: DateTime::UNIX_EPOCH, by: None }
}

/// What is read while this is done, as `GetItem DIRECTORY/HEAD` or `Query OFFICES`.
async fn reads(recorder: &Recorder, work: impl Future<Output = u16>) -> BTreeSet<String> {
    let kinds = ["GetItem", "BatchGetItem", "Query"];
    let before = kinds.map(|kind| recorder.bodies(kind).len());
    assert_eq!(work.await, 200);
    let read = |(kind, before): (&&str, usize)| {
        let bodies = recorder.bodies(kind).split_off(before);
        bodies.iter().map(|body| format!("{kind} {}", key(body))).collect::<Vec<_>>()
    };
    kinds.iter().zip(before).flat_map(read).collect()
}

fn key(body: &Value) -> String {
    let part = |name: &str| body["Key"][name]["S"].as_str().unwrap_or_default();
    let of_query = body["ExpressionAttributeValues"][":pk"]["S"].as_str();
    of_query.map_or_else(|| format!("{}/{}", part("pk"), part("sk")), str::to_owned)
}

async fn reads_of(app: &TestApp, recorder: &Recorder, path: &str) -> BTreeSet<String> {
    app.advance(6);
    reads(recorder, async { app.get(path).await.status }).await
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

const ONE: [&str; 2] = ["GetItem DIRECTORY/NEXT", "GetItem OFFICES/OFFICE#uji"];
const POLL: [&str; 2] = ["GetItem DIRECTORY/HEAD", "GetItem DIRECTORY/NEXT"];
const LIST: [&str; 3] =
    ["GetItem DIRECTORY/HEAD", "GetItem DIRECTORY/LIST", "GetItem DIRECTORY/NEXT"];

fn other(number: usize) -> Office {
    office_with(2, |office| office["id"] = format!("lain-{number}").into())
}

async fn listed(app: &TestApp) -> BTreeSet<String> {
    let offices = app.get("/v1/offices").await.body["offices"].as_array().unwrap().clone();
    offices.iter().map(|office| office["id"].as_str().unwrap().to_owned()).collect()
}

/// Forgets what is listed, as a new instance knows nothing.
async fn start_anew(app: &TestApp) {
    app.stack.app.ledger.offices().forget(&OFFICE.parse().unwrap()).await;
}

#[tokio::test]
async fn one_office_is_one_item_and_the_list_is_read_again_only_when_it_has_changed() {
    let (app, recorder) = Recorder::start().await;
    start_anew(&app).await;
    let one = format!("/v1/offices/{OFFICE}");
    assert_eq!(reads_of(&app, &recorder, &one).await, set(&ONE));
    assert_eq!(reads_of(&app, &recorder, "/v1/offices").await, set(&LIST));
    assert_eq!(reads_of(&app, &recorder, "/v1/offices").await, set(&POLL));
    // As another instance would: the table alone knows.
    assert!(app.stack.app.ledger.store().put_office(0, &other(1), &installed()).await.unwrap());
    assert_eq!(reads_of(&app, &recorder, "/v1/offices").await, set(&LIST));
    assert_eq!(listed(&app).await, set(&["lain-1", OFFICE]));
    assert_eq!(reads_of(&app, &recorder, "/v1/offices").await, set(&POLL));
}

#[tokio::test]
async fn an_earliest_hour_that_is_taken_does_not_move_the_list() {
    let setup = Setup { offices: vec![offices::office(1)], ..Setup::default() };
    let recorder = Arc::new(Recorder::default());
    let http_client = Some(client(recorder.clone()));
    let app = TestApp::start_with(Setup { http_client, ..setup }).await;
    let next = async || app.get("/v1/offices").await.body["offices"][0]["next_available"].clone();
    app.advance(6);
    let before = next().await;
    assert_eq!(before["slot"], "09:00");
    let person = Person::register(&app, 1).await;
    person.book(&app, before["date"].as_str().unwrap(), "09:00").await;
    app.advance(60);
    app.tick().await;
    app.advance(6);
    let read = reads(&recorder, async { app.get("/v1/offices").await.status }).await;
    assert_eq!(read, set(&POLL));
    assert_eq!(next().await["slot"], "10:00");
}

#[tokio::test]
async fn who_is_denied_is_read_again_only_when_somebody_is() {
    let (app, recorder) = Recorder::start().await;
    let token = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/queue");
    let ask = async || {
        app.advance(6);
        let asked = app.call(reqwest::Method::GET, &path, Some(&token), None);
        let read = reads(&recorder, async { asked.await.status }).await;
        read.into_iter().filter(|read| read.contains("DIRECTORY")).collect::<BTreeSet<_>>()
    };
    let changed = set(&["GetItem DIRECTORY/DENIED", "GetItem DIRECTORY/HEAD"]);
    assert_eq!(ask().await, changed);
    assert_eq!(ask().await, set(&["GetItem DIRECTORY/HEAD"]));
    let reason = Some(DenialReason::Left);
    let change = DenialChange { at: app.now(), by: "head".to_owned(), reason };
    let subject = "somebody-else".parse().unwrap();
    app.stack.app.ledger.store().change_denial(&subject, &change).await.unwrap();
    assert_eq!(ask().await, changed);
    assert_eq!(ask().await, set(&["GetItem DIRECTORY/HEAD"]));
}

#[tokio::test]
async fn what_another_release_wrote_past_the_list_is_known_after_a_tick() {
    let (app, recorder) = Recorder::start().await;
    let store = app.stack.app.ledger.store();
    assert!(store.put_office(0, &other(1), &installed()).await.unwrap());
    let mut items = recorder.items_of("OFFICES").await;
    let of_release = |id: &str| ("OFFICE#".to_owned() + id, id.to_owned());
    for item in &mut items {
        let (sk, id) = of_release(&item["id"]["S"].as_str().unwrap().replace("uji", "baru"));
        (item["sk"], item["id"]) = (json!({"S": sk}), json!({"S": id}));
    }
    let denied = json!({"pk": {"S": "OFFICES"}, "sk": {"S": "STAFF#clerk-1"},
        "subject": {"S": "clerk-1"}, "is_denied": {"BOOL": true}, "changes": {"L": []},
        "revision": {"N": "1"}});
    items.push(denied);
    recorder.put(&items).await;
    app.advance(6);
    assert_eq!(listed(&app).await, set(&["lain-1", OFFICE]), "nobody told");
    app.tick().await;
    app.advance(6);
    assert_eq!(listed(&app).await, set(&["baru", "lain-1", OFFICE]));
    let offices = app.stack.app.ledger.offices();
    assert!(offices.is_denied("clerk-1", app.now()).await.unwrap());
    app.advance(60);
    app.tick().await;
    let before = recorder.items_of("DIRECTORY").await;
    app.advance(60);
    app.tick().await;
    assert_eq!(recorder.items_of("DIRECTORY").await, before, "a quiet tick writes nothing");
}

#[tokio::test]
async fn without_any_document_offices_and_denied_staff_are_known_all_the_same() {
    let (app, recorder) = Recorder::start().await;
    let mut items = recorder.items().await;
    items.retain(|item| item["pk"]["S"] != "DIRECTORY");
    recorder.restore(&items).await;
    start_anew(&app).await;
    app.advance(6);
    assert_eq!(listed(&app).await, set(&[OFFICE]));
    let offices = app.stack.app.ledger.offices();
    assert!(!offices.is_denied("clerk-1", app.now()).await.unwrap());
    let store = app.stack.app.ledger.store();
    assert!(store.put_office(0, &other(1), &installed()).await.unwrap());
    app.advance(6);
    assert_eq!(listed(&app).await, set(&["lain-1", OFFICE]), "the first write makes it");
}

/// Offices that the list has after twelve were written at once.
async fn written_at_once(guarded: bool) -> usize {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    if !guarded {
        switch.arm(|call| without_conditions_on(&[Item::Directory], call));
    }
    let store = app.stack.app.ledger.store();
    let put = async |number| store.put_office(0, &other(number), &installed()).await.unwrap();
    let put = join_all((0..12).map(put)).await;
    assert!(put.iter().all(|put| *put));
    app.advance(6);
    listed(&app).await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_offices_that_are_written_at_once_none_is_missing_in_the_list() {
    assert_eq!(written_at_once(true).await, 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_condition_on_the_list_some_are_missing() {
    assert!(written_at_once(false).await < 13);
}
