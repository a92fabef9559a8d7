//! Files people write by hand, such as standards, printers and descriptions of their own: a page of TOML each.

use std::fs;
use std::path::{Path, PathBuf};

const EXTENSION: &str = "toml";
/// Such a file is a page of text; whatever is larger is none.
const LARGEST_BYTES: u64 = 1 << 20;

/// Files of the folder in the order of their names; none when there is no such folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION)).collect();
    files.sort();
    files
}

/// The text of a file that is to be `what`, such as "a standard", or why it cannot be read.
pub fn text(path: &Path, what: &str) -> Result<String, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LARGEST_BYTES {
        return Err(format!("it has {length} bytes, more than the {LARGEST_BYTES} {what} may have"));
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}

/// The line of the text at which an error lies, from 1 on.
pub fn line_of(error: &toml::de::Error, text: &str) -> usize {
    let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_toml_files_come_and_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.toml", "a.toml", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<_> = files(folder.path())
            .iter()
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .collect();
        assert_eq!(names, ["a.toml", "b.toml"]);
        assert_eq!(files(&folder.path().join("nothing")), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_is_longer_than_a_page_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.toml");
        fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
        assert!(
            text(&path, "a standard").unwrap_err().ends_with("more than the 1048576 a standard may have")
        );
        fs::write(&path, "id = 1").unwrap();
        assert_eq!(text(&path, "a standard").unwrap(), "id = 1");
    }

    #[test]
    fn the_line_of_an_error_is_counted_from_one() {
        for (text, line) in [("a = = 1", 1), ("a = 1\nb = 2\nc = =\n", 3)] {
            let error = text.parse::<toml::Table>().unwrap_err();
            assert_eq!(line_of(&error, text), line);
        }
    }
}
