//! Photos that arrive in parts over a bad network: each part sealed and durable, so that a cut costs one part at most.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Store, StoreError, durable};

impl Store {
    /// Keeps part `number` (from 0) of a photo that `sender` sends. The same part again replaces the one before.
    pub fn put_part(
        &self,
        sender: &str,
        sha256: &str,
        number: u32,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let folder = self.parts_folder(sender, sha256);
        let path = folder.join(number.to_string());
        let io = |cause| StoreError::Io { path: path.clone(), cause };
        durable::private_folder(&folder).map_err(io)?;
        let sealed = self.sealer.seal_photo(&part_name(sha256, number), content.to_vec())?;
        durable::write_pieces(self.blobs.staging(), &path, &sealed.pieces()).map_err(io)
    }

    /// How many parts are here without a gap.
    pub fn parts(&self, sender: &str, sha256: &str) -> u32 {
        let folder = self.parts_folder(sender, sha256);
        (0..).find(|number: &u32| !folder.join(number.to_string()).exists()).unwrap_or(0)
    }

    /// The first `count` parts, one after the other. Not yet compared with the hash.
    pub fn join_parts(&self, sender: &str, sha256: &str, count: u32) -> Result<Vec<u8>, StoreError> {
        let folder = self.parts_folder(sender, sha256);
        let mut content = Vec::new();
        for number in 0..count {
            let path = folder.join(number.to_string());
            let sealed = fs::read(&path).map_err(|cause| StoreError::Io { path, cause })?;
            content.extend(self.sealer.open_photo(&part_name(sha256, number), &sealed)?);
        }
        Ok(content)
    }

    /// Forgets the parts of a photo.
    pub fn drop_parts(&self, sender: &str, sha256: &str) -> Result<(), StoreError> {
        remove(&self.parts_folder(sender, sha256))
    }

    /// Forgets parts that nobody has added to for so long.
    pub fn sweep_parts(&self, kept: Duration) -> Result<(), StoreError> {
        let root = self.blobs.parts();
        let Ok(entries) = fs::read_dir(&root) else { return Ok(()) };
        for entry in entries.flatten() {
            let changed = entry.metadata().and_then(|kind| kind.modified());
            let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
            if age.is_some_and(|age| age > kept) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Keyed, as the names of photo files are; each sender has its own, so that none can spoil another's.
    fn parts_folder(&self, sender: &str, sha256: &str) -> PathBuf {
        self.blobs.parts().join(self.sealer.photo_file_name(&format!("{sender}/{sha256}")))
    }
}

fn part_name(sha256: &str, number: u32) -> String {
    format!("{sha256}/{number}")
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            Err(StoreError::Io { path: folder.to_owned(), cause })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn parts_are_counted_without_a_gap_joined_and_forgotten() {
        let desk = Desk::new();
        let put = |sender: &str, number, content: &[u8]| {
            desk.store.put_part(sender, "aa", number, content).unwrap();
        };
        put("one", 0, b"he");
        put("one", 2, b"o");
        assert_eq!(desk.store.parts("one", "aa"), 1);
        put("one", 1, b"ll");
        put("two", 0, b"something else");
        assert_eq!(desk.store.parts("one", "aa"), 3);
        assert_eq!(desk.store.join_parts("one", "aa", 3).unwrap(), b"hello");
        desk.store.sweep_parts(Duration::from_secs(3600)).unwrap();
        assert_eq!(desk.store.parts("one", "aa"), 3);
        desk.store.drop_parts("one", "aa").unwrap();
        assert_eq!((desk.store.parts("one", "aa"), desk.store.parts("two", "aa")), (0, 1));
        desk.store.sweep_parts(Duration::ZERO).unwrap();
        assert_eq!(desk.store.parts("two", "aa"), 0);
    }
}
