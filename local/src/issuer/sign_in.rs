//! Signing in with one press: the issuer's pages and tokens as Cognito has them, for made-up clerks.
//! Codes and refresh tokens live in memory and end with the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use antrian::domain::ids::OfficeId;
use antrian::security::tokens::random_secret;
use antrian::staff::{Offices, Role};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CLIENT_ID, Now, PATH};
use crate::issuer::Issuer;

/// As Cognito's tokens for our client (`infra/staff.yaml`).
const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(5);
const REFRESH_LIFETIME: TimeDelta = TimeDelta::hours(12);

/// A request has a token and some names.
const MAX_BYTES: usize = 16 * 1024;

/// A member of staff whom nobody is.
#[derive(Debug, Clone, Copy)]
pub struct Clerk {
    /// The identifier, also what the button sends.
    pub subject: &'static str,
    name: &'static str,
    role: Role,
    is_everywhere: bool,
}

const fn of_office(subject: &'static str, name: &'static str, role: Role) -> Clerk {
    Clerk { subject, name, role, is_everywhere: false }
}

/// One of each role, at the first office or at all of them.
pub const CLERKS: [Clerk; 5] = [
    of_office("local-desk", "Dewi Contoh, petugas pintu (desk)", Role::Desk),
    of_office("local-counter", "Lukman Contoh, petugas loket (counter)", Role::Counter),
    of_office("local-head", "Kartika Contoh, kepala kantor (office_admin)", Role::OfficeAdmin),
    Clerk {
        is_everywhere: true,
        ..of_office("local-directorate", "Direktur Contoh, direktorat (admin)", Role::Admin)
    },
    Clerk {
        is_everywhere: true,
        ..of_office("local-auditor", "Audit Contoh, pemeriksa (auditor)", Role::Auditor)
    },
];

/// What somebody has signed in for, until the code is used.
struct Grant {
    clerk: Clerk,
    asked: Asked,
}

struct Refresh {
    clerk: Clerk,
    until: DateTime<Utc>,
}

/// What the issuer knows of who has signed in.
#[derive(Default)]
struct Memory {
    codes: HashMap<String, Grant>,
    refreshes: HashMap<String, Refresh>,
    /// Who gets no more tokens, as somebody who was disabled at the issuer.
    disabled: Vec<String>,
}

struct Pages {
    issuer: Arc<Issuer>,
    now: Now,
    office: Option<OfficeId>,
    memory: Mutex<Memory>,
}

impl Pages {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sign-in pages below the issuer's address. Clerks of one office work at `office`.
pub(crate) fn routes(issuer: Arc<Issuer>, now: Now, office: Option<OfficeId>) -> Router {
    let memory = Mutex::default();
    Router::new()
        .route(&format!("{PATH}/oauth2/authorize"), get(choose).post(chosen))
        .route(&format!("{PATH}/oauth2/token"), post(token))
        .route(&format!("{PATH}/oauth2/revoke"), post(revoke))
        .route(&format!("{PATH}/logout"), get(sign_out))
        .route("/local/staff-disabled", post(disable))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(Arc::new(Pages { issuer, now, office, memory }))
}

/// A request for a code.
#[derive(Clone, Serialize, Deserialize)]
struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

impl Asked {
    /// What is wrong with it.
    fn fault(&self, issuer: &Issuer) -> Option<&'static str> {
        let base = issuer.url().trim_end_matches(PATH);
        let is_ours = self.redirect_uri == format!("{base}{}", antrian::app::SIGN_IN_CALLBACK);
        let broken = [
            (self.response_type != "code", "response_type"),
            (self.client_id != CLIENT_ID, "client_id"),
            (!is_ours, "redirect_uri"),
            (self.code_challenge_method != "S256", "code_challenge_method"),
            (self.code_challenge.len() != 43, "code_challenge"),
        ];
        broken.into_iter().find(|(is_broken, _)| *is_broken).map(|(_, what)| what)
    }
}

fn form<T: DeserializeOwned>(body: &Bytes) -> Option<T> {
    serde_urlencoded::from_bytes(body).ok()
}

fn bad_request(what: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_request", "in": what}))).into_response()
}

const TOP: &str = "<!doctype html><html lang=\"id\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <title>Masuk sebagai petugas contoh</title><style>\
    :root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}\
    button{display:block;width:100%;margin:.5rem 0;padding:.75rem 1rem;font:inherit;text-align:left}</style>\
    <main><h1>Masuk sebagai petugas contoh</h1>\
    <p>Hanya di komputer ini: orang-orang ini tidak ada. <span lang=\"en\">On this machine only: nobody \
    is any of these. In the cloud, Cognito asks for a name and a password here.</span></p>";

/// The sign-in page: a button for each clerk.
async fn choose(State(pages): State<Arc<Pages>>, Query(asked): Query<Asked>) -> Response {
    if let Some(fault) = asked.fault(&pages.issuer) {
        return bad_request(fault);
    }
    let fields = serde_json::to_value(&asked).unwrap_or_default();
    let field = |(name, value): (&String, &Value)| {
        let value = escaped(value.as_str().unwrap_or_default());
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    };
    let hidden: String = fields.as_object().into_iter().flatten().map(field).collect();
    let button = |clerk: &Clerk| {
        format!("<button name=\"clerk\" value=\"{}\">{}</button>", clerk.subject, clerk.name)
    };
    let buttons: String = CLERKS.iter().map(button).collect();
    let form = format!("<form method=\"post\">{hidden}{buttons}</form></main></html>");
    ([(header::CACHE_CONTROL, "no-store")], Html(format!("{TOP}{form}"))).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[derive(Deserialize)]
struct Chosen {
    clerk: String,
    #[serde(flatten)]
    asked: Asked,
}

/// Sends a clerk back with a code.
async fn chosen(State(pages): State<Arc<Pages>>, body: Bytes) -> Response {
    let Some(chosen) = form::<Chosen>(&body) else { return bad_request("form") };
    let clerk = CLERKS.into_iter().find(|clerk| clerk.subject == chosen.clerk);
    let (Some(clerk), None) = (clerk, chosen.asked.fault(&pages.issuer)) else {
        return bad_request("clerk");
    };
    let (code, state) = (random_secret(), escaped_query(&chosen.asked.state));
    let to = format!("{}?code={code}&state={state}", chosen.asked.redirect_uri);
    pages.memory().codes.insert(code, Grant { clerk, asked: chosen.asked });
    Redirect::to(&to).into_response()
}

/// What needs no escaping in an address; ours have nothing else.
fn escaped_query(text: &str) -> String {
    let is_plain = |sign: &char| sign.is_ascii_alphanumeric() || "-_.~".contains(*sign);
    text.chars().filter(is_plain).collect()
}

#[derive(Deserialize)]
struct TokenForm {
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    refresh_token: String,
    client_id: String,
}

/// Tokens for a code, once, or for a refresh token.
async fn token(State(pages): State<Arc<Pages>>, body: Bytes) -> Response {
    let Some(form) = form::<TokenForm>(&body) else { return bad_request("form") };
    let granted = match form.grant_type.as_str() {
        "authorization_code" => by_code(&pages, &form),
        "refresh_token" => by_refresh(&pages, &form).map(|clerk| (clerk, None)),
        _ => None,
    };
    let Some((clerk, nonce)) = granted.filter(|_| form.client_id == CLIENT_ID) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let now = (pages.now)();
    let mut tokens = json!({
        "access_token": access_token(&pages, clerk, now),
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFETIME.num_seconds(),
    });
    if let Some(nonce) = nonce {
        let refresh = random_secret();
        tokens["id_token"] = id_token(&pages.issuer, clerk, &nonce, now).into();
        tokens["refresh_token"] = refresh.clone().into();
        let until = now + REFRESH_LIFETIME;
        pages.memory().refreshes.insert(refresh, Refresh { clerk, until });
    }
    Json(tokens).into_response()
}

fn by_code(pages: &Pages, form: &TokenForm) -> Option<(Clerk, Option<String>)> {
    let Grant { clerk, asked } = pages.memory().codes.remove(&form.code)?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form.code_verifier));
    let is_good = challenge == asked.code_challenge && form.redirect_uri == asked.redirect_uri;
    is_good.then_some((clerk, Some(asked.nonce)))
}

fn by_refresh(pages: &Pages, form: &TokenForm) -> Option<Clerk> {
    let memory = pages.memory();
    let known = memory.refreshes.get(&form.refresh_token)?;
    let is_good = known.until > (pages.now)()
        && memory.disabled.iter().all(|subject| subject != known.clerk.subject);
    is_good.then_some(known.clerk)
}

fn access_token(pages: &Pages, clerk: Clerk, now: DateTime<Utc>) -> String {
    let offices = match (&pages.office, clerk.is_everywhere) {
        (_, true) => Offices::All,
        (office, false) => office.iter().cloned().collect(),
    };
    let until = now + ACCESS_LIFETIME;
    pages.issuer.token_of(clerk.subject, &offices, &[clerk.role], (now, until))
}

fn id_token(issuer: &Issuer, clerk: Clerk, nonce: &str, now: DateTime<Utc>) -> String {
    issuer.signed(&json!({
        "iss": issuer.url(),
        "sub": clerk.subject,
        "aud": CLIENT_ID,
        "iat": now.timestamp(),
        "exp": (now + ACCESS_LIFETIME).timestamp(),
        "token_use": "id",
        "nonce": nonce,
    }))
}

#[derive(Deserialize)]
struct Revoked {
    token: String,
}

async fn revoke(State(pages): State<Arc<Pages>>, body: Bytes) -> StatusCode {
    let Some(form) = form::<Revoked>(&body) else { return StatusCode::BAD_REQUEST };
    pages.memory().refreshes.remove(&form.token);
    StatusCode::OK
}

#[derive(Deserialize)]
struct SignOut {
    logout_uri: String,
}

/// Nobody stays signed in here: it only leads back.
async fn sign_out(State(pages): State<Arc<Pages>>, Query(asked): Query<SignOut>) -> Response {
    let base = pages.issuer.url().trim_end_matches(PATH).to_owned();
    match asked.logout_uri.starts_with(&format!("{base}/")) {
        true => Redirect::to(&asked.logout_uri).into_response(),
        false => bad_request("logout_uri"),
    }
}

#[derive(Deserialize)]
struct Disabled {
    subject: String,
}

/// Disables a clerk as an administrator does at Cognito: their refresh tokens are refused from now on.
async fn disable(State(pages): State<Arc<Pages>>, Json(who): Json<Disabled>) -> StatusCode {
    pages.memory().disabled.push(who.subject);
    StatusCode::NO_CONTENT
}
