//! A photo standard as typed data: size, bands, backgrounds, bytes, policies, source and date.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::photo::units::{Dpi, Mm};

pub mod catalogue;
mod geometry;
mod load;
mod traces;
pub mod user_file;
mod validate;

pub use catalogue::{Catalogue, StandardError};
pub use geometry::{Geometry, GeometryUnit, TargetBand};
pub use traces::Traces;

/// A photo standard, as loaded from its TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Stable snake_case word used on the command line and in records.
    pub id: String,
    /// Rises with every change of a figure, so that old reports say what they were judged by.
    pub version: u32,
    pub zh: String,
    pub en: String,
    /// Other names people type for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    pub source: Source,
    pub size: OutputSize,
    pub file: FileLimits,
    /// Accepted backgrounds, the default first.
    pub backgrounds: Vec<Background>,
    /// True when the delivered photo gets its background replaced, so that the captured colour is only information.
    pub replace_background: bool,
    pub glasses: GlassesPolicy,
    /// Greatest age of the photo in days, where the document states one.
    #[serde(default)]
    pub recency_days: Option<u32>,
    /// Lengths are in output pixels once loaded, whatever unit the file uses.
    pub geometry: Geometry,
    /// What a reader of the figures has to know: our own choices, doubts, regional differences.
    #[serde(default)]
    pub notes: Vec<Text>,
    pub clauses: Vec<Clause>,
    /// Limits by check id (snake_case); every delivered check has an entry.
    pub checks: BTreeMap<String, CheckLimits>,
}

impl Standard {
    /// The accepted background with this id.
    pub fn background(&self, id: &str) -> Option<&Background> {
        self.backgrounds.iter().find(|background| background.id == id)
    }

    /// The band `name` of `check`; `None` when the standard sets no such limit.
    pub fn band(&self, check: &str, name: &str) -> Option<Band> {
        self.checks.get(check)?.bands.get(name).copied()
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// How far the source of a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Several independent sources give the same figures.
    A,
    /// One readable source.
    B,
    /// Second hand; keep editable.
    C,
}

/// Where the standard comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub issuer: String,
    pub document: String,
    /// ISO date or year, as exact as the document is known; `undated` when it is not.
    pub date: String,
    pub confidence: Confidence,
    #[serde(default)]
    pub url: Option<String>,
}

/// Output picture: pixels, density and, where it is printed, millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSize {
    pub width_px: u32,
    pub height_px: u32,
    pub dpi: Dpi,
    #[serde(default)]
    pub width_mm: Option<Mm>,
    #[serde(default)]
    pub height_mm: Option<Mm>,
}

/// Limits of the delivered JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLimits {
    #[serde(default)]
    pub min_kb: Option<u32>,
    #[serde(default)]
    pub max_kb: Option<u32>,
    pub min_quality: u8,
    pub max_quality: u8,
}

/// A band of values: outside `warn` fails, outside `pass` warns. An absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_max: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_max: Option<f64>,
}

/// A background colour the standard accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Short id used on the command line: `light_blue`, `white`, `light_grey` …
    pub id: String,
    pub rgb: [u8; 3],
}

/// What the standard says of glasses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GlassesPolicy {
    Forbid,
    /// Habitual wearers keep clear glasses without glare.
    AllowClean,
    Ignore,
}

/// What the standard means for one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseState {
    /// A delivered check judges it, or the making of the final photo guarantees it.
    Checked,
    /// Only a person can judge it today.
    OperatorMustLook,
    /// Written in the document but without meaning for the photo itself.
    NotApplicable,
    /// A machine could judge it, but no delivered check does yet.
    NotEnforcedYet,
}

/// One row of the clause table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub state: ClauseState,
    /// Checks that enforce it, or help the person who has to look.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// How severe a check may become under this standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Off,
    Warn,
    Fail,
}

/// Limits of one check: bands by name (most checks have one, `value`), and the worst verdict allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckLimits {
    pub severity: Severity,
    /// Where the figures come from, with the unit of each band.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub bands: BTreeMap<String, Band>,
}
