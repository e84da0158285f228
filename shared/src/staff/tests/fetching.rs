//! When the issuer is asked for its keys, and what is said while it does not answer.

use serde_json::json;

use super::issuer::{self, ISSUED, TestIssuer, at, ed_key, rsa_key};
use super::*;

#[tokio::test]
async fn keys_that_are_not_for_signing_are_passed_over() {
    let mut encrypts = ed_key(1).jwk("encrypts");
    encrypts["use"] = json!("enc");
    let mut other_algorithm = ed_key(1).jwk("other");
    other_algorithm["alg"] = json!("RS256");
    let mut small = rsa_key().jwk("small");
    small["n"] = json!("AQAB");
    let keys = json!([
        {"kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA"},
        {"kty": "oct", "kid": "secret", "k": "AAAA", "alg": "HS256"},
        {"kty": "strange", "kid": 7}, "not a key", encrypts, other_algorithm, small,
        ed_key(1).jwk("ed"),
    ]);
    let issuer = TestIssuer::start(keys).await;
    let verifier = issuer.verifier(None);
    for id in ["short", "secret", "encrypts", "other"] {
        assert_invalid(&verifier, &ed_key(1).sign(id, &claims(&issuer)), id).await;
    }
    assert_invalid(&verifier, &rsa_key().sign("small", &claims(&issuer)), "small").await;
    assert!(verifier.verify(&ed_key(1).sign("ed", &claims(&issuer)), at(0)).await.is_ok());
}

#[tokio::test]
async fn unknown_keys_do_not_hammer_the_issuer() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = Arc::new(issuer.verifier(None));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let token = ed_key(1).sign(&format!("who-{number}"), &claims(&issuer));
        let verifier = Arc::clone(&verifier);
        tasks.spawn(async move { verifier.verify(&token, at(number % 60)).await });
    }
    for outcome in tasks.join_all().await {
        assert!(matches!(outcome, Err(StaffError::Invalid)), "{outcome:?}");
    }
    assert_eq!(issuer.fetches(), 1);

    issuer.publish(json!([ed_key(1).jwk("ed"), ed_key(2).jwk("next")]));
    let next = ed_key(2).sign("next", &claims(&issuer));
    assert_invalid(&verifier, &next, "within the minute").await;
    assert!(verifier.verify(&next, at(120)).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_within_the_hour() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let token = ed_key(1).sign("ed", &with(claims(&issuer), "exp", json!(ISSUED + 86_400)));
    assert!(verifier.verify(&token, at(0)).await.is_ok());
    issuer.publish(json!([ed_key(2).jwk("next")]));
    assert!(verifier.verify(&token, at(3599)).await.is_ok());
    assert!(matches!(verifier.verify(&token, at(3600)).await, Err(StaffError::Invalid)));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn without_the_issuer_nothing_is_said_of_unknown_keys_and_known_ones_stay_good() {
    let issuer = TestIssuer::start(json!([ed_key(1).jwk("ed")])).await;
    let verifier = issuer.verifier(None);
    let token = ed_key(1).sign("ed", &with(claims(&issuer), "exp", json!(ISSUED + 86_400)));
    issuer.fail(true);
    for secs in [0, 1, 4] {
        let outcome = verifier.verify(&token, at(secs)).await;
        assert!(matches!(outcome, Err(StaffError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(issuer.fetches(), 1);

    issuer.fail(false);
    assert!(verifier.verify(&token, at(5)).await.is_ok());
    issuer.fail(true);
    assert!(verifier.verify(&token, at(7200)).await.is_ok());
    let unknown = ed_key(1).sign("who", &claims(&issuer));
    let outcome = verifier.verify(&unknown, at(7201)).await;
    assert!(matches!(outcome, Err(StaffError::Unavailable(_))), "{outcome:?}");
    assert_eq!(issuer.fetches(), 3);
}

#[tokio::test]
async fn an_issuer_that_does_not_listen_or_talks_nonsense_is_unavailable() {
    let issuer = TestIssuer::start(json!("nonsense")).await;
    let token = ed_key(1).sign("ed", &claims(&issuer));
    let outcome = issuer.verifier(None).verify(&token, at(0)).await;
    assert!(matches!(outcome, Err(StaffError::Unavailable(_))), "{outcome:?}");
    issuer.publish(json!([{"padding": "A".repeat(70_000)}]));
    let outcome = issuer.verifier(None).verify(&token, at(0)).await;
    assert!(matches!(outcome, Err(StaffError::Unavailable(_))), "{outcome:?}");

    let closed = issuer::closed_port().await;
    let config = StaffConfig::new(&format!("http://127.0.0.1:{closed}"), None).unwrap();
    let outcome = StaffVerifier::new(config).verify(&token, at(0)).await;
    assert!(matches!(outcome, Err(StaffError::Unavailable(_))), "{outcome:?}");
}
