//! The wire breaks at every call of a claim, of the answer that gives a booking up, and of a clerk's
//! release: each has its effect once, and tells of it once.

use antrian_tests::app::DATE;
use antrian_tests::offices::OFFICE;
use antrian_tests::person::nik;
use antrian_tests::{Answer, Person};
use serde_json::json;

use super::kinds::{Fault, is_table_call};
use super::stage::{QUOTA, Stage, Stay};
use crate::person_claims::{give_up, stranger};
use crate::webhooks::store;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Claim,
    GiveUp,
    Release,
}

/// Two accounts with one person: the owner of a booking, and who claims it.
struct Pair {
    owner: Person,
    claimant: Person,
    code: String,
    number: u32,
}

impl Step {
    /// A pair for whom only the step itself is left to do.
    async fn pair(self, stage: &Stage, number: u32) -> Pair {
        let app = &stage.app;
        app.advance(2);
        let owner = Person::register(app, number).await;
        let code = owner.book(app, DATE, "09:00").await.text("code");
        let claimant = stranger(app, 5_000 + number, number).await;
        let pair = Pair { owner, claimant, code, number };
        if self == Self::GiveUp {
            assert_eq!(Self::Claim.run(stage, &pair).await.status, 202);
            app.drain().await;
            // Stored and enqueued, not yet dealt with.
            let id = format!("wamid.give-up.{number}");
            let tap = [give_up(&id, &pair.owner.phone, &pair.code)];
            assert_eq!(store(app, &tap).await, 200);
        }
        app.drain().await;
        pair
    }

    async fn run(self, stage: &Stage, pair: &Pair) -> Answer {
        let (app, key) = (&stage.app, format!("key-{}", pair.number));
        match self {
            Self::Claim => {
                let path = "/v1/me/applicants/p1/claim";
                app.post_with_key(path, Some(&pair.claimant.token), &key, json!({})).await
            }
            Self::Release => {
                let path = format!("/v1/offices/{OFFICE}/person-releases");
                let staff = app.staff(OFFICE, &["desk"]).await;
                let body = json!({"nik": nik(pair.number), "release": "number_lost"});
                app.post_with_key(&path, Some(&staff), &key, body).await
            }
            Self::GiveUp => {
                let _ = app.stack.inbox.drain().await;
                Answer { status: 200, body: json!({}) }
            }
        }
    }

    /// Outbox rows that tell of it, each sent once.
    fn messages(self, pair: &Pair) -> Vec<String> {
        let code = pair.code.to_lowercase();
        match self {
            Self::Claim => vec![format!("{code}-2-claim_asked")],
            Self::GiveUp => vec![format!("{code}-3-cancelled"), format!("{code}-3-claim_released")],
            Self::Release => vec![format!("{code}-3-released")],
        }
    }
}

async fn try_every_call(step: Step) {
    let stage = Stage::start().await;
    let clean = step.pair(&stage, 1).await;
    let (answer, calls) = stage.calls_of(step.run(&stage, &clean)).await;
    assert!(answer.status < 300, "{step:?}: {answer:?}");
    let (mut done, mut number) = (vec![clean], 1);
    for (stay, faults) in [(Stay::Once, Fault::ALL), (Stay::UntilLifted, Fault::LASTING)] {
        for &fault in faults {
            let met = calls.iter().filter(|target| is_table_call(target) && fault.meets(target));
            for nth in 1..=met.count() {
                number += 1;
                let pair = step.pair(&stage, number).await;
                stage.strike(fault, stay, nth);
                let first = step.run(&stage, &pair).await;
                let struck = stage.lift();
                let case = format!("{step:?}, {fault:?} {stay:?} at {nth} ({struck:?})");
                if first.status >= 300 {
                    assert!(first.status == 503 && struck.is_some(), "{case}: {first:?}");
                    let again = step.run(&stage, &pair).await;
                    assert!(again.status < 300, "{case}: {again:?}");
                }
                done.push(pair);
            }
        }
    }
    assert!(done.len() > 10 && done.len() <= usize::from(QUOTA), "{}", done.len());
    check(step, &stage, &done).await;
}

async fn check(step: Step, stage: &Stage, done: &[Pair]) {
    let app = &stage.app;
    for secs in [61, 61, 605] {
        app.advance(secs);
        app.tick().await;
        app.listen().await;
        app.drain().await;
    }
    let report = app.assert_audit_agrees().await;
    let live = if step == Step::Claim { done.len() } else { 0 };
    assert_eq!(report.live_bookings as usize, live, "{step:?}");
    for pair in done {
        for id in step.messages(pair) {
            assert_eq!(stage.times_sent(&id), 1, "{step:?}: {id}");
        }
        if step != Step::Claim {
            let seen = pair.owner.get(app, &format!("/v1/bookings/{}", pair.code)).await;
            let history = seen.body["history"].as_array().unwrap().len();
            assert_eq!((seen.text("status").as_str(), history), ("cancelled", 3), "{step:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_and_releases_have_one_effect_whatever_breaks() {
    let trials = [Step::Claim, Step::GiveUp, Step::Release];
    let trials = trials.map(|step| tokio::spawn(try_every_call(step)));
    for trial in trials {
        trial.await.unwrap();
    }
}
