//! The `scheduler` function.

use antrian::app::App;
use antrian::ledger::Housekeeping;
use antrian::telemetry;
use antrian_scheduler::{Scheduled, run};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    telemetry::start(telemetry::LogFormat::Json);
    let app = &*Box::leak(Box::new(App::from_env().await?));
    let work = &*Box::leak(Box::new(Housekeeping::new(app.ledger.clone())));
    let handler = service_fn(move |event: LambdaEvent<Scheduled>| async move {
        run(app, work, event.payload.job).await.map_err(lambda_runtime::Error::from)
    });
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}
