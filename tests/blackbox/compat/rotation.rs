//! Keys change while people book: what is sealed, signed and looked up stays within reach.

use antrian::security::{Keyring, RotationStep, rotated};
use antrian_tests::{Person, Recorder, TestApp};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::journey::{Fixture, KEYS, LATER};
use super::previous::{go_on, kept};
use super::start;

/// The keyring after these steps.
fn after(steps: &[RotationStep]) -> String {
    let rotate =
        |secret: secrecy::SecretString, step: &RotationStep| rotated(&secret, *step).unwrap();
    steps.iter().fold(KEYS.to_owned().into(), rotate).expose_secret().to_owned()
}

/// A system with these keys over the items of the journey.
async fn over_with(fixture: &Fixture, keys: &str) -> (TestApp, std::sync::Arc<Recorder>) {
    let (app, recorder) = start(keys, Some(fixture.now), vec![]).await;
    recorder.put(&fixture.items).await;
    (app, recorder)
}

async fn journey() -> Fixture {
    Fixture::of_this_release().await
}

/// Texts of an item that are sealed under a version.
fn sealed_under(items: &[Value], version: u8) -> usize {
    let prefix = format!("v{version}.");
    let is_it = |item: &&Value| {
        let pk = item["pk"]["S"].as_str().unwrap_or_default();
        let sealed = item["sealed"]["S"].as_str().unwrap_or_default();
        pk.starts_with("ACCOUNT#") && sealed.starts_with(&prefix)
    };
    items.iter().filter(is_it).count()
}

/// The person of a NIK comes with another phone while their booking is on.
async fn book_with_another_phone(app: &TestApp, number: u32) -> (u16, String) {
    let stranger = Person::register_only(app, 700 + number).await;
    assert_eq!(stranger.add(app, number).await.status, 201);
    let held = stranger.hold(app, LATER, "10:00").await;
    (held.status, held.code().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_everybody_goes_on_and_nobody_books_twice() {
    let fixture = journey().await;
    let (app, recorder) =
        over_with(&fixture, &after(&[RotationStep::Add, RotationStep::Use])).await;
    assert_eq!(
        book_with_another_phone(&app, 2).await,
        (409, "person_needs_confirmation".to_owned())
    );
    go_on(&app, &fixture).await;
    app.assert_audit_agrees().await;
    let items = recorder.items().await;
    assert!(sealed_under(&items, 1) > 0 && sealed_under(&items, 2) > 0);
    assert_eq!(app.stack.app.keyring.ticket_key_id(), 2);
}

/// Why no step touches `lookup`: the guard of who booked before is not found any more.
#[tokio::test(flavor = "multi_thread")]
async fn under_another_lookup_key_a_person_could_book_twice() {
    let keys = after(&[RotationStep::Add]).replace("\"lookup\":1", "\"lookup\":2");
    let (app, _) = over_with(&journey().await, &keys).await;
    assert_eq!(book_with_another_phone(&app, 2).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_with_and_without_the_new_key_in_use_read_each_other() {
    let fixture = journey().await;
    let added = after(&[RotationStep::Add]);
    let used = rotated(&added.clone().into(), RotationStep::Use).unwrap();
    let (old, recorder) = over_with(&fixture, &added).await;
    let (new, other) = start(used.expose_secret(), Some(fixture.now), vec![]).await;
    other.put(&fixture.items).await;
    let person_of_new = Person::register(&new, 9).await;
    let held = person_of_new.book(&new, LATER, "10:00").await;
    recorder.put(&other.items().await).await;
    let seen = person_of_new.get(&old, "/v1/me/export").await;
    assert!(seen.body.to_string().contains("Contoh 9"), "{seen:?}");
    assert!(old.stack.app.tickets.verify(&held.text("ticket")).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_anew_needs_the_earlier_key_no_more() {
    let fixture = journey().await;
    let used = after(&[RotationStep::Add, RotationStep::Use]);
    let (app, recorder) = over_with(&fixture, &used).await;
    let before = sealed_under(&fixture.items, 1);
    let store = app.stack.app.ledger.store();
    let done = store.reseal().await.unwrap();
    assert_eq!((done.read, done.resealed), (fixture.items.len() as u64, before as u64));
    assert_eq!(store.reseal().await.unwrap().resealed, 0, "once is enough");
    let items = recorder.items().await;
    assert_eq!((sealed_under(&items, 1), sealed_under(&items, 2)), (0, before));
    let coming = Person::register_only(&app, 2).await;
    let export = coming.get(&app, "/v1/me/export").await.body.to_string();
    assert!(export.contains(&coming.phone) && export.contains("Contoh 2"), "{export}");

    // As if the earlier key were gone: only what it found people by stays.
    let text: Value = serde_json::from_str(&used).unwrap();
    let lookup_only = json!({"current": 2, "lookup": 2, "keys": {"2": text["keys"]["2"]}});
    let alone = Keyring::from_json(&lookup_only.to_string().into()).unwrap();
    let profile = items.iter().find(|item| item["sk"]["S"] == "PROFILE").unwrap();
    let (pk, sealed) = (&profile["pk"]["S"], profile["sealed"]["S"].as_str().unwrap());
    let aad = format!("{}/PROFILE/sealed", pk.as_str().unwrap());
    assert!(alone.open(sealed, &aad).is_ok());
    assert!(app.stack.app.tickets.verify(&kept(&fixture, "on", "ticket")).is_ok());
}
