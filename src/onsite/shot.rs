//! The states of a shot and the one function that moves between them.
//!
//! | from | event | to |
//! |---|---|---|
//! | draft | finalised | finalised |
//! | finalised | reopened | draft |
//! | finalised | sent | sent |
//! | sent | proved | safe_to_wipe |
//! | safe_to_wipe | wiped | wiped (the row stays, the file is gone) |
//!
//! A state repeated is no change and no error: an answer that was lost is asked for again. Every other pair is refused,
//! so that no file leaves this computer's disk before the hub has proved that it holds it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a shot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShotState {
    Draft,
    Finalised,
    Sent,
    SafeToWipe,
    Wiped,
}

/// What can happen to a shot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShotEvent {
    Finalised,
    /// The operator wants another photo of this person before anything was sent.
    Reopened,
    /// The hub has answered that it stored the file.
    Sent,
    /// The hub has proved that it holds these very bytes.
    Proved,
    Wiped,
}

/// The event is not possible in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {state} shot cannot be {event}; see where it stands and choose anew")]
pub struct IllegalShotEvent {
    pub state: ShotState,
    pub event: ShotEvent,
}

/// The state after an event.
pub fn next(state: ShotState, event: ShotEvent) -> Result<ShotState, IllegalShotEvent> {
    use ShotState::{Draft, Finalised, SafeToWipe, Sent, Wiped};
    Ok(match (state, event) {
        (Draft | Finalised, ShotEvent::Finalised) => Finalised,
        (Draft | Finalised, ShotEvent::Reopened) => Draft,
        (Finalised | Sent, ShotEvent::Sent) => Sent,
        (Sent | SafeToWipe, ShotEvent::Proved) => SafeToWipe,
        (SafeToWipe | Wiped, ShotEvent::Wiped) => Wiped,
        (state, event) => return Err(IllegalShotEvent { state, event }),
    })
}

/// Why a person must say whose a shot is before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Nobody stood before the camera when it came.
    Nobody,
    /// It came just after the next student stepped up.
    Late,
    /// The same face stands under another student.
    SameFace,
    /// Another face than on this student's other shots.
    OtherFace,
}

impl ShotState {
    pub const ALL: [Self; 5] = [Self::Draft, Self::Finalised, Self::Sent, Self::SafeToWipe, Self::Wiped];

    /// The snake_case word used in the database, in JSON and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Finalised => "finalised",
            Self::Sent => "sent",
            Self::SafeToWipe => "safe_to_wipe",
            Self::Wiped => "wiped",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl ShotEvent {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finalised => "finalised",
            Self::Reopened => "reopened",
            Self::Sent => "sent",
            Self::Proved => "proved",
            Self::Wiped => "wiped",
        }
    }
}

impl Doubt {
    pub const ALL: [Self; 4] = [Self::Nobody, Self::Late, Self::SameFace, Self::OtherFace];

    /// The snake_case word used in the database, in JSON and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Late => "late",
            Self::SameFace => "same_face",
            Self::OtherFace => "other_face",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.as_str() == word)
    }
}

impl fmt::Display for ShotState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ShotEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [ShotEvent; 5] =
        [ShotEvent::Finalised, ShotEvent::Reopened, ShotEvent::Sent, ShotEvent::Proved, ShotEvent::Wiped];

    proptest! {
        /// Whatever happens in whatever order, nothing is wiped that was not sent and then proved, and what was sent
        /// never becomes a draft again.
        #[test]
        fn nothing_is_wiped_before_it_was_proved(events in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let (mut state, mut sent, mut proved) = (ShotState::Draft, false, false);
            for event in events.into_iter().map(|at| EVENTS[at]) {
                match next(state, event) {
                    Ok(after) => {
                        sent |= after == ShotState::Sent;
                        proved |= sent && event == ShotEvent::Proved;
                        prop_assert!(after != ShotState::Wiped || proved);
                        prop_assert!(!sent || after >= ShotState::Sent);
                        // Repeating the event changes nothing further.
                        prop_assert_eq!(next(after, event), Ok(after));
                        state = after;
                    }
                    Err(refused) => prop_assert_eq!(refused, IllegalShotEvent { state, event }),
                }
            }
        }
    }

    #[test]
    fn words_come_back() {
        assert!(ShotState::ALL.iter().all(|state| ShotState::from_word(state.as_str()) == Some(*state)));
        assert!(Doubt::ALL.iter().all(|doubt| Doubt::from_word(doubt.as_str()) == Some(*doubt)));
    }
}
