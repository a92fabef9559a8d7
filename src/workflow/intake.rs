//! Photos from files and folders into a batch: stored, checked, queued.

use std::path::PathBuf;

use super::job::Job;
use super::{Desk, DeskError};

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
    /// Files not reached because the job was cancelled.
    pub not_reached: usize,
}

/// Walks files and folders, stores each photo durably, runs the local check, queues it.
pub fn import_photos(_desk: &Desk, _batch: &str, _paths: &[PathBuf], _job: &Job) -> Result<ImportReport, DeskError> {
    todo!()
}
