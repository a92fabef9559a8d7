//! BMP.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::bmp::BmpDecoder;

use super::decode::DecodeError;
use super::limits::DecodeLimits;
use super::stored::Stored;
use super::through_image;

/// Offset of the header's pixels-per-metre pair, present from a 40-byte information header on.
const DENSITY_AT: usize = 38;
const HEADER_LENGTH_AT: usize = 14;
const INFO_HEADER_BYTES: u32 = 40;
const INCHES_PER_METRE: f32 = 39.370_08;

pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    BmpDecoder::new(Cursor::new(bytes)).map(|decoder| decoder.dimensions()).map_err(DecodeError::unreadable)
}

pub(super) fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| through_image::fault(error, limits))?;
    let mut stored = through_image::read(decoder, limits)?;
    stored.dpi = dpi(bytes);
    Ok(stored)
}

fn dpi(bytes: &[u8]) -> Option<(f32, f32)> {
    let word = |at: usize| bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word));
    if word(HEADER_LENGTH_AT)? < INFO_HEADER_BYTES {
        return None;
    }
    let (x, y) = (word(DENSITY_AT)?, word(DENSITY_AT + 4)?);
    (x > 0 && y > 0).then(|| (x as f32 / INCHES_PER_METRE, y as f32 / INCHES_PER_METRE))
}
