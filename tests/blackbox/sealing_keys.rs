//! The keys that open what tells of people stand in the functions' secret only as KMS has encrypted them.
//! A function asks KMS once in its life; if KMS does not do it, the function serves nothing, says why,
//! and works as soon as it does.

use std::sync::Arc;
use std::time::Instant;

use antrian::app::{App, StartError, unwrapped};
use antrian::config::Config;
use antrian::domain::ids::AccountId;
use antrian::http;
use antrian::lambda::Function;
use antrian::ledger::Housekeeping;
use antrian::net::kms::Kms;
use antrian::security::{Keyring, NoSealingKeys, RotationStep, rotated, split};
use antrian::telemetry::Metrics;
use antrian_local::cloud::{DATA_KEY, KmsState};
use antrian_local::routes::documented;
use antrian_scheduler::Job;
use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};
use axum::Router;
use secrecy::SecretString;
use serde_json::Value;

use crate::keyring::{HEALTH, OFFICES, config, get, with_keys};

fn kms(app: &TestApp) -> Kms {
    Kms::new(&app.stack.cloud.kms_settings(), DATA_KEY)
}

/// Settings of a function over this system's table with these keys, wrapped.
async fn wrapped(app: &TestApp, keys: &SecretString) -> Config {
    let keys = kms(app).wrap(&split(keys).unwrap().data).await.unwrap();
    Config { data_key: Some(DATA_KEY.to_owned()), ..config(app, &keys) }
}

/// A function's start, which begins with what is wrapped.
async fn start(app: &TestApp, config: Config) -> Result<App, StartError> {
    let cloud = &app.stack.cloud;
    let config = unwrapped(config, &cloud.kms_settings()).await?;
    let (clients, clock) = (cloud.clients(None, None), app.stack.app.clock.clone());
    let function = App::new(&config, clients, clock, Metrics::to_nowhere("local"))?;
    function.check().await?;
    Ok(function)
}

/// A function that starts like this at its first request, and again until it can.
fn function(app: &Arc<TestApp>, config: &Config) -> Function<Router> {
    let (app, config) = (app.clone(), config.clone());
    Function::new(move || {
        let (app, config) = (app.clone(), config.clone());
        Box::pin(
            async move { Ok(http::router(documented(), Arc::new(start(&app, config).await?))) },
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn kms_is_asked_once_in_a_functions_life() {
    let app = TestApp::start().await;
    let at_start = app.stack.cloud.kms.calls();
    assert_eq!(at_start, 2, "wrapped by whoever deploys, unwrapped by the function");
    app.stack.cloud.kms.set(KmsState::Denied);
    for number in 1..=2 {
        let person = Person::register(&app, number).await;
        assert_eq!(person.book(&app, DATE, "09:00").await.status, 200);
        assert_eq!(person.get(&app, "/v1/me/export").await.status, 200);
    }
    app.drain().await;
    assert_eq!(app.get(HEALTH).await.status, 200);
    assert_eq!(app.stack.cloud.kms.calls(), at_start);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_kms_a_function_serves_nothing_says_why_and_heals() {
    let keys = Keyring::generate_json();
    let app = Arc::new(with_keys(&keys).await);
    let config = wrapped(&app, &keys).await;
    let service = &app.stack.cloud.kms;
    let states = [
        (KmsState::Denied, 1, "AccessDeniedException"),
        (KmsState::Disabled, 1, "DisabledException"),
        (KmsState::Broken, 3, "KMSInternalException"),
        (KmsState::Throttled(99), 3, "ThrottlingException"),
        (KmsState::Silent, 3, "no answer"),
    ];
    for (state, tries, says) in states {
        let it = function(&app, &config);
        service.set(state);
        let (before, begun) = (service.calls(), Instant::now());
        let health = get(&it, HEALTH).await;
        assert_eq!((health.status, health.code()), (503, "not_ready"), "{state:?}");
        assert_eq!(service.calls() - before, tries, "{state:?}");
        assert!(begun.elapsed().as_secs() < 10, "{state:?}: a function's start has ten seconds");
        let reason = health.text("reason");
        assert!(reason.contains(says) && reason.contains("ANTRIAN_DATA_KEY"), "{reason}");
        assert!(!reason.contains('\n') && !reason.contains("arn:"), "{reason}");
        if state != KmsState::Silent {
            let offices = get(&it, OFFICES).await;
            assert_eq!((offices.status, offices.code()), (503, "not_ready"), "{state:?}");
            assert_eq!(offices.body["reason"], Value::Null, "nobody else is told why");
        }
        service.set(KmsState::Well);
        assert_eq!(get(&it, OFFICES).await.status, 200, "{state:?}");
    }
    service.set(KmsState::Throttled(2));
    assert_eq!(get(&function(&app, &config), OFFICES).await.status, 200, "within the start");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealing_keys_of_another_keyring_are_not_taken() {
    let keys = Keyring::generate_json();
    let app = with_keys(&keys).await;
    let (own, other) = (wrapped(&app, &keys).await, rotated(&keys, RotationStep::Add).unwrap());
    let other = wrapped(&app, &other).await;
    let ciphertext = |config: &Config| -> Value { serde_json::from_str(expose(config)).unwrap() };
    let mut mixed = ciphertext(&own);
    mixed["wrapped"] = ciphertext(&other)["wrapped"].take();
    let error = start(&app, Config { keys: mixed.to_string().into(), ..own.clone() }).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("ANTRIAN_KEYS is wrong") && error.contains("wrapped"), "{error}");
    assert!(start(&app, own).await.is_ok());
}

fn expose(config: &Config) -> &str {
    secrecy::ExposeSecret::expose_secret(&config.keys)
}

/// A deployment goes from keys in the clear to wrapped ones, and its keys are rotated meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn functions_with_wrapped_keys_and_with_keys_in_the_clear_read_each_other() {
    let first = Keyring::generate_json();
    let added = rotated(&first, RotationStep::Add).unwrap();
    let used = rotated(&added, RotationStep::Use).unwrap();
    let app = with_keys(&first).await;
    let person = Person::register(&app, 1).await;
    let account: AccountId = person.token.split('.').next().unwrap().parse().unwrap();
    let name = async |function: &App| {
        let people = function.ledger.store().applicants(&account).await.unwrap();
        people[0].details.name.expose().to_owned()
    };
    let clear = |keys: &SecretString| config(&app, &split(keys).unwrap().data);
    let (before, after) = (start(&app, clear(&added)).await, wrapped(&app, &added).await);
    let (before, after) = (before.unwrap(), start(&app, after).await.unwrap());
    assert_eq!(name(&after).await, name(&before).await);
    let rotated = start(&app, wrapped(&app, &used).await).await.unwrap();
    let resealed = rotated.ledger.store().reseal().await.unwrap().resealed;
    assert!(resealed > 0);
    for function in [&before, &after, &rotated] {
        assert_eq!(name(function).await, name(&before).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheduler_does_its_work_without_the_keys_that_open() {
    let keys = Keyring::generate_json();
    let app = with_keys(&keys).await;
    let config = Config { data_key: None, ..wrapped(&app, &keys).await };
    let asked = app.stack.cloud.kms.calls();
    let scheduler = start(&app, config).await.unwrap();
    assert_eq!(app.stack.cloud.kms.calls(), asked);
    assert_eq!(scheduler.keyring.seal(b"text", "a"), Err(NoSealingKeys));
    let work = Housekeeping::new(scheduler.ledger.clone());
    let run = async |job| antrian_scheduler::run(&scheduler, &work, job).await.unwrap();

    let (held, kept) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    assert_eq!(held.hold(&app, DATE, "09:00").await.status, 201);
    kept.book(&app, DATE, "10:00").await;
    crate::steps::close(&app, &["2026-12-04"]).await;
    for secs in [30, 60, 900, 86_400, 30 * 86_400] {
        app.advance(secs);
        run(Job::Tick).await;
        app.drain().await;
    }
    let report = run(Job::Audit).await.audit.unwrap();
    assert!(report.disagreements.is_empty(), "{report:?}");
    assert_eq!(report.live_bookings, 0, "what lapsed and what was missed is written down");
}
