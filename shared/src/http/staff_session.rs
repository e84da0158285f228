//! Who asks: staff by their access token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::AppState;
use super::problem::{Code, Problem, internal};
use super::session::bearer;
use crate::domain::ids::OfficeId;
use crate::domain::reason::Reason;
use crate::staff::{Scope, Staff, StaffError};

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
        let token = bearer(&parts.headers).ok_or_else(|| Problem::new(Reason::Unauthenticated))?;
        match app.staff.verify(token, app.clock.now()).await {
            Ok(staff) => Ok(Self(staff)),
            Err(StaffError::Invalid) => Err(Problem::new(Reason::Unauthenticated)),
            Err(error) => {
                drop(internal(&error));
                Err(Problem::new(Code::Busy).retry_after(2))
            }
        }
    }
}
