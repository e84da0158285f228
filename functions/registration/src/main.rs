//! The `registration` function.

use antrian::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_registration::routes).await
}
