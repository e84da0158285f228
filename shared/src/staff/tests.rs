//! Tokens of an issuer that listens on the loopback.

mod fetching;
mod issuer;

use serde_json::{Value, json};

use self::issuer::{ISSUED, TestIssuer, at, ed_key, rsa_key};
use super::*;

/// Claims of a good token for the desk of two offices.
fn claims(issuer: &TestIssuer) -> Value {
    json!({
        "iss": issuer.url, "sub": "clerk-1", "exp": ISSUED + 3600, "iat": ISSUED,
        "token_use": "access", "client_id": "desk-app", "scope": "openid antrian/desk",
        "cognito:groups": ["desk", "office:jakarta-pusat", "office:bogor", "office:NOT VALID", "cleaners"],
    })
}

/// `claims` with one of them replaced, or dropped if the value is null.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match (claims.as_object_mut(), value) {
        (Some(map), Value::Null) => drop(map.remove(name)),
        (Some(map), value) => drop(map.insert(name.to_owned(), value)),
        (None, _) => {}
    }
    claims
}

fn office(id: &str) -> OfficeId {
    id.parse().unwrap()
}

async fn assert_invalid(verifier: &StaffVerifier, token: &str, case: &str) {
    let outcome = verifier.verify(token, at(0)).await;
    assert!(matches!(outcome, Err(StaffError::Invalid)), "{case}: {outcome:?}");
}

#[tokio::test]
async fn a_token_signed_with_rs256_or_eddsa_speaks_for_its_holder() {
    let issuer = TestIssuer::start(json!([rsa_key().jwk("rsa"), ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(Some("desk-app"));
    for token in [rsa_key().sign("rsa", &claims(&issuer)), ed_key(1).sign("ed", &claims(&issuer))] {
        let staff = verifier.verify(&token, at(0)).await.unwrap();
        assert_eq!(staff.subject, "clerk-1");
        assert_eq!(staff.roles, BTreeSet::from([Role::Desk]));
        assert_eq!(staff.scopes, BTreeSet::from([Scope::Desk, Scope::Queue, Scope::Read]));
        assert_eq!(staff.offices, [office("jakarta-pusat"), office("bogor")].into_iter().collect());
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn staff_may_only_do_what_scope_and_office_both_allow() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let token = ed_key(1).sign("ed", &claims(&issuer));
    let clerk = verifier.verify(&token, at(0)).await.unwrap();
    assert!(clerk.may(Scope::Desk, &office("bogor")) && clerk.has(Scope::Desk));
    assert!(!clerk.may(Scope::Admin, &office("bogor")) && !clerk.has(Scope::Admin));
    assert!(!clerk.may(Scope::Desk, &office("medan")));

    let everywhere = with(claims(&issuer), "cognito:groups", json!(["admin", "office:*"]));
    let everywhere = with(everywhere, "scope", json!("admin"));
    let admin = verifier.verify(&ed_key(1).sign("ed", &everywhere), at(0)).await.unwrap();
    assert!(admin.may(Scope::Admin, &office("medan")) && !admin.has(Scope::Desk));

    let nothing = with(with(claims(&issuer), "cognito:groups", Value::Null), "scope", Value::Null);
    let nobody = verifier.verify(&ed_key(1).sign("ed", &nothing), at(0)).await.unwrap();
    assert!(nobody.scopes.is_empty() && !nobody.offices.contains(&office("bogor")));
}

#[tokio::test]
async fn a_token_for_another_purpose_is_refused() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(Some("desk-app"));
    let cases = [
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!([issuer.url.clone(), "https://elsewhere.example"])),
        ("iss", Value::Null),
        ("token_use", json!("id")),
        ("token_use", Value::Null),
        ("client_id", json!("another-app")),
        ("client_id", Value::Null),
        ("sub", json!("")),
        ("sub", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("tomorrow")),
    ];
    for (name, value) in cases {
        let token = ed_key(1).sign("ed", &with(claims(&issuer), name, value.clone()));
        assert_invalid(&verifier, &token, &format!("{name} {value}")).await;
    }
}

#[tokio::test]
async fn the_time_that_counts_is_the_caller_s_with_a_minute_of_leeway() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let token = ed_key(1).sign("ed", &with(claims(&issuer), "nbf", json!(ISSUED)));
    for (secs, good) in [(-61, false), (-60, true), (3659, true), (3660, false)] {
        assert_eq!(verifier.verify(&token, at(secs)).await.is_ok(), good, "{secs}");
    }
    for exp in [i64::MAX, i64::MIN] {
        let token = ed_key(1).sign("ed", &with(claims(&issuer), "exp", json!(exp)));
        assert_eq!(verifier.verify(&token, at(0)).await.is_ok(), exp > 0, "{exp}");
    }
}

#[tokio::test]
async fn a_token_cannot_choose_its_algorithm_or_key() {
    let issuer = TestIssuer::start(json!([rsa_key().jwk("rsa"), ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let claims = claims(&issuer);
    let cases = [
        ("none", issuer::unsigned(&json!({"alg": "none", "kid": "ed"}), &claims)),
        ("no alg", issuer::unsigned(&json!({"kid": "ed"}), &claims)),
        ("claims EdDSA unsigned", issuer::unsigned(&json!({"alg": "EdDSA", "kid": "ed"}), &claims)),
        ("HS256 with the RSA key", rsa_key().sign_hs256("rsa", &claims)),
        ("HS256 with the Ed25519 key", ed_key(1).sign_hs256("ed", &claims)),
        ("RS256 under the other key", rsa_key().sign("ed", &claims)),
        ("EdDSA under the other key", ed_key(1).sign("rsa", &claims)),
        ("a stranger's key", ed_key(2).sign("ed", &claims)),
        ("RS512", rsa_key().sign_rs512("rsa", &claims)),
        ("unknown key", ed_key(1).sign("who", &claims)),
    ];
    for (case, token) in &cases {
        assert_invalid(&verifier, token, case).await;
    }
    assert!(verifier.verify(&ed_key(1).sign("ed", &claims), at(0)).await.is_ok());
}

#[tokio::test]
async fn garbage_is_refused_without_asking_the_issuer() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let good = ed_key(1).sign("ed", &claims(&issuer));
    let long = format!("{good}{}", "A".repeat(MAX_TOKEN_BYTES));
    let crit = json!({"alg": "EdDSA", "kid": "ed", "crit": ["b64"]});
    let no_key = issuer::unsigned(&json!({"alg": "EdDSA"}), &claims(&issuer));
    let crit = issuer::unsigned(&crit, &claims(&issuer));
    for token in ["", ".", "..", "a.b.c", "é.é.é", "Bearer x", &long, &no_key, &crit] {
        assert_invalid(&verifier, token, token).await;
    }
    assert_eq!(issuer.fetches(), 0);
    let changed = good.replacen("ey", "fy", 1);
    assert_invalid(&verifier, &changed, "changed header").await;
    assert_invalid(&verifier, &good[..good.len() - 4], "cut short").await;
}

#[test]
fn keys_are_fetched_only_from_where_nobody_can_put_others() {
    let good =
        ["https://issuer.example/pool", "http://127.0.0.1:1", "http://localhost:1/local/idp"];
    for issuer in good.into_iter().chain(["http://[::1]:1", "https://issuer.example/"]) {
        assert!(StaffConfig::new(issuer, None).is_ok(), "{issuer}");
    }
    let bad =
        ["", "issuer.example", "http://issuer.example", "ftp://127.0.0.1", "file:///tmp/keys"];
    for issuer in bad.into_iter().chain(["http://localhost.example", "https://a.example/?b="]) {
        assert_eq!(StaffConfig::new(issuer, None), Err(InvalidIssuer), "{issuer}");
    }
}

#[tokio::test]
async fn an_identity_is_that_of_one_sign_in_at_one_client_and_no_access_token() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(Some("desk-app"));
    let identity = json!({
        "iss": issuer.url, "sub": "clerk-1", "aud": "desk-app", "exp": ISSUED + 300,
        "token_use": "id", "nonce": "n-1",
    });
    let signed = |claims: &Value| SecretString::from(ed_key(1).sign("ed", claims));
    let subject = verifier.identity(&signed(&identity), "n-1", at(0)).await.unwrap();
    assert_eq!(subject, "clerk-1");
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!("another-app")),
        ("token_use", json!("access")),
        ("nonce", json!("n-2")),
        ("nonce", Value::Null),
        ("exp", json!(ISSUED - 61)),
        ("sub", Value::Null),
    ] {
        let token = signed(&with(identity.clone(), name, value.clone()));
        let answer = verifier.identity(&token, "n-1", at(0)).await;
        assert!(matches!(answer, Err(StaffError::Invalid)), "{name} {value}: {answer:?}");
    }
    let access = SecretString::from(ed_key(1).sign("ed", &claims(&issuer)));
    assert!(verifier.identity(&access, "n-1", at(0)).await.is_err());
    assert_invalid(&verifier, signed(&identity).expose_secret(), "an identity token").await;
}

#[tokio::test]
async fn a_role_gives_what_the_token_was_made_for_and_no_more() {
    use Scope::{Admin, Desk, Office, Queue, Read};
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let both = "openid antrian/desk antrian/admin";
    for (groups, scope, expected) in [
        (&["counter"][..], both, &[Queue, Read][..]),
        (&["office_admin"], both, &[Office, Read]),
        (&["auditor"], both, &[Read]),
        (&["admin"], both, &[Desk, Queue, Office, Admin, Read]),
        (&["admin"], "antrian/desk", &[Desk, Queue, Read]),
        (&["desk"], "antrian/admin", &[Read]),
        (&["desk", "office_admin"], both, &[Desk, Queue, Office, Read]),
        (&["desk"], "openid", &[]),
        (&["Desk", "admins", "office:admin"], both, &[]),
    ] {
        let token =
            with(with(claims(&issuer), "cognito:groups", json!(groups)), "scope", json!(scope));
        let staff = verifier.verify(&ed_key(1).sign("ed", &token), at(0)).await.unwrap();
        assert_eq!(staff.scopes, expected.iter().copied().collect(), "{groups:?} {scope}");
    }
}
