//! The desk's folder: one writer at a time, and the key that belongs to it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::keys::{KeyError, KeyKind, KeyStore, ProfilePlace, SealingKey};
use super::{StoreError, durable, seal};

const LOCK_NAME: &str = "desk.lock";
const PROFILE_NAME: &str = "profile.json";
pub(super) const DATABASE_NAME: &str = "desk.db";
/// Stands in a folder whose rows were brought to a server.
pub(super) const MOVED_NAME: &str = "moved";
/// Stands in a folder whose photos lie in an object store, and says in which.
pub(super) const PHOTOS_NAME: &str = "photos";
const FORMAT: u32 = 1;

/// Held as long as the desk is open; the system releases it even when the program is killed.
pub(super) struct ProfileLock {
    _file: File,
}

/// What stands in `profile.json`: nothing secret.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    format: u32,
    id: String,
    key_kind: KeyKind,
    /// Hexadecimal code by which a wrong key is told before anything is read or written.
    key_check: String,
}

/// Takes the folder for this program, making it when it is absent.
pub(super) fn lock(folder: &Path) -> Result<ProfileLock, StoreError> {
    let path = folder.join(LOCK_NAME);
    let io = |cause| StoreError::Io { path: path.clone(), cause };
    durable::private_folder(folder).map_err(io)?;
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(cause)) => return Err(io(cause)),
    }
    // Only for a person who looks into the folder; nothing reads it.
    file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(io)?;
    Ok(ProfileLock { _file: file })
}

/// True when another program has the folder open for writing.
pub(super) fn is_taken(folder: &Path) -> bool {
    let file = OpenOptions::new().read(true).write(true).open(folder.join(LOCK_NAME));
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Where the photos of this folder lie, if that is not in it.
pub(super) fn photos_place(folder: &Path) -> Result<Option<String>, StoreError> {
    let path = folder.join(PHOTOS_NAME);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StoreError::Io { path, cause }),
    }
}

/// Refuses a folder whose photos lie elsewhere, so that none is looked for, or stored, in the wrong place.
pub(super) fn require_photos_here(folder: &Path) -> Result<(), StoreError> {
    match photos_place(folder)? {
        Some(place) => Err(StoreError::PhotosElsewhere { folder: folder.to_owned(), place }),
        None => Ok(()),
    }
}

/// The key of this folder, checked; made at the first opening.
pub(super) fn unlock(folder: &Path, keys: &dyn KeyStore) -> Result<SealingKey, KeyError> {
    let path = folder.join(PROFILE_NAME);
    match fs::read_to_string(&path) {
        Ok(text) => unlock_known(folder, &path, &text, keys),
        Err(cause) if cause.kind() == ErrorKind::NotFound && folder.join(DATABASE_NAME).exists() => {
            Err(KeyError::MissingProfileFile { path })
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => unlock_new(folder, &path, keys),
        Err(cause) => Err(KeyError::ProfileFile { path, cause }),
    }
}

fn unlock_known(folder: &Path, path: &Path, text: &str, keys: &dyn KeyStore) -> Result<SealingKey, KeyError> {
    let damaged = |cause: String| KeyError::DamagedProfileFile { path: path.to_owned(), cause };
    let profile: Profile = serde_json::from_str(text).map_err(|cause| damaged(cause.to_string()))?;
    if profile.format > FORMAT {
        return Err(damaged("it was written by a newer version of the program".to_owned()));
    }
    let (made_with, offered) = (profile.key_kind, keys.kind());
    if made_with != offered {
        return Err(KeyError::OtherKind { made_with, offered });
    }
    let key =
        keys.find(ProfilePlace { folder, id: &profile.id })?.ok_or(KeyError::Missing { kind: offered })?;
    let check = hex::decode(&profile.key_check).map_err(|cause| damaged(cause.to_string()))?;
    if seal::is_mac(&key.0, &check_parts(&profile.id), &check) {
        Ok(key)
    } else {
        Err(KeyError::WrongKey { kind: offered })
    }
}

fn unlock_new(folder: &Path, path: &Path, keys: &dyn KeyStore) -> Result<SealingKey, KeyError> {
    let id = uuid::Uuid::now_v7().to_string();
    let place = ProfilePlace { folder, id: &id };
    let key = keys.find(place)?.map_or_else(|| keys.make(place), Ok)?;
    let key_check = hex::encode(seal::mac(&key.0, &check_parts(&id)));
    write_profile(folder, path, &Profile { format: FORMAT, id, key_kind: keys.kind(), key_check })?;
    Ok(key)
}

fn write_profile(folder: &Path, path: &Path, profile: &Profile) -> Result<(), KeyError> {
    let io = |cause: std::io::Error| KeyError::ProfileFile { path: PathBuf::from(path), cause };
    let text = serde_json::to_vec_pretty(profile).map_err(|cause| io(cause.into()))?;
    durable::write_file(folder, path, &text).map_err(io)
}

fn check_parts(id: &str) -> [&[u8]; 2] {
    [b"photodesk key check ", id.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::keys::{KeyFileStore, PassphraseKeyStore};

    fn refusal(folder: &Path, keys: &dyn KeyStore) -> &'static str {
        unlock(folder, keys).err().unwrap().code()
    }

    #[test]
    fn a_second_desk_is_refused_until_the_first_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        assert_eq!(lock(folder.path()).err().unwrap().code(), "in_use");
        drop(first);
        assert!(lock(folder.path()).is_ok());
    }

    #[test]
    fn only_the_key_that_made_the_desk_opens_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = tempfile::tempdir().unwrap();
        let mine = KeyFileStore::new(keys.path().join("mine"));
        let key = unlock(folder.path(), &mine).unwrap();
        assert_eq!(unlock(folder.path(), &mine).unwrap().0, key.0);

        let absent = KeyFileStore::new(keys.path().join("absent"));
        assert_eq!(refusal(folder.path(), &absent), "key_missing");
        assert!(!keys.path().join("absent").exists(), "a known desk never gets a new key");

        let other = KeyFileStore::new(keys.path().join("other"));
        other.make(ProfilePlace { folder: folder.path(), id: "x" }).unwrap();
        assert_eq!(refusal(folder.path(), &other), "wrong_key");
        assert_eq!(refusal(folder.path(), &PassphraseKeyStore::new("a".into())), "other_key_kind");
    }

    #[test]
    fn data_without_its_profile_never_gets_a_new_key() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(DATABASE_NAME), "").unwrap();
        assert_eq!(refusal(folder.path(), &KeyFileStore::new(folder.path().join("key"))), "profile_missing");
        assert!(!folder.path().join("key").exists());
    }

    #[test]
    fn a_damaged_profile_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(PROFILE_NAME), "{").unwrap();
        assert_eq!(refusal(folder.path(), &KeyFileStore::new(folder.path().join("key"))), "profile_damaged");
    }
}
