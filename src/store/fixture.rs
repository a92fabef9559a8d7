//! A desk folder for the store's own tests.
use std::path::Path;

use super::journal::JournalEvent;
use super::keys::KeyFileStore;
use super::submissions::{NewSubmission, PersonalField};
use super::{Store, StoreError};
use crate::inspect::{CheckId, Finding, Report, Verdict};
use crate::submission::mask::masked_file_name;
use crate::submission::{Batch, BatchRules, State};

pub(crate) struct Desk {
    pub(crate) store: Store,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: open(folder.path()).unwrap(), folder }
    }

    pub(crate) fn with_batch(code: &str) -> Self {
        let desk = Self::new();
        desk.add_batch(code);
        desk
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the store, lets `meddle` at the database, and tries to open it again.
    pub(crate) fn meddled(self, meddle: impl FnOnce(&rusqlite::Connection)) -> Result<Self, StoreError> {
        let Self { store, folder } = self;
        drop(store);
        meddle(&rusqlite::Connection::open(folder.path().join("desk.db")).unwrap());
        open(folder.path()).map(|store| Self { store, folder })
    }

    pub(crate) fn add_batch(&self, code: &str) {
        self.store
            .write(|tx| {
                tx.add_batch(&batch(code), 0)?;
                tx.append(0, "fixture", &JournalEvent::BatchCreated { batch: batch(code) })
            })
            .unwrap();
    }

    pub(crate) fn submission(&self, batch: &str, content: &[u8]) -> String {
        self.named_submission(batch, content, "a.jpg")
    }

    /// A submission that waits for review; its id tells batch and content.
    pub(crate) fn named_submission(&self, batch: &str, content: &[u8], file_name: &str) -> String {
        let photo_sha256 = self.store.put_photo(content).unwrap();
        let id = format!("{batch}-{}", &photo_sha256[..8]);
        let new = NewSubmission {
            id: &id,
            batch,
            masked_name: &masked_file_name(file_name),
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: content.len() as u64,
            received_at_ms: 1,
        };
        self.store
            .write(|tx| {
                tx.add_submission(&new)?;
                tx.set_personal(&id, PersonalField::FileName, file_name)
            })
            .unwrap();
        id
    }
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, &KeyFileStore::new(folder.join("key")))
}

pub(crate) fn batch(code: &str) -> Batch {
    Batch {
        code: code.to_owned(),
        school: "示范大学".to_owned(),
        title: "2026 届".to_owned(),
        standard: "s".to_owned(),
        background: "white".to_owned(),
        layouts: vec!["1寸×8+2寸×4".to_owned()],
        max_attempts: 3,
        rules: BatchRules::default(),
    }
}

/// A report whose findings end like this.
pub(crate) fn report(verdicts: &[Verdict]) -> Report {
    let finding = |verdict: &Verdict| Finding {
        check: CheckId::Sharpness,
        verdict: *verdict,
        value: Some(1.5),
        unit: "ratio".to_owned(),
        limit: None,
        confidence: 1.0,
        reason: None,
        evidence: Vec::new(),
    };
    Report {
        standard: "s@1".to_owned(),
        file: serde_json::from_value(file_facts()).unwrap(),
        width_px: 480,
        height_px: 640,
        verdict: verdicts.iter().copied().max().unwrap_or(Verdict::Pass),
        faces: Vec::new(),
        landmarks: None,
        findings: verdicts.iter().map(finding).collect(),
        crop: None,
        twin: None,
        millis: 1,
    }
}

/// As JSON, for the store knows reports but not what a photo file is.
fn file_facts() -> serde_json::Value {
    serde_json::json!({
        "format": "jpeg",
        "bytes": 1,
        "sha256": "0".repeat(64),
        "stored_width_px": 480,
        "stored_height_px": 640,
        "color_model": "rgb",
        "bits_per_sample": 8,
        "dpi": null,
        "orientation": 1,
        "icc_profile": null,
        "jpeg_quality": null,
        "jpeg_progressive": false,
        "trailing_bytes": 0,
        "camera_make": null,
        "camera_model": null,
        "software": null,
        "taken_at": null,
    })
}
