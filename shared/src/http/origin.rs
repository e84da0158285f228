//! Whether a request came by the edge, where limits are, and not around it.

use axum::http::{HeaderMap, HeaderName};

use super::problem::{Code, Problem};
use crate::app::App;

/// What the edge adds to each request.
pub const X_ORIGIN_VERIFY: HeaderName = HeaderName::from_static("x-origin-verify");

/// Refuses what came around the edge, if there is one.
///
/// # Errors
/// `wrong_address`, and `not_ready` if there is no way to know.
pub(super) fn verify(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(secrets) = app.origin()? else { return Ok(()) };
    let given = headers.get(X_ORIGIN_VERIFY).and_then(|value| value.to_str().ok());
    let is_proven = secrets.proves(given.unwrap_or_default());
    if is_proven { Ok(()) } else { Err(Problem::new(Code::WrongAddress)) }
}
