//! Photos in and out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer_with;
use super::asked::Asked;
use super::range::ranged;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::{Hub, upload};
use crate::sync::protocol::{Proof, Proofs, ProofsWanted, proof_of};

/// Takes a photo under its SHA-256. Sending it again changes nothing, so it needs no key.
pub(in crate::hub) async fn put_photo(
    State(hub): State<Arc<Hub>>,
    Path(sha256): Path<String>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HubError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    answer_with(&upload::take(&hub, bearer, sha256, length, body).await?)
}

/// The photo's very bytes, or a range of them: read and proved whole in any case. Its name is its content, so a copy never
/// grows old.
pub(in crate::hub) async fn photo(
    State(hub): State<Arc<Hub>>,
    Path(sha256): Path<String>,
    bearer: Bearer,
    headers: HeaderMap,
) -> Result<Response, HubError> {
    let tag = format!("\"{sha256}\"");
    let has_it = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let _one_of_few = hub.photo_reads.acquire().await.map_err(|_| HubError::stopping())?;
    let wanted = sha256.clone();
    let read =
        hub.read_as(bearer, move |hub| if has_it { Ok(None) } else { Ok(Some(hub.store.photo(&wanted)?)) });
    let Some(content) = read.await? else { return Ok(StatusCode::NOT_MODIFIED.into_response()) };
    let head = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    ranged(&headers, &tag, head, content)
}

/// Photos proved in one request; each is read whole.
const MOST_PROOFS: usize = 16;
const SHORTEST_NONCE: usize = 32;

/// Reads each photo from the disk and proves it.
pub(in crate::hub) async fn proofs(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    asked: Asked<ProofsWanted>,
) -> Result<Response, HubError> {
    let ProofsWanted { nonce, photos } = asked.message;
    if nonce.len() < SHORTEST_NONCE || photos.len() > MOST_PROOFS {
        return Err(HubError::bad_request(
            "the nonce is shorter than 32 characters, or too many photos are named",
        ));
    }
    let _one_of_few = hub.photo_reads.acquire().await.map_err(|_| HubError::stopping())?;
    let proved = hub.read_as(bearer, move |hub| {
        let proof = |photo_sha256: String| match hub.store.photo(&photo_sha256) {
            Ok(content) => Ok(Proof { proof: Some(proof_of(&nonce, &content)), photo_sha256 }),
            Err(error) if error.is_about_all_photos() => Err(error),
            Err(_) => Ok(Proof { photo_sha256, proof: None }),
        };
        Ok(Proofs { proofs: photos.into_iter().map(proof).collect::<Result<_, _>>()? })
    });
    answer_with(&proved.await?)
}
