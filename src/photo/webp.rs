//! WebP, lossy and lossless; an animation gives its first picture.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;

use super::decode::DecodeError;
use super::limits::DecodeLimits;
use super::stored::Stored;
use super::through_image;

/// Bytes before the part of the file that the container's length counts.
const RIFF_HEADER_BYTES: u64 = 8;

pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    WebPDecoder::new(Cursor::new(bytes)).map(|decoder| decoder.dimensions()).map_err(DecodeError::unreadable)
}

pub(super) fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let trailing_bytes = trailing_bytes(bytes)?;
    let decoder =
        WebPDecoder::new(Cursor::new(bytes)).map_err(|error| through_image::fault(error, limits))?;
    let mut stored = through_image::read(decoder, limits)?;
    stored.trailing_bytes = trailing_bytes;
    Ok(stored)
}

fn trailing_bytes(bytes: &[u8]) -> Result<u64, DecodeError> {
    let stated =
        bytes.get(4..).and_then(|rest| rest.first_chunk()).map_or(0, |length| u32::from_le_bytes(*length));
    (bytes.len() as u64)
        .checked_sub(u64::from(stated) + RIFF_HEADER_BYTES)
        .ok_or_else(|| DecodeError::truncated("it is shorter than it says"))
}
