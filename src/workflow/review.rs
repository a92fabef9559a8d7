//! Decisions: written durably to the journal before the screen moves on.

use super::desk::QueueItem;
use super::{Desk, DeskError};
use crate::submission::Decision;

/// Writes the decision; refused when the photo or revision is not the one that was painted.
pub fn decide(_desk: &Desk, _decision: &Decision) -> Result<QueueItem, DeskError> {
    todo!()
}

/// Takes back this reviewer's latest decision that can still be undone; `None` when there is none.
pub fn undo(_desk: &Desk, _reviewer: &str) -> Result<Option<QueueItem>, DeskError> {
    todo!()
}
