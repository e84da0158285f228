//! The behaviour of AWS that the code relies on, and the cloud's start and stop.

mod queue;
mod table;

use std::{
    collections::HashMap,
    env, fs,
    io::Write as _,
    net::TcpStream,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use antrian::net::aws;
use aws_sdk_dynamodb::{
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};

use super::server::DRAIN;
use super::*;

const TABLE: &str = "antrian";

type Item = HashMap<String, AttributeValue>;

fn dynamodb(cloud: &Cloud) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "static"))
        .http_client(aws::http_client())
        .endpoint_url(&cloud.dynamodb_url)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn sqs(cloud: &Cloud) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "static"))
        .http_client(aws::http_client())
        .endpoint_url(&cloud.sqs_url)
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

/// A folder of its own for one test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(env::temp_dir().join(format!("antrian-cloud-{}-{number}", process::id())))
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn key(pk: &str) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text("A"))])
}

fn owned_by(pk: &str, owner: &str) -> Item {
    let mut item = key(pk);
    item.insert("owner".to_owned(), text(owner));
    item
}

async fn put(client: &aws_sdk_dynamodb::Client, item: Item) {
    client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

async fn get(client: &aws_sdk_dynamodb::Client, pk: &str) -> Option<Item> {
    let get = client.get_item().table_name(TABLE).set_key(Some(key(pk))).consistent_read(true);
    get.send().await.unwrap().item
}

#[tokio::test]
async fn a_folder_keeps_the_items_when_the_cloud_stops() {
    let folder = Scratch::new();
    let cloud = Cloud::start(Storage::Folder(&folder.0)).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();
    put(&client, owned_by("1", "Ani")).await;
    cloud.stop().await;
    let left = folder.files();

    let cloud = Cloud::start(Storage::Folder(&folder.0)).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();

    assert_eq!(left, ["table.db"], "the write-ahead log is in the file and gone");
    assert_eq!(get(&client, "1").await.unwrap(), owned_by("1", "Ani"));
    cloud.stop().await;
}

/// The longest poll that SQS knows.
const POLL: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_waiting_long_poll_does_not_hold_the_stop() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let queue = create_queues(&client, 30).await.unwrap().messages;
    let poll =
        client.receive_message().queue_url(&queue).wait_time_seconds(POLL.as_secs() as i32).send();
    let poll = tokio::spawn(poll);
    // Its answer comes after the poll's request has been sent.
    client.list_queues().send().await.unwrap();

    let stopping = Instant::now();
    cloud.stop().await;

    assert!(stopping.elapsed() < POLL / 2, "{:?}", stopping.elapsed());
    assert!(poll.await.unwrap().is_err());
}

#[tokio::test]
async fn a_half_sent_request_holds_the_stop_no_longer_than_the_drain() {
    let folder = Scratch::new();
    let cloud = Cloud::start(Storage::Folder(&folder.0)).await.unwrap();
    let mut half = TcpStream::connect(cloud.dynamodb_url.trim_start_matches("http://")).unwrap();
    half.write_all(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc").unwrap();
    create_table(&dynamodb(&cloud), TABLE).await.unwrap();

    let stopping = Instant::now();
    cloud.stop().await;

    assert!(stopping.elapsed() < DRAIN * 5, "{:?}", stopping.elapsed());
    assert_eq!(folder.files(), ["table.db"]);
}

#[tokio::test]
async fn dropping_the_cloud_stops_it() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let Cloud { stop, ended, .. } = cloud;

    drop(stop);

    for ended in ended {
        assert!(ended.await.is_ok());
    }
}

#[test]
fn a_cloud_serves_one_runtime_after_another() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let cloud = first.block_on(Cloud::start(Storage::Memory)).unwrap();
    drop(first);

    runtime().block_on(async {
        create_table(&dynamodb(&cloud), TABLE).await.unwrap();
        cloud.stop().await;
    });
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error() {
    let refused = Cloud::start(Storage::Folder(Path::new("/dev/null/folder"))).await;

    assert!(refused.unwrap_err().to_string().contains("/dev/null/folder"));
}
