//! Everything one person decided between two times, looked at again: counted first, then put up as one.

use super::super::desk::now_ms;
use super::super::{Desk, DeskError};
use super::require_senior;
use super::second::open;
use crate::store::journal::JournalEvent;
use crate::submission::second::Cause;

/// Whose decisions, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgainScope {
    pub reviewer: String,
    /// Milliseconds since the Unix epoch; the end is not in it.
    pub from_ms: i64,
    pub to_ms: i64,
}

/// What looking again would put up; nothing is changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgainPlan {
    pub scope: AgainScope,
    /// Decisions in force in the scope that were not looked at again yet.
    pub photos: usize,
}

/// Counts the decisions in force of the scope that nobody has looked at again and that are not up for it.
pub fn plan_again(desk: &Desk, scope: &AgainScope) -> Result<AgainPlan, DeskError> {
    let found = desk.store.decided_between(&scope.reviewer, scope.from_ms, scope.to_ms)?;
    Ok(AgainPlan { scope: scope.clone(), photos: found.len() })
}

/// Puts them up for a second review, by a senior, on record; gives how many.
pub fn review_again(desk: &Desk, scope: &AgainScope, senior: &str) -> Result<usize, DeskError> {
    let found = desk.store.decided_between(&scope.reviewer, scope.from_ms, scope.to_ms)?;
    desk.store.write(|tx| {
        require_senior(tx, senior)?;
        let mut submissions = Vec::with_capacity(found.len());
        for (submission, seq) in found {
            // Taken back since the count: nothing is left to look at again.
            let is_in_force = tx.standing(&submission)?.decided_seq == Some(seq);
            let Some(JournalEvent::Decision { decision, .. }) = tx.event(seq)?.filter(|_| is_in_force) else {
                continue;
            };
            if tx.draw_second(&open(&decision, seq, Cause::Asked))? {
                submissions.push(submission);
            }
        }
        let count = submissions.len();
        let event = JournalEvent::ReviewedAgain {
            reviewer: scope.reviewer.clone(),
            from_ms: scope.from_ms,
            to_ms: scope.to_ms,
            by: senior.to_owned(),
            submissions,
        };
        tx.append(now_ms(), senior, &event)?;
        Ok(count)
    })
}
