//! The label file: one row a photo, blank where nobody could tell.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// What a person saw in one photo. Empty text = not labelled.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Label {
    pub file: String,
    pub faces: String,
    pub glasses: String,
    pub eyes: String,
    pub mouth: String,
    pub mouth_detail: String,
    pub pose: String,
    pub background: String,
    pub bg_shadow: String,
    pub lighting: String,
    pub tight_crop: String,
    pub head_covering: String,
    pub earring: String,
    pub lipstick: String,
    pub identity: String,
    pub east_asian: String,
    pub notes: String,
    pub licence: String,
}

pub fn read(file: &Path) -> Result<Vec<Label>> {
    let mut reader =
        csv::Reader::from_path(file).with_context(|| format!("{} could not be opened", file.display()))?;
    let rows = reader.deserialize().collect::<Result<Vec<Label>, _>>();
    rows.with_context(|| format!("{} is not a label table", file.display()))
}
