//! The list of an export's files and people, and the count of both from the disk.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::deliver::{Delivery, WAITING};
use crate::workflow::job::map_in_parallel;

pub(super) const NAME: &str = "manifest.json";
/// What writes an export.
pub(super) const PROGRAM: &str = concat!("photodesk ", env!("CARGO_PKG_VERSION"));

/// Everything an export wrote; names no person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub program: String,
    pub job: String,
    pub batch: String,
    /// Milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    pub layout: String,
    pub paper: String,
    pub dpi: u32,
    pub gap_mm: f64,
    pub margin_mm: f64,
    /// Id of the printer that the sheets were made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
    pub pieces_per_person: usize,
    /// How many people's sets a sheet holds.
    #[serde(default = "one")]
    pub people_per_sheet: usize,
    /// Separator slips among the sets.
    #[serde(default, skip_serializing_if = "is_none")]
    pub slips: usize,
    /// Every sheet, those that hold nothing but slips too; 0 in manifests from before there were any.
    #[serde(default, skip_serializing_if = "is_none")]
    pub sheets: usize,
    pub people: Vec<Person>,
    /// The people were exported before; nobody's state moves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reprint: bool,
    pub files: Vec<FileEntry>,
    /// What goes into a watched folder, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
}

/// One person's part of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub submission: String,
    /// The photo that was approved.
    pub photo_sha256: String,
    pub revision: u32,
    /// The final electronic photo.
    pub photo: String,
    /// The file that holds the sheet, and its page when it has several.
    pub sheet: String,
    pub page: Option<usize>,
    pub pieces: usize,
    /// Which of the sheet's sets is theirs, counted from 1, when several people share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// The order that it was printed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Which of the order's copies, counted from 1.
    #[serde(default = "one", skip_serializing_if = "is_first")]
    pub copy: usize,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn is_first(copy: &usize) -> bool {
    *copy == 1
}

const fn one() -> usize {
    1
}

/// A file of the export; `path` is relative to the export's folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
    /// Names everything that the bytes of a sheet follow from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_from: Option<String>,
}

/// What was counted on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReadBack {
    pub manifest: Manifest,
    /// Of the manifest file itself.
    pub sha256: String,
    pub people: usize,
    pub pieces: usize,
    pub sheets: usize,
    pub files: Vec<PathBuf>,
}

/// Reads an export back: every file must have its bytes, no file may be missing or extra, and every person must
/// have one photo and one sheet with all pieces.
pub(super) fn read_back(place: &Path) -> Result<ReadBack, String> {
    let bytes = fs::read(place.join(NAME)).map_err(|error| format!("{NAME}: {error}"))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| format!("{NAME}: {error}"))?;
    let found = map_in_parallel(&manifest.files, |entry| same_bytes(place, entry));
    let mut files = found.into_iter().collect::<Result<Vec<PathBuf>, String>>()?;
    no_extra_file(place, &manifest)?;
    waiting_is_whole(place, &manifest)?;
    let sheets = reconcile(&manifest)?.max(manifest.sheets);
    let pieces = manifest.people.iter().map(|person| person.pieces).sum();
    let people = manifest.people.len();
    files.push(place.join(NAME));
    Ok(ReadBack { sha256: hex::encode(Sha256::digest(&bytes)), manifest, people, pieces, sheets, files })
}

/// The job that an export's folder says it belongs to.
pub(super) fn job_of(place: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        job: String,
    }
    let bytes = fs::read(place.join(NAME)).ok()?;
    serde_json::from_slice::<Named>(&bytes).ok().map(|named| named.job)
}

/// Length and SHA-256 of a file as it lies on the disk.
pub(super) fn fingerprint(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        bytes += read as u64;
        hash.update(&buffer[..read]);
    }
}

/// The place of a file that has the bytes its entry names.
fn same_bytes(place: &Path, entry: &FileEntry) -> Result<PathBuf, String> {
    let path = place.join(&entry.path);
    let found = fingerprint(&path).map_err(|error| format!("{}: {error}", entry.path))?;
    if found == (entry.bytes, entry.sha256.clone()) {
        Ok(path)
    } else {
        Err(format!("{} has other bytes than were written", entry.path))
    }
}

/// Counts people against sheets and photos; gives the number of sheets.
fn reconcile(manifest: &Manifest) -> Result<usize, String> {
    let known: HashSet<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
    let (mut people, mut photos) = (HashSet::new(), HashMap::new());
    let mut places = HashSet::new();
    let mut sheets: HashMap<(&str, Option<usize>), usize> = HashMap::new();
    for person in &manifest.people {
        let id = &person.submission;
        if !people.insert((id, &person.order, person.copy)) {
            return Err(format!("{id} is exported twice"));
        }
        // The copies of an order share one photo.
        if photos.insert(&person.photo, (id, &person.order)).is_some_and(|other| other != (id, &person.order))
        {
            return Err(format!("{} is the photo of two people", person.photo));
        }
        if person.pieces != manifest.pieces_per_person {
            return Err(format!("{id} has {} pieces, not {}", person.pieces, manifest.pieces_per_person));
        }
        for file in [&person.photo, &person.sheet] {
            if !known.contains(file.as_str()) {
                return Err(format!("{file} of {id} is not among the files"));
            }
        }
        if !places.insert((&person.sheet, person.page, person.place)) {
            return Err(format!("{} is the sheet of two people", person.sheet));
        }
        *sheets.entry((&person.sheet, person.page)).or_default() += 1;
    }
    match sheets.iter().find(|(_, people)| **people > manifest.people_per_sheet) {
        Some(((sheet, _), people)) => Err(format!("{sheet} holds {people} people, more than it has places")),
        None => Ok(sheets.len()),
    }
}

/// Copies that still wait for the watched folder must have the bytes that were written.
fn waiting_is_whole(place: &Path, manifest: &Manifest) -> Result<(), String> {
    for delivery in &manifest.deliveries {
        match fingerprint(&place.join(WAITING).join(&delivery.from)) {
            Ok((_, sha256)) if sha256 != delivery.sha256 => {
                return Err(format!(
                    "the copy on its way to {} has other bytes than were written",
                    delivery.to
                ));
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", delivery.from));
            }
            _ => {}
        }
    }
    Ok(())
}

fn no_extra_file(place: &Path, manifest: &Manifest) -> Result<(), String> {
    let known: HashSet<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).chain([NAME]).collect();
    for entry in walkdir::WalkDir::new(place) {
        let entry = entry.map_err(|error| error.to_string())?;
        // Copies on their way into a watched folder leave one by one.
        if !entry.file_type().is_file() || entry.path().starts_with(place.join(WAITING)) {
            continue;
        }
        let relative = entry.path().strip_prefix(place).unwrap_or(entry.path());
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        if !known.contains(name.as_str()) {
            return Err(format!("{name} belongs to nobody"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str) -> Person {
        Person {
            submission: id.into(),
            photo_sha256: "0".into(),
            revision: 0,
            photo: format!("photos/{id}.jpg"),
            sheet: format!("sheets/{id}.jpg"),
            page: None,
            pieces: 12,
            place: None,
            order: None,
            copy: 1,
        }
    }

    fn written(people: &[Person]) -> (tempfile::TempDir, Manifest) {
        let place = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for folder in ["photos", "sheets"] {
            fs::create_dir(place.path().join(folder)).unwrap();
        }
        for path in people.iter().flat_map(|person| [&person.photo, &person.sheet]) {
            fs::write(place.path().join(path), path).unwrap();
            let (bytes, sha256) = fingerprint(&place.path().join(path)).unwrap();
            files.push(FileEntry { path: path.clone(), bytes, sha256, drawn_from: None });
        }
        let manifest = Manifest {
            program: "test".into(),
            job: "job".into(),
            batch: "AAAAAA".into(),
            created_at_ms: 0,
            layout: "版式一".into(),
            paper: "6寸".into(),
            dpi: 300,
            gap_mm: 0.0,
            margin_mm: 0.0,
            printer: None,
            pieces_per_person: 12,
            people_per_sheet: 1,
            slips: 0,
            sheets: 2,
            people: people.to_vec(),
            reprint: false,
            files,
            deliveries: Vec::new(),
        };
        fs::write(place.path().join(NAME), serde_json::to_vec(&manifest).unwrap()).unwrap();
        (place, manifest)
    }

    #[test]
    fn a_whole_export_reconciles() {
        let (place, manifest) = written(&[person("a"), person("b")]);
        let found = read_back(place.path()).unwrap();
        assert_eq!((found.people, found.pieces, found.sheets), (2, 24, 2));
        assert_eq!(found.manifest, manifest);
    }

    #[test]
    fn a_changed_missing_or_extra_file_is_noticed() {
        for (meddle, message) in [
            ((|place| fs::write(place.join("sheets/a.jpg"), "x").unwrap()) as fn(&Path), "other bytes"),
            (|place| fs::remove_file(place.join("photos/b.jpg")).unwrap(), "photos/b.jpg"),
            (|place| fs::write(place.join("sheets/c.jpg"), "x").unwrap(), "belongs to nobody"),
            (|place| fs::remove_file(place.join(NAME)).unwrap(), NAME),
        ] {
            let (place, _) = written(&[person("a"), person("b")]);
            meddle(place.path());
            let error = read_back(place.path()).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_person_doubled_or_short_of_pieces_is_noticed() {
        let (place, _) = written(&[person("a"), person("a")]);
        assert!(read_back(place.path()).unwrap_err().contains("exported twice"));
        let (place, _) = written(&[Person { pieces: 11, ..person("a") }]);
        assert!(read_back(place.path()).unwrap_err().contains("11 pieces"));
        let shared = Person { sheet: "sheets/a.jpg".into(), ..person("b") };
        let (place, _) = written(&[person("a"), shared]);
        assert!(read_back(place.path()).unwrap_err().contains("sheet of two people"));
    }
}
