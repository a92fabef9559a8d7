//! The photos a submission had before the present one, and why they were rejected.

use image::RgbImage;

use super::{Desk, DeskError};
use crate::inspect::{CropSolution, inspect};
use crate::photo::decode;
use crate::store::journal::JournalEvent;
use crate::submission::Verb;

/// A photo that was submitted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierPhoto {
    pub attempt: u32,
    pub revision: u32,
    pub photo_sha256: String,
    /// Codes of the reasons it was rejected for; empty when it was not, or the rejection was taken back.
    pub reasons: Vec<String>,
}

/// A photo with the crop that its standard asks for, so that two can be laid eye beside eye.
pub struct FramedPhoto {
    pub pixels: RgbImage,
    /// `None` where no face was found.
    pub crop: Option<CropSolution>,
}

/// What the submission showed before its present photo, the latest first; as far as this desk knows.
pub fn earlier_photos(desk: &Desk, submission: &str) -> Result<Vec<EarlierPhoto>, DeskError> {
    let present = desk.item(submission)?;
    let mut earlier: Vec<EarlierPhoto> = Vec::new();
    for entry in desk.store.history(submission)? {
        match JournalEvent::of(&entry)? {
            JournalEvent::PhotoSubmitted { photo_sha256, attempt, revision, .. } => {
                earlier.push(EarlierPhoto { attempt, revision, photo_sha256, reasons: Vec::new() });
            }
            JournalEvent::Decision { decision, .. } => {
                let decided = earlier.iter_mut().find(|photo| photo.revision == decision.revision);
                if let Some(photo) = decided {
                    photo.reasons = if decision.verb == Verb::Reject { decision.reasons } else { Vec::new() };
                }
            }
            _ => {}
        }
    }
    earlier.retain(|photo| photo.photo_sha256 != present.photo_sha256);
    earlier.reverse();
    Ok(earlier)
}

/// An earlier photo of the submission with its crop, solved anew: only the present photo's report is kept.
pub fn framed(desk: &Desk, submission: &str, photo_sha256: &str) -> Result<FramedPhoto, DeskError> {
    let batch = desk.store.batch(&desk.item(submission)?.batch)?;
    let photo = decode(&desk.store.photo(photo_sha256)?, &desk.limits).map_err(|error| {
        DeskError::Damaged { submission: submission.to_owned(), message: error.to_string() }
    })?;
    let report = inspect(&photo, desk.standard_of(&batch)?.0, desk.models()?)?;
    Ok(FramedPhoto { pixels: photo.pixels, crop: report.crop })
}
