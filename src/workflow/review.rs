//! Decisions: written durably to the journal before the screen moves on.

use super::desk::{QueueItem, now_ms};
use super::{Desk, DeskError};
use crate::store::journal::JournalEvent;
use crate::store::submissions::Standing;
use crate::store::{StoreError, Tx};
use crate::submission::decision::{self, judge};
use crate::submission::{Decision, State, Verb};

/// Writes the decision; refused when the photo or revision is not the one that was painted.
///
/// The same decision sent again (its answer was lost) changes nothing and gives the same row.
pub fn decide(desk: &Desk, decision: &Decision) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        let standing = tx.standing(&decision.submission)?;
        if is_repeat(tx, decision)? {
            return Ok(standing.item);
        }
        take(desk, tx, decision, standing)
    })
}

/// Takes back this reviewer's latest decision that can still be undone; `None` when there is none.
pub fn undo(desk: &Desk, reviewer: &str) -> Result<Option<QueueItem>, DeskError> {
    desk.store.write(|tx| {
        let Some(id) = tx.latest_decided_by(reviewer)? else { return Ok(None) };
        let standing = tx.standing(&id)?;
        let decision = Decision {
            submission: id,
            photo_sha256: standing.item.photo_sha256.clone(),
            revision: standing.item.revision,
            verb: Verb::Undo,
            reasons: Vec::new(),
            reviewer: reviewer.to_owned(),
        };
        take(desk, tx, &decision, standing).map(Some)
    })
}

/// The last thing that happened to the submission is this very decision.
fn is_repeat(tx: &Tx<'_>, decision: &Decision) -> Result<bool, StoreError> {
    let last = tx.last_event(&decision.submission)?;
    Ok(matches!(last, Some(JournalEvent::Decision { decision: taken, .. }) if taken == *decision))
}

fn take(desk: &Desk, tx: &Tx<'_>, decision: &Decision, standing: Standing) -> Result<QueueItem, DeskError> {
    let Standing { item, is_damaged, decided_by, export_job, .. } = standing;
    if let Some(job) = export_job {
        return Err(StoreError::BeingExported { id: item.submission, job }.into());
    }
    if tx.hub_item(&item.submission)?.is_some_and(|held| !held.is_held) {
        return Err(lease_lost(&item.submission));
    }
    let known = decision::Standing { item: &item, is_damaged, decided_by: decided_by.as_deref() };
    let to = judge(decision, known, &desk.reasons)?;
    record(tx, decision, item, to).map_err(DeskError::from)
}

fn record(tx: &Tx<'_>, decision: &Decision, item: QueueItem, to: State) -> Result<QueueItem, StoreError> {
    let event = JournalEvent::Decision { decision: decision.clone(), from: item.state, to };
    let at_ms = now_ms();
    let seq = tx.append(at_ms, &decision.reviewer, &event)?;
    tx.post(decision, at_ms)?;
    let in_force = (decision.verb != Verb::Undo).then_some((decision.reviewer.as_str(), seq));
    tx.set_decided(&item.submission, to, in_force)?;
    Ok(QueueItem { state: to, ..item })
}

fn lease_lost(submission: &str) -> DeskError {
    DeskError::Refused {
        code: "lease_lost",
        message: format!(
            "this desk no longer holds {submission}: the hub gave it to another desk or the student took it back; go on with the next one"
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::keys::KeyFileStore;
    use crate::store::submissions::NewSubmission;
    use crate::workflow::desk::NewBatch;

    /// A desk with one approved submission.
    fn desk_with_approved(folder: &std::path::Path) -> (Desk, QueueItem) {
        let desk = Desk::open(folder, &KeyFileStore::new(folder.join("key"))).unwrap();
        let batch = desk.create_batch(new_batch(&desk)).unwrap();
        let photo_sha256 = desk.store.put_photo(b"photo").unwrap();
        let new = NewSubmission {
            id: "s",
            batch: &batch.code,
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: 5,
            received_at_ms: 1,
        };
        desk.store.write(|tx| tx.add_submission(&new)).unwrap();
        let approve = signed(&desk.item("s").unwrap(), Verb::Approve);
        let item = decide(&desk, &approve).unwrap();
        (desk, item)
    }

    fn new_batch(desk: &Desk) -> NewBatch {
        let standard = desk.standards.get("chsi_centre").unwrap();
        NewBatch {
            code: None,
            school: String::new(),
            title: String::new(),
            standard: standard.id.clone(),
            background: standard.backgrounds[0].id.clone(),
            layouts: Vec::new(),
            max_attempts: 3,
        }
    }

    fn signed(item: &QueueItem, verb: Verb) -> Decision {
        Decision {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            verb,
            reasons: Vec::new(),
            reviewer: "li".to_owned(),
        }
    }

    #[test]
    fn what_is_being_exported_is_not_undone_until_the_export_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (desk, item) = desk_with_approved(folder.path());
        let ids = [item.submission.clone()];
        desk.store.write(|tx| tx.begin_export("job", &item.batch, "{}", &ids, 1, "p")).unwrap();
        assert_eq!(undo(&desk, "li").unwrap(), None);
        let refused = decide(&desk, &signed(&item, Verb::Undo)).err().unwrap();
        assert_eq!(refused.code(), "being_exported");
        desk.store.write(|tx| tx.abandon_export("job", 2, "p")).unwrap();
        assert_eq!(undo(&desk, "li").unwrap().unwrap().state, State::PendingReview);
    }
}
