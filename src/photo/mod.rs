//! A picture in memory: upright sRGB pixels and what its file said about itself.

mod band;
pub mod baseline;
pub mod color;
pub mod decode;
pub mod encode;
pub mod file;
pub mod geometry;
pub mod lossless;
pub mod motion;
pub mod orient;
pub mod resize;
pub mod units;

mod bmp;
mod exif;
mod icc;
mod jpeg;
mod jpeg_facts;
mod jpeg_scan;
mod jpeg_segments;
mod limits;
mod png;
mod sniff;
pub mod srgb;
mod stored;
mod through_image;
mod tiff;
mod webp;

use image::RgbImage;
use serde::{Deserialize, Serialize};

pub use decode::{DecodeError, DecodeLimits, as_it_stands, decode, probe, whole_as_it_stands};
pub use geometry::{Point, Rect};

/// A decoded photo. `pixels` are upright (EXIF orientation applied), 8-bit, sRGB.
#[derive(Clone, Debug)]
pub struct Photo {
    pub pixels: RgbImage,
    pub file: FileFacts,
}

/// The container formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    Jpeg,
    Png,
    WebP,
    Tiff,
    Bmp,
}

/// How the stored samples encode colour, before conversion to sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorModel {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    Cmyk,
}

/// What the file says about itself, read without trusting it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    pub format: FileFormat,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Stored size in pixels, before the orientation was applied.
    pub stored_width_px: u32,
    pub stored_height_px: u32,
    pub color_model: ColorModel,
    pub bits_per_sample: u8,
    /// Density in dots per inch, when the file states one in a unit of length.
    pub dpi: Option<(f32, f32)>,
    /// EXIF orientation as written, 1 when absent; illegal values are kept for the report and treated as 1.
    pub orientation: u16,
    /// Description of the embedded ICC profile, when there is one; says `ignored` when it could not be used.
    pub icc_profile: Option<String>,
    /// JPEG quality on the libjpeg scale read back from the luma table.
    pub jpeg_quality: Option<u8>,
    pub jpeg_progressive: bool,
    /// Bytes after the end of the picture.
    pub trailing_bytes: u64,
    pub camera_make: Option<String>,
    pub camera_model: Option<String>,
    pub software: Option<String>,
    /// EXIF DateTimeOriginal as written (`YYYY:MM:DD HH:MM:SS`).
    pub taken_at: Option<String>,
}

impl Photo {
    /// Width of the upright picture in pixels.
    pub fn width_px(&self) -> u32 {
        self.pixels.width()
    }

    /// Height of the upright picture in pixels.
    pub fn height_px(&self) -> u32 {
        self.pixels.height()
    }
}
