//! The sealing key in a file the operator names: 64 hexadecimal digits that only the owner may read.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyError, KeyKind, KeyStore, ProfilePlace, SealingKey};
use crate::store::{durable, seal};

/// Keeps the key in an explicit file, for machines without a key store and without a person.
#[derive(Clone, Debug)]
pub struct KeyFileStore {
    path: PathBuf,
}

impl KeyFileStore {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn io(&self, cause: io::Error) -> KeyError {
        KeyError::KeyFile { path: self.path.clone(), cause }
    }

    fn parse(&self, text: &str) -> Result<SealingKey, KeyError> {
        let mut key = SealingKey([0; 32]);
        hex::decode_to_slice(text.trim(), &mut key.0)
            .map_err(|cause| KeyError::BadKeyFile { path: self.path.clone(), cause: cause.to_string() })?;
        Ok(key)
    }

    fn write_new(&self, key: &SealingKey) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            durable::private_folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        let line = Zeroizing::new(format!("{}\n", hex::encode(key.0)));
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        durable::sync_parent(&self.path)
    }
}

impl KeyStore for KeyFileStore {
    fn kind(&self) -> KeyKind {
        KeyKind::KeyFile
    }

    fn find(&self, _profile: ProfilePlace<'_>) -> Result<Option<SealingKey>, KeyError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => Zeroizing::new(text),
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(self.io(cause)),
        };
        refuse_exposed(&self.path).and_then(|()| self.parse(&text)).map(Some)
    }

    fn make(&self, _profile: ProfilePlace<'_>) -> Result<SealingKey, KeyError> {
        let key = seal::random_key()?;
        self.write_new(&key).map_err(|cause| self.io(cause))?;
        Ok(key)
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).map_err(|cause| KeyError::KeyFile { path: path.to_owned(), cause })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::ExposedKeyFile { path: path.to_owned(), mode }) }
}

// Windows protects files by access lists that the user's folder already sets.
#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), KeyError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> ProfilePlace<'_> {
        ProfilePlace { folder, id: "p" }
    }

    #[test]
    fn a_made_key_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyFileStore::new(folder.path().join("keys/desk.key"));
        assert!(store.find(place(folder.path())).unwrap().is_none());
        let made = store.make(place(folder.path())).unwrap();
        assert_eq!(store.find(place(folder.path())).unwrap().unwrap().0, made.0);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        fs::write(&path, "not a key").unwrap();
        assert_eq!(KeyFileStore::new(&path).make(place(folder.path())).err().unwrap().code(), "key_file_io");
        assert_eq!(fs::read_to_string(path).unwrap(), "not a key");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.key");
        let store = KeyFileStore::new(&path);
        store.make(place(folder.path())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(store.find(place(folder.path())).err().unwrap().code(), "exposed_key_file");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_no_key_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.key");
        fs::write(&path, "abc").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(KeyFileStore::new(path).find(place(folder.path())).err().unwrap().code(), "bad_key_file");
    }
}
