//! Registering: the applicant sends a code by WhatsApp, or gets a one-time code as the fallback.

use antrian::app::App;
use antrian::domain::ids::RegistrationId;
use antrian::domain::language::Locale;
use antrian::domain::message::{Message, MessageKind};
use antrian::domain::person::Contacts;
use antrian::domain::personal::PhoneNumber;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, check_payload, idempotent};
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::{AppState, Routes};
use antrian::messaging::compose::{OneTimeCode, message_aad};
use antrian::security::tokens;
use antrian::storage::{
    OtpChecked, OtpGrant, OtpGranted, Registration, RegistrationState, Session,
};
use antrian::telemetry::correlation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(begin))
        .routes(routes!(token))
        .routes(routes!(otp))
        .routes(routes!(verify))
}

/// A registration can be verified and exchanged for so long.
const REGISTRATION_MINUTES: i64 = 15;
/// A one-time code counts for so long.
const OTP_MINUTES: u32 = 10;
/// A session lasts so long.
const SESSION_DAYS: i64 = 30;
/// A shorter key could be guessed, and with it the secret that is derived from it.
const LEAST_KEY_CHARS: usize = 16;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Begin {
    /// Language of messages: `id` or `en`.
    locale: Locale,
}

#[derive(Serialize, ToSchema)]
struct Begun {
    id: String,
    /// Keep it: it exchanges the verified registration for a token.
    secret: String,
    /// Send this by WhatsApp to prove the number.
    code: String,
    /// Opens WhatsApp with the code written out.
    whatsapp_link: String,
    expires_at: DateTime<Utc>,
}

/// Begins a registration.
#[utoipa::path(post, path = "/v1/registrations", tag = "account", request_body = Begin,
    params(("Idempotency-Key" = Option<String>, Header, description = "at least 16 characters here")),
    responses((status = 201, body = Begun), (status = 422, body = ProblemDetails)))]
async fn begin(
    State(app): State<AppState>,
    key: RequestKey,
    body: Body<Begin>,
) -> Result<Response, Problem> {
    if key.0.as_ref().is_some_and(|key| key.len() < LEAST_KEY_CHARS) {
        return Err(Problem::field(
            "Idempotency-Key",
            "Untuk pendaftaran, kunci terdiri atas sedikitnya 16 karakter acak.",
            "For a registration, a key has at least 16 random characters.",
        ));
    }
    let act = create(&app, body.value.locale);
    idempotent(&app, &key, "registrations", &body.hash(), StatusCode::CREATED, act).await
}

async fn create(app: &App, locale: Locale) -> Result<Begun, Problem> {
    let secret = tokens::random_secret();
    let expires_at = app.clock.now() + TimeDelta::minutes(REGISTRATION_MINUTES);
    loop {
        let code = tokens::registration_code();
        let registration = Registration {
            id: app.ledger.store().registration_id(&code)?,
            secret_hash: app.keyring.token_hash(&secret),
            state: RegistrationState::Pending,
            locale,
            expires_at,
            account: None,
            otp_hash: None,
            otp_phone: None,
            otp_expires_at: None,
            otp_sent_at: None,
            otp_tries: 0,
        };
        if app.ledger.store().put_registration(&registration).await? {
            let text = registration_text(&code);
            let whatsapp_link =
                format!("https://wa.me/{}?text={}", app.whatsapp_number, text.replace(' ', "%20"));
            return Ok(Begun {
                id: registration.id.to_string(),
                secret,
                code: text,
                whatsapp_link,
                expires_at,
            });
        }
    }
}

/// The message that an applicant sends: a word that people recognise, and the code.
fn registration_text(code: &str) -> String {
    format!("DAFTAR {code}")
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exchange {
    secret: String,
}

#[derive(Serialize, ToSchema)]
struct SignedInView {
    /// Send it as `Authorization: Bearer …`.
    token: String,
    account_id: String,
    expires_at: DateTime<Utc>,
}

/// The registration of this id, if `secret` is its own. A wrong one is as absent as an unknown id.
async fn own(app: &App, id: &RegistrationId, secret: &str) -> Result<Registration, Problem> {
    let registration = app.ledger.store().registration(id).await?;
    let hash = app.keyring.token_hash(secret);
    let own = registration.filter(|registration| tokens::same(&registration.secret_hash, &hash));
    let own = own.ok_or_else(|| Problem::new(Code::NotFound))?;
    if own.expires_at <= app.clock.now() {
        return Err(Problem::new(Code::RegistrationEnded));
    }
    Ok(own)
}

/// Exchanges a verified registration for a session token; repeated, it gives the same one.
#[utoipa::path(post, path = "/v1/registrations/{id}/token", tag = "account", request_body = Exchange,
    params(("id" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = SignedInView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn token(
    State(app): State<AppState>,
    Segments(id): Segments<RegistrationId>,
    key: RequestKey,
    body: Body<Exchange>,
) -> Result<Json<SignedInView>, Problem> {
    let registration = own(&app, &id, &body.value.secret).await?;
    check_payload(&app, &key, &format!("token\n{id}"), &body.hash()).await?;
    open_session(&app, &registration, &body.value.secret).await.map(Json)
}

async fn open_session(
    app: &App,
    registration: &Registration,
    secret: &str,
) -> Result<SignedInView, Problem> {
    let account = registration.account.clone().ok_or_else(|| Problem::new(Code::NotVerified))?;
    let token = app.keyring.session_token(&account, registration.id.as_str(), secret);
    let session = Session {
        account: account.clone(),
        locale: registration.locale,
        expires_at: registration.expires_at + TimeDelta::days(SESSION_DAYS),
    };
    let hash = app.keyring.token_hash(&token);
    let opened = app.ledger.store().open_session(&registration.id, &session, &hash).await?;
    if !opened {
        return Err(Problem::new(Code::RegistrationEnded));
    }
    Ok(SignedInView { token, account_id: account.to_string(), expires_at: session.expires_at })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OtpRequest {
    /// With its country, for example `+62 812 0000 0000`.
    phone: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct OtpSent {
    /// The code counts until then.
    expires_at: DateTime<Utc>,
}

/// Sends a one-time code, for those who cannot send a message themselves.
#[utoipa::path(post, path = "/v1/registrations/{id}/otp", tag = "account", request_body = OtpRequest,
    params(("id" = String, Path)),
    responses((status = 202, body = OtpSent), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)))]
async fn otp(
    State(app): State<AppState>,
    Segments(id): Segments<RegistrationId>,
    key: RequestKey,
    body: Body<OtpRequest>,
) -> Result<Response, Problem> {
    let phone: PhoneNumber = body.value.phone.parse().map_err(|_| {
        Problem::field(
            "phone",
            "Tulis nomor dengan kode negara, misalnya +62 812 0000 0000.",
            "Write the number with its country, for example +62 812 0000 0000.",
        )
    })?;
    let scope = format!("otp\n{id}");
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::ACCEPTED, send_otp(&app, &id, &phone))
        .await
}

async fn send_otp(app: &App, id: &RegistrationId, phone: &PhoneNumber) -> Result<OtpSent, Problem> {
    let now = app.clock.now();
    let registration =
        app.ledger.store().registration(id).await?.ok_or_else(|| Problem::new(Code::NotFound))?;
    let expires_at = now + TimeDelta::minutes(OTP_MINUTES.into());
    let otp = tokens::one_time_code();
    let hash = app.keyring.otp_hash(id.as_str(), phone.expose(), &otp);
    let message = otp_message(app, &registration, phone, otp, now)?;
    let grant = OtpGrant { hash: &hash, phone, message: &message, expires_at };
    match app.ledger.store().grant_otp(&registration.id, &grant, now).await? {
        OtpGranted::Granted => {
            app.queue.enqueue(std::slice::from_ref(&message.id)).await;
            Ok(OtpSent { expires_at })
        }
        OtpGranted::TooSoon(at) => {
            let secs = u32::try_from((at - now).num_seconds() + 1).unwrap_or(1);
            Err(Problem::new(Code::TooManyRequests).retry_after(secs))
        }
        OtpGranted::TooMany => Err(Problem::new(Code::TooManyTries)),
        OtpGranted::NotPending => Err(Problem::new(Code::RegistrationEnded)),
    }
}

fn otp_message(
    app: &App,
    registration: &Registration,
    phone: &PhoneNumber,
    otp: String,
    now: DateTime<Utc>,
) -> Result<Message, Problem> {
    let id = tokens::random_id("otp").parse().map_err(|_| Problem::new(Code::InternalError))?;
    let expires_at = now + TimeDelta::minutes(OTP_MINUTES.into());
    let mut message =
        Message::new(id, MessageKind::OneTimeCode, registration.locale, now, expires_at);
    message.request_id = correlation::current_text();
    let code = OneTimeCode { phone: phone.expose().to_owned(), otp, minutes: OTP_MINUTES };
    let plain = serde_json::to_vec(&code).map_err(|_| Problem::new(Code::InternalError))?;
    message.sealed = Some(app.keyring.seal(&plain, &message_aad(message.id.as_str())));
    Ok(message)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verify {
    secret: String,
    /// Six digits.
    otp: String,
}

/// Verifies a one-time code and opens a session.
#[utoipa::path(post, path = "/v1/registrations/{id}/verify", tag = "account", request_body = Verify,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = SignedInView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)))]
async fn verify(
    State(app): State<AppState>,
    Segments(id): Segments<RegistrationId>,
    key: RequestKey,
    body: Body<Verify>,
) -> Result<Json<SignedInView>, Problem> {
    let registration = own(&app, &id, &body.value.secret).await?;
    check_payload(&app, &key, &format!("verify\n{id}"), &body.hash()).await?;
    if registration.account.is_some() {
        return open_session(&app, &registration, &body.value.secret).await.map(Json);
    }
    let registration = check_otp(&app, &registration, body.value.otp.trim()).await?;
    open_session(&app, &registration, &body.value.secret).await.map(Json)
}

async fn check_otp(
    app: &App,
    registration: &Registration,
    otp: &str,
) -> Result<Registration, Problem> {
    let now = app.clock.now();
    let store = app.ledger.store();
    let Some(phone) = store.otp_phone(registration)? else {
        return Err(Problem::new(Code::WrongOtp));
    };
    let hash = app.keyring.otp_hash(registration.id.as_str(), phone.expose(), otp);
    match store.try_otp(&registration.id, &hash, now).await? {
        OtpChecked::Correct => {}
        OtpChecked::Wrong(left) => {
            return Err(Problem::new(Code::WrongOtp).with("tries_left", left));
        }
        OtpChecked::TooMany => return Err(Problem::new(Code::TooManyTries)),
        OtpChecked::None => return Err(Problem::new(Code::WrongOtp)),
    }
    let contacts = Contacts { phone: Some(phone), scoped: None };
    let account = store.account_of_contacts(&contacts, registration.locale, now).await?;
    if !store.verify_registration(&registration.id, &account, None, now).await? {
        return Err(Problem::new(Code::RegistrationEnded));
    }
    Ok(Registration { account: Some(account), ..registration.clone() })
}
