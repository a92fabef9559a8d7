//! All known standards by id; built-in ones and the user's own folder.

use super::Standard;

/// A standard could not be used. The text names file, key and remedy.
#[derive(Debug, thiserror::Error)]
pub enum StandardError {
    #[error("not implemented")]
    Todo,
}

/// The known standards, in the order they are shown.
#[derive(Clone, Debug)]
pub struct Catalogue {
    standards: Vec<Standard>,
}

impl Catalogue {
    /// The standards that ship with the program.
    pub fn built_in() -> Result<Self, StandardError> {
        todo!()
    }

    pub fn all(&self) -> &[Standard] {
        &self.standards
    }

    /// The standard with this id; the error lists the known ids.
    pub fn get(&self, _id: &str) -> Result<&Standard, StandardError> {
        todo!()
    }
}
