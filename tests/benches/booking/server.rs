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

/// Who is served, and by what of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Families at two offices; queues and scheduler rest.
    Families,
    /// People on their own at an office of one slot a day; all parts work.
    Rush,
}

impl Kind {
    /// The argument with which this program is such a server.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Families => "--serve",
            Self::Rush => "--serve-rush",
        }
    }

    /// The kind that an argument names.
    pub(crate) fn of_command(command: &str) -> Option<Self> {
        [Self::Families, Self::Rush].into_iter().find(|kind| kind.command() == command)
    }

    /// People of each account, `p1` to `p5` at most.
    pub(crate) fn people_of_account(self) -> usize {
        match self {
            Self::Families => 5,
            Self::Rush => 1,
        }
    }

    fn offices(self) -> Vec<Value> {
        match self {
            Self::Families => vec![place::office(OFFICE, 24, 30), place::office(FULL, 1, 14)],
            Self::Rush => vec![place::office_of_one_slot()],
        }
    }
}

/// Serves until standard input ends. Says in one line where, then answers a line with a line:
/// `calls`, `bodies on`, `bodies off`, `memory`.
pub(crate) async fn serve(kind: Kind, folder: Option<&str>, people: usize) -> anyhow::Result<()> {
    let counter = CallCount::new(aws::http_client());
    let stack = start(kind, folder, &counter).await?;
    stack.run_job(Job::Tick).await?;
    let of_account = kind.people_of_account();
    let mut tokens = Vec::new();
    for account in 0..people.div_ceil(of_account) {
        tokens.push(account_with_people(&stack, account, of_account).await?);
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

async fn start(kind: Kind, folder: Option<&str>, counter: &CallCount) -> anyhow::Result<Stack> {
    let home = folder.map(|folder| Home::open(folder.as_ref(), true)).transpose()?;
    let offices = kind.offices().into_iter().map(serde_json::from_value);
    let offices: Result<Vec<Office>, _> = offices.collect();
    Stack::start(Options {
        home,
        offices: offices?,
        http_client: Some(SharedHttpClient::new(counter.clone())),
        clock: Some(Clock::set_to(BEGIN.parse()?)),
        by_hand: kind == Kind::Families,
        ..Options::default()
    })
    .await
}

/// An account with people, straight into the table; its session's token.
async fn account_with_people(
    stack: &Stack,
    number: usize,
    people: usize,
) -> anyhow::Result<String> {
    let (store, keyring) = (stack.app.ledger.store(), &stack.app.keyring);
    let now = stack.app.clock.now();
    let phone = format!("+62800{number:07}").parse().context("phone")?;
    let contacts = Contacts { phone: Some(phone), scoped: None };
    let account = store.account_of_contacts(&contacts, Locale::Id, now).await?;
    for person in 0..people {
        let person = u32::try_from(number * people + person)?;
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
