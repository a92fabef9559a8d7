//! Configuration files of the hub's services: TOML, with secrets in files of their own beside it.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A configuration cannot be used. The text carries the remedy, and never what stands in a file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path} cannot be read ({cause}); name a file that the hub may read")]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error("{path}: {cause}; correct it as docs/hub.md describes")]
    Faulty { path: PathBuf, cause: String },
}

impl ConfigError {
    pub(super) fn faulty(path: &Path, cause: impl Into<String>) -> Self {
        Self::Faulty { path: path.to_owned(), cause: cause.into() }
    }
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })
}

/// What the TOML file says.
pub(super) fn parsed<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    toml::from_str(&read(path)?).map_err(|cause| ConfigError::faulty(path, cause.message()))
}

/// Where files lie that `path` names: paths in it count from its folder.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}
