//! Sealed photo files in a folder: `ab/cdef…`, each whole or not there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::durable;
use crate::store::StoreError;

/// The folder and what lies in it by name.
pub(super) struct Folder {
    folder: PathBuf,
    /// Held while a file that is there is kept for one more owner, and while one is removed.
    keeping: Mutex<()>,
}

impl Folder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, keeping: Mutex::default() }
    }

    /// Whether something lies there under this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// What lies there; `None` where nothing does.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(name);
        match fs::read(&path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(StoreError::Io { path, cause }),
            Ok(sealed) => Ok(Some(sealed)),
        }
    }

    /// Keeps these pieces durably, by way of `staging`.
    pub(super) fn write(&self, staging: &Path, name: &str, pieces: &[&[u8]]) -> Result<(), StoreError> {
        let path = self.path(name);
        let io = |cause| StoreError::Io { path: path.clone(), cause };
        path.parent().map_or(Ok(()), durable::private_folder).map_err(io)?;
        durable::write_pieces(staging, &path, pieces).map_err(io)
    }

    /// Keeps a file that is there from being removed as old; `false` when it is there no longer.
    pub(super) fn touch(&self, name: &str) -> bool {
        let _keeping = self.keeping();
        let path = self.path(name);
        let file = fs::File::options().write(true).open(&path);
        file.and_then(|file| file.set_modified(SystemTime::now())).is_ok() && path.exists()
    }

    /// Whether it was stored, or stored again, within so long.
    pub(super) fn is_recent(&self, name: &str, within: Duration) -> bool {
        is_recent(&self.path(name), within)
    }

    /// Deletes it unless it is recent.
    pub(super) fn remove_old(&self, staging: &Path, name: &str, within: Duration) -> Result<(), StoreError> {
        let _keeping = self.keeping();
        let path = self.path(name);
        if is_recent(&path, within) {
            return Ok(());
        }
        // Taken out of the way first: another process that keeps it for one more owner either is seen here or finds
        // it gone and stores it anew.
        let aside = staging.join(uuid::Uuid::now_v7().to_string());
        let io = |cause| StoreError::Io { path: path.clone(), cause };
        match fs::rename(&path, &aside) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(io(cause)),
            Ok(()) if is_recent(&aside, within) => fs::rename(&aside, &path).map_err(io),
            Ok(()) => fs::remove_file(&aside).map_err(io),
        }
    }

    /// Deletes it, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(StoreError::Io { path, cause }),
            _ => Ok(()),
        }
    }

    /// The names of all that lies there, in no order.
    #[cfg(feature = "hub")]
    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |cause| StoreError::Io { path, cause }
        };
        let mut names = Vec::new();
        let shelves = match fs::read_dir(&self.folder) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(names),
            shelves => shelves.map_err(io(&self.folder))?,
        };
        for shelf in shelves {
            let shelf = shelf.map_err(io(&self.folder))?;
            let Some(start) = shelf.file_name().to_str().filter(|name| name.len() == 2).map(str::to_owned)
            else {
                continue;
            };
            for file in fs::read_dir(shelf.path()).map_err(io(&shelf.path()))? {
                let file = file.map_err(io(&shelf.path()))?;
                names.extend(file.file_name().to_str().map(|rest| format!("{start}{rest}")));
            }
        }
        Ok(names)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        let (shelf, rest) = name.split_at(2);
        self.folder.join(shelf).join(rest)
    }

    fn keeping(&self) -> MutexGuard<'_, ()> {
        self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file whose time cannot be told counts as recent.
pub(super) fn is_recent(path: &Path, within: Duration) -> bool {
    let changed = fs::metadata(path).and_then(|file| file.modified());
    match changed {
        Err(cause) => cause.kind() != ErrorKind::NotFound,
        // Zero: nothing is recent.
        Ok(changed) => !within.is_zero() && changed.elapsed().map_or(true, |age| age < within),
    }
}
