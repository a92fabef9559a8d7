//! Opinions and second reviews for tests.

use super::Opinion;
use super::decision::Verb;
use super::second::{Cause, SecondReview, Stage};

/// An approval without reasons, a rejection with some.
pub fn opinion(by: &str, reasons: &[&str]) -> Opinion {
    let verb = if reasons.is_empty() { Verb::Approve } else { Verb::Reject };
    Opinion { by: by.into(), verb, reasons: reasons.iter().map(|code| (*code).to_owned()).collect() }
}

/// A decision that waits for its second look.
pub fn open(first: Opinion) -> SecondReview {
    SecondReview {
        submission: "s".into(),
        first_seq: 7,
        photo_sha256: "p".into(),
        revision: 1,
        cause: Cause::Share,
        stage: Stage::Open,
        first,
        second: None,
        ruling: None,
    }
}
