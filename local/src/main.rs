//! Starts the stack, or runs one of the other commands.

use std::process::ExitCode;
use std::time::Instant;

use antrian::telemetry;
use antrian_local::settings::Settings;
use antrian_local::{Stack, setup, simulator, welcome};

#[tokio::main]
async fn main() -> ExitCode {
    telemetry::start(telemetry::LogFormat::Plain);
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            welcome::print_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (get, out) = (|name: &str| std::env::var(name).ok(), &mut std::io::stdout());
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["whatsapp", rest @ ..] => return setup::run(rest, get, out).await,
        ["keys", rest @ ..] => return setup::keys::run(rest, get, std::io::stdin(), out).await,
        ["restore", rest @ ..] => return setup::operator::restore(rest, get, out).await,
        ["simulator", rest @ ..] => return simulator::server::run(rest, get, out).await,
        _ => {}
    }
    let settings = Settings::read(args.into_iter(), get)?;
    let options = settings.options()?;
    welcome::announce(&options);
    let began = Instant::now();
    let stack = Stack::start(options).await?;
    welcome::greet(&stack, began.elapsed());
    stopped().await;
    stack.stop().await;
    Ok(())
}

/// Ctrl-C or SIGTERM.
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
