//! Sheets that earlier exports of a batch drew already. A sheet that is asked for again, from the same photos with the
//! same words on the same plan, is taken over instead of being drawn again: a reprint has the very bytes of the print.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ExportRequest;
use super::folder::JobRecord;
use super::manifest::{FileEntry, Manifest, NAME, PROGRAM};
use super::pages::{Delivered, OnSheet};
use crate::print::sheet::SheetPlan;
use crate::workflow::{Desk, DeskError};

/// What all sheets of an export are drawn from; with what each holds beside it, digests that tell one sheet from another.
pub(super) struct Drawing(Sha256);

/// The sheets of earlier exports, by what they were drawn from.
#[derive(Debug, Default)]
pub(super) struct DrawnSheets(HashMap<String, Drawn>);

#[derive(Debug)]
struct Drawn {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl Drawing {
    pub fn new(plan: &SheetPlan, request: &ExportRequest) -> Result<Self, DeskError> {
        #[derive(Serialize)]
        struct Common<'a> {
            program: &'a str,
            dpi: u32,
            format: &'a str,
            plan: &'a SheetPlan,
        }
        let common =
            Common { program: PROGRAM, dpi: request.dpi.0, format: request.format.extension(), plan };
        let text = serde_json::to_vec(&common)
            .map_err(|error| DeskError::Refused { code: "sheet_plan", message: error.to_string() })?;
        Ok(Self(Sha256::new_with_prefix(text)))
    }

    /// Names a sheet by the photos and words on it.
    pub fn of<P: Delivered>(&self, on_sheet: &[OnSheet<P>]) -> String {
        let mut digest = self.0.clone();
        for shown in on_sheet {
            digest.update(Sha256::digest(shown.jpeg()));
            let words = shown.caption();
            digest.update([u8::from(words.is_some())]);
            digest.update(Sha256::digest(words.unwrap_or_default()));
        }
        hex::encode(digest.finalize())
    }
}

impl DrawnSheets {
    /// The sheets of every export of the batch whose folder is still where it was, with the manifest that was read
    /// back when it ended.
    pub fn of_batch(desk: &Desk, batch: &str) -> Result<Self, DeskError> {
        let mut known = HashMap::new();
        for (record, manifest_sha256) in desk.store.committed_exports(batch)? {
            let Ok(JobRecord { place, .. }) = serde_json::from_str(&record) else { continue };
            let Ok(text) = fs::read(place.join(NAME)) else { continue };
            if hex::encode(Sha256::digest(&text)) != manifest_sha256 {
                continue;
            }
            let Ok(Manifest { files, .. }) = serde_json::from_slice(&text) else { continue };
            for FileEntry { path, bytes, sha256, drawn_from } in files {
                let drawn = Drawn { path: place.join(path), bytes, sha256 };
                known.extend(drawn_from.map(|from| (from, drawn)));
            }
        }
        Ok(Self(known))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of the sheet that was drawn from this, as long as they are those that were written.
    pub fn bytes(&self, drawn_from: &str) -> Option<Vec<u8>> {
        let drawn = self.0.get(drawn_from)?;
        let bytes = fs::read(&drawn.path).ok().filter(|bytes| bytes.len() as u64 == drawn.bytes)?;
        (hex::encode(Sha256::digest(&bytes)) == drawn.sha256).then_some(bytes)
    }
}
