//! The `checkin` function.

use antrian::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_checkin::routes).await
}
