//! What was done to a photo, step by step, in a form that can be stored and replayed.

use serde::{Deserialize, Serialize};

use crate::inspect::CropSolution;
use crate::photo::encode::{JpegSetting, Subsampling};
use crate::photo::units::Dpi;

/// The steps that made a final photo from an original.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// SHA-256 of the original file.
    pub original_sha256: String,
    /// Standard id and version.
    pub standard: String,
    pub crop: CropSolution,
    /// Background that replaced the old one; `None` keeps the original.
    pub background: Option<[u8; 3]>,
    /// Name of the matting model, when one was used; the program version tells its weights.
    pub matte_model: Option<String>,
    pub width_px: u32,
    pub height_px: u32,
    pub dpi: u32,
    pub jpeg_quality: u8,
    pub subsampling: Subsampling,
    /// False when the code tables of the JPEG norm were kept to reach the smallest allowed file.
    pub optimized_tables: bool,
    pub embed_icc: bool,
    /// Program version that made it.
    pub program: String,
}

impl Recipe {
    /// The setting that encodes the same bytes again.
    pub fn jpeg_setting(&self) -> JpegSetting {
        JpegSetting {
            dpi: Dpi(self.dpi),
            quality: self.jpeg_quality,
            subsampling: self.subsampling,
            optimized_tables: self.optimized_tables,
            embed_icc: self.embed_icc,
        }
    }
}
