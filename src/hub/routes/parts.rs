//! Photos in parts: each part stored at once, so that a broken connection costs one part and not the photo.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::response::Response;

use super::answer_with;
use super::asked::Asked;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::{Hub, upload};
use crate::sync::protocol::{PART_BYTES, Parts};

type Answer = Result<Response, HubError>;

/// How many parts are here, so that the sender goes on behind them.
pub(in crate::hub) async fn parts(
    State(hub): State<Arc<Hub>>,
    Path(sha256): Path<String>,
    bearer: Bearer,
) -> Answer {
    let sha256 = upload::checked_name(sha256)?;
    let device = bearer.device.clone();
    let here = hub.read_as(bearer, move |hub| Ok(Parts { parts: hub.store.parts(&device, &sha256) }));
    answer_with(&here.await?)
}

/// Takes one part; sending it again changes nothing.
pub(in crate::hub) async fn put_part(
    State(hub): State<Arc<Hub>>,
    Path((sha256, number)): Path<(String, u32)>,
    bearer: Bearer,
    body: Body,
) -> Answer {
    let sha256 = upload::checked_name(sha256)?;
    if u64::from(number) * PART_BYTES as u64 >= hub.limits.requests.max_photo_bytes {
        return Err(upload::too_large(hub.limits.requests.max_photo_bytes));
    }
    let content = to_bytes(body, PART_BYTES)
        .await
        .map_err(|_| HubError::bad_request("the part broke off, or is longer than 1 MiB"))?;
    let device = bearer.device.clone();
    let here = hub.read_as(bearer, move |hub| {
        hub.store.put_part(&device, &sha256, number, &content)?;
        Ok(Parts { parts: hub.store.parts(&device, &sha256) })
    });
    answer_with(&here.await?)
}

/// Makes the photo of its parts, when they are what the path names.
pub(in crate::hub) async fn join_parts(
    State(hub): State<Arc<Hub>>,
    Path(sha256): Path<String>,
    bearer: Bearer,
    asked: Asked<Parts>,
) -> Answer {
    let sha256 = upload::checked_name(sha256)?;
    answer_with(&upload::join(&hub, bearer, sha256, asked.message.parts).await?)
}
