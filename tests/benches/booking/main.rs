//! The booking benchmark: `cargo bench -p antrian-tests`. What it measures and how to read it stands
//! in `docs/performance.md`. `ANTRIAN_BENCH_QUICK=1` makes it short: counts are checked, times told.
#![expect(clippy::print_stdout, reason = "this program's output is its result")]

mod calls;
mod client;
mod load;
mod pick;
mod place;
mod raw;
mod report;
mod run;
mod rush;
mod server;
mod stack;

use std::process::ExitCode;

use run::Size;
use server::Kind;

/// The table that the local stack makes.
const TABLE: &str = "antrian";
/// Runs, each on a fresh stack: the embedded table slows down with the transactions of its last ten
/// minutes, and neighbours on the machine disturb one run more than another.
const RUNS: usize = 5;
const FULL_SIZE: Size = Size { bookings: 1_000, refusals: 20_000, rounds: 5 };
const QUICK_SIZE: Size = Size { bookings: 100, refusals: 1_000, rounds: 2 };
/// People of a rush, and rushes of each kind.
const FULL_RUSH: rush::Size = rush::Size { people: 1_000, rounds: 3 };
const QUICK_RUSH: rush::Size = rush::Size { people: 400, rounds: 1 };

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [command, people, folder @ ..] = args.as_slice()
        && let Some(kind) = Kind::of_command(command)
    {
        let folder = folder.first().map(String::as_str);
        server::serve(kind, folder, people.parse()?).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_quick = std::env::var("ANTRIAN_BENCH_QUICK").is_ok_and(|value| value == "1");
    let (runs, size) = if is_quick { (1, QUICK_SIZE) } else { (RUNS, FULL_SIZE) };
    let mut in_memory = Vec::new();
    for _ in 0..runs {
        in_memory.push(run::run(None, size).await?);
    }
    report::table("Table in memory", &in_memory);
    let within = report::aims(&in_memory);
    if !is_quick {
        on_file(size).await?;
    }
    rush::run(if is_quick { QUICK_RUSH } else { FULL_RUSH }).await?;
    Ok(if within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same once with the table in a file, every write of it on the disk before it is answered.
async fn on_file(size: Size) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("antrian-bench-{}", std::process::id()));
    let run = run::run(folder.to_str(), size).await;
    drop(std::fs::remove_dir_all(&folder));
    report::table("Table in a file", &[run?]);
    Ok(())
}
