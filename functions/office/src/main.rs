//! The `office` function.

use antrian::health::Queue;
use antrian::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_office::routes, &[Queue::Messages]).await
}
