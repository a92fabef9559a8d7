//! Disagreements: a senior sees both opinions and decides; what was decided wrongly is reopened and decided anew.

use super::super::desk::{QueueItem, now_ms};
use super::super::{Desk, DeskError, review};
use super::second::is_named;
use super::{blind, judge_blind, require_senior};
use crate::store::journal::JournalEvent;
use crate::store::submissions::Standing;
use crate::store::{StoreError, Tx};
use crate::submission::second::{Cause, Effect, Stage};
use crate::submission::state::{Event, next};
use crate::submission::{
    Colleague, Decision, Opinion, QueueFilter, Role, SecondRefused, SecondReview, State,
};

/// The two opinions a senior decides between. Who gave them is left out, so that only the photo is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub first: Opinion,
    pub second: Opinion,
    pub cause: Cause,
}

/// Disagreements, oldest first. `filter` narrows by batch and text.
pub fn disputed(desk: &Desk, filter: &QueueFilter) -> Result<Vec<QueueItem>, DeskError> {
    let found = desk.store.in_second_review(Stage::Disputed, filter.batch.as_deref(), None)?;
    Ok(found.into_iter().filter(|item| is_named(item, &filter.text)).map(blind).collect())
}

/// The two opinions on this submission, while they wait for a senior.
pub fn dispute(desk: &Desk, submission: &str) -> Result<Option<Dispute>, DeskError> {
    let Some((_, review)) = desk.store.second_of(submission)? else { return Ok(None) };
    let nameless = |opinion: Opinion| Opinion { by: String::new(), ..opinion };
    let waits = review.stage == Stage::Disputed;
    Ok(review.second.filter(|_| waits).map(|second| Dispute {
        first: nameless(review.first),
        second: nameless(second),
        cause: review.cause,
    }))
}

/// A senior's decision between two opinions. Where it differs from the first decision and nobody has built on that, the
/// submission is reopened and decided anew, both on record; else it stays as it is and the ruling says that it must be
/// recalled.
pub fn rule(desk: &Desk, decision: &Decision) -> Result<(QueueItem, Effect), DeskError> {
    desk.store.write(|tx| {
        let standing = tx.standing(&decision.submission)?;
        let to = judge_blind(desk, decision, &standing)?;
        let colleagues = require_senior(tx, &decision.reviewer)?;
        let (row, review) = tx.second_of(&decision.submission)?.ok_or(SecondRefused::NotDisputed)?;
        let others = other_senior(&colleagues, &review);
        let review = review.rule(Opinion::of(decision), others, is_free(tx, &standing)?)?;
        let effect = review.ruling.as_ref().map_or(Effect::Upheld, |ruling| ruling.effect);
        let event = JournalEvent::Ruled { decision: decision.clone(), of: review.first_seq, effect };
        tx.append(now_ms(), &decision.reviewer, &event)?;
        tx.set_second(&(row, review), None)?;
        if effect != Effect::Changed {
            return Ok((standing.item, effect));
        }
        let item = give_back(tx, &standing, &decision.reviewer)?;
        let (item, _) = review::record(tx, decision, item, to)?;
        Ok((item, effect))
    })
}

/// Gives a decided submission back to review, by a senior, on record. Refused once it is being made or has left the desk.
pub fn reopen(desk: &Desk, submission: &str, senior: &str) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        require_senior(tx, senior)?;
        let standing = tx.standing(submission)?;
        if let Some(job) = &standing.export_job {
            return Err(StoreError::BeingExported { id: submission.to_owned(), job: job.clone() }.into());
        }
        if tx.hub_item(submission)?.is_some() {
            return Err(DeskError::Refused {
                code: "hub_decides",
                message: format!(
                    "{submission} belongs to the hub, which has the decision; have it reopened there"
                ),
            });
        }
        Ok(give_back(tx, &standing, senior)?)
    })
}

/// Whether nobody has built on the decision: no export, no hub, no student.
fn is_free(tx: &Tx<'_>, standing: &Standing) -> Result<bool, StoreError> {
    let decided = matches!(standing.item.state, State::Approved | State::Rejected);
    Ok(decided && standing.export_job.is_none() && tx.hub_item(&standing.item.submission)?.is_none())
}

fn give_back(tx: &Tx<'_>, standing: &Standing, by: &str) -> Result<QueueItem, StoreError> {
    let item = &standing.item;
    let event = if item.state == State::Rejected { Event::DecisionUndone } else { Event::Reopened };
    let to = next(item.state, event)
        .map_err(|cause| StoreError::Illegal { id: item.submission.clone(), cause })?;
    let entry = JournalEvent::Reopened {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        by: by.to_owned(),
        from: item.state,
        to,
    };
    tx.append(now_ms(), by, &entry)?;
    tx.set_decided(&item.submission, to, None)?;
    Ok(QueueItem { state: to, hold: None, ..item.clone() })
}

/// Whether there is a senior who gave neither of the two opinions.
fn other_senior(colleagues: &[Colleague], review: &SecondReview) -> bool {
    let spoke = |name: &str| {
        review.first.by == name || review.second.as_ref().is_some_and(|opinion| opinion.by == name)
    };
    colleagues.iter().any(|colleague| colleague.role == Role::Senior && !spoke(&colleague.name))
}
