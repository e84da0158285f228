//! Who asks: staff by their access token. A token is good until it expires; whoever is denied is not, from
//! a few seconds after.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::AppState;
use super::problem::{Code, Problem, internal};
use super::session::bearer;
use crate::app::App;
use crate::domain::ids::OfficeId;
use crate::domain::reason::Reason;
use crate::staff::{Offices, Scope, Staff, StaffError};
use crate::storage::StoreError;

/// A member of staff whose token was verified. What they may do is asked per route and office.
#[derive(Debug)]
pub struct StaffMember(pub Staff);

impl StaffMember {
    /// Whether they may act in this role at this office.
    ///
    /// # Errors
    /// `forbidden` if not.
    pub fn may(&self, scope: Scope, office: &OfficeId) -> Result<(), Problem> {
        if self.0.may(scope, office) { Ok(()) } else { Err(Problem::new(Reason::Forbidden)) }
    }

    /// Whether they may act in this role at every office.
    ///
    /// # Errors
    /// `forbidden` if not.
    pub fn may_everywhere(&self, scope: Scope) -> Result<(), Problem> {
        let may = self.0.has(scope) && self.0.offices == Offices::All;
        if may { Ok(()) } else { Err(Problem::new(Reason::Forbidden)) }
    }

    /// Whether they act in this role anywhere.
    ///
    /// # Errors
    /// `forbidden` if not.
    pub fn has(&self, scope: Scope) -> Result<(), Problem> {
        if self.0.has(scope) { Ok(()) } else { Err(Problem::new(Reason::Forbidden)) }
    }
}

impl FromRequestParts<AppState> for StaffMember {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let staff = of_token(&parts.headers, app).await?;
        match is_denied(&staff, app).await? {
            false => Ok(Self(staff)),
            true => Err(Problem::new(Reason::StaffDenied)),
        }
    }
}

/// Whom a request's token speaks for.
///
/// # Errors
/// `unauthenticated`; `busy` if the issuer's keys cannot be had.
pub(super) async fn of_token(headers: &HeaderMap, app: &App) -> Result<Staff, Problem> {
    let token = bearer(headers).ok_or_else(|| Problem::new(Reason::Unauthenticated))?;
    match app.staff.verify(token, app.clock.now()).await {
        Ok(staff) => Ok(staff),
        Err(StaffError::Invalid) => Err(Problem::new(Reason::Unauthenticated)),
        Err(error) => {
            drop(internal(&error));
            Err(Problem::new(Code::Busy).retry_after(2))
        }
    }
}

/// Whether an administrator has denied them, as this instance knows it.
pub(super) async fn is_denied(staff: &Staff, app: &App) -> Result<bool, StoreError> {
    app.ledger.offices().is_denied(&staff.subject, app.clock.now()).await
}
