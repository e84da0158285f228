//! The process that serves: started, asked, ended.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use crate::server::Kind;

/// A running stack and the people in it.
#[derive(Debug)]
pub(crate) struct Stack {
    process: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Where the API answers.
    pub(crate) api: SocketAddr,
    /// Where nothing is answered.
    pub(crate) empty: SocketAddr,
    /// The table's endpoint.
    pub(crate) table_url: String,
    /// Session tokens, each of an account with five people.
    pub(crate) tokens: Vec<String>,
}

/// Calls of the stack's SDK.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    by_operation: std::collections::BTreeMap<String, u64>,
    /// Items of transactions, and the largest of them, if bodies were read.
    pub(crate) items: u64,
    pub(crate) largest_bytes: u64,
}

impl Calls {
    /// Calls of one operation.
    pub(crate) fn of(&self, operation: &str) -> u64 {
        let ours = self.by_operation.iter().filter(|(name, _)| name.ends_with(operation));
        ours.map(|(_, count)| count).sum()
    }

    /// Calls of the table.
    pub(crate) fn table(&self) -> u64 {
        let table = self.by_operation.iter().filter(|(name, _)| name.starts_with("DynamoDB"));
        table.map(|(_, count)| count).sum()
    }

    /// Calls of the queue.
    pub(crate) fn queue(&self) -> u64 {
        self.by_operation.values().sum::<u64>() - self.table()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (name, count) in &other.by_operation {
            *self.by_operation.entry(name.clone()).or_default() += count;
        }
        self.items += other.items;
        self.largest_bytes = self.largest_bytes.max(other.largest_bytes);
    }
}

impl Stack {
    /// Starts this very program as a server with `people` in it; in memory without a folder.
    pub(crate) fn start(kind: Kind, folder: Option<&str>, people: usize) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([kind.command(), &people.to_string()])
            .args(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().context("no output")?);
        let begun = line(&mut answers)?;
        let text = |name: &str| begun[name].as_str().unwrap_or_default();
        let address = |name: &str| text(name).trim_start_matches("http://").parse();
        let tokens = begun["tokens"].as_array().context("no tokens")?;
        Ok(Self {
            api: address("api")?,
            empty: address("empty")?,
            table_url: text("table").to_owned(),
            tokens: tokens.iter().filter_map(|token| Some(token.as_str()?.to_owned())).collect(),
            process,
            ask,
            answers,
        })
    }

    fn ask(&mut self, command: &str) -> anyhow::Result<Value> {
        let ask = self.ask.as_mut().context("it has ended")?;
        writeln!(ask, "{command}")?;
        line(&mut self.answers)
    }

    /// Calls since the last time.
    pub(crate) fn calls(&mut self) -> anyhow::Result<Calls> {
        let seen = self.ask("calls")?;
        Ok(Calls {
            by_operation: serde_json::from_value(seen["calls"].clone())?,
            items: seen["items"].as_u64().unwrap_or_default(),
            largest_bytes: seen["largest_bytes"].as_u64().unwrap_or_default(),
        })
    }

    /// Whether items of transactions are counted too.
    pub(crate) fn read_bodies(&mut self, yes: bool) -> anyhow::Result<()> {
        self.ask(if yes { "bodies on" } else { "bodies off" }).map(|_| ())
    }

    /// Resident memory in MiB.
    pub(crate) fn memory_mib(&mut self) -> anyhow::Result<f64> {
        let kib = self.ask("memory")?.as_u64().context("no memory")?;
        Ok(kib as f64 / 1024.0)
    }

    /// Ends it.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.ask.take());
        let status = self.process.wait()?;
        anyhow::ensure!(status.success(), "the stack ended with {status}");
        Ok(())
    }
}

impl Drop for Stack {
    /// After a fault: nobody waits for it then.
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn line(from: &mut impl BufRead) -> anyhow::Result<Value> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    serde_json::from_str(&line).context("the stack did not start or has ended")
}
