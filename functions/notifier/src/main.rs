//! The `notifier` function.

use antrian::app::App;
use antrian::messaging::AnyMessenger;
use antrian::telemetry;
use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    telemetry::start(telemetry::LogFormat::Json);
    let app = &*Box::leak(Box::new(App::from_env().await?));
    let messenger = &*Box::leak(Box::new(AnyMessenger::new(app)?));
    let handler = service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, lambda_runtime::Error>(
            antrian_notifier::handle(app, messenger, event.payload).await,
        )
    });
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}
