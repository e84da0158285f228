//! What an operator's commands work on: the table of a deployment with its keyring, named by the
//! variables of a function.

use std::sync::Arc;

use antrian::clock::Clock;
use antrian::config::Secrets;
use antrian::ledger::Ledger;
use antrian::net::aws;
use antrian::net::sdk::{Clients, sdk_timeouts};
use antrian::queues::MessageQueue;
use antrian::security::Keyring;
use antrian::storage::Store;
use antrian::telemetry::Metrics;
use antrian::use_cases::erasures::reapply;
use anyhow::{Context, bail};
use aws_config::BehaviorVersion;
use std::io::Write;

const USAGE: &str = "usage: cargo run -- restore reapply\n\
    reapply  erases again who was erased, and ends again which sessions were ended, since the second that\n\
    \x20        a table was restored to; ANTRIAN_TABLE and ANTRIAN_SECRETS (or ANTRIAN_KEYS) are those of a\n\
    \x20        function. Before the table opens: docs/runbooks/restore.md";

/// The deployment that the settings name.
pub(super) struct Deployment {
    pub(super) store: Store,
    clients: Clients,
}

impl Deployment {
    pub(super) async fn read(get: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        // An operator's machine: credentials may come from a profile.
        let sdk = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(aws::http_client())
            .timeout_config(sdk_timeouts())
            .load()
            .await;
        let secrets = Secrets::load(&sdk, &get("ANTRIAN_SECRETS").unwrap_or_default()).await?;
        let need = |name: &str| {
            let setting = secrets.get(name).or_else(|| get(name));
            setting.with_context(|| format!("{name} is not set"))
        };
        let keyring = Keyring::from_json(&need("ANTRIAN_KEYS")?.into())?;
        let clients = Clients::new(&sdk);
        let table = need("ANTRIAN_TABLE")?;
        let store = Store::new(clients.dynamodb.clone(), table, Arc::new(keyring));
        Ok(Self { store, clients })
    }
}

/// Runs a command of a restore, and writes to `out` what it did.
///
/// # Errors
/// If the keyring is not the table's, or a table does not answer.
pub async fn restore(
    args: &[&str],
    get: impl Fn(&str) -> Option<String>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    let ["reapply"] = args else { bail!("{USAGE}") };
    let Deployment { store, clients } = Deployment::read(get).await?;
    // Under another one nobody who was erased would be known.
    store.fits_keyring().await?.context("nothing was done")?;
    // An erasure tells nobody anything: nothing is enqueued.
    let queue = MessageQueue::new(clients.sqs, "", "");
    let ledger = Ledger::new(store, queue, Metrics::to_nowhere("restore"));
    let done = reapply(&ledger, &Clock::default()).await?;
    let (accounts, sessions) = (done.accounts, done.sessions);
    Ok(writeln!(out, "{accounts} accounts erased again, {sessions} sessions ended again")?)
}
