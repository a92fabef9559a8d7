//! A list of people into a batch: read, checked, sealed; photos bound to its rows by the number in their name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::desk::{DESK, now_ms};
use super::{Desk, DeskError};
use crate::onsite::document_number::{NumberRules, OnsiteDataError};
use crate::onsite::pairing;
use crate::onsite::roster::file::{MAX_FILE_BYTES, tables};
use crate::onsite::roster::read::read;
use crate::onsite::roster::{Field, HeaderWords, Mapping, Roster, Table};
use crate::store::Tx;
use crate::store::journal::JournalEvent;
use crate::store::subjects::Kept;
use crate::store::{StoreError, subjects};
use crate::submission::BoundBy;
use crate::submission::subject::RosterCounts;

pub use crate::store::subjects::SubjectPhotos;

/// A roster file that was read, with what its columns were recognised as.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterFile {
    pub table: Table,
    pub mapping: Mapping,
    sha256: String,
}

/// A row that was read well but cannot be kept: its numbers belong to two known people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoPeople {
    /// Row counted from 0.
    pub row: usize,
}

/// What an import of a list did. Every filled row is counted, rejected or among two people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RosterReport {
    pub counts: RosterCounts,
    pub roster: Roster,
    pub two_people: Vec<TwoPeople>,
    pub binding: Binding,
    /// People of the batch, and those of them without a photo.
    pub people: usize,
    pub without_photo: usize,
}

/// What binding photos by their file names did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    pub bound: usize,
    pub unmatched: Vec<Unmatched>,
}

/// A photo whose name names nobody, or more than one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched {
    pub submission: String,
    /// Personal data: shown to the one who imports, never logged.
    pub file_name: String,
    /// How many people its numbers name: 0, or 2 and more.
    pub people: usize,
}

/// Reads a roster file and recognises its columns. Of several sheets the one with the most known headers is taken.
pub fn open(path: &Path) -> Result<RosterFile, DeskError> {
    let bytes = read_file(path)?;
    let words = HeaderWords::built_in().map_err(data)?;
    let tables = tables(&bytes).map_err(|error| DeskError::Refused {
        code: error.code(),
        message: format!("{}: {error}", path.display()),
    })?;
    let mapped = tables.into_iter().map(|table| (words.recognise(&table), table));
    let known =
        |mapping: &Mapping| Field::ALL.iter().filter(|field| mapping.column(**field).is_some()).count();
    // The first of equals: `max_by_key` would take the last.
    let best = mapped.reduce(|best, next| if known(&next.0) > known(&best.0) { next } else { best });
    let (mapping, table) = best.unwrap_or_default();
    Ok(RosterFile { table, mapping, sha256: hex::encode(Sha256::digest(&bytes)) })
}

/// What an import would take and reject, without taking anything.
pub fn preview(file: &RosterFile) -> Result<Roster, DeskError> {
    let rules = NumberRules::built_in().map_err(data)?;
    Ok(read(&file.table, &file.mapping, &rules, jiff::Zoned::now().date()))
}

/// Takes the list's people into the batch as one durable step, then binds photos that are nobody's yet.
pub fn import(desk: &Desk, batch: &str, file: &RosterFile) -> Result<RosterReport, DeskError> {
    let batch = desk.batch(batch)?.code;
    if !file.mapping.is_enough() {
        return Err(DeskError::Refused {
            code: "roster_columns",
            message: "the list has no column for the name, or none for a document or student number; say which columns hold them".to_owned(),
        });
    }
    let roster = preview(file)?;
    let at_ms = now_ms();
    let mut report = desk.store.write(|tx| {
        let (counts, two_people) = keep(tx, &batch, &roster, at_ms)?;
        let event = JournalEvent::RosterImported {
            batch: batch.clone(),
            file_sha256: file.sha256.clone(),
            added: counts.added,
            updated: counts.updated,
            rejected: roster.rejected.len() + two_people.len(),
        };
        tx.append(at_ms, DESK, &event)?;
        let binding = bind_all(tx, &batch, at_ms)?;
        Ok::<_, StoreError>(RosterReport { counts, two_people, binding, ..RosterReport::default() })
    })?;
    (report.people, report.without_photo) = desk.store.subject_counts(&batch)?;
    report.roster = roster;
    Ok(report)
}

/// People of the batch in the order of their list, masked.
pub fn people(desk: &Desk, batch: &str) -> Result<Vec<SubjectPhotos>, DeskError> {
    Ok(desk.store.subjects(batch)?)
}

fn keep(
    tx: &Tx<'_>,
    batch: &str,
    roster: &Roster,
    at_ms: i64,
) -> Result<(RosterCounts, Vec<TwoPeople>), StoreError> {
    let mut counts = RosterCounts::default();
    let mut two_people = Vec::new();
    for entry in &roster.entries {
        match tx.keep_person(batch, &entry.person, at_ms)? {
            Kept::Added => counts.added += 1,
            Kept::Updated => counts.updated += 1,
            Kept::Unchanged => counts.unchanged += 1,
            Kept::TwoPeople => two_people.push(TwoPeople { row: entry.row }),
        }
    }
    Ok((counts, two_people))
}

fn bind_all(tx: &Tx<'_>, batch: &str, at_ms: i64) -> Result<Binding, StoreError> {
    let mut binding = Binding::default();
    for subjects::Unbound { submission, file_name } in tx.unbound(batch)? {
        match bind_by_name(tx, batch, &submission, &file_name, at_ms)? {
            1 => binding.bound += 1,
            people => binding.unmatched.push(Unmatched { submission, file_name, people }),
        }
    }
    Ok(binding)
}

/// Binds a photo to the one person its file name names; gives the number of people it names.
pub(super) fn bind_by_name(
    tx: &Tx<'_>,
    batch: &str,
    submission: &str,
    file_name: &str,
    at_ms: i64,
) -> Result<usize, StoreError> {
    let named = tx.subjects_by_number(batch, &pairing::numbers_in(file_name))?;
    if let [subject] = named.as_slice() {
        tx.bind(submission, subject, BoundBy::FileName, at_ms)?;
    }
    Ok(named.len())
}

fn read_file(path: &Path) -> Result<Vec<u8>, DeskError> {
    let refused = |code, message| DeskError::Refused { code, message };
    let io = |cause: std::io::Error| {
        refused("io", format!("{} cannot be read ({cause}); check the path", path.display()))
    };
    let kind = std::fs::metadata(path).map_err(io)?;
    if !kind.is_file() {
        return Err(refused("special_file", format!("{} is no file; name the list itself", path.display())));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message =
            format!("{} is larger than any list; remove pictures and other sheets from it", path.display());
        return Err(refused("roster_too_large", message));
    }
    Ok(bytes)
}

fn data(error: OnsiteDataError) -> DeskError {
    DeskError::Refused { code: "onsite_data", message: error.to_string() }
}
