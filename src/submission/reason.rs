//! The preset rejection reasons: code, title, cause and remedy in both languages.

use serde::{Deserialize, Serialize};

/// Whether the local check may name this reason by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The check alone is enough.
    Auto,
    /// The check may name it, a person confirms.
    AutoThenHuman,
    /// Only a person may say so.
    Human,
    /// Raised by the system, not by looking at the photo.
    System,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// One preset reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable code: `G01`, `F03`, `A01` …
    pub code: String,
    pub title: Text,
    pub cause: Text,
    pub remedy: Text,
    /// Check ids that suggest it.
    pub checks: Vec<String>,
    pub judge: Judge,
}

/// All preset reasons, in catalogue order.
#[derive(Clone, Debug)]
pub struct ReasonCatalogue {
    reasons: Vec<Reason>,
}

/// The catalogue could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReasonError {
    #[error("not implemented")]
    Todo,
}

impl ReasonCatalogue {
    /// The reasons that ship with the program.
    pub fn built_in() -> Result<Self, ReasonError> {
        todo!()
    }

    pub fn all(&self) -> &[Reason] {
        &self.reasons
    }

    /// The reason with this code.
    pub fn get(&self, code: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.code == code)
    }
}
