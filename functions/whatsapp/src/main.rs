//! The `whatsapp` function.

use antrian::lambda;
use antrian::services::Queue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_whatsapp::routes, &[Queue::Inbox]).await
}
