//! The `admin` function.

use antrian::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_admin::routes).await
}
