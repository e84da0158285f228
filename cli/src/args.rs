//! What can be typed. The words are those of the API.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Offices, calendars, rosters, reports and the audit of Antrian, over its API.
///
/// Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the service cannot be reached or has failed.
#[derive(Debug, Parser)]
#[command(name = "antrian", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) to: To,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where to ask, and how to answer.
#[derive(Debug, Args)]
pub(crate) struct To {
    /// Address of the system.
    #[arg(long, global = true, env = "ANTRIAN_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// A file with the access token. Without it: the variable ANTRIAN_TOKEN.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Print the API's answer as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of refusals.
    #[arg(long, global = true, value_enum, default_value_t = Language::Id)]
    pub(crate) lang: Language,
    /// The key of a change: the same key again is the same change. Without it: a new one.
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    /// Indonesian.
    Id,
    /// English.
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Offices: all, one, or a new description of one.
    #[command(subcommand)]
    Offices(Offices),
    /// Days of an office that differ from the week.
    #[command(subcommand)]
    Calendar(Calendar),
    /// Set the quota of a slot.
    Quota(Quota),
    /// Open dates to the public now.
    Release(Release),
    /// Close days: see what it does first, then close. Their people are moved.
    #[command(subcommand)]
    Closures(Closures),
    /// Who comes on a date.
    Roster(Roster),
    /// How days went.
    Report(Report),
    /// What the last audit has found.
    Audit,
    /// A token of the local stack, for ANTRIAN_TOKEN.
    Token(Token),
    /// What makes a shell complete these words.
    Completion {
        #[arg(value_enum)]
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Offices {
    /// All offices.
    List,
    /// One office, as everybody sees it.
    Show { office: String },
    /// Write the description of an office.
    Put {
        office: String,
        /// JSON, as in the demo's `offices.json`; `-`: standard input.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Calendar {
    /// Replace all days that differ from the week.
    Put {
        office: String,
        /// JSON: {"exceptions": {"2026-12-24": {"open": false, "reason": {"id": "…", "en": "…"}}}}
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Quota {
    pub(crate) office: String,
    pub(crate) date: NaiveDate,
    /// HH:MM, in the office's zone.
    pub(crate) slot: String,
    pub(crate) service: String,
    pub(crate) quota: u16,
}

/// Days, both ends included.
#[derive(Debug, Args)]
pub(crate) struct Days {
    #[arg(long, value_name = "DATE")]
    pub(crate) from: NaiveDate,
    /// Without it: the first day alone.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    pub(crate) office: String,
    #[command(flatten)]
    pub(crate) days: Days,
    /// On days that are open already: this service only.
    #[arg(long)]
    pub(crate) service: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Closures {
    /// What closing would do. Nothing is changed.
    Preview(Closure),
    /// Close.
    Close(Closure),
}

#[derive(Debug, Args)]
pub(crate) struct Closure {
    pub(crate) office: String,
    #[command(flatten)]
    pub(crate) days: Days,
    /// For applicants, in Indonesian.
    #[arg(long)]
    pub(crate) reason: String,
    /// In English; without it: the same words.
    #[arg(long)]
    pub(crate) reason_en: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Roster {
    pub(crate) office: String,
    /// Without it: today at the office.
    #[arg(long)]
    pub(crate) date: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    pub(crate) office: String,
    /// Without it: today at the office.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// At most 31 days in all.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// An office's id, or `*` for every office.
    #[arg(long)]
    pub(crate) office: String,
    /// Roles: desk, counter, office_admin, admin, auditor.
    #[arg(long = "role", required = true)]
    pub(crate) roles: Vec<String>,
}
