//! The watched folder on the disk: what lies in it, and what an earlier session knew of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;

use super::super::{Desk, DeskError};
use crate::onsite::rules::SessionRules;
use crate::onsite::watch::{Listed, Watch, is_photo_name};
use crate::store::StoreError;

/// Cameras and tethering programs make a folder a day or a card; deeper is not looked.
const DEEPEST: usize = 3;

/// The folder's own full path.
pub(super) fn usable(folder: &Path) -> Result<PathBuf, DeskError> {
    let refused = |cause: &dyn std::fmt::Display| DeskError::Refused {
        code: "watch_folder",
        message: format!("{} cannot be watched ({cause}); name a folder that is there", folder.display()),
    };
    let full = fs::canonicalize(folder).map_err(|cause| refused(&cause))?;
    fs::read_dir(&full).map_err(|cause| refused(&cause))?;
    Ok(full)
}

/// Every file of the folder. An entry that vanishes meanwhile is left out.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Listed>> {
    // The folder itself must be there: a card that was drawn is not an empty one.
    fs::read_dir(folder)?;
    let entries = WalkDir::new(folder).max_depth(DEEPEST).into_iter().flatten();
    Ok(entries.filter(|entry| entry.file_type().is_file()).filter_map(|entry| listed(entry.path())).collect())
}

/// The file as it stands now.
pub(super) fn listed(path: &Path) -> Option<Listed> {
    let kind = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let modified = kind.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let modified_ms = i64::try_from(modified.as_millis()).unwrap_or(i64::MAX);
    Some(Listed { path: path.to_owned(), inode: inode(&kind), bytes: kind.len(), modified_ms })
}

#[cfg(unix)]
fn inode(kind: &fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(kind))
}

#[cfg(not(unix))]
fn inode(_kind: &fs::Metadata) -> Option<u64> {
    None
}

/// Begins the watch; gives the number of photos that are passed over because the folder was never watched before.
pub(super) fn begin(
    desk: &Desk,
    folder: Option<&Path>,
    rules: &SessionRules,
    now_ms: i64,
) -> Result<(Watch, usize), DeskError> {
    let Some(folder) = folder else {
        return Ok((Watch::begin(rules.folder, now_ms, &[], |_| false), 0));
    };
    let before = list(folder).map_err(|cause| StoreError::Io { path: folder.to_owned(), cause })?;
    let photos = || before.iter().filter(|file| is_photo_name(&file.path));
    let is_new = desk.store.write(|tx| {
        let is_new = tx.is_new_folder(&folder.to_string_lossy())?;
        if is_new {
            for file in photos() {
                tx.keep_watched(&file.path.to_string_lossy(), file.bytes, file.modified_ms)?;
            }
        }
        Ok::<_, StoreError>(is_new)
    })?;
    let is_known = |file: &Listed| {
        desk.store.is_watched(&file.path.to_string_lossy(), file.bytes, file.modified_ms).unwrap_or(false)
    };
    let passed_over = if is_new { photos().count() } else { 0 };
    Ok((Watch::begin(rules.folder, now_ms, &before, is_known), passed_over))
}

/// Space the folder's disk has left.
pub(super) fn free_mib(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok().map(|bytes| bytes / (1024 * 1024))
}
