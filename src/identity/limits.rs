//! The limits of copies, read from assets/identity.toml where each is explained.

use serde::Deserialize;

use super::exposure_hash::BITS;

const BUILT_IN: &str = include_str!("../../assets/identity.toml");

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityLimits {
    pub exposure: ExposureLimits,
    pub search: SearchLimits,
}

/// Correlations of two inner faces.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExposureLimits {
    /// From this one on, one exposure.
    pub same_from: f64,
    /// From this one on a person must look.
    pub perhaps_from: f64,
}

/// How copies are looked for among many photos.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchLimits {
    /// A hash that differs in more bits is not compared closely.
    pub radius: u32,
    /// So many of the nearest are compared closely.
    pub most: usize,
    /// Correlation from which a photo found by the search is one exposure without doubt.
    pub certain_from: f64,
    /// What each coefficient of the hash is held against.
    pub medians: Vec<f32>,
}

/// The built-in limits are broken: the program was built wrongly.
#[derive(Debug, thiserror::Error)]
#[error("assets/identity.toml: {0}; reinstall the program")]
pub struct IdentityLimitsError(String);

impl IdentityLimits {
    pub fn built_in() -> Result<Self, IdentityLimitsError> {
        let limits: Self =
            toml::from_str(BUILT_IN).map_err(|error| IdentityLimitsError(error.message().to_owned()))?;
        match limits.search.medians.len() {
            BITS => Ok(limits),
            count => Err(IdentityLimitsError(format!("search.medians has {count} values, not {BITS}"))),
        }
    }
}
