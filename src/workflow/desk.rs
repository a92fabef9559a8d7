//! The open desk: store, standards, reasons and models in one hand. `Send + Sync`; share it in an `Arc`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::inspect::Report;
use crate::standard::Catalogue;
use crate::submission::{ReasonCatalogue, State};

/// Work that could not be done. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("not implemented")]
    Todo,
}

/// Why a stored photo cannot be shown or checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoFault {
    pub code: String,
    pub message: String,
}

/// A collection job of one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Signature code, six characters A–Z 0–9.
    pub code: String,
    pub school: String,
    pub title: String,
    /// Standard id.
    pub standard: String,
    /// Background id of the standard for the final photo.
    pub background: String,
    /// Layout expressions offered.
    pub layouts: Vec<String>,
    pub max_attempts: u32,
}

/// A batch with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchSummary {
    pub batch: Batch,
    pub pending: usize,
    pub approved: usize,
    pub rejected: usize,
    pub in_production: usize,
    pub completed: usize,
}

/// One row of the queue; cheap, no photo bytes. `masked_name` is already masked.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueItem {
    pub submission: String,
    pub batch: String,
    pub masked_name: String,
    pub state: State,
    pub attempt: u32,
    pub revision: u32,
    pub photo_sha256: String,
    /// Milliseconds since the Unix epoch.
    pub received_at_ms: i64,
    /// Worst verdict of the local check; `None` before it ran; `Err` text kept in the report when unreadable.
    pub verdict: Option<crate::inspect::Verdict>,
    pub failed_checks: usize,
    pub warned_checks: usize,
}

/// What the queue shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueFilter {
    pub batch: Option<String>,
    pub state: Option<State>,
    /// Part of the file name, masked name or submission id.
    pub text: String,
}

/// What is needed to open a batch. Without `code` a free signature code is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    pub code: Option<String>,
    pub school: String,
    pub title: String,
    pub standard: String,
    pub background: String,
    pub layouts: Vec<String>,
    pub max_attempts: u32,
}

/// The open desk.
pub struct Desk {
    pub standards: Catalogue,
    pub reasons: ReasonCatalogue,
}

impl Desk {
    /// Opens (or makes) the desk in this folder. One writer a folder: a second desk is refused.
    pub fn open(_profile: &Path, _keys: &dyn crate::store::keys::KeyStore) -> Result<Self, DeskError> {
        todo!()
    }

    pub fn create_batch(&self, _new: NewBatch) -> Result<Batch, DeskError> {
        todo!()
    }

    pub fn batch(&self, _code: &str) -> Result<Batch, DeskError> {
        todo!()
    }

    /// All batches with their counts, newest first.
    pub fn batches(&self) -> Result<Vec<BatchSummary>, DeskError> {
        todo!()
    }

    /// The rows that match, oldest first.
    pub fn queue(&self, _filter: &QueueFilter) -> Result<Vec<QueueItem>, DeskError> {
        todo!()
    }

    pub fn item(&self, _submission: &str) -> Result<QueueItem, DeskError> {
        todo!()
    }

    /// The stored report of the local check; an unreadable photo has the decode error instead.
    pub fn report(&self, _submission: &str) -> Result<Option<Result<Report, PhotoFault>>, DeskError> {
        todo!()
    }

    /// The original file's bytes, unsealed and verified against its hash.
    pub fn photo_bytes(&self, _submission: &str) -> Result<Vec<u8>, DeskError> {
        todo!()
    }

    /// Decisions taken since `since_ms`, for the count of the day.
    pub fn decisions_since(&self, _since_ms: i64) -> Result<usize, DeskError> {
        todo!()
    }
}
