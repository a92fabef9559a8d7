//! How much finer detail the eyes keep than the skin: what smooths skin (beauty filters, heavy retouching) spares the eyes,
//! while blur, scaling and compression take from both.

use image::RgbImage;
use image::{ImageBuffer, Luma};
use imageproc::filter::gaussian_blur_f32;

use super::geometry::FaceAxes;
use super::patch::{Patch, Region};
use super::{median, quantile};

/// Eye distance detail is measured at, pixels, and the least one in the photo that still holds pores.
const PATCH_IED_PX: f64 = 120.0;
const LEAST_IED_PX: f64 = 60.0;
const FACE: Region = Region { left: -0.9, top: -0.9, right: 0.9, bottom: 1.1 };
/// Detail is what a Gaussian of this many pixels takes away.
const SIGMA_PX: f32 = 2.0;
/// Left, top and side of the squares of skin on both cheeks and the forehead, eye distances.
const SKIN: [(f64, f64, f64); 6] = [
    (-0.62, 0.42, 0.25),
    (0.37, 0.42, 0.25),
    (-0.55, 0.65, 0.25),
    (0.30, 0.65, 0.25),
    (-0.20, -0.75, 0.25),
    (0.0, -0.75, 0.25),
];
/// Left, top, width and height of both eyes.
const EYES: [(f64, f64, f64, f64); 2] = [(-0.75, -0.2, 0.5, 0.35), (0.25, -0.2, 0.5, 0.35)];
/// The eyes' strongest detail: this share of it is weaker.
const STRONGEST: f64 = 0.95;
/// Detail below this many levels is what 8 bits leave of none.
const LEAST_LEVELS: f32 = 0.05;
/// Median absolute deviation to standard deviation of noise.
const DEVIATION: f32 = 1.4826;

/// Detail of eyes and skin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothing {
    /// Doublings from the skin's detail to the eyes'.
    pub eyes_over_skin: f64,
}

impl Smoothing {
    /// `axes` are the face's in `pixels`; `None` where the face is too small to hold such detail.
    pub fn of(pixels: &RgbImage, axes: &FaceAxes) -> Option<Self> {
        if axes.ied_px < LEAST_IED_PX {
            return None;
        }
        let patch = Patch::cut(pixels, axes, FACE, PATCH_IED_PX);
        let (width, height) = patch.pixels.dimensions();
        let luma: ImageBuffer<Luma<f32>, Vec<f32>> =
            ImageBuffer::from_raw(width, height, patch.luma().values)?;
        let coarse = gaussian_blur_f32(&luma, SIGMA_PX);
        let detail = |left: f64, top: f64, across: f64, down: f64| -> Vec<f32> {
            let (from, to) = (patch.locate((left, top)), patch.locate((left + across, top + down)));
            (from.y as u32..(to.y as u32).min(height))
                .flat_map(|y| (from.x as u32..(to.x as u32).min(width)).map(move |x| (x, y)))
                .map(|(x, y)| luma.get_pixel(x, y).0[0] - coarse.get_pixel(x, y).0[0])
                .collect()
        };
        let skin: Option<Vec<f32>> =
            SKIN.iter().map(|&(left, top, side)| deviation(&detail(left, top, side, side))).collect();
        let eyes: Vec<f32> = EYES
            .iter()
            .flat_map(|&(left, top, across, down)| detail(left, top, across, down))
            .map(f32::abs)
            .collect();
        let (eyes, skin) = (quantile(&eyes, STRONGEST)?, median(&skin?)?);
        Some(Self { eyes_over_skin: f64::from((eyes.max(LEAST_LEVELS) / skin.max(LEAST_LEVELS)).log2()) })
    }
}

/// Standard deviation by the median of the distances from the median, which hairs and moles do not move.
fn deviation(values: &[f32]) -> Option<f32> {
    let middle = median(values)?;
    let distances: Vec<f32> = values.iter().map(|value| (value - middle).abs()).collect();
    Some(DEVIATION * median(&distances)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::Point;
    use image::Rgb;

    /// Eyes of hard stripes in a skin whose grain has so many levels.
    fn face(grain: u32) -> f64 {
        let mut state = 7_u32;
        let pixels = RgbImage::from_fn(300, 300, |x, y| {
            let eye = (90..130).contains(&y) && ((60..120).contains(&x) || (180..240).contains(&x));
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 24) * grain / 256;
            Rgb([if eye && x % 8 < 3 { 40 } else { (160 + noise) as u8 }; 3])
        });
        let axes = FaceAxes { origin: Point::new(150.0, 110.0), roll_deg: 0.0, ied_px: 120.0 };
        Smoothing::of(&pixels, &axes).unwrap().eyes_over_skin
    }

    #[test]
    fn skin_without_grain_stands_off_from_its_eyes() {
        let (natural, smoothed) = (face(12), face(2));
        assert!(natural < 4.5, "{natural}");
        assert!(smoothed > natural + 1.5, "{natural} {smoothed}");
    }

    #[test]
    fn a_small_face_tells_nothing() {
        let axes = FaceAxes { origin: Point::new(20.0, 20.0), roll_deg: 0.0, ied_px: 30.0 };
        assert_eq!(Smoothing::of(&RgbImage::new(40, 40), &axes), None);
    }
}
