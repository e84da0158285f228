//! What the code relies on in SQS.

use aws_sdk_sqs::types::QueueAttributeName;

use super::*;

#[tokio::test]
async fn creating_the_queues_twice_changes_nothing_but_the_visibility() {
    let cloud = Cloud::start(Storage::Memory).await.unwrap();
    let client = sqs(&cloud);
    let first = create_queues(&client, 30).await.unwrap();
    client.send_message().queue_url(&first.messages).message_body("hello").send().await.unwrap();

    let second = create_queues(&client, 60).await.unwrap();

    assert_eq!(first, second);
    assert!(first.messages.starts_with(&cloud.sqs_url), "{}", first.messages);
    let read = client.get_queue_attributes().queue_url(&first.messages);
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
    let urls = create_queues(&client, 30).await.unwrap();
    let (queue, dead_letters) = (urls.messages, urls.dead_letters);
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
    let queue = create_queues(&client, 0).await.unwrap().messages;
    client.send_message().queue_url(&queue).message_body("hello").send().await.unwrap();

    let received = client.receive_message().queue_url(&queue).send().await.unwrap();
    let handle = received.messages()[0].receipt_handle().unwrap();
    client.delete_message().queue_url(&queue).receipt_handle(handle).send().await.unwrap();

    let second = client.receive_message().queue_url(&queue).send().await.unwrap();
    assert!(second.messages().is_empty());
    cloud.stop().await;
}
