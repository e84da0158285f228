//! Random histories of everything that is done to seats, against a simple model.
//!
//! A case is a history of steps at one small office, with a clock that only the history moves. The
//! ledger carries each step out on a table in memory; the model ([`rules::World`]) tells from the
//! rules alone what has to come of it. After each step every booking, every free seat and the recount
//! agree with the model.
//!
//! The system picks seats at random, so what follows depends on its answers: the model runs beside
//! the system and takes from it which of the allowed seats it chose. A history therefore names things
//! by their place in it ("the latest booking", "a second before the next hold runs out"), which also
//! keeps it meaningful while it shrinks.

mod agreement;
mod answers;
mod effects;
mod people;
mod rules;
mod steps;
mod system;
mod words;

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use tokio::runtime::Runtime;

use steps::Step;
use system::System;

/// Histories tried, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 16;
/// Tries to make a failing history shorter.
const SHRINKS: u32 = 400;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn config() -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() {
        ProptestConfig::default().cases
    } else {
        CASES
    };
    ProptestConfig {
        cases,
        max_shrink_iters: SHRINKS,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Which steps a history has.
struct History;

impl ReferenceStateMachine for History {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        steps::any_step()
    }

    fn apply((): (), _: &Step) {}
}

struct SeatsAgainstModel;

impl StateMachineTest for SeatsAgainstModel {
    type SystemUnderTest = System;
    type Reference = History;

    fn init_test((): &()) -> System {
        RUNTIME.block_on(System::start())
    }

    fn apply(mut system: System, (): &(), step: Step) -> System {
        RUNTIME.block_on(system.carry_out(step));
        system
    }

    fn check_invariants(system: &System, (): &()) {
        if !system.idle {
            RUNTIME.block_on(agreement::check(system));
        }
    }

    fn teardown(system: System, (): ()) {
        RUNTIME.block_on(system.stop());
    }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_in_whatever_order_seats_are_as_the_rules_say(
        sequential 10..=40 => SeatsAgainstModel
    );
}
