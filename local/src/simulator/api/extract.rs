//! Reading a request's path and body; what is wrong is answered as the Graph API does.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde_json::Value;

use crate::simulator::error::GraphError;
use crate::simulator::graph::Graph;

/// Segments of the path, with the Graph API's error if they do not fit.
pub(super) struct Path<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, GraphError> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| GraphError::new(2500, "Unknown path components"))
    }
}

/// A JSON body, with the Graph API's error if it is none.
pub(super) struct JsonBody(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = GraphError;

    async fn from_request(request: Request, state: &S) -> Result<Self, GraphError> {
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| GraphError::new(100, "The body is too large."))?;
        let parsed = serde_json::from_slice(&bytes).ok().filter(|_| is_json);
        parsed.map(Self).ok_or_else(|| GraphError::new(100, "The body is not JSON."))
    }
}

/// An object that is not there, or not the caller's.
pub(super) fn no_such(id: &str) -> GraphError {
    let details = format!(
        "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
    );
    GraphError::new(100, details).with_subcode(33)
}

impl Graph {
    pub(super) fn is_number(&self, id: &str) -> Result<(), GraphError> {
        if id == self.account().phone_number_id { Ok(()) } else { Err(no_such(id)) }
    }
}
