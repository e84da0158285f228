//! The development identity provider: staff tokens for everybody, on this machine only.
//!
//! Whoever needs a token for a program asks for one (`POST /local/staff-token`); whoever sits at a browser
//! signs in as one of some made-up clerks (`sign_in.rs`). Its key is made at the start and lives in memory,
//! so its tokens end with the process. They have the form of Cognito's access tokens, and the functions
//! verify them as they verify Cognito's.

pub mod sign_in;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use antrian::domain::denial::StaffSubject;
use antrian::http::body::{self, Body};
use antrian::http::problem::Problem;
use antrian::security::tokens;
use antrian::staff::{Offices, Role};
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signer, SigningKey};
use rand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

/// The client that the tokens are made for.
pub const CLIENT_ID: &str = "antrian-local";
/// A day at the desk.
const LIFETIME: TimeDelta = TimeDelta::hours(8);
/// Where the issuer lives below the stack's address.
const PATH: &str = "/local/idp";

/// Reads the stack's clock.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// An issuer of staff tokens with a key of its own.
pub struct Issuer {
    url: String,
    key_id: String,
    key: SigningKey,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("url", &self.url)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Issuer {
    /// An issuer with a new key, below `base_url` (as `http://127.0.0.1:8080`), at which its routes
    /// are served.
    pub fn new(base_url: &str) -> Self {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        Self {
            url: format!("{}{PATH}", base_url.trim_end_matches('/')),
            key_id: tokens::random_id("local"),
            key: SigningKey::from_bytes(&seed),
        }
    }

    /// The issuer's name: the claim `iss`, and the setting of a verifier.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The public key as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        let public = URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes());
        json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": self.key_id, "x": public,
        }]})
    }

    /// An access token for these offices and roles, good for eight hours from `now`.
    pub fn token(&self, offices: &Offices, roles: &[Role], now: DateTime<Utc>) -> String {
        self.token_of(SUBJECT, offices, roles, (now, now + LIFETIME))
    }

    /// The same for somebody of this name, from and until these instants.
    fn token_of(
        &self,
        subject: &str,
        offices: &Offices,
        roles: &[Role],
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> String {
        let groups = roles.iter().map(|role| role.group().to_owned());
        let groups: Vec<String> = groups.chain(offices.to_groups()).collect();
        let scopes: BTreeSet<&str> =
            roles.iter().flat_map(|role| role.token_scopes()).copied().collect();
        let scopes: Vec<&str> = scopes.into_iter().collect();
        self.signed(&json!({
            "iss": self.url,
            "sub": subject,
            "iat": from.timestamp(),
            "exp": until.timestamp(),
            "token_use": "access",
            "client_id": CLIENT_ID,
            "scope": scopes.join(" "),
            "cognito:groups": groups,
        }))
    }

    /// A token with these claims.
    fn signed(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": self.key_id});
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = self.key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

struct Service {
    issuer: Arc<Issuer>,
    now: Now,
}

/// `GET /local/idp/.well-known/jwks.json` and `POST /local/staff-token`.
pub fn routes(issuer: Arc<Issuer>, now: Now) -> Router {
    Router::new()
        .route(&format!("{PATH}/.well-known/jwks.json"), get(jwks))
        .route("/local/staff-token", post(staff_token))
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
        .with_state(Arc::new(Service { issuer, now }))
}

async fn jwks(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(service.issuer.jwks())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    office: String,
    /// Roles, by the names of their groups.
    scopes: Vec<Role>,
    /// Whose; absent: the one member of staff that the local stack has.
    subject: Option<StaffSubject>,
}

/// Who gets a token that names nobody.
const SUBJECT: &str = "local-staff";

async fn staff_token(
    State(service): State<Arc<Service>>,
    body: Body<TokenRequest>,
) -> Result<Json<Value>, Problem> {
    let offices = match body.value.office.as_str() {
        "*" => Offices::All,
        office => [office.parse().map_err(|_| unknown_office())?].into_iter().collect(),
    };
    let subject = body.value.subject.as_ref().map_or(SUBJECT, StaffSubject::as_str);
    let token = {
        let now = (service.now)();
        let roles = &body.value.scopes;
        service.issuer.token_of(subject, &offices, roles, (now, now + LIFETIME))
    };
    Ok(Json(json!({"token": token})))
}

fn unknown_office() -> Problem {
    Problem::field(
        "office",
        "Isi dengan id kantor, atau `*` untuk semua kantor.",
        "An office's id, or `*` for every office.",
    )
}

#[cfg(test)]
mod tests {
    use antrian::domain::ids::OfficeId;
    use antrian::staff::{Scope, Staff, StaffConfig, StaffError, StaffVerifier};
    use axum::body::to_bytes;
    use axum::http::{Request, StatusCode, header};
    use tokio::net::TcpListener;
    use tower::ServiceExt;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    /// An issuer that serves its routes on the loopback, and its verifier.
    async fn start() -> (Router, Arc<Issuer>, StaffVerifier) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let issuer = Arc::new(Issuer::new(&address));
        let routes = routes(Arc::clone(&issuer), Arc::new(now));
        let served = routes.clone();
        tokio::spawn(async { axum::serve(listener, served).await });
        let config = StaffConfig::new(issuer.url(), Some(CLIENT_ID.to_owned())).unwrap();
        (routes, issuer, StaffVerifier::new(config))
    }

    async fn post(routes: &Router, body: &str) -> (StatusCode, String, Value) {
        let request = Request::post("/local/staff-token")
            .body(axum::body::Body::from(body.to_owned()))
            .unwrap();
        let response = routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let kind = parts.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        (parts.status, kind, serde_json::from_slice(&body).unwrap())
    }

    async fn staff(routes: &Router, verifier: &StaffVerifier, body: &str) -> Staff {
        let (status, _, answer) = post(routes, body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        verifier.verify(answer["token"].as_str().unwrap(), now()).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_from_the_route_is_taken_for_what_was_asked() {
        let (routes, _, verifier) = start().await;
        let (bogor, medan): (OfficeId, OfficeId) =
            ("bogor".parse().unwrap(), "medan".parse().unwrap());

        let clerk = staff(&routes, &verifier, r#"{"office":"bogor","scopes":["desk"]}"#).await;
        assert!(clerk.may(Scope::Desk, &bogor));
        assert!(!clerk.may(Scope::Desk, &medan) && !clerk.has(Scope::Admin));

        let all = staff(&routes, &verifier, r#"{"office":"*","scopes":["desk","admin"]}"#).await;
        assert!(all.may(Scope::Desk, &medan) && all.may(Scope::Admin, &bogor));
    }

    #[tokio::test]
    async fn a_token_lasts_eight_hours() {
        let (_, issuer, verifier) = start().await;
        let token = issuer.token(&Offices::All, &[Role::Desk], now());
        let end = now() + LIFETIME;
        assert!(verifier.verify(&token, end).await.is_ok());
        let late = verifier.verify(&token, end + TimeDelta::minutes(1)).await;
        assert!(matches!(late, Err(StaffError::Invalid)));
    }

    #[tokio::test]
    async fn another_stack_s_token_is_refused() {
        let (_, issuer, verifier) = start().await;
        let other = Issuer { url: issuer.url.clone(), ..Issuer::new("http://127.0.0.1:1") };
        let token = other.token(&Offices::All, &[Role::Admin], now());
        assert!(matches!(verifier.verify(&token, now()).await, Err(StaffError::Invalid)));
        let named = Issuer { key_id: issuer.key_id.clone(), ..other };
        let token = named.token(&Offices::All, &[Role::Admin], now());
        assert!(matches!(verifier.verify(&token, now()).await, Err(StaffError::Invalid)));
    }

    #[tokio::test]
    async fn a_body_that_is_not_understood_is_a_problem() {
        let (routes, _, _) = start().await;
        let too_long = format!(r#"{{"office":"bogor","scopes":[{}]}}"#, " ".repeat(70_000));
        let cases = [
            ("", 400, "malformed_json"),
            ("{", 400, "malformed_json"),
            (r#"{"office":"bogor"}"#, 422, "invalid_request"),
            (r#"{"office":"bogor","scopes":["root"]}"#, 422, "invalid_request"),
            (r#"{"office":"BOGOR","scopes":["desk"]}"#, 422, "invalid_request"),
            (r#"{"office":"bogor","scopes":["desk"],"more":1}"#, 422, "invalid_request"),
            (&too_long, 413, "body_too_large"),
        ];
        for (body, expected, code) in cases {
            let (status, kind, problem) = post(&routes, body).await;
            let shown = &body[..body.len().min(60)];
            assert_eq!(status, expected, "{shown}");
            assert_eq!(kind, "application/problem+json", "{shown}");
            assert_eq!(problem["code"], code, "{shown}");
        }
    }

    #[test]
    fn an_issuer_does_not_show_its_key() {
        let issuer = Issuer { key: SigningKey::from_bytes(&[7; 32]), ..Issuer::new("http://a") };
        let shown = format!("{issuer:?}");
        assert!(shown.contains("http://a/local/idp") && !shown.contains("7, 7"), "{shown}");
    }
}
