//! A photo standard as typed data: size, bands, backgrounds, bytes, policies, source and date.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::photo::units::{Dpi, Mm};

pub mod catalogue;

pub use catalogue::{Catalogue, StandardError};

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
    /// ISO date or year, as exact as the document is known.
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
    #[serde(default)]
    pub pass_min: Option<f64>,
    #[serde(default)]
    pub pass_max: Option<f64>,
    #[serde(default)]
    pub warn_min: Option<f64>,
    #[serde(default)]
    pub warn_max: Option<f64>,
}

/// A background colour the standard accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// Where the face must stand in the output picture, in output pixels; the crop solver reads `legal` and aims at `target`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Top of hair to top edge.
    pub crown_y: TargetBand,
    /// Eye line to top edge.
    pub eye_y: TargetBand,
    /// Cheek to cheek.
    pub face_width: TargetBand,
    /// Crown to chin over picture height.
    pub head_ratio: TargetBand,
    /// True when a small turn may level the eyes.
    #[serde(default)]
    pub allow_rotate: bool,
}

/// A legal band with the value to aim at. Absent ends are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetBand {
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
    #[serde(default)]
    pub target: Option<f64>,
}

/// What the standard means for one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseState {
    Checked,
    OperatorMustLook,
    NotApplicable,
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
    /// Checks that enforce it.
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
    #[serde(default)]
    pub bands: BTreeMap<String, Band>,
}

/// A photo standard, as loaded from its TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    pub id: String,
    pub version: u32,
    pub zh: String,
    pub en: String,
    pub source: Source,
    pub size: OutputSize,
    pub file: FileLimits,
    /// Accepted backgrounds, the default first.
    pub backgrounds: Vec<Background>,
    /// True when the delivered photo gets its background replaced, so that the captured colour is only information.
    pub replace_background: bool,
    pub glasses: GlassesPolicy,
    pub geometry: Geometry,
    pub clauses: Vec<Clause>,
    /// Limits by check id (snake_case).
    pub checks: BTreeMap<String, CheckLimits>,
}
