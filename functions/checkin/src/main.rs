//! The `checkin` function.

use antrian::lambda;
use antrian::services::Queue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_checkin::routes, &[Queue::Messages]).await
}
