//! Reads a photo's bytes from the disk: the one place of this module that touches it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::limits::DecodeLimits;

/// Why a file's bytes could not be had. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{0} does not exist; check the path")]
    Missing(String),
    #[error("{0} is a folder, no photo; name the files or let the folder be walked")]
    Folder(String),
    #[error("{0} is a pipe, socket or device, no photo; copy the photo to a file")]
    Special(String),
    #[error("{0} is a link that leads to itself; remove the link")]
    LinkLoop(String),
    #[error(
        "{path} has {bytes} bytes, more than the {max_bytes} allowed; send the photo as the camera made it"
    )]
    TooLarge { path: String, bytes: u64, max_bytes: u64 },
    #[error("{path} could not be read: {cause}; check its permissions and the disk")]
    Io { path: String, cause: io::Error },
}

impl ReadError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Folder(_) => "folder",
            Self::Special(_) => "special_file",
            Self::LinkLoop(_) => "link_loop",
            Self::TooLarge { .. } => "too_large",
            Self::Io { .. } => "io",
        }
    }
}

/// The whole file, when it is a regular one and not larger than the limit.
pub fn read_limited(path: &Path, limits: &DecodeLimits) -> Result<Vec<u8>, ReadError> {
    let name = || path.display().to_string();
    // looked at before it is opened: opening a pipe without a writer would wait for ever
    let kind = fs::metadata(path).map_err(|cause| fault(path, cause))?;
    if kind.is_dir() {
        return Err(ReadError::Folder(name()));
    }
    if !kind.is_file() {
        return Err(ReadError::Special(name()));
    }
    let too_large = |bytes| ReadError::TooLarge { path: name(), bytes, max_bytes: limits.max_file_bytes };
    if kind.len() > limits.max_file_bytes {
        return Err(too_large(kind.len()));
    }
    let bytes = whole(path, kind.len(), limits.max_file_bytes + 1).map_err(|cause| fault(path, cause))?;
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

/// The file's bytes up to `most`, asked for at once by the length it said it has; it may still be growing or shrinking.
fn whole(path: &Path, length: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut bytes = vec![0; length as usize];
    let mut read = 0;
    while read < bytes.len() {
        match file.read(&mut bytes[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(read);
    file.take(most - read as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn fault(path: &Path, cause: io::Error) -> ReadError {
    let name = path.display().to_string();
    match cause.kind() {
        io::ErrorKind::NotFound => ReadError::Missing(name),
        _ if is_link_loop(path) => ReadError::LinkLoop(name),
        _ => ReadError::Io { path: name, cause },
    }
}

/// The error kind of a link loop is not stable yet: a link that exists but cannot be followed is told by its target.
fn is_link_loop(path: &Path) -> bool {
    const MAX_LINKS: usize = 40;
    let mut at = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&at) {
            Ok(target) => at = at.parent().map_or_else(|| target.clone(), |folder| folder.join(&target)),
            Err(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: DecodeLimits = DecodeLimits {
        max_file_bytes: 10,
        max_pixels: 1,
        max_memory_bytes: 1,
        max_hollow_pixels: 1,
        max_pixels_per_byte: 1,
    };

    fn code(path: &Path) -> &'static str {
        read_limited(path, &LIMITS).unwrap_err().code()
    }

    #[test]
    fn files_are_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("𠮷🙂.jpg");
        fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read_limited(&path, &LIMITS).unwrap(), [7; 10]);
        fs::write(&path, [7; 11]).unwrap();
        assert_eq!(code(&path), "too_large");
    }

    #[test]
    fn what_is_no_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let x = folder.path().join("x.jpg");
        fs::create_dir(&x).unwrap();
        assert_eq!(code(&x), "folder");
        assert_eq!(code(&folder.path().join("absent.jpg")), "missing");
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_link_loops_do_not_hang() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::os::unix::fs::symlink("two", &one).unwrap();
        std::os::unix::fs::symlink("one", &two).unwrap();
        assert_eq!(code(&one), "link_loop");
        assert_eq!(code(Path::new("/dev/zero")), "special_file");
    }
}
