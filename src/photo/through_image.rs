//! Decoders of the `image` crate to stored samples, for the formats that need nothing beyond it.

use std::io::ErrorKind;

use image::error::ImageError;
use image::{ColorType, DynamicImage, ImageDecoder, Limits};

use super::decode::DecodeError;
use super::limits::DecodeLimits;
use super::stored::{Samples, Stored};

/// Checks the limits, decodes, and reduces to eight bits.
pub(super) fn read<D: ImageDecoder>(mut decoder: D, limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let (width, height) = decoder.dimensions();
    limits.check_size(width, height)?;
    let color = decoder.color_type();
    if matches!(color, ColorType::Rgb32F | ColorType::Rgba32F) {
        return Err(DecodeError::Unsupported { what: "a picture with floating-point samples".to_owned() });
    }
    // the samples as stored, reduced to eight bits, and converted
    limits.check_memory(width, height, u64::from(color.bytes_per_pixel()) * 2 + 3)?;
    let mut allowed = Limits::no_limits();
    allowed.max_alloc = Some(limits.max_memory_bytes);
    decoder.set_limits(allowed).map_err(|error| fault(error, limits))?;
    let icc = decoder.icc_profile().ok().flatten();
    let exif = decoder.exif_metadata().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(error, limits))?;
    let bits = (u16::from(color.bytes_per_pixel()) * 8 / u16::from(color.channel_count())) as u8;
    let mut stored = Stored::new(width, height, eight_bit(picture), bits);
    stored.icc = icc;
    stored.exif = exif;
    Ok(stored)
}

fn eight_bit(picture: DynamicImage) -> Samples {
    match picture.color() {
        ColorType::L8 | ColorType::L16 => Samples::Gray(picture.into_luma8().into_raw()),
        ColorType::La8 | ColorType::La16 => Samples::GrayAlpha(picture.into_luma_alpha8().into_raw()),
        ColorType::Rgba8 | ColorType::Rgba16 => Samples::Rgba(picture.into_rgba8().into_raw()),
        _ => Samples::Rgb(picture.into_rgb8().into_raw()),
    }
}

pub(super) fn fault(error: ImageError, limits: &DecodeLimits) -> DecodeError {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::truncated("its picture data ends too early")
        }
        ImageError::Limits(_) => DecodeError::TooMuchMemory {
            needed: limits.max_memory_bytes + 1,
            max_bytes: limits.max_memory_bytes,
        },
        ImageError::Unsupported(what) => {
            DecodeError::Unsupported { what: format!("of a rare kind ({what})") }
        }
        other => DecodeError::unreadable(other),
    }
}
