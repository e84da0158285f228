//! The embedded DynamoDB and the table in it.

use std::{fs, path::Path, time::Duration};

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    Client,
    client::Waiters as _,
    operation::{create_table::CreateTableError, describe_table::DescribeTableError},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, TimeToLiveSpecification, TimeToLiveStatus,
    },
};
use dynoxide::Database;
use tokio::{net::TcpListener, sync::watch};

use super::server::Server;

/// How long [`create_table`] waits for the table to become active. The embedded one is at once;
/// one in the cloud takes about ten seconds.
const ACTIVE_WITHIN: Duration = Duration::from_secs(60);

/// The SQLite file in the folder of the local stack.
const DATABASE_FILE: &str = "table.db";

/// A database and the socket that it will be served on.
pub(super) struct TableServer {
    listener: TcpListener,
    database: Database,
    url: String,
}

impl TableServer {
    /// Opens the database, in memory without a folder, and takes a free port.
    pub(super) async fn bind(folder: Option<&Path>) -> anyhow::Result<Self> {
        let database = match folder {
            None => Database::memory().context("cannot open a database in memory")?,
            Some(folder) => open(folder)?,
        };
        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("no port is free for DynamoDB")?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, database, url })
    }
}

impl Server for TableServer {
    fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `stopped`, then until the open requests have ended.
    async fn serve(self, mut stopped: watch::Receiver<()>) {
        let shutdown = async move {
            let _ = stopped.changed().await;
        };
        let Self { listener, database, .. } = self;
        if let Err(error) =
            dynoxide::server::serve_with_shutdown(listener, database, shutdown).await
        {
            tracing::error!(error, "the embedded DynamoDB ended");
        }
    }
}

/// Opens or creates the database of this folder: WAL with `synchronous=FULL`, so a write that was
/// answered survives a power cut.
fn open(folder: &Path) -> anyhow::Result<Database> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = folder.join(DATABASE_FILE);
    let path = file.to_str().with_context(|| format!("{} is not UTF-8", file.display()))?;
    Database::new(path).with_context(|| format!("cannot open {path}"))
}

/// Creates the table with its index and its TTL attribute if it is missing, and returns when it
/// can be used. Idempotent.
///
/// The embedded DynamoDB stores the TTL setting and never deletes an item by it: expiry is a
/// condition in the code's own reads and writes.
///
/// # Errors
/// The endpoint refused a call or did not answer.
pub async fn create_table(client: &Client, table: &str) -> anyhow::Result<()> {
    if !exists(client, table).await? {
        create(client, table).await?;
        client
            .wait_until_table_exists()
            .table_name(table)
            .wait(ACTIVE_WITHIN)
            .await
            .with_context(|| format!("table {table} did not become active"))?;
    }
    enable_ttl(client, table).await
}

async fn exists(client: &Client, table: &str) -> anyhow::Result<bool> {
    match client.describe_table().table_name(table).send().await {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            Ok(false)
        }
        Err(error) => Err(error).with_context(|| format!("cannot describe table {table}")),
    }
}

async fn create(client: &Client, table: &str) -> anyhow::Result<()> {
    let created = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("sk", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("due_kind", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("due", ScalarAttributeType::N)?)
        .set_key_schema(Some(key_schema("pk", "sk")?))
        .global_secondary_indexes(due_index()?)
        .send()
        .await;
    match created {
        // Someone else has created it since it was looked for.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            Ok(())
        }
        created => created.map(drop).with_context(|| format!("cannot create table {table}")),
    }
}

/// The sparse index of what is due: reminders and messages that are still to be sent.
fn due_index() -> anyhow::Result<GlobalSecondaryIndex> {
    Ok(GlobalSecondaryIndex::builder()
        .index_name("due-index")
        .set_key_schema(Some(key_schema("due_kind", "due")?))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()?)
}

fn key_schema(hash: &str, range: &str) -> anyhow::Result<Vec<KeySchemaElement>> {
    let element = |name, key_type| {
        KeySchemaElement::builder().attribute_name(name).key_type(key_type).build()
    };
    Ok(vec![element(hash, KeyType::Hash)?, element(range, KeyType::Range)?])
}

fn attribute(name: &str, kind: ScalarAttributeType) -> anyhow::Result<AttributeDefinition> {
    Ok(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()?)
}

/// Asks first, because enabling it where it is enabled is refused.
async fn enable_ttl(client: &Client, table: &str) -> anyhow::Result<()> {
    let described = client
        .describe_time_to_live()
        .table_name(table)
        .send()
        .await
        .with_context(|| format!("cannot read the TTL setting of table {table}"))?;
    let status = described.time_to_live_description.and_then(|ttl| ttl.time_to_live_status);
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    client
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(
            TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build()?,
        )
        .send()
        .await
        .map(drop)
        .with_context(|| format!("cannot set the TTL attribute of table {table}"))
}
