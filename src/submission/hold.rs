//! A photo set aside without a decision: parked for later, or escalated to a senior. The state stays pending review.

use serde::{Deserialize, Serialize};

use super::decision::{DecisionRefused, Standing, judge_pixels};
use super::state::{Event, IllegalTransition, State};

/// Why the photo is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// 暂存: the reviewer comes back to it.
    Parked,
    /// 上报: a senior decides.
    Escalated,
}

impl HoldKind {
    pub const ALL: [Self; 2] = [Self::Parked, Self::Escalated];

    /// The word of the database and of JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Escalated => "escalated",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One hold as it is written to the journal; the note lies sealed beside the submission, for it may name a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub submission: String,
    /// SHA-256 of the photo file that was on screen.
    pub photo_sha256: String,
    pub revision: u32,
    /// `None` gives the photo back to the queue.
    pub hold: Option<HoldKind>,
    pub reviewer: String,
}

/// What was noted with a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldNote {
    pub by: String,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub text: String,
}

/// Whether the hold counts: only what waits for review is set aside, and only the photo that was on screen.
pub fn judge_hold(hold: &Hold, standing: Standing<'_>) -> Result<(), DecisionRefused> {
    judge_pixels(&hold.reviewer, &hold.photo_sha256, hold.revision, standing)?;
    match standing.item.state {
        State::PendingReview => Ok(()),
        // Told in the words of the decision that would have been needed here.
        state => Err(IllegalTransition::NotHere { state, event: Event::Approved }.into()),
    }
}
