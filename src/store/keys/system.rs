//! The sealing key in the operating system's key store.

use super::{KeyError, KeyKind, KeyStore, ProfilePlace, SealingKey};
use crate::store::seal;
use zeroize::Zeroizing;

const SERVICE: &str = "photodesk";

/// Keeps the key in Windows Credential Manager, the macOS keychain or a Secret Service. There is no silent
/// fallback: a missing or locked service is an error that names the other two ways.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsKeyStore;

impl KeyStore for OsKeyStore {
    fn kind(&self) -> KeyKind {
        KeyKind::System
    }

    fn find(&self, profile: ProfilePlace<'_>) -> Result<Option<SealingKey>, KeyError> {
        match entry(profile)?.get_secret() {
            Ok(secret) => key_from(Zeroizing::new(secret)).map(Some),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(cause) => Err(unavailable(&cause)),
        }
    }

    fn make(&self, profile: ProfilePlace<'_>) -> Result<SealingKey, KeyError> {
        let key = seal::random_key()?;
        entry(profile)?.set_secret(&key.0).map_err(|cause| unavailable(&cause))?;
        Ok(key)
    }
}

fn entry(profile: ProfilePlace<'_>) -> Result<keyring::Entry, KeyError> {
    if let Err(cause) = keyring::Entry::store_status() {
        return Err(unavailable(cause));
    }
    keyring::Entry::new(SERVICE, profile.id).map_err(|cause| unavailable(&cause))
}

fn key_from(secret: Zeroizing<Vec<u8>>) -> Result<SealingKey, KeyError> {
    let key = <[u8; 32]>::try_from(secret.as_slice())
        .map_err(|_| KeyError::System { cause: "the stored secret is no key of this program".to_owned() })?;
    Ok(SealingKey(key))
}

fn unavailable(cause: &keyring::Error) -> KeyError {
    KeyError::System { cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_store_names_the_other_two_ways() {
        let error = unavailable(&keyring::Error::NoStorageAccess("locked".into()));
        assert_eq!(error.code(), "key_store_unavailable");
        let text = error.to_string();
        assert!(text.contains("--key-file") && text.contains("PHOTODESK_PASSPHRASE"), "{text}");
    }

    #[test]
    fn a_secret_of_another_length_is_refused() {
        assert!(key_from(Zeroizing::new(vec![1; 31])).is_err());
        assert_eq!(key_from(Zeroizing::new(vec![7; 32])).unwrap().0, [7; 32]);
    }
}
