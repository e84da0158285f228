//! What an operator's commands work on: the table of a deployment with its keyring, named by the
//! variables of a function.

use std::sync::Arc;

use antrian::clock::Clock;
use antrian::config::Secrets;
use antrian::ledger::Ledger;
use antrian::net::aws;
use antrian::net::kms::Kms;
use antrian::net::sdk::{Clients, sdk_timeouts};
use antrian::queues::{LaneUrls, MessageQueue};
use antrian::security::Keyring;
use antrian::storage::Store;
use antrian::telemetry::Metrics;
use antrian::use_cases::erasures::reapply;
use anyhow::{Context, bail};
use aws_config::{BehaviorVersion, SdkConfig};
use std::io::Write;

const USAGE: &str = "usage: cargo run -- restore reapply\n\
    reapply  erases again who was erased, and ends again which sessions were ended, since the second that\n\
    \x20        a table was restored to; ANTRIAN_TABLE, ANTRIAN_DATA_KEY and ANTRIAN_SECRETS (or\n\
    \x20        ANTRIAN_KEYS) are those of a function. Before the table opens: docs/runbooks/restore.md";

/// The deployment that the settings name.
pub(super) struct Deployment {
    pub(super) store: Store,
    clients: Clients,
}

impl Deployment {
    pub(super) async fn read(get: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let sdk = sdk().await;
        let secrets = Secrets::load(&sdk, &get("ANTRIAN_SECRETS").unwrap_or_default()).await?;
        let need = |name: &str| {
            let setting = secrets.get(name).or_else(|| get(name));
            setting.with_context(|| format!("{name} is not set"))
        };
        let keys = need("ANTRIAN_KEYS")?.into();
        let keys = match get("ANTRIAN_DATA_KEY") {
            Some(key) => Kms::new(&sdk, &key).unwrap(&keys).await?,
            None => keys,
        };
        let keyring = Keyring::from_json(&keys)?;
        let clients = Clients::new(&sdk);
        let table = need("ANTRIAN_TABLE")?;
        let store = Store::new(clients.dynamodb.clone(), table, Arc::new(keyring));
        Ok(Self { store, clients })
    }
}

/// The SDK's settings on an operator's machine: credentials may come from a profile.
pub(super) async fn sdk() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(aws::http_client())
        .timeout_config(sdk_timeouts())
        .load()
        .await
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
    let queue = MessageQueue::new(clients.sqs, LaneUrls::default(), "");
    let ledger = Ledger::new(store, queue, Metrics::to_nowhere("restore"));
    let done = reapply(&ledger, &Clock::default()).await?;
    let (accounts, sessions) = (done.accounts, done.sessions);
    Ok(writeln!(out, "{accounts} accounts erased again, {sessions} sessions ended again")?)
}
