//! The limits of identity, read from assets/identity.toml where each is explained.

use serde::Deserialize;

use super::exposure_hash::BITS;
use crate::standard::Band;

const BUILT_IN: &str = include_str!("../../assets/identity.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityLimits {
    /// Correlation of inner faces: other exposures pass.
    pub same_exposure: Band,
    /// Distance of descriptors: one person passes.
    pub same_person: Band,
    /// A hash farther than this from another is not worth a closer comparison.
    pub hash_radius: u32,
    /// So many of the nearest are compared closely.
    pub most_candidates: usize,
    /// What each bit of the hash is held against.
    pub hash_medians: Vec<f32>,
}

/// The built-in limits are broken: the program was built wrongly.
#[derive(Debug, thiserror::Error)]
#[error("assets/identity.toml: {0}; reinstall the program")]
pub struct IdentityLimitsError(String);

impl IdentityLimits {
    pub fn built_in() -> Result<Self, IdentityLimitsError> {
        let limits: Self =
            toml::from_str(BUILT_IN).map_err(|error| IdentityLimitsError(error.message().to_owned()))?;
        if limits.hash_medians.len() != BITS {
            return Err(IdentityLimitsError(format!("hash_medians must have {BITS} values")));
        }
        Ok(limits)
    }
}
