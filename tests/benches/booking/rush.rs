//! A rush: a thousand people, 64 of them at once, each with a connection and an idempotency key of their own,
//! want one of 300 seats of one slot, while queues and scheduler work; beside it what the table alone does, and
//! two ways to pick a seat.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::client::{Connection, keyed};
use crate::load::Measured;
use crate::pick;
use crate::place::{RUSH, RUSH_SEATS};
use crate::raw;
use crate::server::Kind;
use crate::stack::Stack;

/// People who are being answered at once.
const AT_ONCE: usize = 64;
/// Items that a hold writes.
const HOLD_ITEMS: usize = 8;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// People of a rush.
    pub(crate) people: usize,
    /// How often each kind comes.
    pub(crate) rounds: usize,
}

/// What a person of a rush does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Hold,
    HoldAndConfirm,
}

/// What came of a rush.
#[derive(Debug, Default)]
struct Rush {
    /// Until the last seat was given, with what each who got one waited.
    given: Measured,
    /// What each who got none waited.
    refused: Measured,
    calls: u64,
}

/// Runs all kinds on one stack and prints what came of them.
pub(crate) async fn run(size: Size) -> anyhow::Result<()> {
    let people = 2 * size.rounds * size.people;
    let mut stack = Stack::start(Kind::Rush, None, people)?;
    let table = raw::client(&stack.table_url);
    println!("\n## A rush: {} people, {RUSH_SEATS} seats of one slot\n", size.people);
    println!(
        "| | per second | p50 ms | p99 ms | refused, a second | p99 ms | table calls a person |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let mut from = 0;
    for round in 0..size.rounds {
        let bare = raw::transact(&table, round, usize::from(RUSH_SEATS), HOLD_ITEMS).await?;
        for (at, wish) in [Wish::Hold, Wish::HoldAndConfirm].into_iter().enumerate() {
            let tokens = stack.tokens[from..from + size.people].to_vec();
            from += size.people;
            stack.calls()?;
            let mut rush = rush(stack.api, tokens, 1 + 2 * round + at, wish).await?;
            rush.calls = stack.calls()?.table();
            line(&format!("{wish:?}"), &rush, size.people);
        }
        println!("| bare transaction | {:.0} | | | | | |", bare.per_second());
    }
    println!("\n## Two ways to pick a seat of {RUSH_SEATS}, on the bare table\n");
    println!("| way | instances | transactions a seat | other calls a seat | seats a second |");
    println!("|---|---:|---:|---:|---:|");
    for instances in [1, 16, 64] {
        pick::run(&table, instances).await?;
    }
    stack.stop()
}

fn line(name: &str, rush: &Rush, people: usize) {
    println!(
        "| {name} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} |",
        rush.given.per_second(),
        rush.given.percentile_ms(50),
        rush.given.percentile_ms(99),
        rush.refused.per_second(),
        rush.refused.percentile_ms(99),
        rush.calls as f64 / people as f64,
    );
}

/// One person's answer: when it came after the rush began, how long it took, whether there was a seat.
struct Came {
    at: Duration,
    took: Duration,
    has_seat: bool,
}

async fn rush(to: SocketAddr, tokens: Vec<String>, day: usize, wish: Wish) -> anyhow::Result<Rush> {
    let (tokens, next) = (Arc::new(tokens), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (tokens, next) = (tokens.clone(), next.clone());
        tokio::spawn(async move {
            let mut all = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(token) = tokens.get(at) else { return anyhow::Ok(all) };
                let sent = Instant::now();
                let has_seat = come(to, token, day, wish).await?;
                all.push(Came { at: begun.elapsed(), took: sent.elapsed(), has_seat });
            }
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await??);
    }
    let seats = all.iter().filter(|came| came.has_seat).count();
    ensure!(seats == usize::from(RUSH_SEATS).min(tokens.len()), "{seats} seats were given");
    Ok(summed(&all))
}

fn summed(all: &[Came]) -> Rush {
    let of = |has_seat: bool| all.iter().filter(move |came| came.has_seat == has_seat);
    let sold_out = of(true).map(|came| came.at).max().unwrap_or_default();
    let over = all.iter().map(|came| came.at).max().unwrap_or_default();
    let after = |came: &&Came| came.at > sold_out;
    Rush {
        given: Measured { elapsed: sold_out, latencies: of(true).map(|came| came.took).collect() },
        refused: Measured {
            elapsed: over.saturating_sub(sold_out),
            latencies: of(false).filter(after).map(|came| came.took).collect(),
        },
        calls: 0,
    }
}

/// Comes with a connection of their own, wants a seat, and confirms it; whether there was one.
async fn come(to: SocketAddr, token: &str, day: usize, wish: Wish) -> anyhow::Result<bool> {
    let mut connection = Connection::open(to).await?;
    let wanted = crate::place::wish(RUSH, 0, day, 0);
    let held = send(&mut connection, "/v1/bookings", token, &wanted).await?;
    let Some(held) = held else { return Ok(false) };
    if wish == Wish::HoldAndConfirm {
        let code = held["code"].as_str().context("no code")?;
        let path = format!("/v1/bookings/{code}/confirm");
        send(&mut connection, &path, token, &json!({})).await?.context("not confirmed")?;
    }
    Ok(true)
}

/// The answer; absent: there is no seat. Who is told that it is busy asks again, under the same key.
async fn send(
    connection: &mut Connection,
    path: &str,
    token: &str,
    body: &Value,
) -> anyhow::Result<Option<Value>> {
    let key = format!("{:016x}", rand::random::<u64>());
    loop {
        let answer = connection.send(&keyed(path, token, &key, body)).await?;
        match answer.status {
            200 | 201 => return Ok(Some(answer.json())),
            409 => return Ok(None),
            503 => tokio::time::sleep(Duration::from_millis(100)).await,
            other => anyhow::bail!("{other}: {}", answer.json()),
        }
    }
}
