//! A function in the cloud: its state is made before the first request; what was missing then is
//! looked for again at each request, so that a deployment heals as soon as it is complete.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
pub use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use crate::app::{App, StartError};
use crate::health::Queue;
use crate::http::problem::{Problem, not_ready};
use crate::http::{self, Routes};
use crate::telemetry;

/// What a function's requests share.
#[expect(missing_debug_implementations, reason = "how the state is made cannot be shown")]
pub struct Function<S> {
    state: OnceCell<S>,
    make: Make<S>,
}

type Make<S> = Box<dyn Fn() -> BoxFuture<'static, Result<S, StartError>> + Send + Sync>;

impl<S: 'static> Function<S> {
    /// Starts logging and makes the state of a function that works with `queues`. What is missing
    /// stands in the log, in one line.
    pub async fn start(
        queues: &'static [Queue],
        make: impl Fn(Arc<App>) -> Result<S, StartError> + Send + Sync + 'static,
    ) -> &'static Self {
        let begun = Instant::now();
        telemetry::start(telemetry::LogFormat::Json);
        let make = Arc::new(make);
        let started = move || -> BoxFuture<'static, _> {
            let make = make.clone();
            Box::pin(async move {
                let app = App::from_env(queues).await?;
                let (metrics, clock) = (app.metrics.clone(), app.clock.clone());
                let state = make(app)?;
                telemetry::cold_start(&metrics, &own_name(), begun, clock.now());
                Ok(state)
            })
        };
        let function = &*Box::leak(Box::new(Self::new(started)));
        if let Err(error) = function.state().await {
            tracing::error!(%error, "the function cannot start");
        }
        function
    }

    /// A function whose state is made by `make`, at the first request and again until it can be.
    pub fn new(
        make: impl Fn() -> BoxFuture<'static, Result<S, StartError>> + Send + Sync + 'static,
    ) -> Self {
        Self { state: OnceCell::new(), make: Box::new(make) }
    }

    /// The state.
    ///
    /// # Errors
    /// Names what is missing.
    pub async fn state(&self) -> Result<&S, StartError> {
        self.state.get_or_try_init(&self.make).await
    }
}

/// The last word of the function's name, which begins with the stack's: `slots`.
fn own_name() -> String {
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    name.rsplit('-').next().unwrap_or_default().to_owned()
}

impl Function<Router> {
    /// The answer to a request; while something is missing, that.
    pub async fn answer(&self, request: lambda_http::Request) -> Response {
        let is_health = request.uri().path().starts_with("/v1/health");
        match self.state().await {
            Ok(router) => router.clone().oneshot(request).await.into_response(),
            Err(error) if is_health => http::with_headers(not_ready(error).into_response()),
            Err(error) => http::with_headers(Problem::from(error).into_response()),
        }
    }
}

/// Runs a function that answers HTTP requests and works with `queues`.
///
/// # Errors
/// If the runtime of Lambda cannot be reached.
pub async fn http(routes: fn() -> Routes, queues: &'static [Queue]) -> Result<(), Error> {
    let make = move |app: Arc<App>| {
        app.origin()?;
        Ok(http::router(routes(), app))
    };
    let function = Function::start(queues, make).await;
    let answer = move |request| async move { Ok::<_, Infallible>(function.answer(request).await) };
    lambda_http::run(service_fn(answer)).await
}
