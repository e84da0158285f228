//! The `checkin` function.

use antrian::app::App;
use antrian::{http, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    telemetry::start(telemetry::LogFormat::Json);
    let app = App::from_env().await?;
    app.ledger.store().ping().await?;
    let router = http::router(antrian_checkin::routes(), app);
    lambda_http::run(router).await.map_err(anyhow::Error::from_boxed)
}
