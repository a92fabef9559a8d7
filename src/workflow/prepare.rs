//! The final electronic photo of a submission, exactly as it will be delivered.

use super::desk::now_ms;
use super::{Desk, DeskError};
use crate::inspect::CropSolution;
use crate::photo::encode::EncodedJpeg;
use crate::photo::{Photo, decode, whole_as_it_stands};
use crate::retouch::{self, Prepared, Recipe};
use crate::store::finals::{FinalKey, StoredFinal};
use crate::submission::QueueItem;

/// Makes (or replays) the final photo of a submission under its batch's standard.
///
/// The first call makes it and keeps the recipe with the very file; later calls give that file back, as long as
/// photo, standard version and background are the same. `pixels` are those of the delivered JPEG.
pub fn final_photo(desk: &Desk, submission: &str) -> Result<Prepared, DeskError> {
    let (item, stored) = stored_final(desk, submission)?;
    replay(desk, &item, stored)
}

/// A final photo as a file, for whoever needs no pixels.
pub(super) struct FinalFile {
    pub jpeg: Vec<u8>,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// The file of a submission's final photo, made if it must be. It was decoded once when it was made; from then on the
/// store's seal and its SHA-256 vouch for it, and nothing is decoded again.
pub(super) fn final_file(desk: &Desk, submission: &str) -> Result<FinalFile, DeskError> {
    let (item, stored) = stored_final(desk, submission)?;
    match whole_as_it_stands(&stored.jpeg, &desk.limits) {
        Some(size) => Ok(FinalFile { jpeg: stored.jpeg, size }),
        None => {
            let Prepared { jpeg, pixels, .. } = replay(desk, &item, stored)?;
            Ok(FinalFile { jpeg: jpeg.bytes, size: pixels.dimensions() })
        }
    }
}

/// The stored final photo, made and kept if there is none yet.
fn stored_final(desk: &Desk, submission: &str) -> Result<(QueueItem, StoredFinal), DeskError> {
    let item = desk.item(submission)?;
    let batch = desk.store.batch(&item.batch)?;
    let (standard, background) = desk.standard_of(&batch)?;
    let version = format!("{}@{}", standard.id, standard.version);
    let key = FinalKey { standard: &version, background: &background.id };
    if let Some(stored) = desk.store.final_photo(&item, &key)? {
        return Ok((item, stored));
    }
    let crop = crop_of(desk, &item)?;
    let photo = photo_of(desk, &item)?;
    let made = retouch::prepare(&photo, &crop, standard, background, desk.fine_matte()?)?;
    decode(&made.jpeg.bytes, &desk.limits).map_err(|cause| bad_final(&item, &cause))?;
    let stored = keep(desk, &item, &key, &made)?;
    Ok((item, stored))
}

fn crop_of(desk: &Desk, item: &QueueItem) -> Result<CropSolution, DeskError> {
    let submission = item.submission.clone();
    match desk.store.report(&submission)? {
        Some(Ok(report)) => report.crop.ok_or(DeskError::NoCrop { submission }),
        Some(Err(fault)) => Err(DeskError::Damaged { submission, message: fault.message }),
        None => Err(DeskError::NotChecked { submission }),
    }
}

fn photo_of(desk: &Desk, item: &QueueItem) -> Result<Photo, DeskError> {
    let bytes = desk.store.photo(&item.photo_sha256)?;
    decode(&bytes, &desk.limits).map_err(|error| DeskError::Damaged {
        submission: item.submission.clone(),
        message: error.to_string(),
    })
}

/// The file first, durably, then the row that names it.
fn keep(
    desk: &Desk,
    item: &QueueItem,
    key: &FinalKey<'_>,
    made: &Prepared,
) -> Result<StoredFinal, DeskError> {
    let recipe_json = serde_json::to_string(&made.recipe).map_err(|cause| bad_final(item, &cause))?;
    let jpeg = made.jpeg.bytes.clone();
    let final_sha256 = desk.store.put_photo(&jpeg)?;
    let length = jpeg.len() as u64;
    desk.store.write(|tx| tx.set_final(item, key, &recipe_json, &final_sha256, length, now_ms()))?;
    Ok(StoredFinal { recipe_json, jpeg })
}

fn replay(desk: &Desk, item: &QueueItem, stored: StoredFinal) -> Result<Prepared, DeskError> {
    let recipe: Recipe =
        serde_json::from_str(&stored.recipe_json).map_err(|cause| bad_final(item, &cause))?;
    let photo = decode(&stored.jpeg, &desk.limits).map_err(|cause| bad_final(item, &cause))?;
    let jpeg = EncodedJpeg {
        bytes: stored.jpeg,
        quality: recipe.jpeg_quality,
        scale: recipe.jpeg_scale,
        subsampling: recipe.subsampling,
        optimized_tables: recipe.optimized_tables,
    };
    Ok(Prepared { jpeg, pixels: photo.pixels, recipe })
}

fn bad_final(item: &QueueItem, cause: &dyn std::fmt::Display) -> DeskError {
    DeskError::BadFinal { submission: item.submission.clone(), cause: cause.to_string() }
}
