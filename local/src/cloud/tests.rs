use std::{
    collections::HashMap,
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    config::{BehaviorVersion, Credentials, Region},
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Put,
        ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    },
};
use aws_sdk_sqs::types::QueueAttributeName;

use super::*;

const TABLE: &str = "antrian";

type Item = HashMap<String, AttributeValue>;

fn dynamodb(cloud: &Cloud) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "static"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&cloud.dynamodb_url)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn sqs(cloud: &Cloud) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "static"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&cloud.sqs_url)
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

async fn cloud_with_table() -> (Cloud, aws_sdk_dynamodb::Client) {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();
    (cloud, client)
}

/// A folder of its own for one test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(env::temp_dir().join(format!("antrian-cloud-{}-{number}", process::id())))
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

fn put_if_new(item: Item) -> TransactWriteItem {
    let put = Put::builder()
        .table_name(TABLE)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .unwrap();
    TransactWriteItem::builder().put(put).build()
}

async fn put(client: &aws_sdk_dynamodb::Client, item: Item) {
    client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

async fn get(client: &aws_sdk_dynamodb::Client, pk: &str) -> Option<Item> {
    let get = client.get_item().table_name(TABLE).set_key(Some(key(pk))).consistent_read(true);
    get.send().await.unwrap().item
}

fn reasons(error: SdkError<TransactWriteItemsError>) -> Vec<CancellationReason> {
    match error.into_service_error() {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            cancelled.cancellation_reasons.unwrap()
        }
        other => panic!("not a cancellation: {other:?}"),
    }
}

#[tokio::test]
async fn creating_the_table_twice_changes_nothing() {
    let (cloud, client) = cloud_with_table().await;
    put(&client, owned_by("1", "Ani")).await;

    create_table(&client, TABLE).await.unwrap();

    assert_eq!(get(&client, "1").await.unwrap(), owned_by("1", "Ani"));
    cloud.stop().await;
}

#[tokio::test]
async fn the_index_holds_what_is_due_in_order() {
    let (cloud, client) = cloud_with_table().await;
    put(&client, key("without")).await;
    for (pk, due) in [("late", "20"), ("soon", "3")] {
        let mut item = key(pk);
        item.insert("due_kind".to_owned(), text("message"));
        item.insert("due".to_owned(), AttributeValue::N(due.to_owned()));
        put(&client, item).await;
    }

    let query = client
        .query()
        .table_name(TABLE)
        .index_name("due-index")
        .key_condition_expression("due_kind = :kind AND due <= :now")
        .expression_attribute_values(":kind", text("message"))
        .expression_attribute_values(":now", AttributeValue::N("100".to_owned()));
    let found = query.send().await.unwrap();

    let order: Vec<_> = found.items().iter().map(|item| item["pk"].clone()).collect();
    assert_eq!(order, [text("soon"), text("late")]);
    cloud.stop().await;
}

#[tokio::test]
async fn an_item_past_its_ttl_stays() {
    let (cloud, client) = cloud_with_table().await;
    let mut item = key("1");
    item.insert("ttl".to_owned(), AttributeValue::N("1".to_owned()));

    put(&client, item.clone()).await;

    assert_eq!(get(&client, "1").await.unwrap(), item);
    cloud.stop().await;
}

#[tokio::test]
async fn a_refused_transaction_tells_the_reason_and_the_item_by_position() {
    let (cloud, client) = cloud_with_table().await;
    put(&client, owned_by("2", "Budi")).await;

    let transaction = client
        .transact_write_items()
        .transact_items(put_if_new(owned_by("1", "Ani")))
        .transact_items(put_if_new(owned_by("2", "Ani")))
        .transact_items(put_if_new(owned_by("3", "Ani")));
    let reasons = reasons(transaction.send().await.unwrap_err());

    let codes: Vec<_> = reasons.iter().filter_map(CancellationReason::code).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed", "None"]);
    assert_eq!(reasons[1].item, Some(owned_by("2", "Budi")));
    assert_eq!(reasons[0].item, None);
    assert_eq!(get(&client, "1").await, None);
    cloud.stop().await;
}

#[tokio::test]
async fn a_condition_check_takes_part_in_a_transaction() {
    let (cloud, client) = cloud_with_table().await;
    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .set_key(Some(key("absent")))
        .condition_expression("attribute_exists(pk)")
        .build()
        .unwrap();

    let transaction = client
        .transact_write_items()
        .transact_items(put_if_new(owned_by("1", "Ani")))
        .transact_items(TransactWriteItem::builder().condition_check(check).build());
    let reasons = reasons(transaction.send().await.unwrap_err());

    assert_eq!(reasons[1].code(), Some("ConditionalCheckFailed"));
    assert_eq!(get(&client, "1").await, None);
    cloud.stop().await;
}

#[tokio::test]
async fn a_transaction_with_the_same_token_is_applied_once_and_answered_twice() {
    let (cloud, client) = cloud_with_table().await;
    let hold = |owner| {
        let write = put_if_new(owned_by("1", owner));
        client.transact_write_items().transact_items(write).client_request_token("token-1")
    };

    hold("Ani").send().await.unwrap();
    hold("Ani").send().await.unwrap();
    let other = hold("Budi").send().await.unwrap_err().into_service_error();

    assert!(other.is_idempotent_parameter_mismatch_exception(), "{other:?}");
    assert_eq!(get(&client, "1").await.unwrap(), owned_by("1", "Ani"));
    cloud.stop().await;
}

#[tokio::test]
async fn a_refused_update_returns_the_item_as_it_is() {
    let (cloud, client) = cloud_with_table().await;
    put(&client, owned_by("1", "Budi")).await;

    let update = client
        .update_item()
        .table_name(TABLE)
        .set_key(Some(key("1")))
        .update_expression("SET #owner = :me")
        .condition_expression("attribute_not_exists(#owner) OR #owner = :me")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":me", text("Ani"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let refused = update.send().await.unwrap_err().into_service_error();

    let aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(
        refused,
    ) = refused
    else {
        panic!("not refused by the condition: {refused:?}");
    };
    assert_eq!(refused.item, Some(owned_by("1", "Budi")));
    cloud.stop().await;
}

#[tokio::test]
async fn creating_the_queues_twice_changes_nothing_but_the_visibility() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let first = create_queues(&client, 30).await.unwrap();
    client.send_message().queue_url(&first.0).message_body("hello").send().await.unwrap();

    let second = create_queues(&client, 60).await.unwrap();

    assert_eq!(first, second);
    assert!(first.0.starts_with(&cloud.sqs_url), "{}", first.0);
    let read = client.get_queue_attributes().queue_url(&first.0);
    let attributes = read.attribute_names(QueueAttributeName::All).send().await.unwrap();
    let attributes = attributes.attributes.unwrap();
    assert_eq!(attributes[&QueueAttributeName::VisibilityTimeout], "60");
    assert_eq!(attributes[&QueueAttributeName::ApproximateNumberOfMessages], "1");
    cloud.stop().await;
}

#[tokio::test]
async fn a_message_that_is_given_back_five_times_goes_to_the_dead_letter_queue() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let (queue, dead_letters) = create_queues(&client, 30).await.unwrap();
    client.send_message().queue_url(&queue).message_body("hello").send().await.unwrap();

    for _ in 0..5 {
        let received = client.receive_message().queue_url(&queue).send().await.unwrap();
        let handle = received.messages()[0].receipt_handle().unwrap();
        let give_back = client.change_message_visibility().queue_url(&queue);
        give_back.receipt_handle(handle).visibility_timeout(0).send().await.unwrap();
    }
    let sixth = client.receive_message().queue_url(&queue).send().await.unwrap();
    let dead = client.receive_message().queue_url(&dead_letters).wait_time_seconds(5);
    let dead = dead.send().await.unwrap();

    assert!(sixth.messages().is_empty());
    assert_eq!(dead.messages()[0].body(), Some("hello"));
    cloud.stop().await;
}

#[tokio::test]
async fn a_deleted_message_is_gone() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let (queue, _) = create_queues(&client, 0).await.unwrap();
    client.send_message().queue_url(&queue).message_body("hello").send().await.unwrap();

    let received = client.receive_message().queue_url(&queue).send().await.unwrap();
    let handle = received.messages()[0].receipt_handle().unwrap();
    client.delete_message().queue_url(&queue).receipt_handle(handle).send().await.unwrap();

    let again = client.receive_message().queue_url(&queue).send().await.unwrap();
    assert!(again.messages().is_empty());
    cloud.stop().await;
}

#[tokio::test]
async fn a_folder_keeps_the_items_when_the_cloud_stops() {
    let folder = Scratch::new();
    let cloud = Cloud::start(Storage::Folder(&folder.0)).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();
    put(&client, owned_by("1", "Ani")).await;
    cloud.stop().await;
    let left: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().file_name()).collect();

    let cloud = Cloud::start(Storage::Folder(&folder.0)).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();

    assert_eq!(left, ["table.db"], "the write-ahead log is in the file and gone");
    assert_eq!(get(&client, "1").await.unwrap(), owned_by("1", "Ani"));
    cloud.stop().await;
}

#[tokio::test]
async fn a_waiting_long_poll_and_a_half_sent_request_do_not_hold_the_stop() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let (queue, _) = create_queues(&client, 30).await.unwrap();
    let poll = client.receive_message().queue_url(&queue).wait_time_seconds(20).send();
    let poll = tokio::spawn(poll);
    let address = cloud.dynamodb_url.trim_start_matches("http://").to_owned();
    let half = tokio::net::TcpStream::connect(address).await.unwrap();
    half.try_write(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc").unwrap();

    let stopping = Instant::now();
    cloud.stop().await;

    assert!(stopping.elapsed() < DRAIN + Duration::from_secs(2), "{:?}", stopping.elapsed());
    assert!(poll.await.unwrap().is_err());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error() {
    let refused = Cloud::start(Storage::Folder(Path::new("/dev/null/folder"))).await;

    assert!(refused.unwrap_err().to_string().contains("/dev/null/folder"));
}
