//! What runs beside the requests: the scheduler, the queues' pollers, the simulator's statuses.

use std::sync::Arc;
use std::time::Duration;

use antrian::app::App;
use antrian::ledger::Housekeeping;
use antrian_scheduler::Job;
use tokio::task::JoinHandle;

use crate::home::Home;
use crate::poller::Poller;
use crate::simulator::Graph;

/// The cloud's scheduler ticks every minute; here nobody should have to wait.
const TICK: Duration = Duration::from_secs(3);

/// Each look writes a little.
const LOOK_AT_SPACE: Duration = Duration::from_secs(60);

/// The first run opens some hundred days before it answers a request; later runs find them open.
pub(crate) async fn first_tick(app: &App, work: &Housekeeping) -> anyhow::Result<()> {
    if app.ledger.store().next_hours().await?.is_none() {
        antrian_scheduler::run(app, work, Job::Tick).await?;
    }
    Ok(())
}

/// Starts all of it; a task ends when it is aborted.
pub(crate) fn start(
    app: &Arc<App>,
    work: &Arc<Housekeeping>,
    pollers: [&Poller; 4],
    graph: &Graph,
    home: Option<&Home>,
) -> Vec<JoinHandle<()>> {
    let pollers = pollers.into_iter().map(|poller| tokio::spawn(poller.clone().run()));
    let ticks = tokio::spawn(tick_for_ever(app.clone(), work.clone()));
    let statuses = tokio::spawn(graph.clone().report_for_ever());
    let space = home.map(|home| tokio::spawn(watch_space(home.clone())));
    pollers.chain([ticks, statuses]).chain(space).collect()
}

/// Says when the disk takes nothing any more, and when it does again.
async fn watch_space(home: Home) {
    let mut is_full = false;
    loop {
        let (looked, was_full) = (home.clone(), is_full);
        let space = tokio::task::spawn_blocking(move || looked.check_space()).await;
        is_full = matches!(space, Ok(Err(_)));
        match space {
            Ok(Err(error)) if !was_full => tracing::error!("{error:#}"),
            Ok(Ok(())) if was_full => tracing::info!("the data folder can be written to again"),
            _ => {}
        }
        tokio::time::sleep(LOOK_AT_SPACE).await;
    }
}

async fn tick_for_ever(app: Arc<App>, work: Arc<Housekeeping>) {
    // The queues are in memory: what was in them when the last run ended is enqueued again.
    let mut job = Job::Enqueue;
    loop {
        if let Err(error) = antrian_scheduler::run(&app, &work, job).await {
            tracing::warn!(%error, "a tick of the scheduler failed");
        }
        if job == Job::Tick {
            tokio::time::sleep(TICK).await;
        }
        job = Job::Tick;
    }
}
