//! The sealing key wrapped under a passphrase: Argon2id with stored salt and costs around a random key.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyError, KeyKind, KeyStore, ProfilePlace, SealingKey};
use crate::store::stretch::{Costs, stretch};
use crate::store::{durable, seal};

/// A damaged or hostile file may not ask for more memory than an office computer has.
const MEMORY_LIMIT_KIB: u32 = 1024 * 1024;
const PASSES_LIMIT: u32 = 64;

const FILE_NAME: &str = "passphrase.json";
const BOUND: &[u8] = b"photodesk wrapped key 1";

/// Keeps the key in the profile, readable only with the passphrase.
pub struct PassphraseKeyStore {
    passphrase: Zeroizing<String>,
}

/// What stands in the profile's `passphrase.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapping {
    /// Always `argon2id`.
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// Hexadecimal.
    salt: String,
    /// Hexadecimal: format, nonce, sealed key.
    wrapped: String,
}

impl PassphraseKeyStore {
    pub fn new(passphrase: String) -> Self {
        Self { passphrase: Zeroizing::new(passphrase) }
    }

    fn derive(&self, wrapping: &Wrapping, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let Wrapping { memory_kib, passes, lanes, .. } = *wrapping;
        stretch(&self.passphrase, salt, Costs { memory_kib, passes, lanes })
            .map_err(|cause| KeyError::Derivation { cause: cause.to_string() })
    }

    fn unwrap(&self, wrapping: &Wrapping, path: PathBuf) -> Result<SealingKey, KeyError> {
        let damaged =
            |cause: &str| KeyError::DamagedProfileFile { path: path.clone(), cause: cause.to_owned() };
        if wrapping.kdf != "argon2id" {
            return Err(damaged("unknown key derivation"));
        }
        if wrapping.memory_kib > MEMORY_LIMIT_KIB || wrapping.passes > PASSES_LIMIT {
            return Err(damaged("the costs are out of range"));
        }
        let salt = hex::decode(&wrapping.salt).map_err(|_| damaged("salt"))?;
        let wrapped = hex::decode(&wrapping.wrapped).map_err(|_| damaged("wrapped key"))?;
        let derived = self.derive(wrapping, &salt)?;
        let plain = seal::open(&derived, BOUND, &wrapped, || "the wrapped key".to_owned())
            .map_err(|_| KeyError::WrongPassphrase)?;
        let plain = Zeroizing::new(plain);
        let key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| damaged("key length"))?;
        Ok(SealingKey(key))
    }

    fn wrap(&self, key: &SealingKey) -> Result<Wrapping, KeyError> {
        let mut salt = [0; 16];
        seal::fill_random(&mut salt)?;
        let Costs { memory_kib, passes, lanes } = Costs::USUAL;
        let mut wrapping = Wrapping {
            kdf: "argon2id".to_owned(),
            memory_kib,
            passes,
            lanes,
            salt: hex::encode(salt),
            wrapped: String::new(),
        };
        let derived = self.derive(&wrapping, &salt)?;
        wrapping.wrapped = hex::encode(seal::seal(&derived, BOUND, &key.0, || "the key".to_owned())?);
        Ok(wrapping)
    }
}

impl KeyStore for PassphraseKeyStore {
    fn kind(&self) -> KeyKind {
        KeyKind::Passphrase
    }

    fn find(&self, profile: ProfilePlace<'_>) -> Result<Option<SealingKey>, KeyError> {
        let path = profile.folder.join(FILE_NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(KeyError::ProfileFile { path, cause }),
        };
        let wrapping: Wrapping = serde_json::from_str(&text)
            .map_err(|cause| KeyError::DamagedProfileFile { path: path.clone(), cause: cause.to_string() })?;
        self.unwrap(&wrapping, path).map(Some)
    }

    fn make(&self, profile: ProfilePlace<'_>) -> Result<SealingKey, KeyError> {
        if self.passphrase.is_empty() {
            return Err(KeyError::EmptyPassphrase);
        }
        let key = seal::random_key()?;
        let path = profile.folder.join(FILE_NAME);
        let text = serde_json::to_vec_pretty(&self.wrap(&key)?)
            .map_err(|cause| KeyError::ProfileFile { path: path.clone(), cause: cause.into() })?;
        durable::write_file(profile.folder, &path, &text)
            .map_err(|cause| KeyError::ProfileFile { path, cause })?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn place(folder: &Path) -> ProfilePlace<'_> {
        ProfilePlace { folder, id: "p" }
    }

    fn store(passphrase: &str) -> PassphraseKeyStore {
        PassphraseKeyStore::new(passphrase.to_owned())
    }

    #[test]
    fn the_key_opens_with_its_passphrase_only() {
        let folder = tempfile::tempdir().unwrap();
        let profile = place(folder.path());
        assert!(store("毕业照 2026").find(profile).unwrap().is_none());
        let made = store("毕业照 2026").make(profile).unwrap();
        assert_eq!(store("毕业照 2026").find(profile).unwrap().unwrap().0, made.0);
        assert_eq!(store("毕业照 2027").find(profile).err().unwrap().code(), "wrong_passphrase");
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(store("").make(place(folder.path())).err().unwrap().code(), "empty_passphrase");
    }

    #[test]
    fn costs_beyond_reason_are_refused_before_they_are_paid() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            r#"{"kdf":"argon2id","memory_kib":4294967295,"passes":3,"lanes":1,"salt":"00","wrapped":"00"}"#;
        fs::write(folder.path().join(FILE_NAME), text).unwrap();
        assert_eq!(store("a").find(place(folder.path())).err().unwrap().code(), "profile_damaged");
    }
}
