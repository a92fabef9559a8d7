//! A reviewer's decision, bound to the exact pixels that were on screen.

use serde::{Deserialize, Serialize};

use super::state::{Event, IllegalTransition, State, next};
use super::{QueueItem, ReasonCatalogue};

/// What the reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Approve,
    Reject,
    /// Takes back the reviewer's last decision on this submission.
    Undo,
}

/// One decision as it is written to the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
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

/// Why a decision does not count. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    #[error(
        "this decision was made on another photo than the one now submitted (revision {current}); look at the new photo and decide again"
    )]
    StalePhoto { current: u32 },
    #[error(
        "the photo file is damaged and cannot be approved; reject it so that the student sends a new one"
    )]
    Damaged,
    #[error("a rejection needs at least one reason, for the student reads it; choose a preset reason")]
    NoReason,
    #[error("{0} is no known rejection reason; see `photodesk reasons` for the list")]
    UnknownReason(String),
    #[error("the last decision on this submission is {owner}'s; only its owner can take it back")]
    NotYours { owner: String },
    #[error("the reviewer's name is missing; every decision must be signed")]
    Unsigned,
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
}

impl DecisionRefused {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StalePhoto { .. } => "stale_photo",
            Self::Damaged => "damaged_photo",
            Self::NoReason => "no_reason",
            Self::UnknownReason(_) => "unknown_reason",
            Self::NotYours { .. } => "not_yours",
            Self::Unsigned => "unsigned",
            Self::Illegal(_) => "illegal_transition",
        }
    }
}

/// What is known of the submission when a decision arrives.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub item: &'a QueueItem,
    /// The photo could not be decoded.
    pub is_damaged: bool,
    /// Who took the decision that is in force.
    pub decided_by: Option<&'a str>,
}

impl Verb {
    pub fn event(self) -> Event {
        match self {
            Self::Approve => Event::Approved,
            Self::Reject => Event::Rejected,
            Self::Undo => Event::DecisionUndone,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Undo => "undo",
        }
    }
}

/// The state the decision leads to, or why it does not count.
pub fn judge(
    decision: &Decision,
    standing: Standing<'_>,
    reasons: &ReasonCatalogue,
) -> Result<State, DecisionRefused> {
    judge_pixels(&decision.reviewer, &decision.photo_sha256, decision.revision, standing)?;
    let to = next(standing.item.state, decision.verb.event())?;
    match decision.verb {
        Verb::Approve if standing.is_damaged => Err(DecisionRefused::Damaged),
        Verb::Approve => Ok(to),
        Verb::Reject => judge_reasons(&decision.reasons, reasons).map(|()| to),
        Verb::Undo => judge_owner(&decision.reviewer, standing.decided_by).map(|()| to),
    }
}

/// Whether it is signed, and made on the photo that is submitted now.
pub(super) fn judge_pixels(
    reviewer: &str,
    photo_sha256: &str,
    revision: u32,
    standing: Standing<'_>,
) -> Result<(), DecisionRefused> {
    if reviewer.trim().is_empty() {
        return Err(DecisionRefused::Unsigned);
    }
    if photo_sha256 != standing.item.photo_sha256 || revision != standing.item.revision {
        return Err(DecisionRefused::StalePhoto { current: standing.item.revision });
    }
    Ok(())
}

fn judge_reasons(given: &[String], known: &ReasonCatalogue) -> Result<(), DecisionRefused> {
    if given.is_empty() {
        return Err(DecisionRefused::NoReason);
    }
    match given.iter().find(|code| known.get(code).is_none()) {
        Some(unknown) => Err(DecisionRefused::UnknownReason(unknown.clone())),
        None => Ok(()),
    }
}

fn judge_owner(reviewer: &str, owner: Option<&str>) -> Result<(), DecisionRefused> {
    match owner {
        Some(owner) if owner != reviewer => Err(DecisionRefused::NotYours { owner: owner.to_owned() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(state: State) -> QueueItem {
        QueueItem {
            submission: "s".into(),
            batch: "AAAAAA".into(),
            masked_name: "吴*兰".into(),
            state,
            attempt: 1,
            revision: 2,
            photo_sha256: "aa".into(),
            received_at_ms: 0,
            verdict: None,
            failed_checks: 0,
            warned_checks: 0,
            hold: None,
        }
    }

    fn decision(verb: Verb, reasons: &[&str]) -> Decision {
        Decision {
            submission: "s".into(),
            photo_sha256: "aa".into(),
            revision: 2,
            verb,
            reasons: reasons.iter().map(|code| (*code).to_owned()).collect(),
            reviewer: "li".into(),
        }
    }

    fn check(decision: &Decision, state: State, decided_by: Option<&str>, expect: Result<State, &str>) {
        let reasons = ReasonCatalogue::built_in().unwrap();
        let item = item(state);
        let judged = judge(decision, Standing { item: &item, is_damaged: false, decided_by }, &reasons);
        assert_eq!(judged.as_ref().map_err(DecisionRefused::code).copied(), expect);
    }

    #[test]
    fn decisions_follow_the_states_and_need_their_reasons() {
        use State::{Approved, Completed, PendingReview, Rejected};
        check(&decision(Verb::Approve, &[]), PendingReview, None, Ok(Approved));
        check(&decision(Verb::Reject, &["G01"]), PendingReview, None, Ok(Rejected));
        check(&decision(Verb::Reject, &[]), PendingReview, None, Err("no_reason"));
        check(&decision(Verb::Reject, &["G01", "??"]), PendingReview, None, Err("unknown_reason"));
        check(&decision(Verb::Approve, &[]), Rejected, None, Err("illegal_transition"));
        check(&decision(Verb::Undo, &[]), Rejected, Some("li"), Ok(PendingReview));
        check(&decision(Verb::Undo, &[]), Rejected, Some("wang"), Err("not_yours"));
        check(&decision(Verb::Undo, &[]), Completed, Some("li"), Err("illegal_transition"));
    }

    proptest! {
        #[test]
        fn no_decision_on_other_pixels_or_a_damaged_approval_ever_counts(
            state in prop::sample::select(State::ALL.to_vec()),
            verb in prop::sample::select(vec![Verb::Approve, Verb::Reject, Verb::Undo]),
            same_photo in any::<bool>(),
            revision in 1..4_u32,
            is_damaged in any::<bool>(),
        ) {
            let reasons = ReasonCatalogue::built_in().unwrap();
            let photo_sha256 = if same_photo { "aa" } else { "bb" }.to_owned();
            let decision = Decision { photo_sha256, revision, ..decision(verb, &["G01"]) };
            let item = item(state);
            let judged = judge(&decision, Standing { item: &item, is_damaged, decided_by: None }, &reasons);
            if judged.is_ok() {
                prop_assert!(same_photo && revision == 2);
                prop_assert!(!(is_damaged && verb == Verb::Approve));
                prop_assert_eq!(next(state, verb.event()), Ok(judged.unwrap()));
            }
        }
    }
}
