//! One file for teams that never get a network: a station's people and photos, written, read back, merged into another.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::desk::{Batch, DESK, now_ms};
use super::job::Job;
use super::{Desk, DeskError, countersign};
use crate::durable::WholeFile;
use crate::onsite::countersign::Countersign;
use crate::onsite::merge::{ConflictKind, Marks, marks};
use crate::onsite::shot::{Doubt, ShotState};
use crate::store::blobs::sha256_hex;
use crate::store::bundle::{BundleError, BundleReader, BundleWriter};
use crate::store::journal::JournalEvent;
use crate::store::reports::Checked;
use crate::store::shots::{Mark, Shot};
use crate::store::{StoreError, Tx};
use crate::submission::subject::KnownPerson;

pub use crate::store::onsite_conflicts::OnsiteConflict;

/// A manifest is people and shots, some kilobytes each; more is no bundle of ours.
const MOST_MANIFEST_BYTES: usize = 512 << 20;

/// What stands before the photos of a bundle.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    batch: Batch,
    station: String,
    people: Vec<KnownPerson>,
    shots: Vec<BundledShot>,
    /// What waits for a second person, or was settled; none in a bundle of an older program.
    #[serde(default)]
    countersigns: Vec<Countersign>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundledShot {
    shot: Shot,
    checked: Option<Checked>,
    bytes: usize,
}

/// What a bundle holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bundled {
    pub people: usize,
    pub shots: usize,
    /// SHA-256 of the file, to be compared by those who carry it.
    pub sha256: String,
}

/// What merging a bundle did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub batch: String,
    pub station: String,
    pub people_added: usize,
    pub people_known: usize,
    pub shots_added: usize,
    /// Shots that were here already.
    pub shots_known: usize,
    /// What is said differently; nothing was dropped for it.
    pub conflicts: Vec<ConflictKind>,
}

/// Writes the people and photos of a batch into one encrypted file and reads it back. What the hub holds already and was
/// wiped here is left out.
pub fn write(
    desk: &Desk,
    batch: &str,
    path: &Path,
    passphrase: &str,
    job: &Job,
) -> Result<Bundled, DeskError> {
    let batch = desk.batch(batch)?;
    let manifest = manifest(desk, batch)?;
    // Each photo is written and read back.
    job.set_total(manifest.shots.len() * 2);
    let io = |cause: std::io::Error| said(BundleError::Io(cause));
    let file = BufWriter::new(WholeFile::create(path).map_err(io)?);
    let mut writer = BundleWriter::begin(file, passphrase).map_err(said)?;
    let json = serde_json::to_vec(&manifest)
        .map_err(|cause| StoreError::Corrupt { what: format!("a bundle ({cause})") })?;
    writer.write(&(json.len() as u64).to_be_bytes()).map_err(said)?;
    writer.write(&json).map_err(said)?;
    for shot in &manifest.shots {
        writer.write(&desk.store.photo(&shot.shot.photo_sha256)?).map_err(said)?;
        stepped(job)?;
    }
    let file = writer.finish().map_err(said)?.into_inner().map_err(|error| io(error.into_error()))?;
    file.commit().map_err(io)?;
    // Carried away as the only copy: what cannot be read back now is no bundle.
    read(path, passphrase, |_| false, |_, _| Ok(()), job)?;
    let sha256 = file_sha256(path)?;
    Ok(Bundled { people: manifest.people.len(), shots: manifest.shots.len(), sha256 })
}

/// Takes another station's bundle into this one. Photos are stored first, each verified; people and shots follow in one
/// durable step, so that a cut leaves nothing half, and a second import goes on where the first ended.
pub fn merge(desk: &Desk, path: &Path, passphrase: &str, job: &Job) -> Result<Merged, DeskError> {
    let is_here = |sha256: &str| desk.store.photo(sha256).is_ok();
    let keep = |_: &Shot, content: &[u8]| Ok(desk.store.put_photo(content).map(drop)?);
    let manifest = read(path, passphrase, is_here, keep, job)?;
    let sha256 = file_sha256(path)?;
    let at_ms = now_ms();
    desk.store.write(|tx| take_in(tx, &manifest, &sha256, at_ms))
}

/// What is said differently and nobody has settled, oldest first.
pub fn conflicts(desk: &Desk, batch: &str) -> Result<Vec<OnsiteConflict>, DeskError> {
    let batch = desk.batch(batch)?.code;
    Ok(desk.store.onsite_conflicts(&batch)?)
}

/// A person has looked at a conflict and settled it; false when it was settled already.
pub fn resolve(desk: &Desk, seq: u64, by: &str) -> Result<bool, DeskError> {
    Ok(desk.store.write(|tx| tx.resolve_onsite_conflict(seq, now_ms(), by))?)
}

fn manifest(desk: &Desk, batch: Batch) -> Result<Manifest, DeskError> {
    let mut shots = Vec::new();
    for shot in desk.store.shots(&batch.code)? {
        if shot.state == ShotState::Wiped {
            continue;
        }
        let checked = desk.store.shot_report(&shot.id)?;
        let bytes = desk.store.photo(&shot.photo_sha256)?.len();
        shots.push(BundledShot { shot, checked, bytes });
    }
    let people = desk.store.subjects(&batch.code)?;
    let people =
        people.iter().map(|row| desk.store.known_person(&row.subject.id)).collect::<Result<_, _>>()?;
    let station = desk.store.write(|tx| tx.station())?;
    let countersigns = desk.store.countersigns(&batch.code)?.into_iter().map(|it| it.countersign).collect();
    Ok(Manifest { batch, station, people, shots, countersigns })
}

/// Reads a bundle to its end. Photos for which `is_here` are passed over; the others are compared with their hash.
fn read(
    path: &Path,
    passphrase: &str,
    is_here: impl Fn(&str) -> bool,
    mut each: impl FnMut(&Shot, &[u8]) -> Result<(), DeskError>,
    job: &Job,
) -> Result<Manifest, DeskError> {
    let file = File::open(path).map_err(|cause| said(BundleError::Io(cause)))?;
    let mut reader = BundleReader::begin(BufReader::new(file), passphrase).map_err(said)?;
    let length = reader.take(8).map_err(said)?;
    let length = length.try_into().map(u64::from_be_bytes).unwrap_or(u64::MAX) as usize;
    if length > MOST_MANIFEST_BYTES {
        return Err(said(BundleError::Damaged));
    }
    let json = reader.take(length).map_err(said)?;
    let manifest: Manifest = serde_json::from_slice(&json).map_err(|_| said(BundleError::Damaged))?;
    if job.progress().1 == 0 {
        job.set_total(manifest.shots.len());
    }
    for BundledShot { shot, bytes, .. } in &manifest.shots {
        stepped(job)?;
        if is_here(&shot.photo_sha256) {
            reader.skip(*bytes).map_err(said)?;
            continue;
        }
        let content = reader.take(*bytes).map_err(said)?;
        if sha256_hex(&content) != shot.photo_sha256 {
            return Err(said(BundleError::Damaged));
        }
        each(shot, &content)?;
    }
    reader.finish().map_err(said)?;
    Ok(manifest)
}

/// One photo further, unless the person stopped.
fn stepped(job: &Job) -> Result<(), DeskError> {
    job.step();
    if job.is_cancelled() {
        return Err(DeskError::Refused {
            code: "cancelled",
            message: "stopped; nothing was changed, begin again when you like".to_owned(),
        });
    }
    Ok(())
}

fn take_in(tx: &Tx<'_>, manifest: &Manifest, sha256: &str, at_ms: i64) -> Result<Merged, DeskError> {
    let batch = manifest.batch.code.as_str();
    match tx.batch(batch) {
        Err(StoreError::UnknownBatch { .. }) => {
            tx.add_batch(&manifest.batch, at_ms)?;
            tx.append(at_ms, DESK, &JournalEvent::BatchCreated { batch: manifest.batch.clone() })?;
        }
        known => drop(known?),
    }
    let mut merged =
        Merged { batch: batch.to_owned(), station: manifest.station.clone(), ..Merged::default() };
    let mut here: HashMap<&str, Here> = HashMap::new();
    for theirs in &manifest.people {
        let taken = tx.take_in_person(batch, theirs, at_ms)?;
        if taken.is_new {
            merged.people_added += 1;
        } else {
            merged.people_known += 1;
        }
        for (kind, other) in &taken.conflicts {
            if tx.keep_onsite_conflict(batch, *kind, &taken.subject, other, at_ms)? {
                merged.conflicts.push(*kind);
            }
        }
        let ours_only = !taken.is_new && !taken.had_code && theirs.code.is_some();
        if ours_only && taken.conflicts.is_empty() {
            countersign::code_given(tx, &taken.subject, batch, taken.had_last_four, &manifest.station)?;
        }
        let here_now =
            Here { subject: taken.subject, had_code: taken.had_code, has_code: theirs.code.is_some() };
        here.insert(&theirs.id, here_now);
    }
    let ids: HashSet<&str> = manifest.shots.iter().map(|bundled| bundled.shot.id.as_str()).collect();
    for bundled in &manifest.shots {
        take_in_shot(tx, bundled, &|id| ids.contains(id), &here, at_ms, &mut merged)?;
    }
    for theirs in &manifest.countersigns {
        // Of somebody else's photo nothing is said here.
        let Some(subject) = here.get(theirs.subject.as_str()) else { continue };
        let against = theirs.against.as_deref().and_then(|other| here.get(other));
        let named = Countersign {
            subject: subject.subject.clone(),
            against: against.map(|other| other.subject.clone()),
            ..theirs.clone()
        };
        countersign::take_in(tx, named, at_ms)?;
    }
    let event = JournalEvent::StationMerged {
        batch: batch.to_owned(),
        station: manifest.station.clone(),
        sha256: sha256.to_owned(),
        shots: merged.shots_added,
        conflicts: merged.conflicts.len(),
    };
    tx.append(at_ms, DESK, &event)?;
    Ok(merged)
}

/// Who a foreign person is here.
struct Here {
    subject: String,
    /// Whether this station, and whether the other, had the person's code.
    had_code: bool,
    has_code: bool,
}

fn take_in_shot(
    tx: &Tx<'_>,
    bundled: &BundledShot,
    is_theirs: &dyn Fn(&str) -> bool,
    here: &HashMap<&str, Here>,
    at_ms: i64,
    merged: &mut Merged,
) -> Result<(), DeskError> {
    let theirs = &bundled.shot;
    let whose = theirs.subject.as_deref().and_then(|subject| here.get(subject));
    let subject = whose.map(|here| here.subject.clone());
    if let Some(known) = tx.shot_with_photo(&theirs.batch, &theirs.photo_sha256)? {
        merged.shots_known += 1;
        if let (Some(ours), Some(theirs)) = (&known.subject, &subject)
            && ours != theirs
            && tx.keep_onsite_conflict(&known.batch, ConflictKind::PhotoOfAnother, ours, theirs, at_ms)?
        {
            merged.conflicts.push(ConflictKind::PhotoOfAnother);
        }
        return Ok(());
    }
    let ours = match &subject {
        Some(subject) => tx.shots_of(subject)?,
        None => Vec::new(),
    };
    let marked = ours.iter().find(|shot| shot.mark.is_some());
    let is_begun = ours.iter().any(|shot| shot.state != ShotState::Draft);
    // Whatever was sent or proved was so between that station and the hub; here the photo is new.
    let shot = Shot {
        subject,
        mark: None,
        state: if is_begun { ShotState::Draft } else { theirs.state.min(ShotState::Finalised) },
        doubt: theirs.doubt.or(whose.is_none().then_some(Doubt::Nobody)),
        doubt_other: None,
        submission: None,
        ..theirs.clone()
    };
    tx.add_shot(&shot, bundled.bytes as u64, DESK)?;
    if let Some(checked) = &bundled.checked {
        tx.set_shot_report(&shot.id, checked, shot.score)?;
    }
    merged.shots_added += 1;
    let (Some(whose), Some(mark)) = (whose, theirs.mark) else { return Ok(()) };
    match marked {
        None => tx.mark_shot(&shot.id, mark, at_ms, DESK)?,
        // The same station chose anew since its last bundle.
        Some(marked) if marked.state == ShotState::Draft && is_theirs(&marked.id) => {
            tx.mark_shot(&shot.id, mark, at_ms, DESK)?;
        }
        Some(_) => {
            if !is_begun && marks(whose.had_code, whose.has_code) == Marks::Theirs {
                tx.mark_shot(&shot.id, Mark::Auto, at_ms, DESK)?;
            }
            if tx.keep_onsite_conflict(
                &shot.batch,
                ConflictKind::TwoPhotos,
                &whose.subject,
                &shot.id,
                at_ms,
            )? {
                merged.conflicts.push(ConflictKind::TwoPhotos);
            }
        }
    }
    Ok(())
}

fn file_sha256(path: &Path) -> Result<String, DeskError> {
    let io = |cause| said(BundleError::Io(cause));
    let mut hasher = Sha256::new();
    std::io::copy(&mut File::open(path).map_err(io)?, &mut HashWriter(&mut hasher)).map_err(io)?;
    Ok(hex::encode(hasher.finalize()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn said(error: BundleError) -> DeskError {
    DeskError::Refused { code: error.code(), message: error.to_string() }
}
