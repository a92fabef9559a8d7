//! Photo files by the SHA-256 of their content: sealed, durable, verified when they are read.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::seal::{SealError, Sealer};
use super::{StoreError, durable};

/// Free space that must be left after a photo is stored, so that decisions can still be written.
const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// What a process that ended has left half-written in a shared folder is cleared away after so long.
#[cfg(feature = "hub")]
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// The folder of sealed photo files: `blobs/ab/cdef…`, names keyed.
pub(super) struct Blobs {
    folder: PathBuf,
    staging: PathBuf,
    /// Held while a file that is there is kept for one more owner, and while one is removed.
    keeping: Mutex<()>,
}

impl Blobs {
    /// Opens the folder under `profile` and clears what an earlier crash left half-written.
    pub(super) fn open(profile: &Path) -> Result<Self, StoreError> {
        let blobs = Self::beside(profile);
        blobs.clear_staging().map_err(|cause| StoreError::Io { path: blobs.staging.clone(), cause })?;
        Ok(blobs)
    }

    /// The folder as another process keeps it: nothing is cleared.
    pub(super) fn beside(profile: &Path) -> Self {
        let folder = profile.join("blobs");
        let staging = folder.join("staging");
        Self { folder, staging, keeping: Mutex::default() }
    }

    /// The folder that other processes of a hub may have open too: cleared of what is too old to be one's work.
    #[cfg(feature = "hub")]
    pub(super) fn shared(profile: &Path) -> Result<Self, StoreError> {
        let blobs = Self::beside(profile);
        let io = |cause| StoreError::Io { path: blobs.staging.clone(), cause };
        durable::private_folder(&blobs.staging).map_err(io)?;
        for file in fs::read_dir(&blobs.staging).map_err(io)?.flatten() {
            if !is_recent(&file.path(), LEFT_BEHIND) {
                drop(fs::remove_file(file.path()));
            }
        }
        Ok(blobs)
    }

    /// Where files lie before they have their final name.
    pub(super) fn staging(&self) -> &Path {
        &self.staging
    }

    /// Where photos in parts lie until they are whole.
    pub(super) fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// Stores the content and gives its SHA-256 (lower-case hex) once it would survive a power cut.
    pub(super) fn put(&self, sealer: &Sealer, content: &[u8]) -> Result<String, StoreError> {
        let sha256 = sha256_hex(content);
        self.put_hashed(sealer, &sha256, content.to_vec())?;
        Ok(sha256)
    }

    /// The same for content that is not needed any more, whose SHA-256 is `sha256`: it is in memory once.
    pub(super) fn put_hashed(
        &self,
        sealer: &Sealer,
        sha256: &str,
        content: Vec<u8>,
    ) -> Result<(), StoreError> {
        let path = self.path(sealer, sha256);
        if path.exists() && self.get(sealer, sha256).is_ok() && self.touch(&path) {
            return Ok(());
        }
        let sealed = sealer.seal_photo(sha256, content)?;
        self.require_space(sealed.bytes() as u64)?;
        let io = |cause| StoreError::Io { path: path.clone(), cause };
        path.parent().map_or(Ok(()), durable::private_folder).map_err(io)?;
        durable::write_pieces(&self.staging, &path, &sealed.pieces()).map_err(io)
    }

    /// The content with this SHA-256, unsealed and compared with it.
    pub(super) fn get(&self, sealer: &Sealer, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.path(sealer, sha256);
        let sealed = fs::read(&path).map_err(|cause| match cause.kind() {
            ErrorKind::NotFound => StoreError::MissingPhoto { sha256: sha256.to_owned() },
            _ => StoreError::Io { path: path.clone(), cause },
        })?;
        let content = sealer.open_photo(sha256, &sealed)?;
        if sha256_hex(&content) == sha256 {
            Ok(content)
        } else {
            Err(SealError::Tampered { what: "a photo".to_owned() }.into())
        }
    }

    /// Whether the content with this SHA-256 was stored, or stored again, within so long.
    pub(super) fn is_recent(&self, sealer: &Sealer, sha256: &str, within: Duration) -> bool {
        is_recent(&self.path(sealer, sha256), within)
    }

    /// Deletes the content with this SHA-256, unless it was stored, or stored again, within so long.
    pub(super) fn remove_old(
        &self,
        sealer: &Sealer,
        sha256: &str,
        within: Duration,
    ) -> Result<(), StoreError> {
        let _keeping = self.keeping();
        let path = self.path(sealer, sha256);
        if is_recent(&path, within) {
            return Ok(());
        }
        // Taken out of the way first: another process that keeps it for one more owner either is seen here or finds
        // it gone and stores it anew.
        let aside = self.staging.join(uuid::Uuid::now_v7().to_string());
        let io = |cause| StoreError::Io { path: path.clone(), cause };
        match fs::rename(&path, &aside) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(io(cause)),
            Ok(()) if is_recent(&aside, within) => fs::rename(&aside, &path).map_err(io),
            Ok(()) => fs::remove_file(&aside).map_err(io),
        }
    }

    /// Deletes the content with this SHA-256, if it is there.
    pub(super) fn remove(&self, sealer: &Sealer, sha256: &str) -> Result<(), StoreError> {
        let path = self.path(sealer, sha256);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(StoreError::Io { path, cause }),
            _ => Ok(()),
        }
    }

    /// Keeps a file that is there from being removed as old; `false` when it is there no longer.
    fn touch(&self, path: &Path) -> bool {
        let _keeping = self.keeping();
        let file = fs::File::options().write(true).open(path);
        file.and_then(|file| file.set_modified(SystemTime::now())).is_ok() && path.exists()
    }

    fn keeping(&self) -> MutexGuard<'_, ()> {
        self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, sealer: &Sealer, sha256: &str) -> PathBuf {
        let name = sealer.photo_file_name(sha256);
        let (shelf, rest) = name.split_at(2);
        self.folder.join(shelf).join(rest)
    }

    /// Bytes the disk has left for this user.
    pub(super) fn free_bytes(&self) -> Result<u64, StoreError> {
        fs4::available_space(&self.folder)
            .map_err(|cause| StoreError::Io { path: self.folder.clone(), cause })
    }

    fn require_space(&self, bytes: u64) -> Result<(), StoreError> {
        let free = self.free_bytes()?;
        if free >= bytes + RESERVE_BYTES {
            Ok(())
        } else {
            Err(StoreError::DiskFull { folder: self.folder.clone(), free_mib: free / (1024 * 1024) })
        }
    }

    fn clear_staging(&self) -> io::Result<()> {
        if self.staging.exists() {
            fs::remove_dir_all(&self.staging)?;
        }
        durable::private_folder(&self.staging)
    }
}

/// A file whose time cannot be told counts as recent.
fn is_recent(path: &Path, within: Duration) -> bool {
    let changed = fs::metadata(path).and_then(|file| file.modified());
    match changed {
        Err(cause) => cause.kind() != ErrorKind::NotFound,
        // Zero: nothing is recent.
        Ok(changed) => !within.is_zero() && changed.elapsed().map_or(true, |age| age < within),
    }
}

/// SHA-256 as lower-case hexadecimal digits.
pub fn sha256_hex(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::keys::SealingKey;

    struct Fixture {
        profile: tempfile::TempDir,
        blobs: Blobs,
        sealer: Sealer,
    }

    fn fixture() -> Fixture {
        let profile = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(profile.path()).unwrap();
        Fixture { profile, blobs, sealer: Sealer::new(&SealingKey([3; 32])) }
    }

    #[test]
    fn a_stored_photo_comes_back_and_is_not_readable_on_disk() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let content = b"a photo that is only text".repeat(10);
        let sha256 = blobs.put(&sealer, &content).unwrap();
        assert_eq!(sha256, sha256_hex(&content));
        assert_eq!(blobs.get(&sealer, &sha256).unwrap(), content);
        let on_disk = fs::read(blobs.path(&sealer, &sha256)).unwrap();
        assert!(!on_disk.windows(12).any(|window| content.windows(12).any(|plain| plain == window)));
        assert!(!blobs.path(&sealer, &sha256).to_string_lossy().contains(&sha256[2..]));
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let sha256 = blobs.put(&sealer, b"photo").unwrap();
        let path = blobs.path(&sealer, &sha256);
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 4;
            fs::write(&path, &bad).unwrap();
            assert_eq!(blobs.get(&sealer, &sha256).err().unwrap().code(), "sealed_data", "byte {at}");
        }
        fs::write(&path, &good[..good.len() - 1]).unwrap();
        assert_eq!(blobs.get(&sealer, &sha256).err().unwrap().code(), "sealed_data");
    }

    #[test]
    fn storing_again_mends_a_damaged_file() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let sha256 = blobs.put(&sealer, b"photo").unwrap();
        fs::write(blobs.path(&sealer, &sha256), b"").unwrap();
        blobs.put(&sealer, b"photo").unwrap();
        assert_eq!(blobs.get(&sealer, &sha256).unwrap(), b"photo");
    }

    #[test]
    fn a_photo_cannot_be_passed_off_as_another() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let one = blobs.put(&sealer, b"one").unwrap();
        let two = blobs.put(&sealer, b"two").unwrap();
        fs::copy(blobs.path(&sealer, &one), blobs.path(&sealer, &two)).unwrap();
        assert_eq!(blobs.get(&sealer, &two).err().unwrap().code(), "sealed_data");
    }

    #[test]
    fn what_a_crash_left_half_written_is_cleared() {
        let Fixture { profile, blobs, sealer } = fixture();
        fs::write(blobs.staging.join("half"), b"x").unwrap();
        let sha256 = blobs.put(&sealer, b"photo").unwrap();
        let blobs = Blobs::open(profile.path()).unwrap();
        assert_eq!(fs::read_dir(&blobs.staging).unwrap().count(), 0);
        assert!(blobs.get(&sealer, &sha256).is_ok());
    }

    #[test]
    fn a_missing_photo_is_named() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        assert_eq!(blobs.get(&sealer, &"ab".repeat(32)).err().unwrap().code(), "missing_photo");
    }
}
