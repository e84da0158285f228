//! Many people at the same moment. Each test has its control: with the guard off, the violation
//! that the test looks for appears.

mod desk;
mod holds;
mod rebooking;

use std::future::Future;
use std::sync::Arc;

use antrian_tests::crowd::enrol;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Item, Switch, client};
use antrian_tests::{Answer, Person, Setup, TestApp, offices};
use futures_util::stream::{StreamExt, iter};

/// Requests in flight at most.
const AT_ONCE: usize = 64;

/// Does all of it at once, and tells in any order what came of it.
async fn at_once<T>(work: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    iter(work).buffer_unordered(AT_ONCE).collect().await
}

async fn crowd(app: &TestApp, people: u32) -> Vec<Person> {
    iter(1..=people).map(|number| enrol(app, number)).buffered(AT_ONCE).collect().await
}

/// A system of `quota` seats a slot, and the switch on its wire.
async fn switched(quota: u16) -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let setup = Setup { offices: vec![offices::office(quota)], http_client };
    (TestApp::start_with(setup).await, switch)
}

fn take_guards_off(switch: &Switch, items: &'static [Item]) {
    switch.arm(move |call| without_conditions_on(items, call));
}

/// How many answers have this status and, for a refusal, this code.
fn count(answers: &[Answer], status: u16, code: &str) -> usize {
    let is_such = |answer: &&Answer| status < 400 || answer.code() == code;
    answers.iter().filter(|answer| answer.status == status).filter(is_such).count()
}

fn statuses(answers: &[Answer]) -> Vec<(u16, &str)> {
    answers.iter().map(|answer| (answer.status, answer.code())).collect()
}
