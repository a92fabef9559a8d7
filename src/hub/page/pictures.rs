//! The student's own pictures, made small; nobody else's can be asked for, for no address names one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::mine::mine;
use super::student::nothing_there;
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;

/// The photo that was checked and not submitted yet.
pub(super) async fn draft(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let draft = mine(&hub, &visit).await?.draft.ok_or_else(nothing_there)?;
        preview(&hub, draft.photo_sha256).await
    };
    done.await.unwrap_or_else(IntoResponse::into_response)
}

/// The photo as it was submitted last.
pub(super) async fn submitted(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let item = mine(&hub, &visit).await?.item.ok_or_else(nothing_there)?;
        preview(&hub, item.photo_sha256).await
    };
    done.await.unwrap_or_else(IntoResponse::into_response)
}

/// The small picture; of a photo that came another way, the photo itself.
async fn preview(hub: &Arc<Hub>, sha256: String) -> Result<Response, HubError> {
    let _one_of_few = hub.photo_reads.acquire().await.map_err(|_| HubError::stopping())?;
    let bytes = hub.read(move |hub| match hub.store.preview(&sha256)? {
        Some(jpeg) => Ok(jpeg),
        None => Ok(hub.store.photo(&sha256)?),
    });
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, no-store")], bytes.await?)
        .into_response())
}
