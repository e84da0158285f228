//! Starts everything and says what to try, or helps to set up a provider.

use std::process::ExitCode;

use antrian::telemetry;
use antrian_local::settings::Settings;
use antrian_local::{Stack, setup, welcome};

#[tokio::main]
async fn main() -> ExitCode {
    telemetry::start(telemetry::LogFormat::Plain);
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            welcome::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = args.as_slice()
        && first == "whatsapp"
    {
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        return setup::run(&rest, |name| std::env::var(name).ok(), &mut std::io::stdout()).await;
    }
    let settings = Settings::read(args.into_iter(), |name| std::env::var(name).ok())?;
    let stack = Stack::start(settings.options()?).await?;
    welcome::greet(&stack);
    stopped().await;
    stack.stop().await;
    Ok(())
}

/// Ctrl-C, or being asked to end.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
