//! Whether a page's script asks for a part of the page, or a browser for all of it.

use std::convert::Infallible;

use antrian_pages::page::{Keep, shown};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

/// What scripts say. A form of another site cannot say it.
const HEADER: &str = "x-bagian";

/// Whether a part is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part(pub(crate) bool);

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.contains_key(HEADER)))
    }
}

/// A part of a page as an answer.
pub(crate) fn part(status: StatusCode, template: &impl Template) -> Response {
    shown(status, Keep::Never, template)
}
