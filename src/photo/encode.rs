//! A picture to JPEG bytes inside a byte band, with density and sRGB profile, without padding tricks.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::units::Dpi;

/// Chroma resolution of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subsampling {
    #[serde(rename = "4:2:0")]
    Chroma420,
    #[serde(rename = "4:4:4")]
    Chroma444,
}

/// What the encoded file must be.
#[derive(Clone, Copy, Debug)]
pub struct JpegTarget {
    pub dpi: Dpi,
    /// Smallest and largest file in bytes, where the standard names them.
    pub min_bytes: Option<u64>,
    pub max_bytes: Option<u64>,
    /// Lowest quality the standard allows (libjpeg scale).
    pub min_quality: u8,
    /// Highest quality worth trying.
    pub max_quality: u8,
}

/// A finished JPEG and how it was reached.
#[derive(Clone, Debug)]
pub struct EncodedJpeg {
    pub bytes: Vec<u8>,
    pub quality: u8,
    pub subsampling: Subsampling,
}

#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("not implemented")]
    Todo,
}

/// The best JPEG of `pixels` inside the target's byte band.
pub fn encode_jpeg(_pixels: &RgbImage, _target: &JpegTarget) -> Result<EncodedJpeg, EncodeError> {
    todo!()
}
