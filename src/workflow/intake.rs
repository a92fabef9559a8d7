//! Photos from files and folders into a batch: stored, checked, queued.

use std::path::{Path, PathBuf};

use super::desk::{Batch, DESK, now_ms};
use super::job::{Failure, Job, in_parallel};
use super::roster::bind_by_name;
use super::season::{self, Seen};
use super::walk::photo_files;
use super::{Desk, DeskError, preview};
use crate::inspect::{Examined, Models, Report, examine};
use crate::photo::Photo;
use crate::photo::decode::{decode, probe};
use crate::photo::file::read_limited;
use crate::standard::Standard;
use crate::store::journal::JournalEvent;
use crate::store::reports::Checked;
use crate::store::submissions::{NewSubmission, PersonalField};
use crate::store::{StoreError, Tx};
use crate::submission::mask::masked_file_name;
use crate::submission::state::{Event, State, next};
use crate::submission::{PhotoFault, QueueItem};

/// A file that was not taken, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub path: PathBuf,
    pub code: String,
    pub message: String,
}

/// What an import did; the four counts add up to the files seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportReport {
    /// Submission ids, in the order of the files. A damaged photo is taken too: a person rejects it.
    pub added: Vec<String>,
    /// Files whose bytes are already in the batch.
    pub duplicates: Vec<PathBuf>,
    pub refused: Vec<Refusal>,
    /// Of a batch with a roster: added photos whose names name nobody of it, or more than one person.
    pub unmatched: Vec<PathBuf>,
    /// Files not reached because the job was cancelled.
    pub not_reached: usize,
}

/// Walks files and folders, stores each photo durably, runs the local check, queues it.
///
/// Files are stored one after the other, so that the queue has their order; the checks run beside, one photo a
/// thread. A cancelled import leaves what it took in the queue, checked.
pub fn import_photos(
    desk: &Desk,
    batch: &str,
    paths: &[PathBuf],
    job: &Job,
) -> Result<ImportReport, DeskError> {
    let batch = desk.batch(batch)?;
    let checker = Checker::new(desk, &batch)?;
    let files = photo_files(paths);
    job.set_total(files.len());
    let mut report = ImportReport::default();
    let mut files = files.into_iter();
    let failure = Failure::default();
    let next = || {
        while !job.is_cancelled() && !failure.happened() {
            let path = files.next()?;
            match failure.catch(take(desk, &batch, &path))? {
                Taken::Added(arrived) => {
                    report.added.push(arrived.submission.clone());
                    report.unmatched.extend(arrived.is_unmatched.then_some(path));
                    return Some(arrived);
                }
                Taken::Duplicate => report.duplicates.push(path),
                Taken::Refused(refusal) => report.refused.push(refusal),
            }
            job.step();
        }
        None
    };
    in_parallel(next, |arrived| {
        failure.catch(checker.check(&arrived));
        job.step();
    });
    report.not_reached = files.len();
    failure.into_result().map(|()| report)
}

/// Runs the local check on photos that have none yet: an earlier import was cut short. Gives their number.
pub fn check_waiting(desk: &Desk, job: &Job) -> Result<usize, DeskError> {
    let ids = desk.store.unchecked()?;
    job.set_total(ids.len());
    let mut waiting = ids.iter();
    let failure = Failure::default();
    let next = || if job.is_cancelled() || failure.happened() { None } else { waiting.next() };
    in_parallel(next, |id| {
        failure.catch(check_again(desk, id));
        job.step();
    });
    let reached = ids.len() - waiting.len();
    failure.into_result().map(|()| reached)
}

/// A photo that was stored and waits for its check.
struct Arrived {
    submission: String,
    photo_sha256: String,
    bytes: Vec<u8>,
    /// The batch has a roster, and the file's name does not name one person of it.
    is_unmatched: bool,
}

enum Taken {
    Added(Arrived),
    Duplicate,
    Refused(Refusal),
}

/// What the check of one batch's photos needs.
struct Checker<'a> {
    desk: &'a Desk,
    standard: &'a Standard,
    models: Models<'a>,
}

impl<'a> Checker<'a> {
    fn new(desk: &'a Desk, batch: &Batch) -> Result<Self, DeskError> {
        Ok(Self { desk, standard: desk.standard_of(batch)?.0, models: desk.models()? })
    }

    fn check(&self, arrived: &Arrived) -> Result<(), DeskError> {
        let (checked, small): (Checked, _) = match decode(&arrived.bytes, &self.desk.limits) {
            Ok(photo) => (Ok(self.report(arrived, &photo)?), preview::make(&photo.pixels)),
            Err(error) => {
                (Err(PhotoFault { code: error.code().to_owned(), message: error.to_string() }), None)
            }
        };
        self.desk.store.write(|tx| {
            if let Some(small) = &small {
                tx.set_preview(&arrived.photo_sha256, small)?;
            }
            tx.set_report(&arrived.submission, &arrived.photo_sha256, &checked)
        })?;
        Ok(())
    }
}

impl Checker<'_> {
    fn report(&self, arrived: &Arrived, photo: &Photo) -> Result<Report, DeskError> {
        let Examined { mut report, mesh } = examine(photo, self.standard, self.models)?;
        let seen = Seen {
            submission: &arrived.submission,
            photo_sha256: &arrived.photo_sha256,
            photo,
            mesh: mesh.as_ref(),
        };
        season::add_findings(self.desk, seen, self.standard, &mut report)?;
        Ok(report)
    }
}

fn check_again(desk: &Desk, id: &str) -> Result<(), DeskError> {
    let QueueItem { submission, batch, photo_sha256, .. } = desk.item(id)?;
    let bytes = desk.store.photo(&photo_sha256)?;
    let batch = desk.store.batch(&batch)?;
    Checker::new(desk, &batch)?.check(&Arrived { submission, photo_sha256, bytes, is_unmatched: false })
}

/// Stores one file: first its content, durably, then the submission that names it.
fn take(desk: &Desk, batch: &Batch, path: &Path) -> Result<Taken, DeskError> {
    let refusal = |code: &str, message: String| {
        Taken::Refused(Refusal { path: path.to_owned(), code: code.to_owned(), message })
    };
    let bytes = match read_limited(path, &desk.limits) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(refusal(error.code(), error.to_string())),
    };
    match probe(&bytes, &desk.limits) {
        Err(error) if !error.is_damage() => return Ok(refusal(error.code(), error.to_string())),
        _ => {}
    }
    let photo_sha256 = desk.store.put_photo(&bytes)?;
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let length = bytes.len() as u64;
    let taken = desk.store.write(|tx| submit(tx, batch, &photo_sha256, length, &file_name))?;
    Ok(match taken {
        Some((submission, is_unmatched)) => {
            Taken::Added(Arrived { submission, photo_sha256, bytes, is_unmatched })
        }
        None => Taken::Duplicate,
    })
}

/// Adds the submission and its journal entry; `None` when the batch has these bytes already. In a batch with a roster
/// the photo is bound to the person its name names; true when it names none or several.
fn submit(
    tx: &Tx<'_>,
    batch: &Batch,
    photo_sha256: &str,
    photo_bytes: u64,
    file_name: &str,
) -> Result<Option<(String, bool)>, DeskError> {
    if tx.with_photo(&batch.code, photo_sha256)?.is_some() {
        return Ok(None);
    }
    let id = uuid::Uuid::now_v7().to_string();
    let received_at_ms = now_ms();
    // What comes in by hand is paid for by the school.
    let from = State::first(false);
    let to =
        next(from, Event::PhotoSubmitted).map_err(|cause| StoreError::Illegal { id: id.clone(), cause })?;
    tx.add_submission(&NewSubmission {
        id: &id,
        batch: &batch.code,
        masked_name: &masked_file_name(file_name),
        state: to,
        photo_sha256,
        photo_bytes,
        received_at_ms,
    })?;
    tx.set_personal(&id, PersonalField::FileName, file_name)?;
    let event = JournalEvent::PhotoSubmitted {
        submission: id.clone(),
        batch: batch.code.clone(),
        photo_sha256: photo_sha256.to_owned(),
        attempt: 1,
        revision: 1,
        from,
        to,
    };
    tx.append(received_at_ms, DESK, &event)?;
    let is_unmatched =
        tx.has_subjects(&batch.code)? && bind_by_name(tx, &batch.code, &id, file_name, received_at_ms)? != 1;
    Ok(Some((id, is_unmatched)))
}
