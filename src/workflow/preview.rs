//! The small picture of a photo: made with the local check, shown while the photo itself is decoded and in sheets of many.

use image::RgbImage;

use super::shots::Shot;
use super::{Desk, DeskError};
use crate::onsite::shot::ShotState;
use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use crate::photo::resize::resize;
use crate::photo::units::Dpi;
use crate::photo::{DecodeLimits, decode};
use crate::store::StoreError;

/// Longest side: enough for a card of a contact sheet on a screen of double density.
const LONGEST_PX: u32 = 320;
const SETTING: JpegSetting = JpegSetting {
    quality: 82,
    dpi: Dpi(72),
    subsampling: Subsampling::Chroma420,
    optimized_tables: false,
    embed_icc: false,
};

/// The small picture of these pixels as a JPEG file; `None` for pixels no JPEG can hold.
pub(super) fn make(pixels: &RgbImage) -> Option<Vec<u8>> {
    encode_jpeg_at(&scaled(pixels), SETTING).ok().map(|jpeg| jpeg.bytes)
}

/// The small picture as it was kept; `None` when none was.
pub fn kept(desk: &Desk, photo_sha256: &str) -> Result<Option<RgbImage>, DeskError> {
    let Some(jpeg) = desk.store.preview(photo_sha256)? else { return Ok(None) };
    let photo = decode(&jpeg, &desk.limits)
        .map_err(|error| StoreError::Corrupt { what: format!("a small picture ({error})") })?;
    Ok(Some(photo.pixels))
}

/// The small picture, made and kept now where a photo has none yet; `None` for a photo that cannot be decoded.
pub fn of(desk: &Desk, photo_sha256: &str) -> Result<Option<RgbImage>, DeskError> {
    if let Some(kept) = kept(desk, photo_sha256)? {
        return Ok(Some(kept));
    }
    let bytes = desk.store.photo(photo_sha256)?;
    let Some(photo) = decoded(&bytes, &desk.limits) else { return Ok(None) };
    if let Some(jpeg) = make(&photo) {
        desk.store.write(|tx| tx.set_preview(photo_sha256, &jpeg))?;
    }
    Ok(Some(scaled(&photo)))
}

/// The small pictures of these shots, by shot; of a wiped one only what was kept.
pub fn of_shots(desk: &Desk, shots: &[Shot]) -> Result<Vec<(String, RgbImage)>, DeskError> {
    let mut pictures = Vec::new();
    for shot in shots {
        let picture = match shot.state {
            ShotState::Wiped => kept(desk, &shot.photo_sha256)?,
            _ => of(desk, &shot.photo_sha256)?,
        };
        pictures.extend(picture.map(|picture| (shot.id.clone(), picture)));
    }
    Ok(pictures)
}

fn decoded(bytes: &[u8], limits: &DecodeLimits) -> Option<RgbImage> {
    decode(bytes, limits).ok().map(|photo| photo.pixels)
}

fn scaled(pixels: &RgbImage) -> RgbImage {
    let (width, height) = pixels.dimensions();
    let longest = width.max(height).max(1);
    if longest <= LONGEST_PX {
        return pixels.clone();
    }
    let side = |px: u32| (u64::from(px) * u64::from(LONGEST_PX) / u64::from(longest)).max(1) as u32;
    resize(pixels, side(width), side(height))
}
