//! A photo while it arrives: on disk in sealed pieces under a key that exists in memory only, hashed on the way.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::keys::SealingKey;
use super::{Store, StoreError, durable, seal};

/// Plain bytes of one sealed piece.
const PIECE_BYTES: usize = 64 * 1024;

/// An arriving photo. Dropped, it leaves nothing; after a crash its file cannot be read and is cleared away.
pub struct Spool {
    file: File,
    path: PathBuf,
    key: SealingKey,
    waiting: Vec<u8>,
    hasher: Sha256,
    bytes: u64,
}

impl Spool {
    fn begin(folder: &Path) -> Result<Self, StoreError> {
        let io = |cause| StoreError::Io { path: folder.to_owned(), cause };
        durable::private_folder(folder).map_err(io)?;
        Ok(Self {
            file: tempfile::tempfile_in(folder).map_err(io)?,
            path: folder.to_owned(),
            key: seal::random_key()?,
            waiting: Vec::with_capacity(PIECE_BYTES),
            hasher: Sha256::new(),
            bytes: 0,
        })
    }

    /// Bytes taken so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes the next bytes.
    pub fn write(&mut self, mut arrived: &[u8]) -> Result<(), StoreError> {
        self.hasher.update(arrived);
        self.bytes += arrived.len() as u64;
        while !arrived.is_empty() {
            let fits = (PIECE_BYTES - self.waiting.len()).min(arrived.len());
            let (now, later) = arrived.split_at(fits);
            self.waiting.extend_from_slice(now);
            arrived = later;
            if self.waiting.len() == PIECE_BYTES {
                self.seal_piece()?;
            }
        }
        Ok(())
    }

    /// SHA-256 and the whole content, in memory.
    pub fn finish(mut self) -> Result<(String, Vec<u8>), StoreError> {
        self.seal_piece()?;
        let content = self.read_back();
        let content = content.map_err(|cause| StoreError::Io { path: self.path.clone(), cause })??;
        Ok((hex::encode(self.hasher.finalize()), content))
    }

    fn seal_piece(&mut self) -> Result<(), StoreError> {
        let sealed = seal::seal(&self.key.0, b"spool", &self.waiting, || "an arriving photo".to_owned())?;
        self.waiting.clear();
        let length = (sealed.len() as u32).to_be_bytes();
        let written = self.file.write_all(&length).and_then(|()| self.file.write_all(&sealed));
        written.map_err(|cause| StoreError::Io { path: self.path.clone(), cause })
    }

    fn read_back(&mut self) -> io::Result<Result<Vec<u8>, StoreError>> {
        let mut content = Vec::with_capacity(self.bytes as usize);
        self.file.seek(SeekFrom::Start(0))?;
        while content.len() < self.bytes as usize {
            let mut length = [0; 4];
            self.file.read_exact(&mut length)?;
            let mut sealed = vec![0; u32::from_be_bytes(length) as usize];
            self.file.read_exact(&mut sealed)?;
            match seal::open(&self.key.0, b"spool", &sealed, || "an arriving photo".to_owned()) {
                Ok(piece) => content.extend_from_slice(&piece),
                Err(error) => return Ok(Err(error.into())),
            }
        }
        Ok(Ok(content))
    }
}

impl Store {
    /// Begins to take a photo whose bytes arrive bit by bit.
    pub fn begin_photo(&self) -> Result<Spool, StoreError> {
        Spool::begin(self.blobs.staging())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::blobs::sha256_hex;

    fn check(length: usize, step: usize) {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let mut spool = Spool::begin(folder.path()).unwrap();
        content.chunks(step.max(1)).for_each(|bytes| spool.write(bytes).unwrap());
        assert_eq!(spool.bytes(), length as u64);
        assert_eq!(spool.finish().unwrap(), (sha256_hex(&content), content));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_arrives_in_any_steps_comes_back_whole() {
        check(0, 1);
        check(10, 3);
        check(PIECE_BYTES, PIECE_BYTES);
        check(3 * PIECE_BYTES + 17, 40_000);
        check(2 * PIECE_BYTES - 1, 3 * PIECE_BYTES);
    }

    #[test]
    fn the_bytes_on_disk_are_not_the_photo() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::begin(folder.path()).unwrap();
        spool.write(&b"plain words ".repeat(PIECE_BYTES / 6)).unwrap();
        let mut on_disk = Vec::new();
        spool.file.seek(SeekFrom::Start(0)).unwrap();
        spool.file.read_to_end(&mut on_disk).unwrap();
        assert!(on_disk.len() > PIECE_BYTES);
        assert!(!on_disk.windows(11).any(|window| window == b"plain words"));
    }
}
