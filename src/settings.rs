//! The user's choices, kept in the profile; a broken field falls back to its default and the rest is kept.

pub mod resume;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::durable;

/// Name of the settings file inside the profile folder.
const FILE_NAME: &str = "settings.json";

/// Interface scales that stay readable, in percent.
pub const SCALE_RANGE_PERCENT: std::ops::RangeInclusive<u16> = 100..=300;

/// Language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// BCP 47 tag, as in the locale files.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language's name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "简体中文",
            Self::English => "English",
        }
    }
}

/// Look of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    #[default]
    Dark,
    Light,
    /// Neutral mid grey, for judging colour.
    Grey,
}

/// Everything the person can choose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub language: Language,
    pub theme: ThemeChoice,
    pub scale_percent: u16,
    /// Name written into the journal with every decision.
    pub reviewer: String,
    /// True when the standard's guides are drawn over the photo.
    pub guides: bool,
    /// Where the last export went.
    pub export_folder: Option<PathBuf>,
    /// Paper chosen last in the print room.
    pub paper: Option<String>,
    /// Decisions the hub refused up to here were looked at; milliseconds since the Unix epoch.
    pub conflicts_seen_ms: i64,
    /// Keys of the person's own, by action.
    pub keys: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: ThemeChoice::default(),
            scale_percent: *SCALE_RANGE_PERCENT.start(),
            reviewer: String::new(),
            guides: true,
            export_folder: None,
            paper: None,
            conflicts_seen_ms: 0,
            keys: BTreeMap::new(),
        }
    }
}

/// The settings could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "the settings could not be written to {path}: {cause}; check that the folder exists and has room"
    )]
    Write { path: PathBuf, cause: std::io::Error },
}

impl SettingsError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "settings_write",
        }
    }
}

impl Settings {
    /// Reads the profile's settings; whatever is missing or broken has its default.
    pub fn load(profile: &Path) -> Self {
        fs::read_to_string(profile.join(FILE_NAME))
            .map_or_else(|_| Self::default(), |text| Self::from_json(&text))
    }

    /// Reads settings from text, field by field.
    pub fn from_json(text: &str) -> Self {
        let fields: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let default = Self::default();
        let scale = field(&fields, "scale_percent", default.scale_percent);
        Self {
            language: field(&fields, "language", default.language),
            theme: field(&fields, "theme", default.theme),
            scale_percent: scale.clamp(*SCALE_RANGE_PERCENT.start(), *SCALE_RANGE_PERCENT.end()),
            reviewer: field(&fields, "reviewer", default.reviewer),
            guides: field(&fields, "guides", default.guides),
            export_folder: field(&fields, "export_folder", default.export_folder),
            paper: field(&fields, "paper", default.paper),
            conflicts_seen_ms: field(&fields, "conflicts_seen_ms", default.conflicts_seen_ms),
            keys: field(&fields, "keys", default.keys),
        }
    }

    /// Replaces the profile's settings file in one step, so that a crash leaves the old or the new one.
    pub fn save(&self, profile: &Path) -> Result<(), SettingsError> {
        let path = profile.join(FILE_NAME);
        self.replace_file(profile, &path).map_err(|cause| SettingsError::Write { path, cause })
    }

    fn replace_file(&self, profile: &Path, path: &Path) -> std::io::Result<()> {
        fs::create_dir_all(profile)?;
        durable::write_file(profile, path, &serde_json::to_vec_pretty(self)?)
    }
}

fn field<T: DeserializeOwned>(fields: &Value, name: &str, default: T) -> T {
    fields.get(name).and_then(|value| T::deserialize(value).ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_field_loses_only_itself() {
        let read =
            Settings::from_json(r#"{"language":"en","theme":7,"scale_percent":9000,"reviewer":"李雷"}"#);
        let expect = Settings {
            language: Language::English,
            scale_percent: 300,
            reviewer: "李雷".into(),
            ..Settings::default()
        };
        assert_eq!(read, expect);
    }

    #[test]
    fn text_that_is_no_json_gives_the_defaults() {
        assert_eq!(Settings::from_json("\u{0}{"), Settings::default());
    }

    #[test]
    fn what_is_saved_comes_back() {
        let profile = tempfile::tempdir().unwrap();
        let saved = Settings { theme: ThemeChoice::Light, paper: Some("6寸".into()), ..Settings::default() };
        saved.save(profile.path()).unwrap();
        assert_eq!(Settings::load(profile.path()), saved);
    }
}
