//! Steps of a submission's life beside photo and decision: exported, published, confirmed, paid, refunded, closed.

use super::Call;
use super::error::{HubError, fault};
use super::intake::stored_bytes;
use crate::store::journal::JournalEvent;
use crate::store::progress::Published;
use crate::store::{StoreError, Tx};
use crate::submission::state::{Event, State, next};
use crate::submission::{QueueItem, lease};
use crate::sync::protocol::{
    Confirmation, ExportRow, ExportVerdict, ExportVerdicts, Exports, Publication, Reopening, Standing,
    Submission,
};

use super::queue::shown;

/// When something is done, and who signs it in the journal.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    pub(super) now_ms: i64,
    pub(super) actor: &'a str,
}

impl<'a> Call<'a> {
    pub(super) fn hand(&self) -> Hand<'a> {
        Hand { now_ms: self.now_ms, actor: &self.device.name }
    }
}

/// Moves a submission and writes it down. Who holds it loses it; what comes to review waits from now on.
pub(super) fn step(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    item: QueueItem,
    event: Event,
) -> Result<QueueItem, HubError> {
    let moved = moved(tx, hand, item, event)?;
    let entry = JournalEvent::Moved {
        submission: moved.now.submission.clone(),
        event,
        revision: moved.now.revision,
        from: moved.from,
        to: moved.now.state,
    };
    tx.append(hand.now_ms, hand.actor, &entry)?;
    Ok(moved.now)
}

/// The student is content.
pub(super) fn confirm(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    asked: &Confirmation,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    is_present(&item, asked.revision)?;
    step(tx, call.hand(), item, Event::Confirmed).map(shown)
}

/// A senior gives an approved submission back to review.
pub(super) fn reopen(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    asked: &Reopening,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    is_present(&item, asked.revision)?;
    let moved = step(tx, call.hand(), item, Event::Reopened)?;
    tx.set_decided(id, moved.state, None)?;
    Ok(shown(moved))
}

/// The processed photo of an exported submission is there for the student. Once the batch has begun to close nobody is
/// asked to confirm any more.
pub(super) fn publish(
    tx: &Tx<'_>,
    call: &Call<'_>,
    id: &str,
    new: &Publication,
) -> Result<Submission, HubError> {
    let item = tx.standing(id)?.item;
    is_present(&item, new.revision)?;
    if item.photo_sha256 != new.photo_sha256 {
        return Err(stale(&item));
    }
    stored_bytes(tx, &new.final_sha256)?;
    let rules = tx.batch(&item.batch)?.rules;
    let confirmation = rules.asks_confirmation && tx.closing(&item.batch)?.is_none();
    let moved = moved(tx, call.hand(), item, Event::Published { confirmation })?;
    let published = Published {
        made_of_sha256: new.photo_sha256.clone(),
        final_sha256: new.final_sha256.clone(),
        published_at_ms: call.now_ms,
    };
    tx.set_published(id, &published)?;
    let entry = JournalEvent::Published {
        submission: id.to_owned(),
        photo_sha256: new.photo_sha256.clone(),
        final_sha256: new.final_sha256.clone(),
        revision: moved.now.revision,
        from: moved.from,
        to: moved.now.state,
    };
    tx.append(call.now_ms, &call.device.name, &entry)?;
    Ok(shown(moved.now))
}

/// Sheets of these submissions are on record at a desk; each row stands alone.
pub(super) fn export(tx: &Tx<'_>, call: &Call<'_>, asked: &Exports) -> Result<ExportVerdicts, HubError> {
    let most = call.hub.limits.requests.max_decisions;
    if asked.rows.len() > most {
        return Err(HubError::bad_request(format!("more than {most} submissions in one request")));
    }
    let verdicts = asked.rows.iter().map(|row| export_row(tx, call, &asked.job, row));
    Ok(ExportVerdicts { verdicts: verdicts.collect::<Result<_, _>>()? })
}

fn export_row(tx: &Tx<'_>, call: &Call<'_>, job: &str, row: &ExportRow) -> Result<ExportVerdict, HubError> {
    let verdict = |now: Option<&QueueItem>, refused| ExportVerdict {
        submission: row.submission.clone(),
        now: now.map(|item| Standing { state: item.state, revision: item.revision }),
        refused,
    };
    let item = match tx.standing(&row.submission) {
        Ok(standing) => standing.item,
        Err(error @ StoreError::UnknownSubmission { .. }) => {
            return Ok(verdict(None, Some(HubError::from(error).fault)));
        }
        Err(error) => return Err(error.into()),
    };
    if (row.revision, &row.photo_sha256) != (item.revision, &item.photo_sha256) {
        return Ok(verdict(Some(&item), Some(stale(&item).fault)));
    }
    // The same report again, after its answer was lost.
    if item.state != State::Approved && tx.was_exported_by(&row.submission, job)? {
        return Ok(verdict(Some(&item), None));
    }
    let before = item.clone();
    let moved = match moved(tx, call.hand(), item, Event::ExportCommitted) {
        Ok(moved) => moved,
        Err(refused) if refused.status < 500 => return Ok(verdict(Some(&before), Some(refused.fault))),
        Err(error) => return Err(error),
    };
    let entry = JournalEvent::Exported {
        submission: row.submission.clone(),
        job: job.to_owned(),
        photo_sha256: row.photo_sha256.clone(),
        revision: row.revision,
        from: moved.from,
        to: moved.now.state,
    };
    tx.append(call.now_ms, &call.device.name, &entry)?;
    Ok(verdict(Some(&moved.now), None))
}

struct MovedItem {
    now: QueueItem,
    from: State,
}

fn moved(tx: &Tx<'_>, hand: Hand<'_>, item: QueueItem, event: Event) -> Result<MovedItem, HubError> {
    let (from, to) = (item.state, next(item.state, event)?);
    tx.set_state(&item.submission, to)?;
    if to == State::PendingReview {
        tx.set_waiting_since(&item.submission, hand.now_ms)?;
    }
    if [from, to].contains(&State::PendingReview) {
        tx.set_lease(&item.submission, &tx.lease(&item.submission)?.fenced())?;
    }
    Ok(MovedItem { now: QueueItem { state: to, ..item }, from })
}

/// A submission whose photo was replaced is not the one that was meant.
pub(super) fn is_present(item: &QueueItem, revision: u32) -> Result<(), HubError> {
    if item.revision == revision { Ok(()) } else { Err(stale(item)) }
}

fn stale(item: &QueueItem) -> HubError {
    let late = lease::Late::OtherPhoto { current: item.revision };
    let text = format!(
        "another photo (revision {}) is the present one; look at it, then choose anew",
        item.revision
    );
    HubError { status: 409, fault: fault(late.code(), &text) }
}
