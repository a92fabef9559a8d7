//! What a format's reader hands over: the samples as stored and what the container said about them.

use super::ColorModel;

/// Interleaved 8-bit samples, row by row.
#[derive(Debug)]
pub(super) enum Samples {
    Gray(Vec<u8>),
    GrayAlpha(Vec<u8>),
    Rgb(Vec<u8>),
    Rgba(Vec<u8>),
    /// 255 is full ink.
    Cmyk(Vec<u8>),
}

impl Samples {
    pub(super) fn color_model(&self) -> ColorModel {
        match self {
            Self::Gray(_) => ColorModel::Gray,
            Self::GrayAlpha(_) => ColorModel::GrayAlpha,
            Self::Rgb(_) => ColorModel::Rgb,
            Self::Rgba(_) => ColorModel::Rgba,
            Self::Cmyk(_) => ColorModel::Cmyk,
        }
    }
}

/// A decoded container before colour management and orientation.
#[derive(Debug)]
pub(super) struct Stored {
    pub width: u32,
    pub height: u32,
    pub samples: Samples,
    /// Bits of one stored sample, before reduction to eight.
    pub bits_per_sample: u8,
    pub dpi: Option<(f32, f32)>,
    pub icc: Option<Vec<u8>>,
    /// A TIFF-structured EXIF block.
    pub exif: Option<Vec<u8>>,
    pub jpeg_quality: Option<u8>,
    pub jpeg_progressive: bool,
    pub trailing_bytes: u64,
}

impl Stored {
    pub(super) fn new(width: u32, height: u32, samples: Samples, bits_per_sample: u8) -> Self {
        Self {
            width,
            height,
            samples,
            bits_per_sample,
            dpi: None,
            icc: None,
            exif: None,
            jpeg_quality: None,
            jpeg_progressive: false,
            trailing_bytes: 0,
        }
    }
}
