//! What the hub answers when it refuses: one shape, a stable code, a message and a remedy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::store::StoreError;
use crate::submission::state::IllegalTransition;
use crate::sync::protocol::Fault;

/// By then a server that was started anew, or an object store that was given up, is asked again.
const RETRY_SECONDS: u32 = 5;

/// A refusal and its HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubError {
    pub status: u16,
    pub fault: Fault,
}

impl HubError {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>, remedy: &str) -> Self {
        let fault = Fault { code: code.to_owned(), message: message.into(), remedy: remedy.to_owned() };
        Self { status, fault }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "bad_request", message, "send what docs/hub.md describes for this path")
    }

    pub(super) fn unauthorised() -> Self {
        Self::new(
            401,
            "unknown_device",
            "this device is not enrolled, or it was revoked",
            "ask the administrator for a new code and enrol again",
        )
    }

    pub(super) fn forbidden(role: &str, may: &[&str]) -> Self {
        Self::new(
            403,
            "not_allowed",
            format!("a device with the role {role} may not do this"),
            &format!("ask the administrator for a device with one of the roles {}", may.join(", ")),
        )
    }

    pub(super) fn stopping() -> Self {
        Self::new(
            503,
            "unavailable",
            "the hub is stopping, or could not say whether this was stored",
            "send the same request again with the same key",
        )
    }

    pub(super) fn bug(what: &str) -> Self {
        Self::new(500, "internal", what, "tell the people who run the hub")
    }
}

/// A text of the house ends with its remedy after the last semicolon.
pub(super) fn fault(code: &str, text: &str) -> Fault {
    let (message, remedy) =
        text.rsplit_once("; ").unwrap_or((text, "look at its present state, then choose anew"));
    Fault { code: code.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

/// Tells whoever is refused for now when to come back.
pub(super) fn say_when_to_retry(answer: &mut Response) {
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
    }
}

impl IntoResponse for HubError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self.fault).unwrap_or_default();
        let mut answer = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        say_when_to_retry(&mut answer);
        answer
    }
}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::UnknownBatch { .. } | StoreError::UnknownSubmission { .. } => 404,
            StoreError::MissingPhoto { .. } | StoreError::UnknownOrder { .. } => 404,
            StoreError::BatchExists { .. } | StoreError::Illegal { .. } => 409,
            StoreError::DiskFull { .. } => 507,
            StoreError::DatabaseAway(_) => 503,
            // Nothing was stored; whoever asks again may find it mended.
            StoreError::PhotosAway { .. } | StoreError::PhotosRefused { .. } => 503,
            _ => 500,
        };
        if status == 500 || matches!(error, StoreError::PhotosRefused { .. }) {
            tracing::error!(code = error.code(), %error, "the store refused its work");
        }
        Self { status, fault: fault(error.code(), &error.to_string()) }
    }
}

impl From<IllegalTransition> for HubError {
    fn from(error: IllegalTransition) -> Self {
        Self { status: 409, fault: fault("illegal_transition", &error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_taken_from_the_house_s_texts() {
        let error = HubError::from(StoreError::UnknownBatch { code: "AAAAAA".into() });
        assert_eq!(error.status, 404);
        assert_eq!(error.fault.message, "there is no batch AAAAAA");
        assert_eq!(error.fault.remedy, "see the list of batches, or import with a new code");
        assert!(!fault("x", "no semicolon").remedy.is_empty());
    }
}
