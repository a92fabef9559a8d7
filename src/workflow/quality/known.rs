//! Photos whose answer is known: they come up among the others, and what is answered to them changes nothing.

use std::collections::{BTreeMap, HashSet};

use super::super::desk::{QueueItem, now_ms};
use super::super::{Desk, DeskError};
use super::second::shares_in_force;
use super::{blind, judge_blind, require_senior};
use crate::store::Tx;
use crate::store::journal::JournalEvent;
use crate::submission::second::{Effect, Stage};
use crate::submission::{Decision, Opinion, SecondRefused, State};

/// Makes the decision of a submission a known answer, or no longer; for a senior. Only what is decided and not disputed
/// can be one.
pub fn mark_known(desk: &Desk, submission: &str, known: bool, senior: &str) -> Result<(), DeskError> {
    desk.store.write(|tx| {
        require_senior(tx, senior)?;
        if known {
            let answer = answer_of(tx, submission)?.ok_or(SecondRefused::NoKnownAnswer)?;
            tx.set_known(&tx.standing(submission)?.item, &answer)?;
        } else {
            tx.unset_known(submission)?;
        }
        let event =
            JournalEvent::KnownAnswer { submission: submission.to_owned(), by: senior.to_owned(), known };
        tx.append(now_ms(), senior, &event)?;
        Ok(())
    })
}

/// Whether the submission's photo has a known answer.
pub fn is_known(desk: &Desk, submission: &str) -> Result<bool, DeskError> {
    Ok(desk.store.is_known_answer(submission)?)
}

/// The decision in force where nobody disagrees with it, or what a senior ruled in its place.
fn answer_of(tx: &Tx<'_>, submission: &str) -> Result<Option<Opinion>, DeskError> {
    let standing = tx.standing(submission)?;
    let Some(seq) = standing.decided_seq.filter(|_| standing.item.state != State::PendingReview) else {
        return Ok(None);
    };
    if let Some((_, review)) = tx.second_of(submission)? {
        match (review.stage, review.ruling) {
            (Stage::Disputed, _) => return Ok(None),
            (_, Some(ruling)) if ruling.effect == Effect::Recall => return Ok(Some(ruling.opinion)),
            _ => {}
        }
    }
    Ok(match tx.event(seq)? {
        Some(JournalEvent::Decision { decision, .. }) => Some(Opinion::of(&decision)),
        _ => None,
    })
}

/// Puts photos with a known answer among rows that wait, as often as the share of each row's batch says, and gives the
/// ids of those it put there. They stand where rows like any other stood: places and photos are drawn by lots that hang
/// on person and row, so the same list has them at the same places again. Each is answered once by a person, and never
/// by the one who decided it.
pub fn mix(
    desk: &Desk,
    rows: &mut Vec<QueueItem>,
    reviewer: &str,
    batch: Option<&str>,
) -> Result<HashSet<String>, DeskError> {
    let mut tests = desk.store.tests_for(reviewer, batch)?;
    if tests.is_empty() || rows.is_empty() {
        return Ok(HashSet::new());
    }
    let order = |item: &QueueItem| desk.store.lot("test order", reviewer, &item.submission);
    tests.sort_by(|one, other| order(one).total_cmp(&order(other)));
    let mut percents: BTreeMap<String, f64> = BTreeMap::new();
    let mut mixed = Vec::with_capacity(rows.len() + tests.len());
    let mut put = HashSet::new();
    for row in rows.drain(..) {
        let percent = match percents.get(&row.batch) {
            Some(percent) => *percent,
            None => {
                let percent = percent_of(desk, &row.batch)?;
                percents.insert(row.batch.clone(), percent);
                percent
            }
        };
        let is_place = desk.store.lot("test place", reviewer, &row.submission) * 100.0 < percent;
        let fits = tests.iter().position(|test| test.batch == row.batch).filter(|_| is_place);
        if let Some(at) = fits {
            let test = tests.remove(at);
            put.insert(test.submission.clone());
            // As old as its neighbour, or its age would give it away.
            mixed.push(QueueItem { received_at_ms: row.received_at_ms, ..blind(test) });
        }
        mixed.push(row);
    }
    *rows = mixed;
    Ok(put)
}

fn percent_of(desk: &Desk, batch: &str) -> Result<f64, DeskError> {
    let set = match desk.store.shares_of(Some(batch))? {
        Some(own) => Some(own),
        None => desk.store.shares_of(None)?,
    };
    Ok(shares_in_force(desk, set).known_percent)
}

/// Writes what a person decided on a photo with a known answer; its state stays. Gives the photo as the person left it.
pub fn answer(desk: &Desk, decision: &Decision) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        let standing = tx.standing(&decision.submission)?;
        let to = judge_blind(desk, decision, &standing)?;
        let known = tx.right_answer(&decision.submission)?.ok_or(SecondRefused::NoTest)?;
        let given = Opinion::of(decision);
        let at_ms = now_ms();
        if known.by == given.by || !tx.add_test_answer(&decision.submission, &given, &known, at_ms)? {
            return Err(SecondRefused::NoTest.into());
        }
        let event = JournalEvent::TestAnswer { decision: decision.clone(), right: given.agrees(&known) };
        tx.append(at_ms, &decision.reviewer, &event)?;
        tx.meet_reviewer(&decision.reviewer)?;
        Ok(QueueItem { state: to, ..blind(standing.item) })
    })
}

/// Takes an answer to a test back; `false` when this person gave none.
pub(super) fn take_back(tx: &Tx<'_>, reviewer: &str, submission: &str) -> Result<bool, DeskError> {
    if !tx.remove_test_answer(submission, reviewer)? {
        return Ok(false);
    }
    let event =
        JournalEvent::OpinionTakenBack { submission: submission.to_owned(), reviewer: reviewer.to_owned() };
    tx.append(now_ms(), reviewer, &event)?;
    Ok(true)
}
