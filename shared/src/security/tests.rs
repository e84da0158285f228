//! The keyring as its callers see it.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;

use super::*;
use crate::domain::code::BookingCode;

/// The keyring of a JSON in which `A`, `B` and `C` stand for three keys.
fn read(json: &str) -> Result<Keyring, KeyringError> {
    let json = json
        .replace("\"A\"", "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\"")
        .replace("\"B\"", "\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\"")
        .replace("\"C\"", "\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\"");
    Keyring::from_json(&json.into())
}

fn keyring() -> Keyring {
    read(r#"{"current":1,"keys":{"1":"A"},"lookup":1}"#).unwrap()
}

#[test]
fn sealed_data_opens_after_the_key_was_rotated() {
    let sealed = keyring().seal(b"text", "ACCOUNT#1/sealed").unwrap();
    let rotated = read(r#"{"current":2,"keys":{"1":"A","2":"B"},"lookup":1}"#).unwrap();
    assert_eq!(rotated.open(&sealed, "ACCOUNT#1/sealed").unwrap(), b"text");
    assert_eq!(rotated.open(&sealed, "ACCOUNT#2/sealed"), Err(OpenError::Refused));

    let sealed = rotated.seal(b"text", "a").unwrap();
    assert!(sealed.starts_with("v2."));
    assert_eq!(rotated.open(&sealed, "a").unwrap(), b"text");
    assert_eq!(keyring().open(&sealed, "a"), Err(OpenError::UnknownKey { version: 2 }));
    let stranger = read(r#"{"current":2,"keys":{"2":"C"},"lookup":2}"#).unwrap();
    assert_eq!(stranger.open(&sealed, "a"), Err(OpenError::Refused));
}

#[test]
fn lookups_stay_the_same_while_the_lookup_version_does() {
    let before = keyring();
    let rotated = read(r#"{"current":2,"keys":{"1":"A","2":"B"},"lookup":1}"#).unwrap();
    let migrated = read(r#"{"current":2,"keys":{"1":"A","2":"B"},"lookup":2}"#).unwrap();
    let nik = "9971014501909001".parse().unwrap();
    assert_eq!(before.person(&nik), rotated.person(&nik));
    assert_eq!(before.token_hash("t"), rotated.token_hash("t"));
    assert_ne!(before.person(&nik), migrated.person(&nik));
    assert!(before.person(&nik).starts_with("1.") && migrated.person(&nik).starts_with("2."));
    assert_eq!(before.person(&nik).len(), 2 + 64);
}

#[test]
fn the_same_text_hashes_otherwise_for_each_purpose() {
    let keyring = keyring();
    let digits = "9971014501909001";
    let hashes = BTreeSet::from([
        keyring.person(&digits.parse().unwrap()),
        keyring.contact_phone(&"628120000001".parse().unwrap()),
        keyring.contact_scoped(&"ID.628120000001".parse().unwrap()),
        keyring.token_hash(digits),
        keyring.token_hash("628120000001"),
        keyring.otp_hash("r", "628120000001", "123456"),
        keyring.otp_hash("r", "62812000000", "1123456"),
    ]);
    assert_eq!(hashes.len(), 7);
    assert!(hashes.iter().all(|hash| !hash.contains("628120000001") && !hash.contains(digits)));
}

#[test]
fn values_are_derived_apart_for_each_purpose_and_list_of_parts() {
    let keyring = keyring();
    let purposes = [
        Derive::BookingCode,
        Derive::RegistrationId,
        Derive::RegistrationCode,
        Derive::RegistrationSecret,
        Derive::SessionToken,
    ];
    let lists: [&[&str]; 4] = [&["ab", "c"], &["a", "bc"], &["abc"], &["abc", ""]];
    let values: BTreeSet<[u8; 32]> = purposes
        .iter()
        .flat_map(|&purpose| lists.iter().map(move |parts| (purpose, parts)))
        .map(|(purpose, parts)| keyring.derive(purpose, parts))
        .collect();
    assert_eq!(values.len(), purposes.len() * lists.len());
    let again = keyring.derive(Derive::SessionToken, &["ab", "c"]);
    assert!(values.contains(&again));
}

#[test]
fn a_request_has_its_booking_code_and_each_attempt_another() {
    let (one, two) = ("account-1".parse().unwrap(), "account-2".parse().unwrap());
    let keyring = keyring();
    let code = keyring.booking_code(&one, "key", 0);
    assert_eq!(code, keyring.booking_code(&one, "key", 0));
    assert_ne!(code, keyring.booking_code(&one, "key", 1));
    assert_ne!(code, keyring.booking_code(&one, "other", 0));
    assert_ne!(code, keyring.booking_code(&two, "key", 0));
}

#[test]
fn tickets_of_every_version_are_known_and_the_current_one_signs() {
    let before = keyring();
    let keyring = read(r#"{"current":2,"keys":{"1":"A","2":"B"},"lookup":1}"#).unwrap();
    assert_eq!(keyring.ticket_key_id(), 2);
    let key = |keyring: &Keyring| keyring.ticket_signer().unwrap().public_key();
    assert_ne!(key(&keyring), key(&before));
    let claims = crate::domain::ticket::TicketClaims {
        office: "uji".parse().unwrap(),
        date: "2026-12-02".parse().unwrap(),
        time: "09:00".parse().unwrap(),
        code: BookingCode::from_bits(7),
    };
    let sign = |keyring: &Keyring| keyring.ticket_signer().unwrap().sign(&claims);
    for ticket in [sign(&before), sign(&keyring)] {
        assert_eq!(keyring.ticket_verifier().verify(&ticket).unwrap(), claims);
    }
    assert!(before.ticket_verifier().verify(&sign(&keyring)).is_err());
}

#[test]
fn a_generated_secret_is_a_keyring_and_new_each_time() {
    let (one, two) = (Keyring::generate_json(), Keyring::generate_json());
    assert_ne!(one.expose_secret(), two.expose_secret());
    assert!(Keyring::from_json(&one).is_ok() && Keyring::from_json(&two).is_ok());
}

#[test]
fn a_keyring_shows_its_versions_and_no_key() {
    let keyring = read(r#"{"current":2,"keys":{"1":"A","2":"B"},"lookup":1}"#).unwrap();
    let shown = format!("{keyring:?}");
    assert_eq!(shown, "Keyring { current: 2, lookup: 1, versions: [1, 2], .. }");
}

#[test]
fn what_is_wrong_with_a_secret_is_named_without_its_value() {
    let cases = [
        (r#"{"keys":{"1":"A"},"lookup":1}"#, KeyringError::Missing { field: "current" }),
        (r#"{"current":1,"keys":{"1":"A"}}"#, KeyringError::Missing { field: "lookup" }),
        (r#"{"current":1,"lookup":1}"#, KeyringError::Missing { field: "keys" }),
        (
            r#"{"current":2,"keys":{"1":"A"},"lookup":1}"#,
            KeyringError::NoSuchKey { field: "current", version: 2 },
        ),
        (
            r#"{"current":1,"keys":{"1":"A"},"lookup":3}"#,
            KeyringError::NoSuchKey { field: "lookup", version: 3 },
        ),
        (
            r#"{"current":1,"keys":{"1":"A","7":"hunter2"},"lookup":1}"#,
            KeyringError::Key { version: 7 },
        ),
        (
            r#"{"current":1,"keys":{"1":"aHVudGVyMg=="},"lookup":1}"#,
            KeyringError::Key { version: 1 },
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(read(json).unwrap_err(), expected, "{json}");
    }
    let forms = ["", "hunter2", r#"{"current":"hunter2"}"#, r#"{"keys":{"hunter2":"A"}}"#];
    for json in forms {
        let error = read(json).unwrap_err();
        assert!(matches!(error, KeyringError::Form { .. }), "{json}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{json}");
    }
}
