//! Decisions and holds: written durably to the journal before the screen moves on.

use super::desk::{QueueItem, now_ms};
use super::{Desk, DeskError, quality};
use crate::store::journal::JournalEvent;
use crate::store::submissions::Standing;
use crate::store::{StoreError, Tx};
use crate::submission::decision::{self, judge};
use crate::submission::hold::judge_hold;
use crate::submission::{Decision, Hold, HoldKind, HoldNote, State, Verb};

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
        take_back(desk, tx, reviewer, &id).map(Some)
    })
}

/// Takes back this reviewer's decision on one submission, however long ago, as long as nothing was built on it.
pub fn undo_of(desk: &Desk, reviewer: &str, submission: &str) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| take_back(desk, tx, reviewer, submission))
}

/// Sets a photo aside with a note, or gives it back to the queue; the state stays.
///
/// Refused when the photo or revision is not the one that was painted, or when it no longer waits for review.
pub fn hold(desk: &Desk, hold: &Hold, note: &str) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        let Standing { item, is_damaged, decided_by, .. } = tx.standing(&hold.submission)?;
        let known = decision::Standing { item: &item, is_damaged, decided_by: decided_by.as_deref() };
        judge_hold(hold, known)?;
        let at_ms = now_ms();
        tx.append(at_ms, &hold.reviewer, &JournalEvent::Held { hold: hold.clone() })?;
        tx.set_hold(hold, note, at_ms)?;
        Ok(QueueItem { hold: hold.hold, ..item })
    })
}

/// Who set the photo aside last, when and why.
pub fn hold_note(desk: &Desk, submission: &str) -> Result<Option<HoldNote>, DeskError> {
    Ok(desk.store.hold_note(submission)?)
}

fn take_back(desk: &Desk, tx: &Tx<'_>, reviewer: &str, submission: &str) -> Result<QueueItem, DeskError> {
    let standing = tx.standing(submission)?;
    let decision = Decision {
        submission: submission.to_owned(),
        photo_sha256: standing.item.photo_sha256.clone(),
        revision: standing.item.revision,
        verb: Verb::Undo,
        reasons: Vec::new(),
        reviewer: reviewer.to_owned(),
    };
    take(desk, tx, &decision, standing)
}

/// The last thing that happened to the submission is this very decision.
fn is_repeat(tx: &Tx<'_>, decision: &Decision) -> Result<bool, StoreError> {
    let last = tx.last_event(&decision.submission)?;
    Ok(matches!(last, Some(JournalEvent::Decision { decision: taken, .. }) if taken == *decision))
}

/// Judges a decision against what the submission is now, and writes it; refused before anything is written.
pub(super) fn take(
    desk: &Desk,
    tx: &Tx<'_>,
    decision: &Decision,
    standing: Standing,
) -> Result<QueueItem, DeskError> {
    let Standing { item, is_damaged, decided_by, export_job, .. } = standing;
    if let Some(job) = export_job {
        return Err(StoreError::BeingExported { id: item.submission, job }.into());
    }
    if tx.hub_item(&item.submission)?.is_some_and(|held| !held.is_held) {
        return Err(lease_lost(&item.submission));
    }
    let known = decision::Standing { item: &item, is_damaged, decided_by: decided_by.as_deref() };
    let to = judge(decision, known, &desk.reasons)?;
    if item.hold == Some(HoldKind::Escalated) {
        quality::require_senior_if_named(tx, &decision.reviewer)?;
    }
    if decision.verb == Verb::Undo {
        quality::withdraw(tx, &item.submission)?;
    }
    let (item, seq) = record(tx, decision, item, to)?;
    if decision.verb != Verb::Undo {
        quality::draw(desk, tx, decision, &item, seq)?;
    }
    Ok(item)
}

/// Writes a decision that was judged; gives the item as it is now and the entry's number.
pub(super) fn record(
    tx: &Tx<'_>,
    decision: &Decision,
    item: QueueItem,
    to: State,
) -> Result<(QueueItem, u64), StoreError> {
    let event = JournalEvent::Decision { decision: decision.clone(), from: item.state, to };
    let at_ms = now_ms();
    let seq = tx.append(at_ms, &decision.reviewer, &event)?;
    tx.post(decision, at_ms)?;
    let in_force = (decision.verb != Verb::Undo).then_some((decision.reviewer.as_str(), seq));
    tx.set_decided(&item.submission, to, in_force)?;
    tx.meet_reviewer(&decision.reviewer)?;
    Ok((QueueItem { state: to, hold: None, ..item }, seq))
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
    use super::*;
    use crate::store::keys::KeyFileStore;
    use crate::store::submissions::NewSubmission;
    use crate::workflow::fixture::new_batch;

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

    fn set_aside(item: &QueueItem, hold: Option<HoldKind>) -> Hold {
        Hold {
            submission: item.submission.clone(),
            photo_sha256: item.photo_sha256.clone(),
            revision: item.revision,
            hold,
            reviewer: "li".to_owned(),
        }
    }

    #[test]
    fn a_photo_is_set_aside_only_while_it_waits_and_only_the_one_that_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (desk, approved) = desk_with_approved(folder.path());
        let parked = |item: &QueueItem| hold(&desk, &set_aside(item, Some(HoldKind::Parked)), "问学院");
        assert_eq!(parked(&approved).err().unwrap().code(), "illegal_transition");
        let item = undo_of(&desk, "li", "s").unwrap();
        let other = QueueItem { photo_sha256: "0".repeat(64), ..item.clone() };
        assert_eq!(parked(&other).err().unwrap().code(), "stale_photo");
        let held = parked(&item).unwrap();
        assert_eq!((held.state, held.hold), (State::PendingReview, Some(HoldKind::Parked)));
        assert_eq!(hold_note(&desk, "s").unwrap().unwrap().text, "问学院");
        let decided = decide(&desk, &signed(&held, Verb::Approve)).unwrap();
        assert_eq!((decided.state, decided.hold), (State::Approved, None));
        assert_eq!(desk.item("s").unwrap().hold, None);
        desk.verify_journal().unwrap();
    }

    #[test]
    fn only_its_owner_takes_a_decision_back_and_not_twice() {
        let folder = tempfile::tempdir().unwrap();
        let (desk, _) = desk_with_approved(folder.path());
        assert_eq!(undo_of(&desk, "wang", "s").err().unwrap().code(), "not_yours");
        assert_eq!(undo_of(&desk, "li", "s").unwrap().state, State::PendingReview);
        assert_eq!(undo_of(&desk, "li", "s").err().unwrap().code(), "illegal_transition");
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
