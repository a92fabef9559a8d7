//! Watching the quality of the review: second looks, disputes, known answers, and the figures of all of them.

mod again;
mod dispute;
mod figures;
mod known;
mod people;
mod second;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::desk::QueueItem;
use super::{Desk, DeskError};
use crate::store::Tx;
use crate::store::submissions::Standing;
use crate::submission::decision::{self, judge};
use crate::submission::second::Stage;
use crate::submission::{Colleague, Decision, Role, SecondRefused, State};

pub use crate::store::reviewers::Shares;
pub use again::{AgainPlan, AgainScope, plan_again, review_again};
pub use dispute::{Dispute, dispute, disputed, reopen, rule};
pub use figures::{Missed, Quality, ReasonAgreement, quality};
pub use known::{answer, is_known, mark_known, mix};
pub(super) use people::require_senior_if_named;
pub use people::{set_role, set_shares, shares};
pub(super) use second::{draw, withdraw};
pub use second::{opine, to_look_again};

/// How quality is watched at this desk, as one person sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    /// Everybody who signs here, by name.
    pub colleagues: Vec<Colleague>,
    /// The person's own role.
    pub role: Role,
    /// Decisions this person could look at again, by batch.
    pub second: BTreeMap<String, usize>,
    /// Disagreements that wait for a senior, by batch.
    pub disputed: BTreeMap<String, usize>,
}

impl Watch {
    pub fn is_senior(&self) -> bool {
        self.role == Role::Senior
    }

    pub fn has_senior(&self) -> bool {
        self.colleagues.iter().any(|colleague| colleague.role == Role::Senior)
    }
}

/// What waits beside the queue for this person.
pub fn watch(desk: &Desk, reviewer: &str) -> Result<Watch, DeskError> {
    let colleagues = desk.store.colleagues()?;
    let role = role_of(&colleagues, reviewer);
    let except = others(&colleagues, reviewer).then_some(reviewer);
    Ok(Watch {
        second: desk.store.count_in_second_review(Stage::Open, except)?,
        disputed: desk.store.count_in_second_review(Stage::Disputed, None)?,
        colleagues,
        role,
    })
}

/// Takes back this person's second opinion on a submission, or the answer to a test. Gives the photo as it was offered.
pub fn take_back(desk: &Desk, reviewer: &str, submission: &str) -> Result<QueueItem, DeskError> {
    desk.store.write(|tx| {
        let item = tx.standing(submission)?.item;
        if !known::take_back(tx, reviewer, submission)? {
            second::take_back(tx, reviewer, submission)?;
        }
        Ok(blind(item))
    })
}

/// The photo without any trace of what was decided on it.
fn blind(item: QueueItem) -> QueueItem {
    QueueItem { state: State::PendingReview, hold: None, ..item }
}

/// Judges a decision as if nothing had been decided: signature, photo, damage, reasons.
fn judge_blind(desk: &Desk, decision: &Decision, standing: &Standing) -> Result<State, DeskError> {
    let item = blind(standing.item.clone());
    let known = decision::Standing { item: &item, is_damaged: standing.is_damaged, decided_by: None };
    Ok(judge(decision, known, &desk.reasons)?)
}

fn role_of(colleagues: &[Colleague], name: &str) -> Role {
    let found = colleagues.iter().find(|colleague| colleague.name == name);
    found.map(|colleague| colleague.role).unwrap_or_default()
}

/// Whether the desk knows anybody but this person.
fn others(colleagues: &[Colleague], name: &str) -> bool {
    colleagues.iter().any(|colleague| colleague.name != name)
}

pub(super) fn require_senior(tx: &Tx<'_>, name: &str) -> Result<Vec<Colleague>, DeskError> {
    let colleagues = tx.colleagues()?;
    match role_of(&colleagues, name) {
        Role::Senior => Ok(colleagues),
        Role::Reviewer => Err(SecondRefused::SeniorOnly.into()),
    }
}
