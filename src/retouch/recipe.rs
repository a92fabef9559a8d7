//! What was done to a photo, step by step, in a form that can be stored and replayed.

use serde::{Deserialize, Serialize};

use crate::inspect::CropSolution;

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
    /// Name and checksum of the matting model.
    pub matte_model: Option<String>,
    pub width_px: u32,
    pub height_px: u32,
    pub dpi: u32,
    pub jpeg_quality: u8,
    pub subsampling: crate::photo::encode::Subsampling,
    /// Program version that made it.
    pub program: String,
}
