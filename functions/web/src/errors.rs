//! Refusals and faults as pages: whatever a handler of a page, or something before it, refuses becomes
//! one here, with the words that the API has for it.

use antrian::domain::reason::Reason;
use antrian::http::problem::{Code, Problem};
use askama::Template;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use crate::forms::address;
use crate::page::{Keep, Page, go, shown};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: Page,
    /// What happened, in a few words.
    title: &'a str,
    /// What to do.
    sentence: &'a str,
    /// Why an office is closed.
    reason: Option<&'a str>,
    /// To be quoted to whoever helps.
    incident: Option<&'a str>,
    /// A sentence about what became of what was typed or held.
    kept: &'a str,
    /// Where it goes on, and what that is called.
    onward: (&'a str, &'a str),
}

/// Whatever is no page.
pub(crate) async fn nowhere() -> Problem {
    Problem::new(Reason::NotFound)
}

/// The address of a button, opened like a page, or the other way round.
pub(crate) async fn not_allowed() -> Problem {
    Problem::new(Code::MethodNotAllowed)
}

/// Answers with pages where problems would be, to whoever reads pages.
pub(crate) async fn as_pages(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let page = Page::of(&parts);
    let is_read = parts.method.is_safe();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    if problem.code() == Code::Refused(Reason::Unauthenticated) {
        return sign_in_first(&page, is_read);
    }
    let mut answer = problem_page(page, problem);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// The form again, with what its refusal says in it: the status and when to come back are the refusal's.
pub(crate) fn form_again(problem: &Problem, form: &impl Template) -> Response {
    let mut answer = shown(problem.status(), Keep::Never, form);
    if let Some(secs) = problem.retry_after_secs() {
        answer.headers_mut().insert(header::RETRY_AFTER, secs.into());
    }
    answer
}

/// Whoever is not signed in signs in and comes back: to the page that was asked for, or, after a post, to
/// one's own.
fn sign_in_first(page: &Page, is_read: bool) -> Response {
    let back = if is_read { page.here.as_str() } else { "/saya" };
    go(&address("/masuk", &[("ke", back)]))
}

fn problem_page(page: Page, problem: &Problem) -> Response {
    let (title, kept) = words(&page, problem.code());
    let reason = problem.said(page.say("reason", "reason_en"));
    let onward = match problem.code() {
        Code::Busy | Code::OutcomeUnknown | Code::NotReady => {
            (page.here.clone(), page.say("Coba lagi", "Try again"))
        }
        _ => ("/".to_owned(), page.say("Ke halaman awal", "Go to the start page")),
    };
    // What it says about the first field that does not fit, or else of itself.
    let of_field = problem.first_error(page.say("detail", "detail_en"));
    let sentence = match problem.code() {
        Code::MethodNotAllowed => page.say(
            "Alamat ini milik sebuah tombol. Kembali ke halaman sebelumnya, lalu tekan tombolnya.",
            "This address belongs to a button. Go back to the page before and press it.",
        ),
        _ => of_field.unwrap_or_else(|| problem.sentence(page.locale)),
    };
    let template = ErrorPage {
        title,
        sentence,
        reason,
        incident: problem.said("incident"),
        kept,
        onward: (&onward.0, onward.1),
        page: page.clone(),
    };
    shown(problem.status(), Keep::Never, &template)
}

/// A heading, and what became of what somebody did.
fn words(page: &Page, code: Code) -> (&'static str, &'static str) {
    match code {
        Code::Refused(Reason::NotFound) => {
            (page.say("Halaman tidak ditemukan", "Page not found"), "")
        }
        Code::InternalError => (
            page.say("Maaf, ada gangguan di sistem kami", "Sorry, something failed on our side"),
            page.say(
                "Pesanan yang sudah ada tidak berubah.",
                "Bookings that you have are unchanged.",
            ),
        ),
        Code::Busy | Code::NotReady => (
            page.say("Sedang sangat ramai", "Very busy right now"),
            page.say(
                "Belum ada yang berubah. Pilihan Anda tetap ada.",
                "Nothing has changed yet. Your choice is still there.",
            ),
        ),
        Code::OutcomeUnknown => (
            page.say("Jawaban terputus", "The answer was lost"),
            page.say(
                "Mungkin sudah tersimpan. Coba lagi aman: tidak akan tercatat dua kali.",
                "It may have been saved. Trying again is safe: nothing is done twice.",
            ),
        ),
        _ => (
            page.say("Belum bisa dilanjutkan", "This cannot go on yet"),
            page.say("Tidak ada yang berubah.", "Nothing has changed."),
        ),
    }
}
