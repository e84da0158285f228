//! `keys add`, `use`, `retire`: reads a keyring, alone or in a deployment's secret, and prints the next one
//! in the same form. `keys split`: a part of it that functions get, its sealing keys wrapped by KMS. They
//! store nothing and print nothing else.
//! `keys reseal`: seals the accounts' data under the current key. `keys record`: tells the table which
//! keys it is written with.

use std::io::{Read, Write};

use antrian::net::kms::Kms;
use antrian::security::{RotationStep, rotated, split};
use antrian::storage::Store;
use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::operator::{self, Deployment};

const USAGE: &str = "usage: cargo run -- keys add | use | retire VERSION < keys.json > next.json\n\
    \x20      cargo run -- keys split data | tickets < keys.json > part.json\n\
    \x20      cargo run -- keys record | reseal\n\
    add      makes a new key; nothing is sealed or signed with it yet\n\
    use      makes the newest key the one that seals and signs; every function must know it\n\
    retire   removes a key; nothing may be sealed under it\n\
    split    data: what every function gets; tickets: what those that sign get besides. With\n\
    \x20        ANTRIAN_DATA_KEY (id, ARN or alias of a KMS key) the sealing keys are wrapped by it\n\
    record   tells the table which keys it is written with: after `add`, before `retire`\n\
    reseal   seals the accounts' data under the current key; ANTRIAN_TABLE, ANTRIAN_DATA_KEY and\n\
    \x20        ANTRIAN_SECRETS (or ANTRIAN_KEYS) are those of a function\n\
    When to run which: docs/runbooks/rotate-keys.md";
/// The secret of a deployment is an object of settings; this one is the keyring.
const SETTING: &str = "ANTRIAN_KEYS";
const TICKETS: &str = "ANTRIAN_TICKET_KEYS";

/// Runs a command on the keyring of `input`, or on the table that `get` names, and writes the result to
/// `out`.
///
/// # Errors
/// If there is no keyring, the step would lose something, or the table does not answer.
pub async fn run(
    args: &[&str],
    get: impl Fn(&str) -> Option<String>,
    input: impl Read,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    match args {
        ["reseal"] => reseal(&Deployment::read(get).await?.store, out).await,
        ["record"] => record(&Deployment::read(get).await?.store, out).await,
        ["split", "data"] => {
            let kms = match get("ANTRIAN_DATA_KEY") {
                Some(key) => Some(Kms::new(&operator::sdk().await, &key)),
                None => None,
            };
            let data = data(&read(input)?, kms.as_ref()).await?;
            Ok(writeln!(out, "{}", data.expose_secret())?)
        }
        _ => step(args, input, out),
    }
}

async fn record(store: &Store, out: &mut impl Write) -> anyhow::Result<()> {
    store.record_keyring().await?.context("nothing was recorded")?;
    let versions: Vec<&str> = store.keyring().fingerprint().versions().collect();
    Ok(writeln!(out, "the table knows key {}", versions.join(", "))?)
}

async fn reseal(store: &Store, out: &mut impl Write) -> anyhow::Result<()> {
    let done = store.reseal().await?;
    let (read, anew, later) = (done.read, done.resealed, done.changed_meanwhile);
    Ok(writeln!(out, "{read} items read, {anew} sealed anew, {later} changed meanwhile")?)
}

fn read(mut input: impl Read) -> anyhow::Result<SecretString> {
    let mut text = String::new();
    input.read_to_string(&mut text).context("the keyring cannot be read")?;
    Ok(text.into())
}

fn step(args: &[&str], input: impl Read, out: &mut impl Write) -> anyhow::Result<()> {
    let step = match args {
        ["split", "tickets"] => {
            let tickets = tickets(&read(input)?)?;
            return Ok(writeln!(out, "{}", tickets.expose_secret())?);
        }
        ["add"] => RotationStep::Add,
        ["use"] => RotationStep::Use,
        ["retire", version] => RotationStep::Retire(version.parse().with_context(|| USAGE)?),
        _ => bail!("{USAGE}"),
    };
    let next = changed(&read(input)?, |keys| Ok(rotated(keys, step)?))?;
    Ok(writeln!(out, "{}", next.expose_secret())?)
}

/// What every function gets.
async fn data(text: &SecretString, kms: Option<&Kms>) -> anyhow::Result<SecretString> {
    let mut bare = None;
    let data = changed(text, |keys| Ok(bare.insert(split(keys)?.data).clone()))?;
    let (Some(kms), Some(bare)) = (kms, bare) else { return Ok(data) };
    let wrapped = kms.wrap(&bare).await?;
    changed(&data, |_| Ok(wrapped))
}

/// What those get besides that sign; a secret of its own in any case.
fn tickets(text: &SecretString) -> anyhow::Result<SecretString> {
    let mut tickets = None;
    changed(text, |keys| Ok(tickets.insert(split(keys)?.tickets).clone()))?;
    let tickets = tickets.context("there is no keyring")?;
    Ok(format!("{{\"{TICKETS}\":{}}}", tickets.expose_secret()).into())
}

/// What becomes of a keyring, in the form of the one that came in.
fn changed(
    text: &SecretString,
    change: impl FnOnce(&SecretString) -> anyhow::Result<SecretString>,
) -> anyhow::Result<SecretString> {
    let Ok(Value::Object(mut all)) = serde_json::from_str(text.expose_secret()) else {
        return change(text);
    };
    let Some(keys) = all.get_mut(SETTING) else { return change(text) };
    let written = keys.as_str().map_or_else(|| keys.to_string(), str::to_owned);
    let changed = change(&written.into())?;
    *keys = serde_json::from_str(changed.expose_secret())?;
    Ok(Value::Object(all).to_string().into())
}

#[cfg(test)]
mod tests {
    use antrian::security::Keyring;

    use super::*;
    use crate::cloud::{Cloud, DATA_KEY, Storage};

    fn output(args: &[&str], input: &str) -> anyhow::Result<String> {
        let mut out = Vec::new();
        step(args, input.as_bytes(), &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    fn shown(json: &str) -> String {
        format!("{:?}", Keyring::from_json(&json.to_owned().into()).unwrap())
    }

    #[test]
    fn a_keyring_goes_through_a_pipe() {
        let first = Keyring::generate_json().expose_secret().to_owned();
        let used = output(&["use"], &output(&["add"], &first).unwrap()).unwrap();
        assert_eq!(shown(&used), "Keyring { current: 2, lookup: 1, versions: [1, 2], .. }");
    }

    #[test]
    fn a_deployment_s_secret_keeps_its_form_and_its_other_settings() {
        let keys = Keyring::generate_json().expose_secret().to_owned();
        let text = Value::String(keys.clone());
        for keys in [&keys, &text.to_string()] {
            let secret = format!(r#"{{"ANTRIAN_KEYS": {keys}, "OTHER": "x"}}"#);
            let next: Value = serde_json::from_str(&output(&["add"], &secret).unwrap()).unwrap();
            assert_eq!(next["OTHER"], "x");
            let keys = next["ANTRIAN_KEYS"].to_string();
            assert_eq!(shown(&keys), "Keyring { current: 1, lookup: 1, versions: [1, 2], .. }");
        }
    }

    fn json(text: &SecretString) -> Value {
        serde_json::from_str(text.expose_secret()).unwrap()
    }

    #[tokio::test]
    async fn a_deployment_s_secret_is_split_into_what_functions_get() {
        let keys = Keyring::generate_json().expose_secret().to_owned();
        let secret = SecretString::from(format!(r#"{{"ANTRIAN_KEYS": {keys}}}"#));
        let (data, tickets) = (data(&secret, None).await.unwrap(), tickets(&secret).unwrap());
        let keyring = Keyring::from_json(&json(&data)["ANTRIAN_KEYS"].to_string().into()).unwrap();
        assert!(keyring.ticket_signer().is_err());
        let seeds = json(&tickets)["ANTRIAN_TICKET_KEYS"].to_string().into();
        assert!(keyring.with_ticket_keys(&seeds).unwrap().ticket_signer().is_ok());
    }

    #[tokio::test]
    async fn with_a_key_of_kms_the_sealing_keys_are_wrapped_and_come_back() {
        let cloud = Cloud::start(Storage::Memory).await.unwrap();
        let kms = Kms::new(&cloud.kms_settings(), DATA_KEY);
        let keys = Keyring::generate_json();
        let secret = format!(r#"{{"ANTRIAN_KEYS": {}, "OTHER": "x"}}"#, keys.expose_secret());
        let wrapped = json(&data(&secret.into(), Some(&kms)).await.unwrap());
        assert_eq!(wrapped["OTHER"], "x");
        let wrapped = wrapped["ANTRIAN_KEYS"].to_string().into();
        let whole = Keyring::from_json(&keys).unwrap();
        assert!(Keyring::from_json(&wrapped).unwrap().seal(b"text", "a").is_err());
        let again = Keyring::from_json(&kms.unwrap(&wrapped).await.unwrap()).unwrap();
        assert_eq!(whole.open(&again.seal(b"text", "a").unwrap(), "a").unwrap(), b"text");
        let other = Kms::new(&cloud.kms_settings(), "alias/other");
        let refused = other.unwrap(&wrapped).await.unwrap_err().to_string();
        assert_eq!(refused, "AWS KMS does not Decrypt with ANTRIAN_DATA_KEY: NotFoundException");
        cloud.stop().await;
    }

    #[test]
    fn an_error_does_not_show_a_key() {
        let keys = Keyring::generate_json().expose_secret().to_owned();
        let error = |args: &[&str], input| output(args, input).unwrap_err().to_string();
        assert!(error(&[], &keys).starts_with("usage"));
        assert!(error(&["retire", "x"], &keys).starts_with("usage"));
        assert_eq!(error(&["retire", "1"], &keys), "version 1 is `current` and has to stay");
        assert_eq!(
            error(&["use"], &keys),
            "version 1 is the newest key and in use already: add one first"
        );
        let secret = r#"{"current":1,"lookup":1,"keys":{"1":"hunter2"}}"#;
        let wrong = error(&["add"], secret);
        assert!(wrong.contains("key 1 is not the base64") && !wrong.contains("hunter2"), "{wrong}");
    }
}
