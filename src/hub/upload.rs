//! A photo on its way in: streamed to disk in sealed pieces, measured, hashed, looked at, then stored whole.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use tokio::time::timeout;

use super::Hub;
use super::auth::Bearer;
use super::error::{HubError, fault};
use crate::photo::decode::probe;
use crate::store::blobs::{StagedPhoto, sha256_hex};
use crate::store::spool::Spool;
use crate::sync::protocol::StoredPhoto;

/// Takes the photo whose SHA-256 is `sha256` (64 lower-case hexadecimal digits). `length` is what the sender says.
pub(super) async fn take(
    hub: &Arc<Hub>,
    bearer: Bearer,
    sha256: String,
    length: Option<u64>,
    mut body: Body,
) -> Result<StoredPhoto, HubError> {
    let most = hub.limits.requests.max_photo_bytes;
    let sha256 = checked_name(sha256)?;
    if length.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let mut spool = hub.read_as(bearer, |hub| Ok(hub.store.begin_photo()?)).await?;
    let patience = Duration::from_secs(hub.limits.requests.stalled_upload_seconds.into());
    while let Some(arrived) = timeout(patience, next_of(&mut body)).await.map_err(|_| stalled())?? {
        if spool.bytes() + arrived.len() as u64 > most {
            return Err(too_large(most));
        }
        spool = hub
            .read(move |_| {
                spool.write(&arrived)?;
                Ok(spool)
            })
            .await?;
    }
    let bytes = store(hub, spool, sha256.clone()).await?;
    let now_ms = hub.clock.now_ms();
    let photo_sha256 = sha256.clone();
    hub.writer.write(move |tx| Ok(tx.record_photo(&sha256, bytes, now_ms)?)).await?;
    Ok(StoredPhoto { photo_sha256, bytes })
}

/// Makes a photo of the parts this device sent, which are forgotten then.
pub(super) async fn join(
    hub: &Arc<Hub>,
    bearer: Bearer,
    sha256: String,
    parts: u32,
) -> Result<StoredPhoto, HubError> {
    let most = hub.limits.requests.max_photo_bytes;
    let one_of_few = hub.whole_photos.acquire().await.map_err(|_| HubError::stopping())?;
    let (device, expected) = (bearer.device.clone(), sha256.clone());
    hub.read_as(bearer, |_| Ok(())).await?;
    let (sender, whole) = (device.clone(), expected.clone());
    let (bytes, staged) = hub
        .with_whole_photo(move |hub| {
            if parts > hub.store.parts(&device, &expected) {
                return Err(parts_missing());
            }
            let content = hub.store.join_parts(&device, &expected, parts)?;
            if content.len() as u64 > most {
                return Err(too_large(most));
            }
            let staged = stage(hub, &sha256_hex(&content), &expected, content);
            if staged.as_ref().is_err_and(|refused| refused.status < 500) {
                // Parts that make another photo are spoilt: the sender begins anew.
                hub.store.drop_parts(&device, &expected)?;
            }
            staged
        })
        .await?;
    drop(one_of_few);
    hub.keep_photo(staged).await?;
    hub.read(move |hub| Ok(hub.store.drop_parts(&sender, &whole)?)).await?;
    let now_ms = hub.clock.now_ms();
    let photo_sha256 = sha256.clone();
    hub.writer.write(move |tx| Ok(tx.record_photo(&sha256, bytes, now_ms)?)).await?;
    Ok(StoredPhoto { photo_sha256, bytes })
}

async fn store(hub: &Arc<Hub>, spool: Spool, expected: String) -> Result<u64, HubError> {
    let one_of_few = hub.whole_photos.acquire().await.map_err(|_| HubError::stopping())?;
    let (bytes, staged) = hub
        .with_whole_photo(move |hub| {
            let (sha256, content) = spool.finish()?;
            stage(hub, &sha256, &expected, content)
        })
        .await?;
    drop(one_of_few);
    hub.keep_photo(staged).await?;
    Ok(bytes)
}

/// Seals a whole photo that is what it was said to be; gives its length too.
fn stage(hub: &Hub, sha256: &str, expected: &str, content: Vec<u8>) -> Result<(u64, StagedPhoto), HubError> {
    if sha256 != expected {
        return Err(other_content());
    }
    match probe(&content, &hub.photo_limits) {
        // A damaged photo is a photo: a person rejects it and the student hears why.
        Err(error) if !error.is_damage() => {
            Err(HubError { status: 415, fault: fault(error.code(), &error.to_string()) })
        }
        _ => {
            let bytes = content.len() as u64;
            Ok((bytes, hub.store.stage_photo(sha256, content)?))
        }
    }
}

/// The SHA-256 that a path names.
pub(super) fn checked_name(sha256: String) -> Result<String, HubError> {
    if sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        Ok(sha256)
    } else {
        Err(HubError::bad_request("the path must name the photo's SHA-256, 64 hexadecimal digits"))
    }
}

fn parts_missing() -> HubError {
    HubError::new(
        409,
        "parts_missing",
        "some parts of this photo have not arrived",
        "ask how many are here and send the others",
    )
}

/// The next bytes of the body; `None` at its end.
pub(super) async fn next_of(body: &mut Body) -> Result<Option<Bytes>, HubError> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            None => return Ok(None),
            Some(Err(_)) => return Err(broken()),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

pub(super) fn too_large(most: u64) -> HubError {
    HubError::new(
        413,
        "too_large",
        format!("the photo is larger than {} MiB", most / (1024 * 1024)),
        "send the photo as the camera made it, as JPEG",
    )
}

pub(super) fn stalled() -> HubError {
    HubError::new(408, "stalled", "the photo stopped arriving", "send it again")
}

pub(super) fn broken() -> HubError {
    HubError::new(400, "broken_upload", "the connection broke before the photo was whole", "send it again")
}

fn other_content() -> HubError {
    HubError::new(
        422,
        "other_content",
        "what arrived is not the photo whose SHA-256 the path names",
        "read the file again, compute its SHA-256 and send both anew",
    )
}
