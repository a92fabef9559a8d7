//! A picture as it comes back from a JPEG.

use anyhow::Result;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use photodesk::photo::{DecodeLimits, decode};

/// Encodes at this quality, 1 to 100, and decodes again.
pub fn encoded_again(pixels: &RgbImage, quality: u8) -> Result<RgbImage> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(pixels)?;
    Ok(decode(&bytes, &DecodeLimits::built_in()?)?.pixels)
}
