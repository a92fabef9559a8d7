//! The second review 复核: a decided photo is looked at again, blind; what two people see differently a senior decides.
//!
//! | from | step | to |
//! |---|---|---|
//! | open | a second opinion that agrees | agreed |
//! | open | a second opinion that does not | disputed |
//! | agreed, disputed | its reviewer takes the second opinion back | open |
//! | disputed | a senior rules | settled |
//! | open | the first reviewer takes the decision back | void |
//!
//! Every other step is refused. No step of this table changes the submission: a ruling that differs from the first
//! decision is carried out as an audited reopening and a decision of the senior's own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::decision::{Decision, Verb};

/// Why a decision is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It fell into the share that is drawn.
    Share,
    /// Its report doubts whose photo it is.
    Identity,
    /// A senior asked for it.
    Asked,
}

/// Where a second review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waits for a second opinion.
    Open,
    Agreed,
    /// Waits for a senior.
    Disputed,
    /// A senior has ruled.
    Settled,
    /// The first decision was taken back before anybody looked again.
    Void,
}

/// What one person found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub by: String,
    pub verb: Verb,
    pub reasons: Vec<String>,
}

/// What a ruling means for the submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The first decision stands.
    Upheld,
    /// The first decision was reopened and decided anew.
    Changed,
    /// The first decision was wrong but others have built on it; it must be recalled by hand.
    Recall,
}

/// A senior's last word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    #[serde(flatten)]
    pub opinion: Opinion,
    pub effect: Effect,
}

/// One decision that is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondReview {
    pub submission: String,
    /// Journal entry of the first decision.
    pub first_seq: u64,
    /// SHA-256 and revision of the photo that was decided on.
    pub photo_sha256: String,
    pub revision: u32,
    pub cause: Cause,
    pub stage: Stage,
    pub first: Opinion,
    pub second: Option<Opinion>,
    pub ruling: Option<Ruling>,
}

/// Why a step of a second review does not count. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondRefused {
    #[error(
        "this decision is not up for a second review; it was looked at meanwhile, or taken back; go on with the next one"
    )]
    NotOpen,
    #[error("the first decision on this photo is your own; somebody else must look at it again")]
    OwnDecision,
    #[error("no disagreement waits here; it was settled meanwhile, or a photo has come anew")]
    NotDisputed,
    #[error("you gave one of the two opinions; another senior must decide between them")]
    OwnDispute,
    #[error(
        "the second opinion is {owner}'s; only its owner can take it back, and not after a senior has ruled"
    )]
    NotYours { owner: String },
    #[error(
        "{by} has looked at this decision again; it can no longer be taken back, but a senior can reopen it"
    )]
    BuiltOn { by: String },
    #[error("this is for a senior; have one named in the settings, or ask one to do it")]
    SeniorOnly,
    #[error("the desk would be left without a senior; name another one first")]
    LastSenior,
    #[error("a name is missing; write who it is about")]
    Nameless,
    #[error("only a decision that stands, on which nobody disagreed, can be a known answer")]
    NoKnownAnswer,
    #[error("this photo was no test for you, or you have answered it already; go on with the next one")]
    NoTest,
}

impl SecondRefused {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "second_not_open",
            Self::OwnDecision => "own_decision",
            Self::NotDisputed => "not_disputed",
            Self::OwnDispute => "own_dispute",
            Self::NotYours { .. } => "not_your_opinion",
            Self::BuiltOn { .. } => "built_on",
            Self::SeniorOnly => "senior_only",
            Self::LastSenior => "last_senior",
            Self::Nameless => "nameless",
            Self::NoKnownAnswer => "no_known_answer",
            Self::NoTest => "no_test",
        }
    }
}

impl Cause {
    pub const ALL: [Self; 3] = [Self::Share, Self::Identity, Self::Asked];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Identity => "identity",
            Self::Asked => "asked",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}

impl Stage {
    pub const ALL: [Self; 5] = [Self::Open, Self::Agreed, Self::Disputed, Self::Settled, Self::Void];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Agreed => "agreed",
            Self::Disputed => "disputed",
            Self::Settled => "settled",
            Self::Void => "void",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

impl Opinion {
    pub fn of(decision: &Decision) -> Self {
        Self { by: decision.reviewer.clone(), verb: decision.verb, reasons: decision.reasons.clone() }
    }

    /// The same verdict, and where both reject, a reason in common.
    pub fn agrees(&self, other: &Self) -> bool {
        self.verb == other.verb
            && (self.verb != Verb::Reject || self.reasons.iter().any(|reason| other.reasons.contains(reason)))
    }

    /// The student would read the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let set = |opinion: &Self| opinion.reasons.iter().cloned().collect::<BTreeSet<_>>();
        self.verb == other.verb && set(self) == set(other)
    }
}

impl SecondReview {
    /// After this second opinion. `others` tells whether the desk knows another reviewer than the first one.
    pub fn opine(&self, opinion: Opinion, others: bool) -> Result<Self, SecondRefused> {
        if self.stage != Stage::Open {
            return Err(SecondRefused::NotOpen);
        }
        if others && opinion.by == self.first.by {
            return Err(SecondRefused::OwnDecision);
        }
        let stage = if opinion.agrees(&self.first) { Stage::Agreed } else { Stage::Disputed };
        Ok(Self { stage, second: Some(opinion), ..self.clone() })
    }

    /// After its reviewer took the second opinion back.
    pub fn take_back(&self, by: &str) -> Result<Self, SecondRefused> {
        let owner = self.second.as_ref().map(|opinion| opinion.by.clone()).unwrap_or_default();
        if owner != by || !matches!(self.stage, Stage::Agreed | Stage::Disputed) {
            return Err(SecondRefused::NotYours { owner });
        }
        Ok(Self { stage: Stage::Open, second: None, ..self.clone() })
    }

    /// After a senior's ruling. `others` tells whether the desk knows another senior; `is_free` whether the first
    /// decision can still be reopened.
    pub fn rule(&self, opinion: Opinion, others: bool, is_free: bool) -> Result<Self, SecondRefused> {
        if self.stage != Stage::Disputed {
            return Err(SecondRefused::NotDisputed);
        }
        let second = self.second.as_ref().map(|opinion| opinion.by.as_str());
        if others && (opinion.by == self.first.by || Some(opinion.by.as_str()) == second) {
            return Err(SecondRefused::OwnDispute);
        }
        let effect = match (opinion.is_same(&self.first), is_free) {
            (true, _) => Effect::Upheld,
            (false, true) => Effect::Changed,
            (false, false) => Effect::Recall,
        };
        Ok(Self { stage: Stage::Settled, ruling: Some(Ruling { opinion, effect }), ..self.clone() })
    }

    /// After the first reviewer took the decision back; refused once somebody has looked again.
    pub fn withdraw(&self) -> Result<Self, SecondRefused> {
        match (&self.second, self.stage) {
            (_, Stage::Open) => Ok(Self { stage: Stage::Void, ..self.clone() }),
            (Some(second), _) => Err(SecondRefused::BuiltOn { by: second.by.clone() }),
            (None, _) => Ok(self.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::fixture::{open, opinion};

    fn code<T: std::fmt::Debug>(result: Result<T, SecondRefused>) -> &'static str {
        result.unwrap_err().code()
    }

    #[test]
    fn the_same_verdict_with_a_reason_in_common_agrees() {
        let check = |first: &[&str], second: &[&str], expect| {
            let row = open(opinion("li", first)).opine(opinion("wang", second), true).unwrap();
            assert_eq!(row.stage, expect, "{first:?} and {second:?}");
        };
        check(&[], &[], Stage::Agreed);
        check(&["G01", "B02"], &["B02"], Stage::Agreed);
        check(&["G01"], &["B02"], Stage::Disputed);
        check(&[], &["G01"], Stage::Disputed);
    }

    #[test]
    fn nobody_looks_again_at_an_own_decision_where_another_could() {
        let row = open(opinion("li", &[]));
        assert_eq!(code(row.opine(opinion("li", &[]), true)), "own_decision");
        assert_eq!(row.opine(opinion("li", &[]), false).unwrap().stage, Stage::Agreed);
    }

    #[test]
    fn a_ruling_needs_a_dispute_and_somebody_who_has_not_spoken() {
        let row = open(opinion("li", &[]));
        assert_eq!(code(row.rule(opinion("zhao", &[]), true, true)), "not_disputed");
        let disputed = row.opine(opinion("wang", &["G01"]), true).unwrap();
        assert_eq!(code(disputed.rule(opinion("wang", &["G01"]), true, true)), "own_dispute");
        let effect = |reasons: &[&str], is_free| {
            let ruled = disputed.rule(opinion("zhao", reasons), true, is_free).unwrap();
            assert_eq!(ruled.stage, Stage::Settled);
            ruled.ruling.unwrap().effect
        };
        assert_eq!(effect(&[], true), Effect::Upheld);
        assert_eq!(effect(&["B02"], true), Effect::Changed);
        assert_eq!(effect(&["G01"], false), Effect::Recall);
    }

    #[test]
    fn an_opinion_is_taken_back_by_its_owner_and_a_decision_only_before_it() {
        let row = open(opinion("li", &[]));
        assert_eq!(row.withdraw().unwrap().stage, Stage::Void);
        let agreed = row.opine(opinion("wang", &[]), true).unwrap();
        assert_eq!(code(agreed.withdraw()), "built_on");
        assert_eq!(code(agreed.take_back("li")), "not_your_opinion");
        assert_eq!(agreed.take_back("wang").unwrap(), row);
    }
}
