//! The fine matte of the final photo: two networks say where the person is, the colours say where hair ends.

mod colours;
mod outline;
mod palette;
mod plane;

use image::RgbImage;

use crate::inspect::matte::fitting_size;
use crate::inspect::matte_onnx::SelfieMatte;
use crate::inspect::net_onnx::{Chw, Net, Threads};
use crate::inspect::warp::{Border, Range, Region, sample};
use crate::inspect::{FaceError, Matte, MatteModel};
use plane::Plane;

/// Longer side of the matte, in pixels.
const LONGEST_PX: u32 = 1024;
/// Side of U²-Net's square picture; the photo is squeezed into it.
const INPUT_PX: usize = 320;
/// Mean and spread of each channel in U²-Net's training (those of ImageNet).
const CHANNEL_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const CHANNEL_SPREAD: [f32; 3] = [0.229, 0.224, 0.225];

/// Mask of the main person with soft hair edges, for replacing the background.
pub struct FineMatte {
    selfie: SelfieMatte,
    salient: Net,
}

impl FineMatte {
    /// Loads the models that are part of the program; each calling thread computes on one worker of its own.
    pub fn embedded() -> Result<Self, FaceError> {
        Self::load(&Threads::OnePerCaller)
    }

    /// As [`FineMatte::embedded`], but all callers share `threads` workers: quicker for a single photo.
    pub fn embedded_with_threads(threads: usize) -> Result<Self, FaceError> {
        Self::load(&Threads::shared(threads))
    }

    fn load(threads: &Threads) -> Result<Self, FaceError> {
        let file = include_bytes!("../../assets/models/u2netp.onnx");
        // 1959 is the graph's own name for its finest mask; the others are made for training only.
        let salient = Net::load("u2netp", file, &["1959"], threads)?;
        Ok(Self { selfie: SelfieMatte::load(threads)?, salient })
    }

    /// What draws the eye in the photo, 0..=1, in the network's own 320 × 320 pixels.
    fn salience(&self, pixels: &RgbImage) -> Result<Plane, FaceError> {
        let map = Region::whole(pixels).map(INPUT_PX, INPUT_PX);
        let mut picture = sample(pixels, map, (INPUT_PX, INPUT_PX), Border::Nearest, Range::UNIT);
        let brightest = picture.values.iter().fold(f32::MIN_POSITIVE, |most, &value| most.max(value));
        let channels = picture.values.chunks_exact_mut(INPUT_PX * INPUT_PX);
        for ((channel, mean), spread) in channels.zip(CHANNEL_MEAN).zip(CHANNEL_SPREAD) {
            channel.iter_mut().for_each(|value| *value = (*value / brightest - mean) / spread);
        }
        let [values] = self.salient.run_exactly(&picture, [INPUT_PX * INPUT_PX])?;
        Ok(Plane::new(INPUT_PX, INPUT_PX, values.into_iter().map(|value| value.clamp(0.0, 1.0)).collect()))
    }
}

impl MatteModel for FineMatte {
    /// A matte of at most 1024 pixels on its longer side, in the photo's shape.
    fn matte(&self, pixels: &RgbImage) -> Result<Matte, FaceError> {
        let (photo_width_px, photo_height_px) = pixels.dimensions();
        let (width_px, height_px) = fitting_size(pixels.dimensions(), LONGEST_PX);
        let (width, height) = (width_px as usize, height_px as usize);
        let selfie = self.selfie.raw(pixels)?;
        let person = Plane::new(selfie.width_px as usize, selfie.height_px as usize, selfie.alpha);
        let outline = outline::sitter(&person, &self.salience(pixels)?).resized(width, height);
        let colours = working_copy(pixels, width, height);
        let alpha = colours::refined(&colours, &outline).values;
        Ok(Matte { width_px, height_px, photo_width_px, photo_height_px, alpha })
    }
}

/// The photo in the matte's size, 0..=1 in each channel.
fn working_copy(pixels: &RgbImage, width: usize, height: usize) -> Chw {
    let map = Region::whole(pixels).map(width, height);
    sample(pixels, map, (width, height), Border::Nearest, Range::UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn an_empty_wall_stays_background() {
        let model = FineMatte::embedded_with_threads(2).unwrap();
        let matte = model.matte(&RgbImage::from_pixel(1200, 1600, Rgb([180, 190, 200]))).unwrap();
        assert_eq!((matte.width_px, matte.height_px), (768, 1024));
        let mean = matte.alpha.iter().sum::<f32>() / matte.alpha.len() as f32;
        assert!(mean < 0.3, "{mean}");
    }

    #[test]
    fn a_single_pixel_has_a_matte_too() {
        let matte = FineMatte::embedded().unwrap().matte(&RgbImage::new(1, 1)).unwrap();
        assert_eq!(matte.alpha.len(), 1);
        assert!((0.0..=1.0).contains(&matte.alpha[0]));
    }
}
