//! A system whose wire breaks on command.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use antrian_tests::app::sdk_timeouts;
use antrian_tests::wire::{Action, Call, Switch, client};
use antrian_tests::{Setup, TestApp, offices};
use aws_smithy_types::timeout::TimeoutConfig;
use futures_util::stream::{self, StreamExt};

use super::kinds::{Fault, is_table_call, is_transaction};

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    Once,
    /// From that call on, until it is lifted.
    UntilLifted,
}

/// The call that a fault struck first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Struck {
    /// Its operation.
    pub(super) target: String,
    /// Whether it is a transaction.
    pub(super) is_transaction: bool,
}

/// A running system over a switched wire.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) app: TestApp,
    pub(super) switch: Arc<Switch>,
    struck: Arc<Mutex<Option<Struck>>>,
}

/// Seats of a slot: more than there are cases for one operation.
pub(super) const QUOTA: u16 = 120;
/// Holds live longer than all trials and [`Stage::recover`] take.
const HOLD_MINUTES: u32 = 60;
/// An answer that takes longer is given up: a try after that can still begin within the five seconds
/// that a transaction has for its tries.
pub(super) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

impl Stage {
    pub(super) async fn start() -> Self {
        Self::start_with(sdk_timeouts(ATTEMPT_TIMEOUT)).await
    }

    /// A system that waits for its table as long as in the cloud.
    pub(super) async fn start_as_in_the_cloud() -> Self {
        Self::start_with(antrian::net::sdk::sdk_timeouts()).await
    }

    async fn start_with(timeouts: TimeoutConfig) -> Self {
        let switch = Arc::new(Switch::default());
        let mut office = offices::office(QUOTA);
        office.policy.hold_minutes = HOLD_MINUTES;
        office.policy.fair_use.lookups_per_clerk = 0;
        let app = TestApp::start_with(Setup {
            offices: vec![office],
            http_client: Some(client(switch.clone())),
            sdk_timeouts: Some(timeouts),
            ..Setup::default()
        })
        .await;
        Self { app, switch, struck: Arc::default() }
    }

    /// Lets the fault strike the `nth` call (from 1) that can meet it.
    pub(super) fn strike(&self, fault: Fault, stay: Stay, nth: usize) {
        let action = move |call: &Call| fault.action(call);
        self.strike_with(move |call| fault.meets(&call.target), action, stay, nth);
    }

    /// Lets `action` strike the `nth` call (from 1) that `meets` picks.
    pub(super) fn strike_with(
        &self,
        meets: impl Fn(&Call) -> bool + Send + 'static,
        action: impl Fn(&Call) -> Action + Send + 'static,
        stay: Stay,
        nth: usize,
    ) {
        *self.struck.lock().unwrap() = None;
        let struck = self.struck.clone();
        let mut met = 0;
        self.switch.arm(move |call| {
            if !meets(call) {
                return Action::Pass;
            }
            met += 1;
            if met < nth || (met > nth && stay == Stay::Once) {
                return Action::Pass;
            }
            struck.lock().unwrap().get_or_insert_with(|| Struck {
                target: call.target.clone(),
                is_transaction: is_transaction(&call.target),
            });
            action(call)
        });
    }

    /// Mends the wire. Tells what was struck; nothing if there were fewer calls.
    pub(super) fn lift(&self) -> Option<Struck> {
        self.switch.disarm();
        self.struck.lock().unwrap().take()
    }

    /// Targets of all calls to the table while `work` runs.
    pub(super) async fn calls_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let notes = seen.clone();
        self.switch.arm(move |call| {
            if is_table_call(&call.target) {
                notes.lock().unwrap().push(call.target.clone());
            }
            Action::Pass
        });
        let value = work.await;
        self.switch.disarm();
        let seen = seen.lock().unwrap().clone();
        (value, seen)
    }

    /// Lets time pass until everything that a fault left behind has been dealt with: cool-downs, the
    /// sweeper's grace, a lease of a minute, and ten minutes for a provider to report. A hold that
    /// was just made still lives then.
    pub(super) async fn recover(&self) {
        for secs in [61, 61, 605] {
            self.app.advance(secs);
            self.app.tick().await;
            self.app.drain().await;
        }
    }

    /// How often the outbox row of this id was given to the provider.
    pub(super) fn times_sent(&self, id: &str) -> usize {
        self.app.sent_ids().iter().filter(|sent| *sent == id).count()
    }
}

/// So many at once: more would keep a call from its answer on a busy machine, and one that is given up makes
/// one more.
const TOGETHER: usize = 4;

/// Tries each fault with a system of its own, some together: most of the time is spent waiting before another
/// try, the most for those that last.
pub(super) async fn each_fault<T: Future<Output = ()>>(trial: impl Fn(Fault, Stay) -> T) {
    let once = Fault::ALL.iter().rev().map(|fault| (*fault, Stay::Once));
    let lasting = Fault::LASTING.iter().map(|fault| (*fault, Stay::UntilLifted));
    let trials = lasting.chain(once).map(|(fault, stay)| trial(fault, stay));
    stream::iter(trials).buffer_unordered(TOGETHER).collect::<Vec<_>>().await;
}
