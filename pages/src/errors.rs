//! Refusals and faults as pages: whatever a handler of a page, or something before it, refuses becomes
//! one here, with the words that the API has for it.

use antrian::domain::reason::Reason;
use antrian::http::problem::{Code, Problem};
use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::page::{Keep, Page, shown};

/// What became of a request that was refused or failed, in words.
#[derive(Debug)]
pub struct Words {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What to do.
    pub sentence: String,
    /// Why an office is closed.
    pub reason: Option<String>,
    /// To be quoted to whoever helps.
    pub incident: Option<String>,
    /// A sentence about what became of what was typed or held.
    pub kept: &'static str,
    /// Where it goes on, and what that is called.
    pub onward: (String, &'static str),
}

/// How a function's pages show what its handlers refuse.
#[derive(Debug)]
pub struct Face {
    /// Where its pages begin.
    pub start: &'static str,
    /// The page of an error (`error.html`).
    pub show: fn(StatusCode, Page, Words) -> Response,
    /// Leads whoever is not signed in to the sign-in; `true`: from a page that was to be read.
    pub sign_in_first: fn(&Page, bool) -> Response,
}

/// Whatever is no page.
pub async fn nowhere() -> Problem {
    Problem::new(Reason::NotFound)
}

/// The address of a button, opened like a page, or the other way round.
pub async fn not_allowed() -> Problem {
    Problem::new(Code::MethodNotAllowed)
}

impl Face {
    /// Answers with pages where problems would be, to whoever reads pages.
    pub async fn as_pages(&self, request: Request, next: Next) -> Response {
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
            return (self.sign_in_first)(&page, is_read);
        }
        let mut answer = self.page(page, problem);
        for name in [header::RETRY_AFTER, header::ALLOW] {
            if let Some(value) = response.headers().get(&name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
        answer
    }

    fn page(&self, page: Page, problem: &Problem) -> Response {
        let (title, kept) = words(&page, problem.code());
        let words = Words {
            title,
            sentence: sentence(&page, problem).to_owned(),
            reason: problem.said(page.say("reason", "reason_en")).map(str::to_owned),
            incident: problem.said("incident").map(str::to_owned),
            kept,
            onward: self.onward(&page, problem.code()),
        };
        (self.show)(problem.status(), page, words)
    }

    fn onward(&self, page: &Page, code: Code) -> (String, &'static str) {
        match code {
            Code::Busy | Code::OutcomeUnknown | Code::NotReady => {
                (page.back.clone(), page.say("Coba lagi", "Try again"))
            }
            _ => (self.start.to_owned(), page.say("Ke halaman awal", "Go to the start page")),
        }
    }
}

/// The form again, with what its refusal says in it: the status and when to come back are the refusal's.
pub fn form_again(problem: &Problem, form: &impl Template) -> Response {
    let mut answer = shown(problem.status(), Keep::Never, form);
    if let Some(secs) = problem.retry_after_secs() {
        answer.headers_mut().insert(header::RETRY_AFTER, secs.into());
    }
    answer
}

/// What it says about the first field that does not fit, or else of itself.
pub fn sentence<'a>(page: &Page, problem: &'a Problem) -> &'a str {
    let of_field = problem.first_error(page.say("detail", "detail_en"));
    match problem.code() {
        Code::MethodNotAllowed => page.say(
            "Alamat ini milik sebuah tombol. Kembali ke halaman sebelumnya, lalu tekan tombolnya.",
            "This address belongs to a button. Go back to the page before and press it.",
        ),
        _ => of_field.unwrap_or_else(|| problem.sentence(page.locale)),
    }
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
