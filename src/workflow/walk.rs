//! Files and folders, as a person names them, to the list of files to read.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// Left by operating systems in any folder; never meant as a photo.
const LITTER: [&str; 3] = ["thumbs.db", "desktop.ini", "ehthumbs.db"];

/// Every file under `paths`, in name order within each. Folders are walked, links followed, loops left; hidden
/// files and the litter of operating systems are passed over unless named themselves. What cannot be reached is
/// listed too, so that reading it says why.
pub fn photo_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().flat_map(|path| files_under(path)).collect()
}

fn files_under(path: &Path) -> Vec<PathBuf> {
    WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
        .filter_map(|entry| match entry {
            Ok(entry) => (!entry.file_type().is_dir()).then(|| entry.into_path()),
            Err(error) if error.loop_ancestor().is_some() => None,
            Err(error) => error.path().map(Path::to_path_buf),
        })
        .collect()
}

fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || LITTER.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf]) -> Vec<String> {
        let found = photo_files(paths);
        found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn folders_are_walked_in_name_order_without_litter() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("x.jpg")).unwrap();
        for name in ["b.jpg", "a.png", ".hidden.jpg", "Thumbs.db", "x.jpg/c.txt"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        assert_eq!(names(&[folder.path().to_path_buf()]), ["a.png", "b.jpg", "c.txt"]);
        assert_eq!(names(&[folder.path().join(".hidden.jpg")]), [".hidden.jpg"]);
    }

    #[test]
    fn a_missing_path_is_listed_so_that_its_reading_fails_aloud() {
        assert_eq!(names(&[PathBuf::from("nowhere/at-all.jpg")]), ["at-all.jpg"]);
    }

    #[cfg(unix)]
    #[test]
    fn link_loops_end() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("self.jpg", folder.path().join("self.jpg")).unwrap();
        assert_eq!(names(&[folder.path().to_path_buf()]), ["self.jpg"]);
    }
}
