//! The photo standards of this computer: those of the program, and the user's own files in one folder.

use std::path::{Path, PathBuf};

use crate::standard::{Catalogue, StandardError, user_file};

/// Folder of the user's own standards inside the desk's folder.
const FOLDER: &str = "standards";

/// Where the user's own standards lie in a desk's folder.
pub fn user_folder(desk: &Path) -> PathBuf {
    desk.join(FOLDER)
}

/// The built-in standards and those in `folder`, which need not exist.
///
/// A faulty file is left out and told by [`Catalogue::refused`]; the others still load.
pub fn catalogue(folder: &Path) -> Result<Catalogue, StandardError> {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    for path in user_file::files(folder) {
        match user_file::text(&path, "a standard") {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(cause) => {
                unreadable.push(StandardError::Unreadable { file: path.display().to_string(), cause })
            }
        }
    }
    let mut catalogue = Catalogue::with_user_files(&files)?;
    unreadable.into_iter().for_each(|error| catalogue.refuse(error));
    Ok(catalogue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: &str = "id = \"mine\"\nversion = 1\nzh = \"本校\"\nen = \"Ours\"\nextends = \"chsi_2017\"\n";

    #[test]
    fn a_file_in_the_folder_becomes_a_standard() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.toml"), MINE).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a standard").unwrap();
        let catalogue = catalogue(folder.path()).unwrap();
        assert_eq!(catalogue.get("mine").unwrap().en, "Ours");
        assert_eq!(catalogue.refused(), []);
    }

    #[test]
    fn a_faulty_file_is_told_with_its_name_and_line_and_leaves_the_others() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), "id = \"a\"\nversion = = 1\n").unwrap();
        std::fs::write(folder.path().join("b.toml"), MINE).unwrap();
        std::fs::write(folder.path().join("c.toml"), [0xff, 0xfe, 0x00]).unwrap();
        let catalogue = catalogue(folder.path()).unwrap();
        let told: Vec<String> = catalogue.refused().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("a.toml, line 2"), "{}", told[0]);
        assert!(told[1].contains("c.toml") && told[1].contains("UTF-8"), "{}", told[1]);
        assert!(catalogue.get("mine").is_ok());
    }

    #[test]
    fn without_a_folder_there_are_the_built_in_standards() {
        let nowhere = tempfile::tempdir().unwrap().path().join("none");
        assert!(catalogue(&nowhere).unwrap().get("chsi_2017").is_ok());
    }
}
