//! Registering: the applicant sends a code by WhatsApp, or gets a one-time code as the fallback.

use std::net::IpAddr;

use antrian::domain::device::Device;
use antrian::domain::ids::RegistrationId;
use antrian::domain::language::Locale;
use antrian::domain::owner::InvalidDigits;
use antrian::domain::personal::PhoneNumber;
use antrian::http::body::{Body, Segments};
use antrian::http::caller::CallerAddress;
use antrian::http::idempotency::{RequestKey, check_payload, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::refusals::registration_refused;
use antrian::http::routes::routes;
use antrian::http::{AppState, Routes};
use antrian::storage::Registration;
use antrian::use_cases::one_time_codes;
use antrian::use_cases::owner::OwnerProof;
use antrian::use_cases::registration::{
    self, Begun, Opened, RegistrationRefusal, open_session, verify_otp,
};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, Utc};
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

/// A shorter key could be guessed, and with it the secret that is derived from it.
const LEAST_KEY_CHARS: usize = 16;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Begin {
    /// Language of messages: `id` or `en`.
    locale: Locale,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Begun)]
struct BegunView {
    id: String,
    /// Keep it: it exchanges the verified registration for a token.
    secret: String,
    /// Send this by WhatsApp to prove the number.
    code: String,
    /// Opens WhatsApp with the code written out.
    whatsapp_link: String,
    /// Two digits. Show them to whoever began: the chat asks for them. Never send them anywhere.
    // Answers that an earlier release has kept are without.
    #[serde(default)]
    #[schema(required = true)]
    match_number: String,
    #[serde(with = "antrian::http::views::national")]
    expires_at: DateTime<Utc>,
}

/// Begins a registration.
#[utoipa::path(post, path = "/v1/registrations", tag = "account", request_body = Begin,
    params(("Idempotency-Key" = Option<String>, Header, description = "at least 16 characters here")),
    responses((status = 201, body = BegunView), (status = 422, body = ProblemDetails)))]
async fn begin(
    State(app): State<AppState>,
    headers: HeaderMap,
    key: RequestKey,
    body: Body<Begin>,
) -> Result<(StatusCode, Json<BegunView>), Problem> {
    if key.0.as_ref().is_some_and(|key| key.len() < LEAST_KEY_CHARS) {
        return Err(Problem::field(
            "Idempotency-Key",
            "Untuk pendaftaran, kunci terdiri atas sedikitnya 16 karakter acak.",
            "For a registration, a key has at least 16 random characters.",
        ));
    }
    let status = StatusCode::CREATED;
    let beginning = create(&app, body.value.locale, device(&headers));
    let begun = idempotent(&app, &key, "registrations", &body.hash(), status, beginning).await?;
    Ok((status, Json(begun)))
}

/// What the request claims to come from.
fn device(headers: &HeaderMap) -> Device {
    let claim = headers.get(header::USER_AGENT).and_then(|claim| claim.to_str().ok());
    claim.map(Device::of).unwrap_or_default()
}

async fn create(app: &AppState, locale: Locale, device: Device) -> Result<BegunView, Problem> {
    let Begun { id, secret, text, whatsapp_link, number, expires_at } =
        registration::begin(app, locale, device).await?;
    let (id, match_number) = (id.to_string(), number.to_string());
    Ok(BegunView { id, secret, code: text, whatsapp_link, match_number, expires_at })
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
    #[serde(with = "antrian::http::views::national")]
    expires_at: DateTime<Utc>,
    /// The number had another person's account until now: this is a new one, and the old one cannot be
    /// opened from this number any more. Absent: no.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    is_new_account: bool,
}

impl From<Opened> for SignedInView {
    fn from(opened: Opened) -> Self {
        let Opened { token, account, expires_at, is_anew } = opened;
        Self { token, account_id: account.to_string(), expires_at, is_new_account: is_anew }
    }
}

fn refused(app: &AppState) -> impl Fn(RegistrationRefusal) -> Problem {
    let now = app.clock.now();
    move |refusal| registration_refused(refusal, now)
}

async fn own(app: &AppState, id: &RegistrationId, secret: &str) -> Result<Registration, Problem> {
    registration::own(app, id, secret).await?.map_err(refused(app))
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
    let opened = open_session(&app, &registration, &body.value.secret).await?;
    Ok(Json(opened.map_err(refused(&app))?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OtpRequest {
    /// With its country, for example `+62 812 0000 0000`.
    phone: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct OtpSent {
    /// The code counts until then.
    #[serde(with = "antrian::http::views::national")]
    expires_at: DateTime<Utc>,
}

/// Sends a one-time code, for those who cannot send a message themselves.
///
/// Codes are limited, for they cost money and can be asked for in anybody's name: to the countries of the
/// installation (`no_code_country`; usually +62), one a minute and at most 5 a day and 20 a month to a
/// number (`no_code_number`), 100 a day to numbers with the same first digits (`no_code_prefix`), 50 a day
/// from an address (`no_code_address`), and as many in all as the installation pays for (`no_codes`). The
/// other way to register, sending the registration's message by WhatsApp, is always open.
#[utoipa::path(post, path = "/v1/registrations/{id}/otp", tag = "account", request_body = OtpRequest,
    params(("id" = String, Path)),
    responses((status = 202, body = OtpSent), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)))]
async fn otp(
    State(app): State<AppState>,
    Segments(id): Segments<RegistrationId>,
    CallerAddress(address): CallerAddress,
    key: RequestKey,
    body: Body<OtpRequest>,
) -> Result<(StatusCode, Json<OtpSent>), Problem> {
    let phone = PhoneNumber::typed(&body.value.phone).map_err(|_| {
        Problem::field(
            "phone",
            "Tulis nomor dengan kode negara, misalnya +62 812 0000 0000.",
            "Write the number with its country, for example +62 812 0000 0000.",
        )
    })?;
    let (status, scope) = (StatusCode::ACCEPTED, format!("otp\n{id}"));
    let sending = send_otp(&app, &id, &phone, address);
    let sent = idempotent(&app, &key, &scope, &body.hash(), status, sending).await?;
    Ok((status, Json(sent)))
}

async fn send_otp(
    app: &AppState,
    id: &RegistrationId,
    phone: &PhoneNumber,
    address: Option<IpAddr>,
) -> Result<OtpSent, Problem> {
    let sent = one_time_codes::send_otp(app, id, phone, address).await?;
    Ok(OtpSent { expires_at: sent.map_err(refused(app))? })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verify {
    secret: String,
    /// Six digits.
    otp: String,
    /// After `owner_proof_needed`: the last eight digits of the NIK of one of the account's people.
    #[serde(default)]
    nik_last_digits: Option<String>,
    /// After `owner_proof_needed`: the account is somebody else's, and the number gets one of its own.
    #[serde(default)]
    new_account: bool,
}

impl Verify {
    fn proof(&self) -> Result<OwnerProof, Problem> {
        match self.nik_last_digits.as_deref().map(str::parse) {
            _ if self.new_account => Ok(OwnerProof::NewAccount),
            None => Ok(OwnerProof::None),
            Some(Ok(digits)) => Ok(OwnerProof::Digits(digits)),
            Some(Err(InvalidDigits)) => Err(Problem::field(
                "nik_last_digits",
                "Isi 8 angka terakhir NIK.",
                "Give the last 8 digits of the NIK.",
            )),
        }
    }
}

/// Verifies a one-time code and opens a session.
///
/// Numbers come to other people: if the number's account was not used for 90 days (a setting), or somebody
/// with another WhatsApp has used it, the answer is `owner_proof_needed`, with `tries_left`. Then ask again
/// with the same code and `nik_last_digits`, or with `new_account`. After three wrong answers, which the
/// chat counts too, a new account begins (`is_new_account`), and the old one is closed to the number: its
/// sessions end, its bookings and tickets stay valid.
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
    let proof = body.value.proof()?;
    let registration = own(&app, &id, &body.value.secret).await?;
    check_payload(&app, &key, &format!("verify\n{id}"), &body.hash()).await?;
    let Verify { secret, otp, .. } = &body.value;
    let opened = verify_otp(&app, &registration, secret, otp, &proof).await?;
    Ok(Json(opened.map_err(refused(&app))?.into()))
}
