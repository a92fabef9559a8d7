//! Which desk a verb works on: its folder, and the key store that unseals it.

use std::path::PathBuf;

use directories::ProjectDirs;
use zeroize::Zeroizing;

use super::DeskPlace;
use crate::store::keys::{KeyFileStore, KeyStore, OsKeyStore, PassphraseKeyStore};
use crate::workflow::{Desk, DeskError};

/// The passphrase, for machines without a key store. Not an option of the command line, which others can read.
const PASSPHRASE: &str = "PHOTODESK_PASSPHRASE";

impl DeskPlace {
    /// Opens the desk, making it at the first use.
    pub(super) fn open(&self) -> Result<Desk, DeskError> {
        Desk::open(&self.folder()?, &*self.keys())
    }

    /// The folder given, or the user's data folder.
    pub(super) fn folder(&self) -> Result<PathBuf, DeskError> {
        let given = self.data.clone();
        let usual = || ProjectDirs::from("", "", "photodesk").map(|dirs| dirs.data_local_dir().join("desk"));
        given.or_else(usual).ok_or_else(|| DeskError::Refused {
            code: "no_data_folder",
            message: "this system names no data folder for the user; name one with --data DIR".to_owned(),
        })
    }

    /// A key file when one is named, else the passphrase when one is set, else the system's key store.
    pub(super) fn keys(&self) -> Box<dyn KeyStore> {
        match (&self.key_file, std::env::var(PASSPHRASE).ok().map(Zeroizing::new)) {
            (Some(path), _) => Box::new(KeyFileStore::new(path)),
            (None, Some(passphrase)) => Box::new(PassphraseKeyStore::new(passphrase.to_string())),
            (None, None) => Box::new(OsKeyStore),
        }
    }
}
