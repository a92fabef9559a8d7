//! Where the person was when the window was closed: kept beside the settings, never needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::SettingsError;
use crate::durable;

const FILE_NAME: &str = "resume.json";

/// The last place and what was begun there. Ids and codes only: no name, no note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resume {
    pub window: Option<WindowSize>,
    /// The place of the work, by the key of its name.
    pub place: Option<String>,
    /// The batch the queue was narrowed to.
    pub batch: Option<String>,
    /// The submission looked at in the review.
    pub submission: Option<String>,
    /// Reasons chosen but not yet given, by submission and revision.
    pub drafts: BTreeMap<String, Vec<String>>,
}

/// Size of the window in points of the system.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowSize {
    pub width: f32,
    pub height: f32,
    pub maximized: bool,
}

impl Resume {
    /// What was kept; nothing when it is missing or broken.
    pub fn load(profile: &Path) -> Self {
        let text = fs::read_to_string(profile.join(FILE_NAME)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Replaces what was kept in one step.
    pub fn save(&self, profile: &Path) -> Result<(), SettingsError> {
        let path = profile.join(FILE_NAME);
        let write = || durable::write_file(profile, &path, &serde_json::to_vec_pretty(self)?);
        write().map_err(|cause| SettingsError::Write { path: path.clone(), cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_comes_back_and_a_broken_file_is_forgotten() {
        let profile = tempfile::tempdir().unwrap();
        assert_eq!(Resume::load(profile.path()), Resume::default());
        let kept = Resume {
            place: Some("route.review".into()),
            drafts: [("one".to_owned(), vec!["G01".to_owned()])].into(),
            ..Resume::default()
        };
        kept.save(profile.path()).unwrap();
        assert_eq!(Resume::load(profile.path()), kept);
        fs::write(profile.path().join(FILE_NAME), "{").unwrap();
        assert_eq!(Resume::load(profile.path()), Resume::default());
    }
}
