//! A write under an idempotency key: carried out once, answered the same ever after.

use serde::Serialize;

use super::Call;
use super::error::HubError;
use crate::store::Tx;
use crate::store::answers::Known;

/// Longest key taken; a UUID has 36 characters.
const LONGEST_KEY: usize = 100;

/// The stored answer of `key`, or that of `verb`, kept in the same transaction. A refusal is not kept: it changed
/// nothing, and the next try may find things otherwise.
pub(super) fn once<T: Serialize>(
    tx: &Tx<'_>,
    call: &Call<'_>,
    key: &str,
    request: &[u8],
    verb: impl FnOnce() -> Result<T, HubError>,
) -> Result<String, HubError> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(HubError::bad_request("the idempotency key is empty or longer than 100 characters"));
    }
    match tx.known_answer(&call.device.id, key, request)? {
        Known::Answer(body) => return Ok(body),
        Known::OtherRequest => return Err(other_request()),
        Known::Nothing => {}
    }
    let body = json(&verb()?)?;
    tx.keep_answer(&call.device.id, key, request, &body, call.now_ms)?;
    Ok(body)
}

pub(super) fn other_request() -> HubError {
    HubError::new(
        409,
        "key_reused",
        "this idempotency key was used for another request",
        "draw a new key for every new request",
    )
}

pub(super) fn json(value: &impl Serialize) -> Result<String, HubError> {
    serde_json::to_string(value).map_err(|_| HubError::bug("an answer could not be written as JSON"))
}
