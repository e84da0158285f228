//! The `slots` function.

use antrian::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_slots::routes).await
}
