//! The quick matte of the inspection: MediaPipe's selfie segmentation.

use image::RgbImage;

use super::FaceError;
use super::matte::{Matte, MatteModel, fitting_size};
use super::net_onnx::{Net, Threads};
use super::warp::{Border, Range, Region, sample};

/// Side of the network's square picture; the photo is squeezed into it.
const INPUT_PX: usize = 256;
/// Longer side of the matte; twice the network's own resolution, so that nothing it says is lost.
const LONGEST_PX: u32 = 512;

/// Soft mask of every person in the photo, blurred bystanders included.
pub struct SelfieMatte {
    net: Net,
}

impl SelfieMatte {
    /// Loads the model that is part of the program; each calling thread computes on one worker of its own.
    pub fn embedded() -> Result<Self, FaceError> {
        Self::load(&Threads::OnePerCaller)
    }

    /// As [`SelfieMatte::embedded`], but all callers share `threads` workers: quicker for a single photo.
    pub fn embedded_with_threads(threads: usize) -> Result<Self, FaceError> {
        Self::load(&Threads::shared(threads))
    }

    pub(crate) fn load(threads: &Threads) -> Result<Self, FaceError> {
        let file = include_bytes!("../../assets/models/selfie_segmentation.onnx");
        Ok(Self { net: Net::load("selfie_segmentation", file, &["person"], threads)? })
    }

    /// The mask in the network's own 256 × 256 pixels.
    pub(crate) fn raw(&self, pixels: &RgbImage) -> Result<Matte, FaceError> {
        let (width, height) = pixels.dimensions();
        let map = Region::whole(pixels).map(INPUT_PX, INPUT_PX);
        let picture = sample(pixels, map, (INPUT_PX, INPUT_PX), Border::Nearest, Range::UNIT);
        let [person] = self.net.run_exactly(&picture, [INPUT_PX * INPUT_PX])?;
        Ok(Matte {
            width_px: INPUT_PX as u32,
            height_px: INPUT_PX as u32,
            photo_width_px: width,
            photo_height_px: height,
            alpha: person.into_iter().map(|value| value.clamp(0.0, 1.0)).collect(),
        })
    }
}

impl MatteModel for SelfieMatte {
    /// A matte of at most 512 pixels on its longer side, in the photo's shape.
    fn matte(&self, pixels: &RgbImage) -> Result<Matte, FaceError> {
        let (width, height) = fitting_size(pixels.dimensions(), LONGEST_PX);
        Ok(self.raw(pixels)?.resized(width, height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn an_empty_wall_holds_nobody() {
        let model = SelfieMatte::embedded().unwrap();
        for (width, height) in [(1, 1), (10, 2000), (480, 640)] {
            let matte = model.matte(&RgbImage::from_pixel(width, height, Rgb([180, 190, 200]))).unwrap();
            assert_eq!(matte.alpha.len(), (matte.width_px * matte.height_px) as usize);
            let mean = matte.alpha.iter().sum::<f32>() / matte.alpha.len() as f32;
            assert!(mean < 0.3, "{width} x {height}: {mean}");
        }
    }

    #[test]
    fn a_matte_has_the_photos_shape() {
        let model = SelfieMatte::embedded_with_threads(2).unwrap();
        let matte = model.matte(&RgbImage::from_pixel(1500, 2000, Rgb([90; 3]))).unwrap();
        assert_eq!((matte.width_px, matte.height_px), (384, 512));
        assert_eq!((matte.photo_width_px, matte.photo_height_px), (1500, 2000));
    }
}
