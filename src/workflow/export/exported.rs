//! Electronic photos of earlier exports, known again by what the manifest beside them says.
//!
//! Each of them was decoded before it was exported and read back afterwards. While a file still has the SHA-256 noted
//! then, it needs no second proof that it is whole.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::folder::PHOTOS;
use super::manifest::NAME;

/// The photos of every export that some files belong to, by the path under which the files were named.
#[derive(Debug, Default)]
pub struct ExportedPhotos {
    noted: HashMap<PathBuf, Noted>,
}

#[derive(Debug)]
struct Noted {
    bytes: u64,
    sha256: [u8; 32],
}

/// What is read of a manifest: nothing of its people.
#[derive(Deserialize)]
struct FilesOnly<'a> {
    #[serde(borrow)]
    files: Vec<NotedFile<'a>>,
}

#[derive(Deserialize)]
struct NotedFile<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    bytes: u64,
    sha256: &'a str,
}

/// What a manifest says of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The very bytes that were exported.
    Unchanged,
    /// An export wrote other bytes under this name.
    Changed,
    /// No export beside the file knows it.
    Unknown,
}

impl ExportedPhotos {
    /// Reads the manifests of the exports in whose `photos` folders these files lie; one that cannot be read vouches
    /// for nothing.
    pub fn beside(files: &[PathBuf]) -> Self {
        let places: HashSet<&Path> = files.iter().filter_map(|file| place_of(file)).collect();
        let mut noted = HashMap::new();
        for place in places {
            let Ok(text) = fs::read_to_string(place.join(NAME)) else { continue };
            let Ok(manifest) = serde_json::from_str::<FilesOnly<'_>>(&text) else { continue };
            let below = format!("{PHOTOS}/");
            for entry in manifest.files.iter().filter(|entry| entry.path.starts_with(&below)) {
                let mut sha256 = [0; 32];
                if hex::decode_to_slice(entry.sha256, &mut sha256).is_ok() {
                    noted.insert(place.join(&*entry.path), Noted { bytes: entry.bytes, sha256 });
                }
            }
        }
        Self { noted }
    }

    /// Compares the bytes read from `path` with those that were exported.
    pub fn compare(&self, path: &Path, bytes: &[u8]) -> Exported {
        match self.noted.get(path) {
            None => Exported::Unknown,
            Some(noted) if noted.bytes == bytes.len() as u64 && Sha256::digest(bytes)[..] == noted.sha256 => {
                Exported::Unchanged
            }
            Some(_) => Exported::Changed,
        }
    }
}

/// The folder of the export whose photos this file lies among.
fn place_of(file: &Path) -> Option<&Path> {
    let photos =
        file.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name == PHOTOS))?;
    photos.parent()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_that_were_exported_are_vouched_for() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("photos/3班");
        let [known, other] = ["a.jpg", "b.jpg"].map(|name| folder.join(name));
        let sha256 = hex::encode(Sha256::digest(b"whole"));
        let text = format!(
            r#"{{"program":"p","job":"j","batch":"b","created_at_ms":0,"layout":"l","paper":"p","dpi":300,"gap_mm":0,
            "margin_mm":0,"pieces_per_person":1,"people":[],
            "files":[{{"path":"photos/3班/a.jpg","bytes":5,"sha256":"{sha256}"}}]}}"#
        );
        fs::write(place.path().join(NAME), text).unwrap();
        let photos = ExportedPhotos::beside(&[known.clone(), other.clone()]);
        assert_eq!(photos.compare(&known, b"whole"), Exported::Unchanged);
        for changed in [&b"whole and more"[..], b"whose", b""] {
            assert_eq!(photos.compare(&known, changed), Exported::Changed);
        }
        assert_eq!(photos.compare(&other, b"whole"), Exported::Unknown);
    }

    #[test]
    fn without_a_manifest_nothing_is_known() {
        let place = tempfile::tempdir().unwrap();
        for file in [place.path().join("photos/a.jpg"), PathBuf::from("a.jpg")] {
            assert_eq!(
                ExportedPhotos::beside(std::slice::from_ref(&file)).compare(&file, b""),
                Exported::Unknown
            );
        }
    }
}
