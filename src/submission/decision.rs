//! A reviewer's decision, bound to the exact pixels that were on screen.

use serde::{Deserialize, Serialize};

/// What the reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Approve,
    Reject,
    /// Takes back the reviewer's last decision on this submission.
    Undo,
}

/// One decision as it is written to the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub submission: String,
    /// SHA-256 of the photo file that was painted when the key was pressed.
    pub photo_sha256: String,
    pub revision: u32,
    pub verb: Verb,
    /// Reason codes, most severe first; never empty for a rejection.
    pub reasons: Vec<String>,
    pub reviewer: String,
}
