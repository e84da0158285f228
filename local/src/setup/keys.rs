//! `keys add`, `use`, `retire`: reads a keyring, alone or in a deployment's secret, and prints the next
//! one in the same form. It stores nothing and prints nothing else.
//! `keys reseal`: seals the accounts' data under the current key. `keys record`: tells the table which
//! keys it is written with.

use std::io::{Read, Write};

use antrian::security::{RotationStep, rotated};
use antrian::storage::Store;
use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::operator::Deployment;

const USAGE: &str = "usage: cargo run -- keys add | use | retire VERSION < keys.json > next.json\n\
    \x20      cargo run -- keys record | reseal\n\
    add      makes a new key; nothing is sealed or signed with it yet\n\
    use      makes the newest key the one that seals and signs; every function must know it\n\
    retire   removes a key; nothing may be sealed under it\n\
    record   tells the table which keys it is written with: after `add`, before `retire`\n\
    reseal   seals the accounts' data under the current key; ANTRIAN_TABLE and ANTRIAN_SECRETS (or\n\
    \x20        ANTRIAN_KEYS) are those of a function\n\
    When to run which: docs/runbooks/rotate-keys.md";
/// The secret of a deployment is an object of settings; this one is the keyring.
const SETTING: &str = "ANTRIAN_KEYS";

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

fn step(args: &[&str], mut input: impl Read, out: &mut impl Write) -> anyhow::Result<()> {
    let step = match args {
        ["add"] => RotationStep::Add,
        ["use"] => RotationStep::Use,
        ["retire", version] => RotationStep::Retire(version.parse().with_context(|| USAGE)?),
        _ => bail!("{USAGE}"),
    };
    let mut text = String::new();
    input.read_to_string(&mut text).context("the keyring cannot be read")?;
    let next = next(&text.into(), step)?;
    Ok(writeln!(out, "{}", next.expose_secret())?)
}

/// The next keyring, in the form of the one that came in.
fn next(text: &SecretString, step: RotationStep) -> anyhow::Result<SecretString> {
    let Ok(Value::Object(mut all)) = serde_json::from_str(text.expose_secret()) else {
        return Ok(rotated(text, step)?);
    };
    let Some(keys) = all.get_mut(SETTING) else { return Ok(rotated(text, step)?) };
    let written = keys.as_str().map_or_else(|| keys.to_string(), str::to_owned);
    let rotated = rotated(&written.into(), step)?;
    *keys = serde_json::from_str(rotated.expose_secret())?;
    Ok(Value::Object(all).to_string().into())
}

#[cfg(test)]
mod tests {
    use antrian::security::Keyring;

    use super::*;

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
