//! Refusals and faults as the applicants' pages show them.

use antrian_pages::errors::{Face, Words};
use antrian_pages::forms::address;
use antrian_pages::page::{Keep, Page, go, shown};
use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::paths::OWN;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    error: Words,
}

const FACE: Face = Face { start: "/", show, sign_in_first };

/// Answers with pages where problems would be.
pub(crate) async fn as_pages(request: Request, next: Next) -> Response {
    FACE.as_pages(request, next).await
}

fn show(status: StatusCode, page: Page, error: Words) -> Response {
    shown(status, Keep::Never, &ErrorPage { page, error })
}

/// Whoever is not signed in signs in and comes back: to the page that was asked for, or, after a post, to
/// one's own.
fn sign_in_first(page: &Page, is_read: bool) -> Response {
    let back = if is_read { page.here.as_str() } else { OWN };
    go(&address("/masuk", &[("ke", back)]))
}
