//! A person whom another account has booked for is claimed. The page says the same whether anybody has.

use antrian::domain::ids::ApplicantId;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::person_claims;
use antrian_pages::forms::{Nothing, Posted};
use antrian_pages::page::{Page, Shown, own};
use askama::Template;
use axum::extract::State;
use axum::routing::post;

use crate::session::Visitor;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/orang/{id}/klaim", post(claim))
}

#[derive(Template)]
#[template(path = "claimed.html")]
struct Claimed {
    page: Page,
}

async fn claim(
    State(app): State<AppState>,
    page: Page,
    Visitor { session, .. }: Visitor,
    Segments(id): Segments<ApplicantId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let person = app.ledger.store().applicant(&session.account, &id).await?;
    let person = person.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let who = (&session.account, page.locale);
    person_claims::claim(&app, &app.ledger, who, &person, app.clock.now()).await??;
    Ok(own(&Claimed { page }))
}
