//! The `conversation` function.

use antrian::health::Queue;
use antrian::lambda::{self, Function, LambdaEvent};
use aws_lambda_events::sqs::SqsEvent;

const QUEUES: &[Queue] = &[Queue::Messages, Queue::Inbox];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    let function = Function::start(QUEUES, |app| Ok((app.messenger()?, app))).await;
    let handle = move |event: LambdaEvent<SqsEvent>| async move {
        let (messenger, app) = function.state().await?;
        let deadline = event.context.deadline().into();
        let handled = antrian_conversation::handle(app, messenger, event.payload, deadline);
        Ok::<_, lambda::Error>(Box::pin(handled).await)
    };
    lambda::run(lambda::service_fn(handle)).await
}
