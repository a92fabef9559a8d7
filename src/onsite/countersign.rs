//! What one person says on site and a second one must confirm, because nothing but a look stands behind it.
//!
//! | from | step | to |
//! |---|---|---|
//! | waiting | another person than the first confirms | confirmed |
//! | waiting | another person than the first says it is not so | refused |
//! | waiting | the first says something else of the same photo | replaced |
//!
//! Every other step is refused.

use serde::{Deserialize, Serialize};

use super::rules::SecondPersonRules;
use super::shot::Doubt;

/// Why one person's word is not enough; the words are locale keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// A collection code was given to somebody who had been photographed before, and of whom nothing was known to compare
    /// its last four with.
    LateCode,
    /// The same face stood under another student, and somebody said whose the photo is.
    SameFace,
    /// The face differed from the student's other photos, and somebody said whose the photo is.
    OtherFace,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Confirmed,
    /// It is not so: what was said is taken back.
    Refused,
    /// Something else was said of the same photo since.
    Replaced,
}

/// One thing that waits for a second person, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Countersign {
    pub batch: String,
    pub risk: Risk,
    pub subject: String,
    /// The photo whose person was named; none for a code.
    pub shot: Option<String>,
    /// The other student whose face it looked like.
    pub against: Option<String>,
    pub said_by: String,
    pub said_at_ms: i64,
    pub outcome: Option<Outcome>,
    pub settled_by: Option<String>,
}

/// A second signature that does not count. The text carries the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountersignRefused {
    #[error("whoever said it cannot confirm it; let a colleague sign in and look")]
    SamePerson,
    #[error("this was settled already; look at the list again")]
    Settled,
}

impl CountersignRefused {
    /// Stable machine-readable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::SamePerson => "same_person",
            Self::Settled => "already_settled",
        }
    }
}

impl Countersign {
    /// A second person's word.
    pub fn settle(self, is_so: bool, by: &str) -> Result<Self, CountersignRefused> {
        if self.outcome.is_some() {
            return Err(CountersignRefused::Settled);
        }
        if is_same_name(&self.said_by, by) {
            return Err(CountersignRefused::SamePerson);
        }
        let outcome = if is_so { Outcome::Confirmed } else { Outcome::Refused };
        Ok(Self { outcome: Some(outcome), settled_by: Some(by.to_owned()), ..self })
    }

    /// The first person says something else.
    pub fn replace(self, by: &str) -> Result<Self, CountersignRefused> {
        match self.outcome {
            Some(_) => Err(CountersignRefused::Settled),
            None => Ok(Self { outcome: Some(Outcome::Replaced), settled_by: Some(by.to_owned()), ..self }),
        }
    }
}

/// Case and outer blanks make nobody another person.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

impl SecondPersonRules {
    /// The risk of settling this doubt, where one person is not enough.
    pub fn risk_of(&self, doubt: Doubt) -> Option<Risk> {
        let risk = match doubt {
            Doubt::SameFace => Risk::SameFace,
            Doubt::OtherFace => Risk::OtherFace,
            Doubt::Nobody | Doubt::Late => return None,
        };
        self.risks.contains(&risk).then_some(risk)
    }
}

impl Risk {
    pub const ALL: [Self; 3] = [Self::LateCode, Self::SameFace, Self::OtherFace];

    /// The snake_case word used in the database, in JSON and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LateCode => "late_code",
            Self::SameFace => "same_face",
            Self::OtherFace => "other_face",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.as_str() == word)
    }
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::Refused, Self::Replaced];

    /// The snake_case word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Replaced => "replaced",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn waiting() -> Countersign {
        Countersign {
            batch: "AAAAAA".into(),
            risk: Risk::LateCode,
            subject: "s".into(),
            shot: None,
            against: None,
            said_by: "Li Na".into(),
            said_at_ms: 1,
            outcome: None,
            settled_by: None,
        }
    }

    #[test]
    fn nobody_is_their_own_second_person() {
        for name in ["Li Na", " li na ", "LI NA"] {
            assert_eq!(waiting().settle(true, name), Err(CountersignRefused::SamePerson));
            assert_eq!(waiting().settle(false, name), Err(CountersignRefused::SamePerson));
        }
        assert_eq!(waiting().settle(true, "王芳").map(|it| it.outcome), Ok(Some(Outcome::Confirmed)));
    }

    proptest! {
        /// Whatever is tried in whatever order, the first step that counts is the last, and it was another person's unless
        /// the first took their own word back.
        #[test]
        fn what_is_settled_stays(steps in prop::collection::vec((0..3, 0..3_usize), 0..12)) {
            let names = ["li na", "王芳", "zhao"];
            let mut it = waiting();
            for (step, who) in steps {
                let before = it.clone();
                let done = match step {
                    0 => it.clone().settle(true, names[who]),
                    1 => it.clone().settle(false, names[who]),
                    _ => it.clone().replace(names[who]),
                };
                match done {
                    Ok(after) => {
                        prop_assert_eq!(before.outcome, None);
                        prop_assert!(step == 2 || who != 0);
                        it = after;
                    }
                    Err(CountersignRefused::Settled) => prop_assert!(before.outcome.is_some()),
                    Err(CountersignRefused::SamePerson) => prop_assert!(step < 2 && who == 0),
                }
            }
        }
    }

    #[test]
    fn words_come_back() {
        assert!(Risk::ALL.iter().all(|risk| Risk::from_word(risk.as_str()) == Some(*risk)));
        assert!(Outcome::ALL.iter().all(|outcome| Outcome::from_word(outcome.as_str()) == Some(*outcome)));
    }
}
