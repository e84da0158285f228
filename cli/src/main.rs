//! The command line: everything through the HTTP API, so that whoever types may do what their token may.

mod args;
mod client;
mod show;

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{CommandFactory, Parser};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use args::{Calendar, Cli, Closure, Closures, Command, Days, Offices, Roster, To};
use client::{Client, Failure};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Completion { shell } = cli.command {
        clap_complete::generate(shell, &mut Cli::command(), "antrian", &mut std::io::stdout());
        return ExitCode::SUCCESS;
    }
    // Refused: another provider is there, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match done {
        Ok(runtime) => runtime.block_on(run(&cli)),
        Err(error) => Err(Failure::Usage(error.to_string())),
    };
    let (said, code) = match done {
        Ok(said) => (std::io::stdout().write_all(said.as_bytes()), 0),
        Err(failure) => {
            let words = failure.words(cli.to.lang);
            (writeln!(std::io::stderr(), "{words}"), failure.exit_code())
        }
    };
    // Nobody reads on: `antrian offices list | head`.
    drop(said);
    ExitCode::from(code)
}

/// What is printed.
async fn run(cli: &Cli) -> Result<String, Failure> {
    let To { url, json, idempotency_key, .. } = &cli.to;
    let token = token(&cli.to)?;
    let client = Client::new(url, token.as_ref(), idempotency_key.clone())?;
    if let Command::Token(wish) = &cli.command {
        let body = json!({"office": wish.office, "scopes": wish.roles});
        let answer = client.send(Method::POST, &["local", "staff-token"], &body).await?;
        return Ok(format!("{}\n", answer["token"].as_str().unwrap_or_default()));
    }
    let (answer, shown) = ask(&client, &cli.command).await?;
    match json {
        true => Ok(format!("{answer:#}\n")),
        false => Ok(shown(&answer)),
    }
}

type Shown = fn(&Value) -> String;

async fn ask(client: &Client, command: &Command) -> Result<(Value, Shown), Failure> {
    Ok(match command {
        Command::Offices(what) => offices(client, what).await?,
        Command::Calendar(Calendar::Put { office, file }) => {
            let path = ["v1", "offices", office, "calendar"];
            (client.send(Method::PUT, &path, &read(file)?).await?, show::fields)
        }
        Command::Quota(new) => {
            let date = new.date.to_string();
            let path = ["v1", "offices", &new.office, "slots", &date, &new.slot];
            let body = json!({"service": new.service, "quota": new.quota});
            (client.send(Method::PATCH, &path, &body).await?, show::fields)
        }
        Command::Release(release) => {
            let (from, to) = both(&release.days);
            let path = ["v1", "offices", &release.office, "releases"];
            let body = json!({"from": from, "to": to, "service": release.service});
            (client.send(Method::POST, &path, &body).await?, show::fields)
        }
        Command::Closures(Closures::Preview(closure)) => {
            (close(client, closure, &["preview"]).await?, show::preview)
        }
        Command::Closures(Closures::Close(closure)) => {
            (close(client, closure, &[]).await?, show::fields)
        }
        Command::Roster(wish) => (roster(client, wish).await?, show::roster),
        Command::Report(wish) => {
            let days = [("from", wish.from), ("to", wish.to)];
            let path = ["v1", "offices", &wish.office, "report"];
            (client.get(&path, &named(&days)).await?, show::report)
        }
        Command::Audit => (client.get(&["v1", "staff", "audit"], &[]).await?, show::audit),
        Command::Token(_) | Command::Completion { .. } => (Value::Null, show::fields),
    })
}

async fn offices(client: &Client, what: &Offices) -> Result<(Value, Shown), Failure> {
    Ok(match what {
        Offices::List => (client.get(&["v1", "offices"], &[]).await?, show::offices),
        Offices::Show { office } => {
            (client.get(&["v1", "offices", office], &[]).await?, show::fields)
        }
        Offices::Put { office, file } => {
            let path = ["v1", "offices", office];
            (client.send(Method::PUT, &path, &read(file)?).await?, show::fields)
        }
    })
}

async fn close(client: &Client, closure: &Closure, then: &[&str]) -> Result<Value, Failure> {
    let (from, to) = both(&closure.days);
    let en = closure.reason_en.as_ref().unwrap_or(&closure.reason);
    let body = json!({"from": from, "to": to, "reason": {"id": closure.reason, "en": en}});
    let path = [&["v1", "offices", &closure.office, "closures"], then].concat();
    client.send(Method::POST, &path, &body).await
}

/// All pages as one.
async fn roster(client: &Client, wish: &Roster) -> Result<Value, Failure> {
    let path = ["v1", "offices", &wish.office, "roster"];
    let mut asked = named(&[("date", wish.date)]);
    let mut all = client.get(&path, &asked).await?;
    while let Some(next) = all["next"].as_str().map(str::to_owned) {
        asked.retain(|(name, _)| *name != "after");
        asked.push(("after", next));
        let mut page = client.get(&path, &asked).await?;
        let more = page["visits"].take();
        if let (Some(visits), Value::Array(more)) = (all["visits"].as_array_mut(), more) {
            visits.extend(more);
        }
        all["next"] = page["next"].take();
    }
    Ok(all)
}

/// The first and the last day.
fn both(days: &Days) -> (NaiveDate, NaiveDate) {
    (days.from, days.to.unwrap_or(days.from))
}

fn named(dates: &[(&'static str, Option<NaiveDate>)]) -> Vec<(&'static str, String)> {
    dates.iter().filter_map(|(name, date)| Some((*name, (*date)?.to_string()))).collect()
}

/// JSON of a file; `-`: of the standard input.
fn read(file: &Path) -> Result<Value, Failure> {
    let wrong = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
    let mut text = String::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        false => std::fs::read_to_string(file).map(|all| text = all),
    };
    read.map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// The token never stands in an argument: everybody on the machine reads those.
fn token(to: &To) -> Result<Option<SecretString>, Failure> {
    let Some(file) = &to.token_file else {
        return Ok(std::env::var("ANTRIAN_TOKEN").ok().filter(|it| !it.is_empty()).map(Into::into));
    };
    let read = std::fs::read_to_string(file);
    let read = read.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    Ok(Some(read.into()))
}
