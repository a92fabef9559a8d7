//! Decisions looked at again: drawn when they are taken, shown without a trace of the first look.

use super::super::desk::{QueueItem, now_ms};
use super::super::{Desk, DeskError};
use super::{Shares, blind, judge_blind, others};
use crate::store::journal::JournalEvent;
use crate::store::{StoreError, Tx};
use crate::submission::second::{Cause, SecondReview, Stage};
use crate::submission::{Decision, Opinion, QueueFilter, SecondRefused};

/// Puts a decision just taken up for a second review when it falls into the share, or its report doubts whose photo it
/// is. The lot hangs on submission and photo alone, keyed by this desk: it cannot be known beforehand, and taking a
/// decision back and giving it anew draws the same.
pub(in super::super) fn draw(
    desk: &Desk,
    tx: &Tx<'_>,
    decision: &Decision,
    item: &QueueItem,
    seq: u64,
) -> Result<(), DeskError> {
    let percent = shares_in_force(desk, tx.shares(&item.batch)?).second_percent;
    let is_drawn = tx.lot("second review", &item.submission, &item.photo_sha256) * 100.0 < percent;
    let cause = match (is_identity_risk(desk, tx, item)?, is_drawn) {
        (true, _) => Cause::Identity,
        (false, true) => Cause::Share,
        (false, false) => return Ok(()),
    };
    tx.draw_second(&open(decision, seq, cause))?;
    Ok(())
}

/// The row of a decision that is to be looked at again.
pub(super) fn open(decision: &Decision, seq: u64, cause: Cause) -> SecondReview {
    SecondReview {
        submission: decision.submission.clone(),
        first_seq: seq,
        photo_sha256: decision.photo_sha256.clone(),
        revision: decision.revision,
        cause,
        stage: Stage::Open,
        first: Opinion::of(decision),
        second: None,
        ruling: None,
    }
}

fn is_identity_risk(desk: &Desk, tx: &Tx<'_>, item: &QueueItem) -> Result<bool, StoreError> {
    if item.failed_checks + item.warned_checks == 0 {
        // Every check passed; the report need not be opened.
        return Ok(false);
    }
    let rules = &desk.review_rules.second_review;
    Ok(matches!(tx.report(&item.submission)?, Some(Ok(report)) if rules.is_identity_risk(&report)))
}

pub(super) fn shares_in_force(desk: &Desk, set: Option<Shares>) -> Shares {
    set.unwrap_or(Shares {
        second_percent: desk.review_rules.second_review.share_percent,
        known_percent: desk.review_rules.known_answers.share_percent,
    })
}

/// The first reviewer takes the decision back: nothing waits any more. Refused once somebody has looked again.
pub(in super::super) fn withdraw(tx: &Tx<'_>, submission: &str) -> Result<(), DeskError> {
    if let Some((row, review)) = tx.second_of(submission)? {
        tx.set_second(&(row, review.withdraw()?), None)?;
    }
    Ok(())
}

/// What this person can look at again, oldest first, as if nothing had been decided. `filter` narrows by batch and text.
pub fn to_look_again(desk: &Desk, reviewer: &str, filter: &QueueFilter) -> Result<Vec<QueueItem>, DeskError> {
    let except = others(&desk.store.colleagues()?, reviewer).then_some(reviewer);
    let found = desk.store.in_second_review(Stage::Open, filter.batch.as_deref(), except)?;
    Ok(found.into_iter().filter(|item| is_named(item, &filter.text)).map(blind).collect())
}

pub(super) fn is_named(item: &QueueItem, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    item.masked_name.to_lowercase().contains(&text) || item.submission.to_lowercase().contains(&text)
}

/// Writes a second opinion; the submission and its decision stay as they are. Gives the photo as the person left it:
/// with this opinion, and no trace of the first.
pub fn opine(desk: &Desk, decision: &Decision) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        let standing = tx.standing(&decision.submission)?;
        let to = judge_blind(desk, decision, &standing)?;
        let (row, review) = tx.second_of(&decision.submission)?.ok_or(SecondRefused::NotOpen)?;
        let others = others(&tx.colleagues()?, &review.first.by);
        let review = review.opine(Opinion::of(decision), others)?;
        let event = JournalEvent::SecondOpinion {
            decision: decision.clone(),
            of: review.first_seq,
            stage: review.stage,
        };
        let at_ms = now_ms();
        tx.append(at_ms, &decision.reviewer, &event)?;
        tx.set_second(&(row, review), Some(at_ms))?;
        tx.meet_reviewer(&decision.reviewer)?;
        Ok(QueueItem { state: to, ..blind(standing.item) })
    })
}

/// Takes back a second opinion nobody has ruled on.
pub(super) fn take_back(tx: &Tx<'_>, reviewer: &str, submission: &str) -> Result<(), DeskError> {
    let (row, review) = tx.second_of(submission)?.ok_or(SecondRefused::NotOpen)?;
    let review = review.take_back(reviewer)?;
    let event =
        JournalEvent::OpinionTakenBack { submission: submission.to_owned(), reviewer: reviewer.to_owned() };
    tx.append(now_ms(), reviewer, &event)?;
    tx.set_second(&(row, review), None)?;
    Ok(())
}
