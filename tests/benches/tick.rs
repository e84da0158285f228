//! What a tick costs a country of 151 offices whose open dates are all booked out: calls, reads of days,
//! time, with a delay before each call to the table as a network has it.
//! `cargo bench -p antrian-tests --bench tick`; `docs/performance.md` says how to read it.
#![expect(clippy::print_stdout, reason = "this program's output is its result")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use antrian::domain::office::Office;
use antrian::ledger::{Housekeeping, Ledger};
use antrian_scheduler::{Job, run};
use antrian_tests::offices;
use antrian_tests::wire::{Action, Call, Interfere, client};
use antrian_tests::{Setup, TestApp};
use serde_json::json;

const OFFICES: usize = 151;
/// From the table's answer to a call, as far as a network has it.
const DELAY: Duration = Duration::from_millis(5);
/// The second at which all offices open all of February.
const RELEASE: &str = "2026-12-15T00:00:00Z";
const DAY_SECS: i64 = 24 * 60 * 60;

/// Counts calls; delays them once it is switched on.
#[derive(Debug, Default)]
struct Network {
    is_slow: AtomicBool,
    calls: AtomicUsize,
    days: AtomicUsize,
}

impl Interfere for Network {
    fn interfere(&self, call: &Call) -> Action {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let is_day = call.target == "Query" && call.body.to_string().contains("\"DAY#");
        self.days.fetch_add(usize::from(is_day), Ordering::Relaxed);
        if self.is_slow.load(Ordering::Relaxed) { Action::Delay(DELAY) } else { Action::Pass }
    }
}

/// An office without a free seat on any of its 63 to 93 open dates.
fn booked_out(number: usize) -> anyhow::Result<Office> {
    let mut office = serde_json::to_value(offices::office(0))?;
    office["id"] = format!("kantor-{number}").into();
    office["release"] = json!({"kind": "monthly", "months_ahead": 2, "day": 15, "at": "08:00"});
    Ok(serde_json::from_value(office)?)
}

/// A tick of a scheduler that has just started: it remembers nothing.
async fn tick(app: &TestApp, network: &Network, what: &str) -> anyhow::Result<()> {
    let known = &app.stack.app;
    let (store, queue) = (known.ledger.store().clone(), known.queue.clone());
    let work = Housekeeping::new(Ledger::new(store, queue, known.metrics.clone()));
    let count = |of: &AtomicUsize| of.swap(0, Ordering::Relaxed);
    let _ = (count(&network.calls), count(&network.days));
    let begun = Instant::now();
    let report = run(known, &work, Job::Tick).await?;
    let took = begun.elapsed().as_secs_f64();
    let (calls, days) = (count(&network.calls), count(&network.days));
    println!("| {what} | {calls} | {days} | {} | {took:.2} |", report.days_made);
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let network = Arc::new(Network::default());
    let offices = (0..OFFICES).map(booked_out).collect::<Result<Vec<_>, _>>()?;
    let http_client = Some(client(network.clone()));
    let app = TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await;
    network.is_slow.store(true, Ordering::Relaxed);
    println!("| tick | calls | days read | days made | s |\n|---|---:|---:|---:|---:|");
    tick(&app, &network, "the first after the start").await?;
    let mut looks = 0;
    while looks < 40 {
        app.advance(60);
        app.tick().await;
        looks += 1;
    }
    app.advance(60);
    tick(&app, &network, "all booked out").await?;
    let before = app.stack.app.clock.secs_until(RELEASE.parse()?) - DAY_SECS;
    app.advance(before);
    for number in 1..=3 {
        tick(&app, &network, &format!("a day before a month is released, {number}")).await?;
        app.advance(60);
    }
    app.advance_to(RELEASE);
    for number in 1..=3 {
        tick(&app, &network, &format!("a month was released everywhere, {number}")).await?;
        app.advance(60);
    }
    Ok(())
}
