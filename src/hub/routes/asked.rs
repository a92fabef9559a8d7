//! What a request asks: its JSON body within the limit, its query, and the key that names it.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::sync::protocol::IDEMPOTENCY_KEY;

/// A JSON body, understood, and the request's exact words for comparing repetitions.
pub(in crate::hub) struct Asked<T> {
    pub(in crate::hub) message: T,
    /// Path and body.
    pub(in crate::hub) request: Vec<u8>,
}

/// What stands behind the path, understood.
pub(super) fn query<T>(asked: Result<Query<T>, QueryRejection>) -> Result<T, HubError> {
    let understood = asked.map(|Query(query)| query);
    understood.map_err(|cause| HubError::bad_request(format!("the query is not understood: {cause}")))
}

/// The `Idempotency-Key` header.
pub(in crate::hub) struct Key(pub(super) String);

impl<T: DeserializeOwned> FromRequest<Arc<Hub>> for Asked<T> {
    type Rejection = HubError;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, HubError> {
        let most = hub.limits.requests.max_json_bytes;
        let path = request.uri().path().as_bytes().to_vec();
        let body = to_bytes(request.into_body(), most).await.map_err(|_| too_large(most))?;
        let message = serde_json::from_slice(&body)
            .map_err(|cause| HubError::bad_request(format!("the body is not understood: {cause}")))?;
        Ok(Self { message, request: [&path[..], b"\n", &body].concat() })
    }
}

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, HubError> {
        let key = parts.headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
        key.map(|key| Self(key.to_owned())).ok_or_else(|| {
            HubError::new(
                400,
                "no_key",
                "this write has no Idempotency-Key header",
                "draw a random key for the request and send the same one again with every repetition",
            )
        })
    }
}

fn too_large(most: usize) -> HubError {
    HubError::new(
        413,
        "too_large",
        format!("the body could not be read, or is longer than {most} bytes"),
        "send less at once",
    )
}
