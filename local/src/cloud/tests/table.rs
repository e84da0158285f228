//! What the code relies on in DynamoDB.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::{
        CancellationReason, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem,
    },
};

use super::*;

async fn cloud_with_table() -> (Cloud, aws_sdk_dynamodb::Client) {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = dynamodb(&cloud);
    create_table(&client, TABLE).await.unwrap();
    (cloud, client)
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

    let UpdateItemError::ConditionalCheckFailedException(refused) = refused else {
        panic!("not refused by the condition: {refused:?}");
    };
    assert_eq!(refused.item, Some(owned_by("1", "Budi")));
    cloud.stop().await;
}
