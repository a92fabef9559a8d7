//! Which desk a verb works on: its folder, and the key store that unseals it.

use std::path::PathBuf;

use directories::ProjectDirs;
use zeroize::Zeroizing;

use super::DeskPlace;
use crate::standard::{Catalogue, StandardError};
use crate::store::keys::{KeyFileStore, KeyStore, OsKeyStore, PassphraseKeyStore};
use crate::workflow::{Desk, DeskError, standards};

/// The passphrase, for machines without a key store. Not an option of the command line, which others can read.
const PASSPHRASE: &str = "PHOTODESK_PASSPHRASE";

/// The photo standards of this computer; user files that are left out are told on standard error.
pub(super) fn known_standards() -> Result<Catalogue, StandardError> {
    let folder = usual_folder().map(|desk| standards::user_folder(&desk)).unwrap_or_default();
    let catalogue = standards::catalogue(&folder)?;
    tell_refused(&catalogue);
    Ok(catalogue)
}

/// Where the desk is unless another folder is named.
fn usual_folder() -> Option<PathBuf> {
    ProjectDirs::from("", "", "photodesk").map(|dirs| dirs.data_local_dir().join("desk"))
}

fn tell_refused(catalogue: &Catalogue) {
    for error in catalogue.refused() {
        super::tell(error);
    }
}

impl DeskPlace {
    /// Opens the desk, making it at the first use.
    pub(super) fn open(&self) -> Result<Desk, DeskError> {
        let desk = Desk::open(&self.folder()?, &*self.keys())?;
        tell_refused(&desk.standards);
        Ok(desk)
    }

    /// The folder given, or the user's data folder.
    pub(super) fn folder(&self) -> Result<PathBuf, DeskError> {
        let given = self.data.clone();
        given.or_else(usual_folder).ok_or_else(|| DeskError::Refused {
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
