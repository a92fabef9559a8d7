//! What was done to a photo, step by step, in a form that can be stored and replayed.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::inspect::CropSolution;
use crate::photo::baseline::{Coding, FileFrame, TableScale};
use crate::photo::encode::{
    EncodeError, EncodedJpeg, JpegSetting, Subsampling, encode_jpeg_as, encode_jpeg_at,
};
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
    /// The exact fineness of the tables; absent in recipes whose file has a whole quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jpeg_scale: Option<TableScale>,
    pub subsampling: Subsampling,
    /// False when the code tables of the JPEG norm were kept to reach the smallest allowed file.
    pub optimized_tables: bool,
    pub embed_icc: bool,
    /// Program version that made it.
    pub program: String,
}

impl Recipe {
    /// Encodes the same pixels to the same bytes again.
    ///
    /// # Errors
    /// Where `pixels` cannot be a JPEG.
    pub fn encode(&self, pixels: &RgbImage) -> Result<EncodedJpeg, EncodeError> {
        let (dpi, subsampling, embed_icc) = (Dpi(self.dpi), self.subsampling, self.embed_icc);
        let (quality, optimized_tables) = (self.jpeg_quality, self.optimized_tables);
        match self.jpeg_scale {
            Some(scale) => {
                let coding = Coding { scale, subsampling, optimized_tables };
                encode_jpeg_as(pixels, FileFrame { dpi, embed_icc }, coding)
            }
            None => {
                let setting = JpegSetting { dpi, quality, subsampling, optimized_tables, embed_icc };
                encode_jpeg_at(pixels, setting)
            }
        }
    }
}
