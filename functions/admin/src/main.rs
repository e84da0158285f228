//! The `admin` function.

use antrian::health::Queue;
use antrian::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_admin::routes, &[Queue::Messages]).await
}
