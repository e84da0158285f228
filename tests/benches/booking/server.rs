//! The local stack in a process of its own, with people who can book, as the load finds it.

use std::io::Write;

use antrian::clock::Clock;
use antrian::domain::account::PersonDetails;
use antrian::domain::device::Device;
use antrian::domain::language::Locale;
use antrian::domain::office::Office;
use antrian::domain::person::{Category, Contacts};
use antrian::net::aws;
use antrian::storage::Session;
use antrian_local::home::Home;
use antrian_local::{Options, Stack};
use antrian_scheduler::Job;
use antrian_tests::person::nik;
use anyhow::Context;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::calls::CallCount;
use crate::place::{self, BEGIN, FULL, OFFICE};

/// Serves until standard input ends. Says in one line where, then answers a line with a line:
/// `calls`, `bodies on`, `bodies off`, `memory`.
pub(crate) async fn serve(folder: Option<&str>, people: usize) -> anyhow::Result<()> {
    let counter = CallCount::new(aws::http_client());
    let stack = start(folder, &counter).await?;
    stack.run_job(Job::Tick).await?;
    let mut tokens = Vec::new();
    for account in 0..people.div_ceil(PEOPLE_OF_ACCOUNT) {
        tokens.push(account_with_people(&stack, account).await?);
    }
    say(&json!({
        "api": stack.base_url, "empty": serve_nothing().await?,
        "table": counter.table_url(), "tokens": tokens,
    }))?;
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        say(&match line.as_str() {
            "calls" => counter.take(),
            "bodies on" | "bodies off" => {
                counter.read_bodies(line.ends_with("on"));
                Value::Null
            }
            "memory" => json!(resident_kib()?),
            other => anyhow::bail!("unknown command {other}"),
        })?;
    }
    stack.stop().await;
    Ok(())
}

/// An account has up to so many people, `p1` to `p5`.
pub(crate) const PEOPLE_OF_ACCOUNT: usize = 5;

async fn start(folder: Option<&str>, counter: &CallCount) -> anyhow::Result<Stack> {
    let home = folder.map(|folder| Home::open(folder.as_ref(), true)).transpose()?;
    let offices = [place::office(OFFICE, 24, 30), place::office(FULL, 1, 14)];
    let offices: Result<Vec<Office>, _> = offices.into_iter().map(serde_json::from_value).collect();
    Stack::start(Options {
        home,
        offices: offices?,
        http_client: Some(SharedHttpClient::new(counter.clone())),
        clock: Some(Clock::set_to(BEGIN.parse()?)),
        by_hand: true,
        ..Options::default()
    })
    .await
}

/// An account with five people, straight into the table; its session's token.
async fn account_with_people(stack: &Stack, number: usize) -> anyhow::Result<String> {
    let (store, keyring) = (stack.app.ledger.store(), &stack.app.keyring);
    let now = stack.app.clock.now();
    let phone = format!("+62800{number:07}").parse().context("phone")?;
    let contacts = Contacts { phone: Some(phone), scoped: None };
    let account = store.account_of_contacts(&contacts, Locale::Id, now).await?;
    for person in 0..PEOPLE_OF_ACCOUNT {
        let person = u32::try_from(number * PEOPLE_OF_ACCOUNT + person)?;
        let new = PersonDetails {
            name: format!("Contoh {person}").parse().context("name")?,
            nik: Some(nik(person).parse().context("nik")?),
            birth_date: "1990-01-01".parse()?,
            ktp_regency: Some("Kota Makassar".to_owned()),
            category: Category::General,
        };
        store.add_applicant(&account, &new, None, now).await?;
    }
    let registration = format!("{number:032x}");
    let token = keyring.session_token(&account, &registration, "bench");
    let expires_at = now + TimeDelta::days(1);
    let (locale, device) = (Locale::Id, Device::default());
    let session = Session { account, locale, expires_at, opened_at: now, device };
    let id = registration.parse().context("registration")?;
    store.open_session(&id, &session, &keyring.token_hash(&token)).await?;
    Ok(token)
}

/// The same kind of server with nothing in it: every answer is 200 and empty.
async fn serve_nothing() -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = axum::Router::new().route("/", axum::routing::get(async || ()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

fn say(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}

/// Lines of standard input, read by a thread of their own.
fn lines() -> tokio::sync::mpsc::Receiver<String> {
    let (give, take) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if give.blocking_send(line).is_err() {
                break;
            }
        }
    });
    take
}

/// Resident memory of this process in KiB, as Linux tells it.
fn resident_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("no /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.context("no VmRSS")?.trim().parse().context("VmRSS")
}
