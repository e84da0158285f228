//! The choices of the command line and the environment.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::home::Home;
use crate::options::Options;

#[derive(Debug)]
pub struct Settings {
    port: u16,
    home: Option<PathBuf>,
    fresh: bool,
    overrides: HashMap<String, String>,
}

const USAGE: &str = "usage: cargo run [-- --fresh]\n\
    \x20      cargo run -- whatsapp check | templates [submit]\n\
    \x20      cargo run -- keys add | use | retire VERSION | split PART | record | reseal\n\
    \x20      cargo run -- restore reapply\n\
    \x20      cargo run -- simulator WEBHOOK_URL\n\
    --fresh   deletes the data of earlier runs\n\
    Variables: ANTRIAN_PORT (8080), ANTRIAN_DATA (a folder, or :memory:), and those in README.md";

/// Variables that the stack passes on to its functions.
const PASSED_ON: [&str; 25] = [
    "ANTRIAN_TABLE",
    "ANTRIAN_PUBLIC_URL",
    "ANTRIAN_CODE_COUNTRIES",
    "ANTRIAN_CODES_PER_DAY",
    "ANTRIAN_CODES_PER_MONTH",
    "ANTRIAN_ANSWERS_PER_HOUR",
    "ANTRIAN_ACCOUNT_REST_DAYS",
    "ANTRIAN_SPENDING_PER_DAY_USD",
    "ANTRIAN_MESSAGES_PER_SECOND",
    "ANTRIAN_TEMPLATE_PRICE_USD",
    "ANTRIAN_REPLY_PRICE_USD",
    "WHATSAPP_PROVIDER",
    "WHATSAPP_NUMBER",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "WHATSAPP_GRAPH_URL",
    "WHATSAPP_GRAPH_VERSION",
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_TOKEN",
    "WHATSAPP_BUSINESS_ACCOUNT_ID",
    "TWILIO_API_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_FROM",
    "TWILIO_CONTENT_SIDS",
];
const DEFAULT_PORT: u16 = 8080;
const DEFAULT_HOME: &str = ".antrian";

impl Settings {
    /// # Errors
    /// If an argument is not known or a variable is wrong.
    pub fn read(
        args: impl Iterator<Item = String>,
        get: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let mut fresh = false;
        for arg in args {
            match arg.as_str() {
                "--fresh" => fresh = true,
                "--help" | "-h" => bail!("{USAGE}"),
                other => bail!("unknown argument {other}\n{USAGE}"),
            }
        }
        let port = match get("ANTRIAN_PORT") {
            Some(text) => text.parse().context("ANTRIAN_PORT is wrong: it is not a port")?,
            None => DEFAULT_PORT,
        };
        let home = match get("ANTRIAN_DATA").as_deref() {
            Some(":memory:") => None,
            Some("") => bail!(
                "ANTRIAN_DATA kosong: isi dengan sebuah folder atau :memory:. / ANTRIAN_DATA is empty: \
                 name a folder, or :memory:."
            ),
            Some(folder) => Some(PathBuf::from(folder)),
            None => Some(PathBuf::from(DEFAULT_HOME)),
        };
        let overrides =
            PASSED_ON.iter().filter_map(|name| Some(((*name).to_owned(), get(name)?))).collect();
        Ok(Self { port, home, fresh, overrides })
    }

    /// The stack's options. With `--fresh`, this deletes earlier data.
    ///
    /// # Errors
    /// If the folder can't be used.
    pub fn options(self) -> anyhow::Result<Options> {
        let home = self.home.map(|folder| Home::open(&folder, self.fresh)).transpose()?;
        let offices = crate::demo::offices()?;
        Ok(Options {
            port: self.port,
            home,
            offices,
            overrides: self.overrides,
            ..Options::default()
        })
    }
}
