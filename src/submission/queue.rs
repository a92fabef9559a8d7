//! One row of the queue as a screen shows it: masked, cheap, without photo bytes.

use serde::{Deserialize, Serialize};

use super::{HoldKind, State};
use crate::inspect::Verdict;

/// Why a stored photo cannot be shown or checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoFault {
    pub code: String,
    pub message: String,
}

/// One row of the queue; cheap, no photo bytes. `masked_name` is already masked.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueItem {
    pub submission: String,
    pub batch: String,
    pub masked_name: String,
    pub state: State,
    pub attempt: u32,
    pub revision: u32,
    pub photo_sha256: String,
    /// Milliseconds since the Unix epoch.
    pub received_at_ms: i64,
    /// Worst verdict of the local check; `None` before it ran, `Fail` when the photo is damaged.
    pub verdict: Option<Verdict>,
    pub failed_checks: usize,
    pub warned_checks: usize,
    /// Set aside without a decision.
    pub hold: Option<HoldKind>,
}

/// What lies beside the queue. Its rows show no trace of what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pile {
    /// Decisions that this person can look at again.
    Second { reviewer: String },
    /// Disagreements that wait for a senior.
    Disputed,
}

/// What the queue shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueFilter {
    /// Instead of the queue, what lies beside it; then only batch and text narrow it further.
    pub pile: Option<Pile>,
    pub batch: Option<String>,
    pub state: Option<State>,
    /// Only what is set aside in this way.
    pub hold: Option<HoldKind>,
    pub school: Option<String>,
    /// Worst verdict of the local check.
    pub verdict: Option<Verdict>,
    /// Code of a reason it is rejected for now.
    pub reason: Option<String>,
    pub attempt: Option<u32>,
    /// Part of the file name, masked name or submission id.
    pub text: String,
}

impl QueueFilter {
    /// How many of school, verdict, reason and attempt narrow it.
    pub fn finer(&self) -> usize {
        usize::from(self.school.is_some())
            + usize::from(self.verdict.is_some())
            + usize::from(self.reason.is_some())
            + usize::from(self.attempt.is_some())
    }
}
