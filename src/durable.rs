//! Files that are there whole or not at all, also after a power cut: written beside their place, synced, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Bytes that are handed to the system at once, at a multiple of as many: then it keeps them in few large pieces.
const PORTION: usize = 1 << 20;

/// A file being written; it appears under its name only by [`WholeFile::commit`].
pub struct WholeFile {
    temporary: NamedTempFile,
    /// What is not a whole portion yet.
    waiting: Vec<u8>,
    path: PathBuf,
    /// Others may read it.
    shared: bool,
}

impl WholeFile {
    /// Begins a file in an existing folder; others may read it once it is whole.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::begin(folder_of(path), path, true)
    }

    fn begin(staging: &Path, path: &Path, shared: bool) -> io::Result<Self> {
        let temporary =
            tempfile::Builder::new().prefix(".photodesk-").suffix(".part").tempfile_in(staging)?;
        Ok(Self { temporary, waiting: Vec::new(), path: path.into(), shared })
    }

    /// Syncs the bytes, gives the file its name and syncs the folder, so that neither is lost by a crash.
    pub fn commit(self) -> io::Result<()> {
        sync_parent(&self.name()?)
    }

    /// Syncs the bytes and gives the file its name, which a crash may still take away, never half, until the folder
    /// is synced.
    fn name(mut self) -> io::Result<PathBuf> {
        self.flush()?;
        let temporary = self.temporary;
        if self.shared {
            make_readable(temporary.as_file())?;
        }
        temporary.as_file().sync_all()?;
        temporary.persist(&self.path).map_err(|refused| refused.error)?;
        Ok(self.path)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PORTION - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        if self.waiting.len() == PORTION {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.write_all(&self.waiting)?;
        self.waiting.clear();
        self.temporary.flush()
    }
}

/// Writes a whole file that others may read, for example a sheet for the print room.
pub fn write_shared(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_one_of_many(path, bytes)?;
    sync_parent(path)
}

/// The same for one of many in a folder: their names are durable once the folder is synced behind the last of them.
pub fn write_one_of_many(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.temporary.write_all(bytes)?;
    file.name().map(drop)
}

/// Writes a whole file that only its owner can read, by way of `staging` on the same file system.
pub fn write_file(staging: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_pieces(staging, path, &[bytes])
}

/// The same with content that lies in pieces.
pub fn write_pieces(staging: &Path, path: &Path, pieces: &[&[u8]]) -> io::Result<()> {
    let mut file = WholeFile::begin(staging, path, false)?;
    pieces.iter().try_for_each(|piece| file.temporary.write_all(piece))?;
    file.commit()
}

/// Makes what was renamed or made in `folder` durable. Windows needs no such step: its file system journals it.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes the name of `path` itself durable.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

/// Makes a folder that only its owner can look into, and its parents.
pub fn private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    sync_parent(path)
}

/// Makes an empty file that only its owner can read, unless it is there already.
pub fn private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(refused) if refused.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Temporary files are private to their owner.
#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("张三.jpg");
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        write_shared(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_comes_in_pieces_is_whole_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheets.pdf");
        let bytes: Vec<u8> = (0..3 * PORTION + 5).map(|at| (at * 7 / 3) as u8).collect();
        let mut file = WholeFile::create(&path).unwrap();
        for piece in bytes.chunks(PORTION / 3 * 2) {
            file.write_all(piece).unwrap();
        }
        file.commit().unwrap();
        assert!(fs::read(&path).unwrap() == bytes);
    }

    #[test]
    fn a_written_file_replaces_the_old_one_and_leaves_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_file(folder.path(), &path, b"one").unwrap();
        write_file(folder.path(), &path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn sheets_are_for_everybody_and_other_files_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let (shared, own) = (folder.path().join("sheet"), folder.path().join("own"));
        write_shared(&shared, b"one").unwrap();
        write_file(folder.path(), &own, b"two").unwrap();
        assert_eq!((mode(&shared), mode(&own)), (0o644, 0o600));
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        private_file(&path).unwrap();
        fs::write(&path, b"kept").unwrap();
        private_file(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(mode(&path), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_look_into_a_private_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        private_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
    }
}
