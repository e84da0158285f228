//! The `whatsapp` function.

use antrian::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::http(antrian_whatsapp::routes).await
}
