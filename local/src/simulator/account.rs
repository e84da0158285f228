//! The business at Meta: its number, its secrets, its addresses.

/// What the business has registered with Meta.
#[derive(Debug, Clone)]
pub struct Account {
    pub token: String,
    pub phone_number_id: String,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Digits only.
    pub number: String,
    /// Signs webhooks.
    pub app_secret: String,
    pub webhook_url: String,
    /// Where this API answers; the addresses of media begin with it.
    pub graph_url: String,
}

/// The values of [`Account::usual`].
pub const TOKEN: &str = "local-access-token";
pub const PHONE_NUMBER_ID: &str = "100000000000001";
pub const WABA_ID: &str = "100000000000002";
/// The version of the Graph API that the stack's sender asks for.
pub const GRAPH_VERSION: &str = "v26.0";
pub const APP_SECRET: &str = "local-app-secret";
pub const NUMBER: &str = "6280000000000";

impl Account {
    /// The account of a local stack; `base_url` is where the simulator answers.
    pub fn usual(base_url: &str, webhook_url: String) -> Self {
        Self {
            token: TOKEN.to_owned(),
            phone_number_id: PHONE_NUMBER_ID.to_owned(),
            waba_id: WABA_ID.to_owned(),
            number: NUMBER.to_owned(),
            app_secret: APP_SECRET.to_owned(),
            webhook_url,
            graph_url: format!("{base_url}/local/graph"),
        }
    }
}
