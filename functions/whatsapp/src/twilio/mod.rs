//! Twilio: who may deliver, and what a delivery holds. There are webhooks only if a token is
//! configured.
//!
//! A delivery is one message or one status. Fields that are not known are passed over: new ones appear
//! unannounced.

mod form;
mod signature;

use antrian::domain::reason::Reason;
use antrian::http::AppState;
use antrian::http::problem::Problem;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, Uri};
use secrecy::ExposeSecret;

pub use form::read;

use crate::updates::{rejected, take_in, whole};

/// Twilio delivers a message or a status. It wants no answer: 204 says so.
pub(crate) async fn receive(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let Some(token) = app.channel()?.twilio_auth_token() else {
        return Err(Problem::new(Reason::NotFound));
    };
    let parameters = form::parameters(&whole(body)?);
    let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok());
    let signature = signature.unwrap_or_default();
    let url = public_url(&app.public_url, &uri);
    if !signature::is_valid(token.expose_secret(), &url, &parameters, signature) {
        return Err(rejected(&app, "twilio"));
    }
    take_in(&app, &read(&parameters, uri.query().unwrap_or_default(), app.clock.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The address that Twilio called and signed: a gateway in between shows another one.
fn public_url(base: &str, uri: &Uri) -> String {
    format!("{base}{}", uri.path_and_query().map_or("/", |path| path.as_str()))
}
