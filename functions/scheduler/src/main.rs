//! The `scheduler` function.

use antrian::lambda::{self, Function, LambdaEvent};
use antrian::ledger::Housekeeping;
use antrian_scheduler::{Scheduled, run};

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    let function = Function::start(|app| Ok((Housekeeping::new(app.ledger.clone()), app))).await;
    let handle = move |event: LambdaEvent<Scheduled>| async move {
        let (work, app) = function.state().await?;
        run(app, work, event.payload.job).await.map_err(lambda::Error::from)
    };
    lambda::run(lambda::service_fn(handle)).await
}
