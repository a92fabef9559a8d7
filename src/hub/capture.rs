//! Photos of on-site collection: each shot once, its person found or made, a submission for the marked one.

use super::Call;
use super::error::HubError;
use super::intake::{Arrived, first_photo, stored_bytes};
use super::orders;
use crate::onsite::merge::ConflictKind;
use crate::onsite::shot::ShotState;
use crate::store::shots::Shot;
use crate::store::{StoreError, Tx};
use crate::submission::{Batch, BoundBy, PhotoSource};
use crate::sync::protocol::{Capture, Captured};

/// Takes in one shot. What the hub knows differently is refused with the kind of the conflict as its code, and nothing
/// is changed: the station keeps both and a person looks.
pub(super) fn take_in(tx: &Tx<'_>, call: &Call<'_>, new: &Capture) -> Result<Captured, HubError> {
    let job = tx.batch(&new.batch)?;
    let batch = job.code.clone();
    let photo_bytes = stored_bytes(tx, &new.photo_sha256)?;
    if let Some(known) = known(tx, &batch, new)? {
        return Ok(known);
    }
    if !job.rules.takes_from(PhotoSource::OnSite) {
        return Err(not_on_site());
    }
    let taken = tx.take_in_person(&batch, &new.person, call.now_ms)?;
    if let Some((kind, _)) = taken.conflicts.first() {
        return Err(conflict(*kind));
    }
    let submission = if new.is_marked {
        if tx.submission_of_subject(&taken.subject)?.is_some() {
            return Err(conflict(ConflictKind::HubHasPhoto));
        }
        Some(submit(tx, call, new, &job, &taken.subject)?)
    } else {
        None
    };
    let shot = Shot {
        id: new.shot.clone(),
        batch,
        subject: Some(taken.subject),
        photo_sha256: new.photo_sha256.clone(),
        taken_at_ms: new.taken_at_ms,
        state: ShotState::Sent,
        mark: None,
        doubt: None,
        doubt_other: None,
        verdict: None,
        score: 0.0,
        submission: submission.clone(),
    };
    tx.add_shot(&shot, photo_bytes, &call.device.name)?;
    Ok(Captured { submission })
}

/// What was answered when this very shot was taken in; a file of another shot or student is a conflict.
fn known(tx: &Tx<'_>, batch: &str, new: &Capture) -> Result<Option<Captured>, HubError> {
    match tx.shot_with_photo(batch, &new.photo_sha256)? {
        Some(shot) if shot.id == new.shot => Ok(Some(Captured { submission: shot.submission })),
        Some(_) => Err(conflict(ConflictKind::PhotoOfAnother)),
        None => match tx.shot(&new.shot) {
            Err(StoreError::UnknownShot { .. }) => Ok(None),
            Ok(_) => Err(HubError::bad_request("this shot is known with another photo")),
            Err(error) => Err(error.into()),
        },
    }
}

/// What was taken while the batch was open is reviewed however late it comes.
fn submit(
    tx: &Tx<'_>,
    call: &Call<'_>,
    new: &Capture,
    batch: &Batch,
    subject: &str,
) -> Result<String, HubError> {
    let number = orders::open_for(tx, call, batch, &new.person.person.masked_name())?;
    let arrived = Arrived::taken(call, new.taken_at_ms);
    let id = first_photo(tx, call, &tx.order(&number)?, &new.photo_sha256, arrived)?.submission;
    tx.bind(&id, subject, BoundBy::Capture, call.now_ms)?;
    Ok(id)
}

fn not_on_site() -> HubError {
    HubError::new(
        409,
        "source_not_allowed",
        "this batch takes no photos of on-site collection",
        "ask the administrator to allow on_site among the batch's sources",
    )
}

fn conflict(kind: ConflictKind) -> HubError {
    let message = match kind {
        ConflictKind::TwoPeople => "code, number and ticket of this student name two people at the hub",
        ConflictKind::OtherCode => "this student has another collection code at the hub",
        ConflictKind::TwoPhotos | ConflictKind::HubHasPhoto => "the hub has a photo of this student already",
        ConflictKind::PhotoOfAnother => "this very file stands under another shot at the hub",
    };
    HubError::new(
        409,
        kind.as_str(),
        message,
        "look at both on the station, settle it there or with the administrator, then send again",
    )
}
