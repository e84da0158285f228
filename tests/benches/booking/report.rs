//! What was measured, as a table, and whether the aims are met.

use crate::load::Measured;
use crate::run::Run;

/// Calls and items that a hold and a confirmation are known to need, beyond the readings of days
/// and offices that all requests of a second share.
const HOLD_CALLS: u64 = 2;
const HOLD_ITEMS: u64 = 8;
const CONFIRM_CALLS: u64 = 3;
const CONFIRM_ITEMS: u64 = 6;
/// Resident memory of the stack.
const MAX_MIB: f64 = 100.0;
/// Processor time of a refusal, the load that asks for it included.
const MAX_REFUSAL_MS: f64 = 1.0;
/// A hold is to be at least so fast as what it is compared with.
const LEAST_RATIO: f64 = 0.5;

/// The middle of several figures, with the least and the most.
struct Spread {
    middle: f64,
    least: f64,
    most: f64,
}

fn spread(runs: &[Run], figure: impl Fn(&Run) -> f64) -> Spread {
    let mut figures: Vec<f64> = runs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    let at = |index: usize| figures.get(index).copied().unwrap_or_default();
    Spread {
        middle: at(figures.len() / 2),
        least: at(0),
        most: at(figures.len().saturating_sub(1)),
    }
}

/// Prints the table of these runs.
pub(crate) fn table(title: &str, runs: &[Run]) {
    println!("\n## {title}\n");
    println!("| | per second | lowest–highest run | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|");
    line(runs, "bare transaction, as many items as a hold", |run| &run.transaction);
    line(runs, "hold", |run| &run.hold);
    line(runs, "confirmation", |run| &run.confirm);
    line(runs, "empty answer (bare axum server)", |run| &run.empty);
    line(runs, "refusal, other slots free", |run| &run.refusal);
    line(runs, "refusal, every date full", |run| &run.refusal_all_full);
    println!();
    let Some(last) = runs.last() else { return };
    for (name, calls) in [("hold", &last.one_hold), ("confirmation", &last.one_confirm)] {
        println!(
            "A {name} alone: {} table calls ({} GetItem, {} Query, {} TransactWriteItems of {} items, \
             the largest of about {} bytes), {} queue calls",
            calls.table(),
            calls.of("GetItem"),
            calls.of("Query"),
            calls.of("TransactWriteItems"),
            calls.items,
            calls.largest_bytes,
            calls.queue(),
        );
    }
    for (name, calls, measured) in [
        ("hold", &last.hold_calls, &last.hold),
        ("confirmation", &last.confirm_calls, &last.confirm),
        ("refusal", &last.refusal_calls, &last.refusal),
    ] {
        let table = calls.table() as f64 / measured.latencies.len() as f64;
        println!("Table calls for each {name}, readings that many share included: {table:.3}");
    }
    let memory = |figure: fn(&Run) -> f64| spread(runs, figure);
    let (begin, end) = (memory(|run| run.memory_begin_mib), memory(|run| run.memory_end_mib));
    println!(
        "Resident memory of the stack: {:.1} MiB before, {:.1} MiB after",
        begin.middle, end.most
    );
}

fn line(runs: &[Run], name: &str, of: impl Fn(&Run) -> &Measured) {
    let rate = spread(runs, |run| of(run).per_second());
    let median = spread(runs, |run| of(run).percentile_ms(50));
    let slow = spread(runs, |run| of(run).percentile_ms(99));
    println!(
        "| {name} | {:.0} | {:.0}–{:.0} | {:.2} | {:.2} |",
        rate.middle, rate.least, rate.most, median.middle, slow.middle
    );
}

/// Prints the aims and whether they are met. Times are only told; `false` if a count is exceeded.
pub(crate) fn aims(runs: &[Run]) -> bool {
    println!("\n## Aims\n");
    ratio("a hold is at least half as fast as the bare transaction", runs, |run| {
        run.hold.per_second() / run.transaction.per_second()
    });
    processor("a refusal with other slots free", runs, |run| &run.refusal);
    processor("a refusal with every date full", runs, |run| &run.refusal_all_full);
    let memory = spread(runs, |run| run.memory_end_mib).most;
    let met = word(memory < MAX_MIB);
    println!("- the stack stays under {MAX_MIB} MiB: {memory:.1} MiB, {met}");
    let most = |figure: fn(&Run) -> u64| runs.iter().map(figure).max().unwrap_or_default();
    let counts = [
        ("table calls of a refusal that is known", most(|run| run.burst_calls), 0),
        ("table calls of a hold", most(|run| run.one_hold.table()), HOLD_CALLS),
        ("items of a hold", most(|run| run.one_hold.items), HOLD_ITEMS),
        ("table calls of a confirmation", most(|run| run.one_confirm.table()), CONFIRM_CALLS),
        ("items of a confirmation", most(|run| run.one_confirm.items), CONFIRM_ITEMS),
    ];
    for (name, found, known) in counts {
        println!("- {name}, at most {known}: {found}, {}", word(found <= known));
    }
    counts.iter().all(|(_, found, known)| found <= known)
}

fn ratio(name: &str, runs: &[Run], of: impl Fn(&Run) -> f64) {
    let ratio = spread(runs, of);
    println!(
        "- {name}: {:.2} ({:.2}–{:.2}), {}",
        ratio.middle,
        ratio.least,
        ratio.most,
        word(ratio.middle >= LEAST_RATIO)
    );
}

/// What one of them takes of all processors, were they busy with nothing else: never less than it took.
fn processor(name: &str, runs: &[Run], of: impl Fn(&Run) -> &Measured) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let ms = spread(runs, |run| 1_000.0 * cores / of(run).per_second()).most;
    let met = word(ms < MAX_REFUSAL_MS);
    println!("- {name} takes under {MAX_REFUSAL_MS} ms of processor: {ms:.3} ms, {met}");
}

fn word(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}
