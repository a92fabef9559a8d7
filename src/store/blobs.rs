//! Photo files by the SHA-256 of their content: sealed, durable, verified when they are read; in a folder, or as objects in
//! a store.

#[cfg(feature = "hub")]
pub mod address;
mod folder;
#[cfg(feature = "hub")]
pub(super) mod objects;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::seal::{SealError, Sealer};
use super::{StoreError, durable};
#[cfg(feature = "hub")]
use address::PhotosAddress;
use folder::Folder;
#[cfg(feature = "hub")]
use objects::{Objects, Outgoing};

/// Free space that must be left after a photo is stored, so that decisions can still be written.
const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// What a process that ended has left half-written in a shared folder is cleared away after so long.
#[cfg(feature = "hub")]
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// Sealed photos under keyed names, and the folder in which they wait until they are whole.
pub(super) struct Blobs {
    folder: PathBuf,
    staging: PathBuf,
    shelves: Shelves,
}

/// Where sealed photos lie by name.
enum Shelves {
    Folder(Folder),
    #[cfg(feature = "hub")]
    Objects(Box<Objects>),
}

/// A sealed photo on the way to its place. Dropped, it leaves nothing there.
#[must_use = "a photo counts as stored only once it is kept"]
pub struct StagedPhoto(Staged);

enum Staged {
    /// It has its final name already.
    Kept,
    #[cfg(feature = "hub")]
    Outgoing(Outgoing),
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
        Self { shelves: Shelves::Folder(Folder::new(folder.clone())), folder, staging }
    }

    /// The folder that other processes of a hub may have open too: cleared of what is too old to be one's work.
    #[cfg(feature = "hub")]
    pub(super) fn shared(profile: &Path) -> Result<Self, StoreError> {
        let blobs = Self::beside(profile);
        let io = |cause| StoreError::Io { path: blobs.staging.clone(), cause };
        durable::private_folder(&blobs.staging).map_err(io)?;
        for file in fs::read_dir(&blobs.staging).map_err(io)?.flatten() {
            if !folder::is_recent(&file.path(), LEFT_BEHIND) {
                drop(fs::remove_file(file.path()));
            }
        }
        Ok(blobs)
    }

    /// The same with photos in an object store; only what is on its way in lies in the folder.
    #[cfg(feature = "hub")]
    pub(super) fn with_objects(self, address: PhotosAddress) -> Result<Self, StoreError> {
        Ok(Self { shelves: Shelves::Objects(Box::new(Objects::new(address)?)), ..self })
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
        let staged = self.stage(sealer, &sha256, content.to_vec())?;
        self.keep(&staged)?;
        Ok(sha256)
    }

    /// Seals content that is not needed any more, whose SHA-256 is `sha256`: it is in memory once. It is stored when
    /// [`Blobs::keep`] has ended well.
    pub(super) fn stage(
        &self,
        sealer: &Sealer,
        sha256: &str,
        content: Vec<u8>,
    ) -> Result<StagedPhoto, StoreError> {
        let name = sealer.photo_file_name(sha256);
        let is_there = match &self.shelves {
            Shelves::Folder(folder) => {
                folder.holds(&name) && self.get(sealer, sha256).is_ok() && folder.touch(&name)
            }
            // Sent anew even where it is: that makes it young again for whoever deletes what is old.
            #[cfg(feature = "hub")]
            Shelves::Objects(_) => false,
        };
        if is_there {
            return Ok(StagedPhoto(Staged::Kept));
        }
        let sealed = sealer.seal_photo(sha256, content)?;
        self.require_space(sealed.bytes() as u64)?;
        match &self.shelves {
            Shelves::Folder(folder) => {
                folder.write(&self.staging, &name, &sealed.pieces())?;
                Ok(StagedPhoto(Staged::Kept))
            }
            #[cfg(feature = "hub")]
            Shelves::Objects(_) => {
                let outgoing = Outgoing::write(&self.staging, &name, &sealed.pieces())?;
                Ok(StagedPhoto(Staged::Outgoing(outgoing)))
            }
        }
    }

    /// Brings a sealed photo to its place, where it would survive a power cut.
    pub(super) fn keep(&self, staged: &StagedPhoto) -> Result<(), StoreError> {
        match &staged.0 {
            Staged::Kept => Ok(()),
            #[cfg(feature = "hub")]
            Staged::Outgoing(outgoing) => match &self.shelves {
                Shelves::Objects(objects) => objects.write(outgoing),
                Shelves::Folder(_) => {
                    Err(StoreError::Corrupt { what: "a photo for another place".to_owned() })
                }
            },
        }
    }

    /// The content with this SHA-256, unsealed and compared with it.
    pub(super) fn get(&self, sealer: &Sealer, sha256: &str) -> Result<Vec<u8>, StoreError> {
        opened(sealer, sha256, &self.sealed(sealer, sha256)?)
    }

    /// The same as it is sealed.
    fn sealed(&self, sealer: &Sealer, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let name = sealer.photo_file_name(sha256);
        let sealed = match &self.shelves {
            Shelves::Folder(folder) => folder.read(&name)?,
            #[cfg(feature = "hub")]
            Shelves::Objects(objects) => objects.read(&name)?,
        };
        sealed.ok_or_else(|| StoreError::MissingPhoto { sha256: sha256.to_owned() })
    }

    /// Whether the content with this SHA-256 was stored, or stored again, within so long.
    pub(super) fn is_recent(
        &self,
        sealer: &Sealer,
        sha256: &str,
        within: Duration,
    ) -> Result<bool, StoreError> {
        let name = sealer.photo_file_name(sha256);
        match &self.shelves {
            Shelves::Folder(folder) => Ok(folder.is_recent(&name, within)),
            #[cfg(feature = "hub")]
            Shelves::Objects(objects) => objects.is_recent(&name, within),
        }
    }

    /// Deletes the content with this SHA-256, unless it was stored, or stored again, within so long.
    pub(super) fn remove_old(
        &self,
        sealer: &Sealer,
        sha256: &str,
        within: Duration,
    ) -> Result<(), StoreError> {
        self.remove_old_named(&sealer.photo_file_name(sha256), within)
    }

    /// The same for what lies under this name.
    pub(super) fn remove_old_named(&self, name: &str, within: Duration) -> Result<(), StoreError> {
        match &self.shelves {
            Shelves::Folder(folder) => folder.remove_old(&self.staging, name, within),
            #[cfg(feature = "hub")]
            Shelves::Objects(objects) => objects.remove_old(&self.staging, name, within),
        }
    }

    /// Deletes the content with this SHA-256, if it is there.
    pub(super) fn remove(&self, sealer: &Sealer, sha256: &str) -> Result<(), StoreError> {
        let name = sealer.photo_file_name(sha256);
        match &self.shelves {
            Shelves::Folder(folder) => folder.remove(&name),
            #[cfg(feature = "hub")]
            Shelves::Objects(objects) => objects.remove(&name),
        }
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

#[cfg(feature = "hub")]
impl Blobs {
    /// Whether photos lie in an object store that does not answer at this moment.
    pub(super) fn are_away(&self) -> bool {
        matches!(&self.shelves, Shelves::Objects(objects) if objects.is_away())
    }

    /// Asks the object store for something small, to know that it can be used.
    pub(super) fn probe(&self) -> Result<(), StoreError> {
        match &self.shelves {
            Shelves::Folder(_) => Ok(()),
            Shelves::Objects(objects) => objects.probe(),
        }
    }

    /// Deletes for good what was set aside longer ago than `kept`, unless it is wanted by now; `wanted` gives the SHA-256
    /// of every photo on record.
    pub(super) fn clear_aside(
        &self,
        sealer: &Sealer,
        kept: Duration,
        wanted: impl FnOnce() -> Result<Vec<String>, StoreError>,
    ) -> Result<(), StoreError> {
        let Shelves::Objects(objects) = &self.shelves else { return Ok(()) };
        let names = || Ok(wanted()?.iter().map(|sha256| sealer.photo_file_name(sha256)).collect());
        objects.clear_aside(&self.staging, kept, names)
    }

    /// Names of photos that were not stored, or stored again, within so long, in no order.
    pub(super) fn old_names(&self, kept: Duration) -> Result<Vec<String>, StoreError> {
        match &self.shelves {
            Shelves::Folder(folder) => {
                let names = folder.names()?.into_iter();
                Ok(names.filter(|name| !folder.is_recent(name, kept)).collect())
            }
            Shelves::Objects(objects) => objects.old_names(kept),
        }
    }

    /// The photo with this SHA-256 as it is sealed, compared with it, to be sent elsewhere.
    pub(super) fn outgoing(&self, sealer: &Sealer, sha256: &str) -> Result<Outgoing, StoreError> {
        let sealed = self.sealed(sealer, sha256)?;
        opened(sealer, sha256, &sealed)?;
        Outgoing::write(&self.staging, &sealer.photo_file_name(sha256), &[&sealed])
    }

    /// Whether photos lie in the folder under `profile`.
    pub(super) fn has_files(profile: &Path) -> Result<bool, StoreError> {
        Ok(!Folder::new(profile.join("blobs")).names()?.is_empty())
    }
}

fn opened(sealer: &Sealer, sha256: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let content = sealer.open_photo(sha256, sealed)?;
    if sha256_hex(&content) == sha256 {
        Ok(content)
    } else {
        Err(SealError::Tampered { what: "a photo".to_owned() }.into())
    }
}

/// SHA-256 as lower-case hexadecimal digits.
pub fn sha256_hex(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
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

    fn path(blobs: &Blobs, sealer: &Sealer, sha256: &str) -> PathBuf {
        Folder::new(blobs.folder.clone()).path(&sealer.photo_file_name(sha256))
    }

    #[test]
    fn a_stored_photo_comes_back_and_is_not_readable_on_disk() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let content = b"a photo that is only text".repeat(10);
        let sha256 = blobs.put(&sealer, &content).unwrap();
        assert_eq!(sha256, sha256_hex(&content));
        assert_eq!(blobs.get(&sealer, &sha256).unwrap(), content);
        let on_disk = fs::read(path(&blobs, &sealer, &sha256)).unwrap();
        assert!(!on_disk.windows(12).any(|window| content.windows(12).any(|plain| plain == window)));
        assert!(!path(&blobs, &sealer, &sha256).to_string_lossy().contains(&sha256[2..]));
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let sha256 = blobs.put(&sealer, b"photo").unwrap();
        let path = path(&blobs, &sealer, &sha256);
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
        fs::write(path(&blobs, &sealer, &sha256), b"").unwrap();
        blobs.put(&sealer, b"photo").unwrap();
        assert_eq!(blobs.get(&sealer, &sha256).unwrap(), b"photo");
    }

    #[test]
    fn a_photo_cannot_be_passed_off_as_another() {
        let Fixture { profile: _profile, blobs, sealer } = fixture();
        let one = blobs.put(&sealer, b"one").unwrap();
        let two = blobs.put(&sealer, b"two").unwrap();
        fs::copy(path(&blobs, &sealer, &one), path(&blobs, &sealer, &two)).unwrap();
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
