//! What comes in, inside one transaction: batches, submissions, further photos, withdrawals.

use super::Call;
use super::error::{HubError, fault};
use super::queue::shown;
use crate::standard::Catalogue;
use crate::store::hub_link::NewRevision;
use crate::store::journal::JournalEvent;
use crate::store::{StoreError, Tx, submissions};
use crate::submission::state::{Event, State, next};
use crate::submission::{Batch, QueueItem, SignatureCode, lease};
use crate::sync::protocol::{NewPhoto, NewSubmission, Submission, Withdrawal};

/// Opens a batch; standard and background must be known here.
pub(super) fn add_batch(tx: &Tx<'_>, call: &Call<'_>, batch: Batch) -> Result<Batch, HubError> {
    let batch = checked_batch(&call.hub.standards, batch)?;
    tx.add_batch(&batch, call.now_ms)?;
    let event = JournalEvent::BatchCreated { batch: batch.clone() };
    tx.append(call.now_ms, &call.device.name, &event)?;
    Ok(batch)
}

/// The batch with its code in capitals, when standard and background are known.
pub(super) fn checked_batch(standards: &Catalogue, batch: Batch) -> Result<Batch, HubError> {
    let refuse = |code: &str, text: String| HubError { status: 400, fault: fault(code, &text) };
    let code =
        SignatureCode::parse(&batch.code).map_err(|error| refuse("bad_signature_code", error.to_string()))?;
    let standard = standards.get(&batch.standard).map_err(|error| refuse(error.code(), error.to_string()))?;
    let has_background = standard.backgrounds.iter().any(|background| background.id == batch.background);
    if !has_background {
        let known: Vec<_> = standard.backgrounds.iter().map(|background| background.id.as_str()).collect();
        let text = format!(
            "the standard {} has no background {}; choose one of: {}",
            standard.id,
            batch.background,
            known.join(", ")
        );
        return Err(refuse("unknown_background", text));
    }
    if batch.max_attempts == 0 {
        let text = "a batch must allow at least one attempt; set it to 1 or more".to_owned();
        return Err(refuse("no_attempts", text));
    }
    Ok(Batch { code: code.to_string(), ..batch })
}

/// Adds a submission with its first photo, which must be stored.
pub(super) fn submit(tx: &Tx<'_>, call: &Call<'_>, new: &NewSubmission) -> Result<Submission, HubError> {
    let batch = tx.batch(&new.batch)?;
    let photo_bytes = stored_bytes(tx, &new.photo_sha256)?;
    let same_photo_as = tx.with_photo(&batch.code, &new.photo_sha256)?;
    let id = uuid::Uuid::now_v7().to_string();
    // Until the hub takes payments, the school pays.
    let from = State::first(false);
    let to = next(from, Event::PhotoSubmitted)?;
    tx.add_submission(&submissions::NewSubmission {
        id: &id,
        batch: &batch.code,
        masked_name: &new.masked_name,
        state: to,
        photo_sha256: &new.photo_sha256,
        photo_bytes,
        received_at_ms: call.now_ms,
    })?;
    let item = tx.standing(&id)?.item;
    record(tx, call, &item, from)?;
    Ok(Submission { same_photo_as, ..shown(item) })
}

/// Takes a further photo: again after a rejection while attempts last, or anew after a withdrawal.
pub(super) fn resubmit(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    new: &NewPhoto,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    let batch = tx.batch(&item.batch)?;
    let photo_bytes = stored_bytes(tx, &new.photo_sha256)?;
    let (to, attempt, lease) =
        lease::new_photo(item.state, item.attempt, batch.max_attempts, &tx.lease(id)?)?;
    tx.set_revision(&NewRevision {
        id,
        state: to,
        photo_sha256: &new.photo_sha256,
        photo_bytes,
        attempt,
        revision: item.revision + 1,
        at_ms: call.now_ms,
    })?;
    tx.set_lease(id, &lease)?;
    let after = tx.standing(id)?.item;
    record(tx, call, &after, item.state)?;
    Ok(shown(after))
}

/// Takes the photo back for the student: wins until a decision has been committed.
pub(super) fn withdraw(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    asked: &Withdrawal,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    if item.revision != asked.revision {
        let text = format!(
            "revision {} is not the present one ({}); look at the present photo, then choose anew",
            asked.revision, item.revision
        );
        return Err(HubError { status: 409, fault: fault("stale_photo", &text) });
    }
    let (to, lease) = lease::withdraw(item.state, &tx.lease(id)?)?;
    tx.set_decided(id, to, None)?;
    tx.set_lease(id, &lease)?;
    let event = JournalEvent::Withdrawn {
        submission: id.to_owned(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        from: item.state,
        to,
    };
    tx.append(call.now_ms, &call.device.name, &event)?;
    Ok(shown(QueueItem { state: to, ..item }))
}

pub(super) fn record(tx: &Tx<'_>, call: &Call<'_>, item: &QueueItem, from: State) -> Result<(), StoreError> {
    let event = JournalEvent::PhotoSubmitted {
        submission: item.submission.clone(),
        batch: item.batch.clone(),
        photo_sha256: item.photo_sha256.clone(),
        attempt: item.attempt,
        revision: item.revision,
        from,
        to: item.state,
    };
    tx.append(call.now_ms, &call.device.name, &event).map(drop)
}

pub(super) fn stored_bytes(tx: &Tx<'_>, photo_sha256: &str) -> Result<u64, HubError> {
    tx.photo_bytes(photo_sha256)?.ok_or_else(|| {
        HubError::new(
            409,
            "photo_not_stored",
            "the photo this submission names is not stored at the hub",
            "send the photo first, then the submission again with the same key",
        )
    })
}
