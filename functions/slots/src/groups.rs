//! Bookings of people who come together: all of them get a seat, or none.

use std::collections::BTreeSet;

use antrian::domain::account::MAX_APPLICANTS;
use antrian::domain::ids::{ApplicantId, OfficeId, ServiceId};
use antrian::domain::office::Channel;
use antrian::domain::time::SlotTime;
use antrian::http::body::Body;
use antrian::http::idempotency::RequestKey;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::refusals::{hold_refused, unknown_applicant};
use antrian::http::routes::routes;
use antrian::http::session::Token;
use antrian::http::{AppState, Routes, office};
use antrian::use_cases::bookings::{self, BookingDetails, HoldWish};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::bookings::slot_choice;
use crate::view::BookingView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(hold))
}

/// A wish to hold seats for people who come together.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    /// For whom: one to five different ids from `/v1/me/applicants`.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 5)]
    applicant_ids: Vec<ApplicantId>,
    #[schema(value_type = String)]
    office: OfficeId,
    #[schema(value_type = String)]
    service: ServiceId,
    /// Absent: the earliest of all.
    date: Option<NaiveDate>,
    /// `HH:MM`; absent: the earliest on that date, or any while many ask at once.
    #[schema(value_type = Option<String>)]
    slot: Option<SlotTime>,
}

#[derive(Debug, Serialize, ToSchema)]
struct GroupView {
    /// One for each person, in the order of the request.
    bookings: Vec<BookingView>,
}

/// Holds a seat for each of these people, or for none: in one slot, or where that has no room for all in
/// slots next to each other. While they are held, confirming, extending or cancelling one of them is done
/// to all; afterwards each goes its own way.
#[utoipa::path(post, path = "/v1/group-bookings", tag = "bookings", request_body = NewGroup,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = GroupView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)), security(("session" = [])))]
async fn hold(
    State(app): State<AppState>,
    token: Token,
    key: Result<RequestKey, Problem>,
    body: Result<Body<NewGroup>, Problem>,
) -> Result<(StatusCode, Json<GroupView>), Problem> {
    let now = app.clock.now();
    let (key, body) = token.first(&app, key.and_then(|key| Ok((key, body?)))).await?;
    let asked = &body.value;
    let office = token.first(&app, office(&app, &asked.office).await).await?;
    let (session, people, ()) = tokio::join!(
        token.session(&app),
        app.ledger.store().applicants(token.claimed_account()),
        app.ledger.foresee(&office.id, asked.date, now)
    );
    let (session, people) = (session?, people?);
    let found = |id: &ApplicantId| people.iter().find(|person| person.id == *id).cloned();
    let people: Option<Vec<_>> = asked.people()?.map(found).collect();
    let people = people.ok_or_else(|| unknown_applicant("applicant_ids"))?;
    let wish = HoldWish {
        office: &office,
        service: &asked.service,
        choice: slot_choice(asked.date, asked.slot)?,
        account: &session.account,
        people: &people,
        channel: Channel::Web,
        locale: session.locale,
        idempotency_key: key.0.as_deref(),
        request_hash: &body.hash(),
    };
    let held = bookings::hold(&app.ledger, &wish, now).await?;
    let held = held.map_err(|refusal| hold_refused(&office, refusal))?;
    let view = |(booking, person): (_, _)| {
        let details =
            BookingDetails::of(&app, office.clone(), Clone::clone(booking), Some(person), now);
        BookingView::from(&details)
    };
    let bookings = held.bookings().zip(&people).map(view).collect();
    Ok((StatusCode::CREATED, Json(GroupView { bookings })))
}

impl NewGroup {
    /// Everybody once.
    fn people(&self) -> Result<impl Iterator<Item = &ApplicantId>, Problem> {
        let different: BTreeSet<_> = self.applicant_ids.iter().collect();
        let count = self.applicant_ids.len();
        if different.len() < count || !(1..=MAX_APPLICANTS).contains(&count) {
            return Err(Problem::field(
                "applicant_ids",
                "Sebutkan satu sampai lima orang yang berbeda.",
                "Name one to five different people.",
            ));
        }
        Ok(self.applicant_ids.iter())
    }
}
