//! What a day of collection goes by, as data.

use serde::Deserialize;

use super::countersign::Risk;
use super::document_number::OnsiteDataError;

const FILE: &str = "assets/onsite/session.toml";
const BUILT_IN: &str = include_str!("../../assets/onsite/session.toml");

/// See `assets/onsite/session.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRules {
    pub folder: FolderRules,
    pub disk: DiskRules,
    pub burst: BurstRules,
    pub second_person: SecondPersonRules,
    pub sign_in: SignInRules,
}

/// What one person alone cannot say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondPersonRules {
    pub risks: Vec<Risk>,
}

/// Own codes of colleagues.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRules {
    pub shortest_code: usize,
    pub tries: u32,
    pub shut_seconds: u32,
}

/// How the watched folder is read. Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderRules {
    pub look_every_ms: u64,
    pub settled_after_ms: i64,
    pub incomplete_after_ms: i64,
    pub late_within_ms: i64,
    pub stalled_after_ms: i64,
}

/// Free space that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiskRules {
    pub warn_below_mib: u64,
    pub stop_below_mib: u64,
}

/// What a burst is, and which of it is best.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BurstRules {
    pub gap_ms: i64,
    pub sharpness: f64,
    pub eyes: f64,
    pub pose: f64,
}

/// Whether there is room for the next shot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    Enough,
    /// A banner; work goes on.
    Low,
    /// Nobody is called up any more.
    None,
}

impl SessionRules {
    pub fn built_in() -> Result<Self, OnsiteDataError> {
        toml::from_str(BUILT_IN)
            .map_err(|error| OnsiteDataError { file: FILE, cause: error.message().to_owned() })
    }
}

impl DiskRules {
    pub fn room(&self, free_mib: u64) -> Room {
        match free_mib {
            free if free < self.stop_below_mib => Room::None,
            free if free < self.warn_below_mib => Room::Low,
            _ => Room::Enough,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_warn_before_they_stop() {
        let disk = SessionRules::built_in().unwrap().disk;
        assert_eq!(disk.room(5 * 1024), Room::Enough);
        assert_eq!(disk.room(5 * 1024 - 1), Room::Low);
        assert_eq!(disk.room(2 * 1024), Room::Low);
        assert_eq!(disk.room(2 * 1024 - 1), Room::None);
    }
}
