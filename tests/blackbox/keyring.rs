//! A function whose keyring is not the table's serves nothing, says why, and works as soon as it has
//! the right one. What would happen else: `compat/rotation.rs`.

use std::sync::{Arc, Mutex};

use antrian::app::App;
use antrian::config::Config;
use antrian::http;
use antrian::lambda::Function;
use antrian::security::{Keyring, NoSigningKey, RotationStep, rotated, split};
use antrian::storage::Store;
use antrian::telemetry::Metrics;
use antrian_local::cloud::{DEAD_LETTER_QUEUE, QUEUE};
use antrian_local::home::Home;
use antrian_local::routes::documented;
use antrian_local::{Options, Stack};
use antrian_tests::app::DATE;
use antrian_tests::{Answer, Person, Setup, TestApp};
use axum::Router;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub(crate) const HEALTH: &str = "/v1/health";
pub(crate) const OFFICES: &str = "/v1/offices";

fn after(secret: &SecretString, step: RotationStep) -> SecretString {
    rotated(secret, step).unwrap()
}

/// A system with these keys.
pub(crate) async fn with_keys(keys: &SecretString) -> TestApp {
    let settings = [("ANTRIAN_KEYS".to_owned(), keys.expose_secret().to_owned())].into();
    TestApp::start_with(Setup { settings, ..Setup::default() }).await
}

/// Settings of a function over this system's table and queues.
pub(crate) fn config(app: &TestApp, keys: &SecretString) -> Config {
    let queue = &app.stack.poller.queue_url;
    let get = |name: &str| {
        Some(match name {
            "ANTRIAN_STAGE" => "local".to_owned(),
            "ANTRIAN_TABLE" => app.stack.app.ledger.store().table().to_owned(),
            "ANTRIAN_URGENT_URL" => app.stack.urgent.queue_url.clone(),
            "ANTRIAN_QUEUE_URL" => queue.clone(),
            "ANTRIAN_BULK_URL" => app.stack.bulk.queue_url.clone(),
            "ANTRIAN_DLQ_URL" => queue.replace(QUEUE, DEAD_LETTER_QUEUE),
            "ANTRIAN_INBOX_URL" => app.stack.inbox.queue_url.clone(),
            "ANTRIAN_KEYS" => keys.expose_secret().to_owned(),
            "ANTRIAN_STAFF_ISSUER" => app.stack.issuer.url().to_owned(),
            "ANTRIAN_PUBLIC_URL" => app.stack.base_url.clone(),
            "WHATSAPP_NUMBER" => "6280000000000".to_owned(),
            _ => return None,
        })
    };
    Config::read(get).unwrap()
}

/// A function over this system's table, which reads its keyring where the caller puts it.
fn function(app: &TestApp, secret: &Arc<Mutex<SecretString>>) -> Function<Router> {
    let (clients, clock) = (app.stack.cloud.clients(None, None), app.stack.app.clock.clone());
    let config = config(app, &secret.lock().unwrap());
    let secret = secret.clone();
    Function::new(move || {
        let (clients, clock) = (clients.clone(), clock.clone());
        let config = Config { keys: secret.lock().unwrap().clone(), ..config.clone() };
        Box::pin(async move {
            let app = App::new(&config, clients, clock, Metrics::to_nowhere("local"))?;
            app.check().await?;
            Ok(http::router(documented(), Arc::new(app)))
        })
    })
}

pub(crate) async fn get(function: &Function<Router>, path: &str) -> Answer {
    let request = axum::http::Request::get(path).body(lambda_http::Body::Empty).unwrap();
    let answer = function.answer(request).await;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_with_another_keyring_serves_nothing_and_heals_with_the_right_one() {
    let keys = Keyring::generate_json();
    let app = with_keys(&keys).await;
    let secret = Arc::new(Mutex::new(Keyring::generate_json()));
    let it = function(&app, &secret);
    for _ in 0..2 {
        let health = get(&it, HEALTH).await;
        assert_eq!((health.status, health.code()), (503, "not_ready"));
        let reason = health.text("reason");
        assert!(reason.contains("key 1") && reason.contains("ANTRIAN_KEYS"), "{reason}");
        let offices = get(&it, OFFICES).await;
        assert_eq!((offices.status, offices.code()), (503, "not_ready"));
        assert_eq!(offices.body["reason"], Value::Null, "nobody else is told why");
    }
    *secret.lock().unwrap() = keys;
    assert_eq!(get(&it, OFFICES).await.status, 200);
    assert_eq!(get(&it, HEALTH).await.text("status"), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rotation_recorded_every_function_has_to_know() {
    let first = Keyring::generate_json();
    let added = after(&first, RotationStep::Add);
    let used = after(&added, RotationStep::Use);
    let app = with_keys(&first).await;
    let starts = async |keys: &SecretString| {
        let it = function(&app, &Arc::new(Mutex::new(keys.clone())));
        get(&it, HEALTH).await.status
    };
    let record = async |keys: &SecretString| {
        let (clients, keys) = (app.stack.cloud.clients(None, None), Keyring::from_json(keys));
        let table = app.stack.app.ledger.store().table();
        let store = Store::new(clients.dynamodb, table, Arc::new(keys.unwrap()));
        store.record_keyring().await.unwrap().is_ok()
    };
    assert_eq!((starts(&added).await, starts(&first).await), (200, 200));
    assert!(record(&added).await);
    assert_eq!((starts(&used).await, starts(&added).await, starts(&first).await), (200, 200, 503));
    assert!(!record(&Keyring::generate_json()).await, "another's keyring is not taken");
    let other = after(&first, RotationStep::Add);
    assert!(!record(&other).await, "nor another key of the same version");
    assert_eq!((starts(&other).await, starts(&used).await), (503, 200));
    let third = after(&after(&used, RotationStep::Add), RotationStep::Use);
    let retired = after(&third, RotationStep::Retire(2));
    assert_eq!(starts(&retired).await, 503, "what key 2 sealed would not open");
    assert!(record(&retired).await);
    assert_eq!(starts(&retired).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_does_not_start_on_a_folder_of_other_keys() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("other-keys");
    let _ = std::fs::remove_dir_all(&folder);
    let start = async || {
        let home = Some(Home::open(&folder, false).unwrap());
        Stack::start(Options { home, by_hand: true, ..Options::default() }).await
    };
    start().await.unwrap().stop().await;
    let keys = std::fs::read(folder.join("keys.json")).unwrap();
    std::fs::remove_file(folder.join("keys.json")).unwrap();
    let refused = start().await.unwrap_err().to_string();
    assert!(refused.contains("not this table's keyring"), "{refused}");
    std::fs::write(folder.join("keys.json"), keys).unwrap();
    start().await.unwrap().stop().await;
}

/// What functions get of a keyring: the parts that `keys split` makes.
#[tokio::test(flavor = "multi_thread")]
async fn who_scans_tickets_cannot_make_any() {
    let parts = split(&Keyring::generate_json()).unwrap();
    let setting =
        |name: &str, secret: &SecretString| (name.to_owned(), secret.expose_secret().to_owned());
    let settings =
        [setting("ANTRIAN_KEYS", &parts.data), setting("ANTRIAN_TICKET_KEYS", &parts.tickets)];
    let app = TestApp::start_with(Setup { settings: settings.into(), ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let ticket = person.book(&app, DATE, "09:00").await.text("ticket");

    let clients = app.stack.cloud.clients(None, None);
    let (config, clock) = (config(&app, &parts.data), app.stack.app.clock.clone());
    let scanner = App::new(&config, clients, clock, Metrics::to_nowhere("local")).unwrap();
    scanner.check().await.unwrap();
    assert!(scanner.tickets.verify(&ticket).is_ok());
    assert_eq!(scanner.keyring.ticket_signer().err(), Some(NoSigningKey));
    assert!(app.stack.app.keyring.ticket_signer().is_ok());
}
