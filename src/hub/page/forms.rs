//! Forms: read within their limit, taken only with the sign of the session they were shown to.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use maud::{Markup, Render, html};
use tokio::time::timeout;

use super::fault::foreign_form;
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::hub::upload::{broken, stalled, too_large};
use crate::submission::QueueItem;

/// The hidden field that carries the sign.
pub(super) const TOKEN: &str = "token";

/// A form of text fields, not yet held against its session.
pub(super) struct Small(Result<HashMap<String, String>, StatusCode>);

impl FromRequest<Arc<Hub>> for Small {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, hub.limits.page.max_form_bytes).await else {
            return Ok(Self(Err(StatusCode::PAYLOAD_TOO_LARGE)));
        };
        let request = Request::from_parts(parts, Body::from(body));
        let form = Form::<HashMap<String, String>>::from_request(request, hub).await;
        Ok(Self(form.map(|Form(fields)| fields).map_err(|_| StatusCode::BAD_REQUEST)))
    }
}

impl Small {
    /// The fields, when the form was shown to this session.
    pub(super) fn fields(self, hub: &Hub, visit: &Visit) -> Result<HashMap<String, String>, HubError> {
        let fields = self.0.map_err(|_| HubError::bad_request("the form is not understood"))?;
        own(hub, visit, fields.get(TOKEN).map_or("", String::as_str))?;
        Ok(fields)
    }
}

/// Refuses a form that this session was not shown.
pub(super) fn own(hub: &Hub, visit: &Visit, token: &str) -> Result<(), HubError> {
    let is_own = visit.session.as_ref().is_some_and(|session| session.is_token(&hub.store, token));
    if is_own && visit.is_same_site { Ok(()) } else { Err(foreign_form()) }
}

/// The sign, for the forms of a page.
pub(super) fn token_field(hub: &Hub, visit: &Visit) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(visit.token(hub)); }
}

/// The sign and the revision: what a form about the present photo carries.
pub(super) fn photo_fields(hub: &Hub, visit: &Visit, item: &QueueItem) -> Markup {
    html! {
        (token_field(hub, visit))
        input type="hidden" name="revision" value=(item.revision);
    }
}

/// What is seldom wanted: folded away, with what it means before its button.
pub(super) fn folded_form(
    what: impl Render,
    hint: impl Render,
    action: &str,
    fields: &Markup,
    go: impl Render,
) -> Markup {
    html! {
        details.quiet {
            summary { (what) }
            p.hint { (hint) }
            form action=(action) method="post" {
                (fields)
                button.secondary { (go) }
            }
        }
    }
}

/// The fields of a form with files, one after the other; the sign comes first.
pub(super) struct Parts<'a> {
    hub: &'a Hub,
    multipart: Multipart,
}

impl<'a> Parts<'a> {
    /// Opens the form when its first field is the sign of this session.
    pub(super) async fn open(hub: &'a Hub, visit: &Visit, multipart: Multipart) -> Result<Self, HubError> {
        let mut parts = Self { hub, multipart };
        let token = match parts.next().await? {
            Some(field) if field.name() == Some(TOKEN) => parts_text(hub, field).await?,
            _ => return Err(foreign_form()),
        };
        own(hub, visit, &token)?;
        Ok(parts)
    }

    pub(super) async fn next(&mut self) -> Result<Option<Field<'_>>, HubError> {
        let patience = patience(self.hub);
        let next = timeout(patience, self.multipart.next_field()).await.map_err(|_| stalled())?;
        next.map_err(|_| broken())
    }
}

/// A text field.
pub(super) async fn parts_text(hub: &Hub, field: Field<'_>) -> Result<String, HubError> {
    let bytes = parts_bytes(hub, field, hub.limits.page.max_form_bytes).await?;
    String::from_utf8(bytes).map_err(|_| HubError::bad_request("a field is no text"))
}

/// A small file.
pub(super) async fn parts_bytes(hub: &Hub, mut field: Field<'_>, most: usize) -> Result<Vec<u8>, HubError> {
    let mut bytes = Vec::new();
    while let Some(arrived) = piece(hub, &mut field).await? {
        if bytes.len() + arrived.len() > most {
            return Err(too_large(most as u64));
        }
        bytes.extend_from_slice(&arrived);
    }
    Ok(bytes)
}

/// The next bytes of a field; `None` at its end.
pub(super) async fn piece(hub: &Hub, field: &mut Field<'_>) -> Result<Option<axum::body::Bytes>, HubError> {
    timeout(patience(hub), field.chunk()).await.map_err(|_| stalled())?.map_err(|_| broken())
}

fn patience(hub: &Hub) -> Duration {
    Duration::from_secs(hub.limits.requests.stalled_upload_seconds.into())
}
