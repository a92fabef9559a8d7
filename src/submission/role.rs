//! Who may do what at a desk beyond reviewing.

use serde::{Deserialize, Serialize};

/// What a person does at this desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 审核员: decides, looks again, answers.
    #[default]
    Reviewer,
    /// 主审: decides what was escalated and what two reviewers saw differently, and sets how quality is watched.
    Senior,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::Reviewer, Self::Senior];

    /// The word of the database, of JSON and of locale keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Senior => "senior",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Somebody who signs at this desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub name: String,
    pub role: Role,
}
