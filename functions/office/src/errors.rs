//! Refusals and faults as the staff's pages show them. What was typed is not lost with the session: the
//! form comes back and can be sent again after signing in.

use antrian::http::problem::Problem;
use antrian_pages::errors::{Face, Words, sentence};
use antrian_pages::forms::address;
use antrian_pages::page::{Keep, Page, go, shown};
use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::paths::{SIGN_IN, START};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    error: Words,
}

const FACE: Face = Face { start: START, show, sign_in_first };

/// A form of ours is a few fields.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Answers with pages where problems would be.
pub(crate) async fn as_pages(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method.is_safe() || !is_form_of_ours(&parts.headers) {
        return FACE.as_pages(Request::from_parts(parts, body), next).await;
    }
    // What comes apart on the way is read as an empty form, and refused as one.
    let bytes = to_bytes(body, MAX_FORM_BYTES).await.unwrap_or_default();
    let page = Page::of(&parts);
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    let answer = FACE.as_pages(request, next).await;
    match is_signed_out(&answer) {
        true => again(page, &bytes),
        false => answer,
    }
}

/// Browsers say that a page of this site has posted it. Whoever does not say so gets nothing back: a page
/// of another site could have filled it in.
fn is_form_of_ours(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    said("sec-fetch-site") == Some("same-origin")
        && said(header::CONTENT_TYPE.as_str()) == Some("application/x-www-form-urlencoded")
        && said(header::ACCEPT.as_str()).is_some_and(|kinds| kinds.contains("text/html"))
}

/// Whoever is not signed in was led to the sign-in.
fn is_signed_out(answer: &Response) -> bool {
    let to = answer.headers().get(header::LOCATION).map(|to| to.as_bytes());
    to.is_some_and(|to| to.starts_with(SIGN_IN.as_bytes()))
}

fn show(status: StatusCode, page: Page, error: Words) -> Response {
    shown(status, Keep::Never, &ErrorPage { page, error })
}

/// Whoever is not signed in signs in and comes back.
fn sign_in_first(page: &Page, is_read: bool) -> Response {
    let back = if is_read { page.here.as_str() } else { START };
    go(&address(SIGN_IN, &[("ke", back)]))
}

#[derive(Template)]
#[template(path = "again.html")]
struct Again {
    page: Page,
    sign_in: String,
    /// What was typed.
    fields: Vec<(String, String)>,
}

/// The form that came too late, to be sent again.
fn again(page: Page, form: &[u8]) -> Response {
    let fields: Vec<(String, String)> = serde_html_form::from_bytes(form).unwrap_or_default();
    let sign_in = address(SIGN_IN, &[("ke", START)]);
    shown(StatusCode::UNAUTHORIZED, Keep::Never, &Again { page, sign_in, fields })
}

/// What a refusal says to the clerk: of this very case, or else of its kind.
pub(crate) fn said<'a>(page: &Page, problem: &'a Problem) -> &'a str {
    let of_case = problem.said(page.say("detail", "detail_en"));
    of_case.unwrap_or_else(|| sentence(page, problem))
}
