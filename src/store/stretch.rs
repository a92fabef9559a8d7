//! A key stretched from what a person remembers: Argon2id.

use argon2::{Algorithm, Argon2, Error, Params, Version};
use zeroize::Zeroizing;

/// How dear one guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Costs {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Costs {
    /// RFC 9106, second recommended option, on one lane.
    pub const USUAL: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
}

/// The key that this secret and salt give.
pub(super) fn stretch(secret: &str, salt: &[u8], costs: Costs) -> Result<Zeroizing<[u8; 32]>, Error> {
    let params = Params::new(costs.memory_kib, costs.passes, costs.lanes, Some(32))?;
    let mut key = Zeroizing::new([0; 32]);
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password_into(secret.as_bytes(), salt, key.as_mut_slice())?;
    Ok(key)
}
