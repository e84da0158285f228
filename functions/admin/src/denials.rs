//! Members of staff whose tokens are not taken any more. Who is disabled where they sign in has an access
//! token for minutes; denied here, it is of no use within seconds.

use antrian::domain::denial::{Denial, DenialChange, DenialReason, StaffSubject};
use antrian::domain::reason::Reason;
use antrian::http::body::{Body, NoBody, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::storage::DenialChanged;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(deny, readmit))
}

#[derive(Serialize, ToSchema)]
struct Denials {
    denials: Vec<DenialView>,
}

/// A member of staff who is or was denied.
#[derive(Serialize, ToSchema)]
struct DenialView {
    /// As the issuer of their tokens names them: the claim `sub`.
    subject: String,
    is_denied: bool,
    /// The last 20 changes, the newest at the end.
    changes: Vec<DenialChangeView>,
}

#[derive(Serialize, ToSchema)]
struct DenialChangeView {
    #[serde(with = "antrian::http::views::national")]
    changed_at: DateTime<Utc>,
    /// The administrator, by the claim `sub`.
    changed_by: String,
    /// Why they are denied from then on: `left`, `lost` (a device or a password), `misuse` or `other`.
    /// Absent: they are readmitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    denial_reason: Option<DenialReason>,
}

impl From<Denial> for DenialView {
    fn from(Denial { subject, is_denied, changes }: Denial) -> Self {
        let change = |DenialChange { at, by, reason }| DenialChangeView {
            changed_at: at,
            changed_by: by,
            denial_reason: reason,
        };
        let changes = changes.into_iter().map(change).collect();
        Self { subject: subject.to_string(), is_denied, changes }
    }
}

/// Who is or was denied, by whom, when and why. For administrators of every office.
#[utoipa::path(get, path = "/v1/staff/denials", tag = "admin",
    responses((status = 200, body = Denials)), security(("staff" = ["admin"])))]
async fn list(State(app): State<AppState>, staff: StaffMember) -> Result<Json<Denials>, Problem> {
    staff.may_everywhere(Scope::Admin)?;
    let all = app.ledger.store().denials().await?;
    Ok(Json(Denials { denials: all.into_iter().map(DenialView::from).collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deny {
    /// `left`, `lost` (a device or a password), `misuse` or `other`.
    #[schema(value_type = String)]
    denial_reason: DenialReason,
}

/// Denies a member of staff: within ten seconds no token of theirs is taken at any office, however long it
/// is good for (`staff_denied`). Where they sign in they are to be disabled too. For administrators of
/// every office; nobody denies themselves.
#[utoipa::path(put, path = "/v1/staff/denials/{subject}", tag = "admin", request_body = Deny,
    params(("subject" = String, Path, description = "the claim `sub` of their tokens")),
    responses((status = 200, body = DenialView), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn deny(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(subject): Segments<StaffSubject>,
    body: Body<Deny>,
) -> Result<Json<DenialView>, Problem> {
    staff.may_everywhere(Scope::Admin)?;
    if staff.0.subject == subject.as_str() {
        return Err(Problem::field(
            "subject",
            "Anda tidak dapat menutup akses Anda sendiri.",
            "You cannot deny yourself.",
        ));
    }
    change(&app, &staff, &subject, Some(body.value.denial_reason)).await
}

/// Readmits a member of staff: tokens that are still good are taken again. For administrators of every
/// office.
#[utoipa::path(delete, path = "/v1/staff/denials/{subject}", tag = "admin",
    params(("subject" = String, Path, description = "the claim `sub` of their tokens")),
    responses((status = 200, body = DenialView)), security(("staff" = ["admin"])))]
async fn readmit(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(subject): Segments<StaffSubject>,
    _: NoBody,
) -> Result<Json<DenialView>, Problem> {
    staff.may_everywhere(Scope::Admin)?;
    change(&app, &staff, &subject, None).await
}

async fn change(
    app: &AppState,
    staff: &StaffMember,
    subject: &StaffSubject,
    reason: Option<DenialReason>,
) -> Result<Json<DenialView>, Problem> {
    let by = staff.0.subject.clone();
    let change = DenialChange { at: app.clock.now(), by, reason };
    let changed = app.ledger.store().change_denial(subject, &change).await?;
    app.ledger.offices().forget_denied().await;
    match changed {
        DenialChanged::Done(denial) => Ok(Json(denial.into())),
        DenialChanged::Unknown => Err(Problem::new(Reason::NotFound)),
        DenialChanged::Full => Err(Problem::field(
            "subject",
            "Daftar ini penuh: nonaktifkan petugas pada penyedia akun mereka.",
            "This list is full: disable staff where they sign in.",
        )),
    }
}
