//! The final electronic photo of a submission, exactly as it will be delivered.

use super::{Desk, DeskError};
use crate::retouch::Prepared;

/// Makes (or replays) the final photo of a submission under its batch's standard.
pub fn final_photo(_desk: &Desk, _submission: &str) -> Result<Prepared, DeskError> {
    todo!()
}
