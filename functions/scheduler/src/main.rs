//! The `scheduler` function.

use antrian::health::Queue;
use antrian::lambda::{self, Function, LambdaEvent};
use antrian::ledger::Housekeeping;
use antrian_scheduler::{Scheduled, run};

const QUEUES: &[Queue] = &[Queue::Messages, Queue::Inbox];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function =
        Function::start(QUEUES, |app| Ok((Housekeeping::new(app.ledger.clone()), app))).await;
    let handle = move |event: LambdaEvent<Scheduled>| async move {
        let (work, app) = function.state().await?;
        let job = event.payload.job;
        let done = tokio::time::timeout(job.most(), Box::pin(run(app, work, job))).await;
        done.map_err(|_| format!("{job:?} took too long"))?.map_err(lambda::Error::from)
    };
    lambda::run(lambda::service_fn(handle)).await
}
