//! The person's opacity, and the trait behind which matting models stand.

use image::RgbImage;

use super::FaceError;

/// Opacity of the person, 0.0 background to 1.0 person, row by row.
#[derive(Clone, Debug)]
pub struct Matte {
    pub width_px: u32,
    pub height_px: u32,
    pub alpha: Vec<f32>,
}

impl Matte {
    /// Opacity at a whole pixel.
    pub fn at(&self, x: u32, y: u32) -> f32 {
        self.alpha[(y * self.width_px + x) as usize]
    }
}

/// Separates person from background.
pub trait MatteModel: Send + Sync {
    /// A matte of the same size as `pixels`.
    fn matte(&self, pixels: &RgbImage) -> Result<Matte, FaceError>;
}
