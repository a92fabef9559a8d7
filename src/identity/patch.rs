//! The inner face, level and at one size, in luminance: what two exposures are compared by.

use image::{ImageBuffer, Luma, RgbImage};
use imageproc::filter::gaussian_blur_f32;

use crate::inspect::warp::{Affine, Border, Range, sample};
use crate::photo::Point;

/// Pixels along each side of a patch.
pub const SIDE: u32 = 128;
/// Distance of the eyes in a patch, and how far below the top edge they stand. Hair, clothes and background, which an
/// editor may change, stay outside the inner face at this scale.
const EYE_DISTANCE: f32 = 48.0;
const EYE_ROW: f32 = 50.0;
/// The inner face: an ellipse about a point below the eyes, in patch pixels.
pub(super) const INNER_CENTRE: (f32, f32) = (63.5, 72.0);
pub(super) const INNER_HALF: (f32, f32) = (40.0, 48.0);

pub(super) type Plane = ImageBuffer<Luma<f32>, Vec<f32>>;

/// A face patch of [`SIDE`] × [`SIDE`] luminance values 0..=255, its eyes level and symmetric about the middle column.
#[derive(Clone, Debug, PartialEq)]
pub struct FacePatch {
    pub(super) plane: Plane,
    /// 1 where the photo covers the patch, 0 beside it.
    pub(super) covered: Plane,
}

impl FacePatch {
    /// Cuts the patch out of upright pixels by the centres of the eyes, left and right as seen on screen.
    /// `None` when the eyes coincide.
    pub fn of(pixels: &RgbImage, eye_left: Point, eye_right: Point) -> Option<Self> {
        let across = (eye_right.x - eye_left.x, eye_right.y - eye_left.y);
        let distance = across.0.hypot(across.1);
        if !distance.is_finite() || distance < 1.0 {
            return None;
        }
        let (cos, sin) = (across.0 / EYE_DISTANCE, across.1 / EYE_DISTANCE);
        let eyes = eye_left.midpoint(eye_right);
        let (column, row) = (INNER_CENTRE.0, EYE_ROW);
        let map = Affine([
            cos,
            -sin,
            eyes.x - cos * column + sin * row,
            sin,
            cos,
            eyes.y - sin * column - cos * row,
        ]);
        let size = (SIDE as usize, SIDE as usize);
        let colours = sample(pixels, map, size, Border::Nearest, Range { scale: 1.0, shift: 0.0 });
        let (red, rest) = colours.values.split_at(size.0 * size.1);
        let (green, blue) = rest.split_at(size.0 * size.1);
        // ITU-R BT.601 luma, as JPEG has it.
        let luma = red.iter().zip(green).zip(blue).map(|((r, g), b)| 0.299 * r + 0.587 * g + 0.114 * b);
        let last = (pixels.width() as f32 - 1.0, pixels.height() as f32 - 1.0);
        let covered = Plane::from_fn(SIDE, SIDE, |x, y| {
            let (x, y) = map.apply(x as f32, y as f32);
            Luma([f32::from((0.0..=last.0).contains(&x) && (0.0..=last.1).contains(&y))])
        });
        Some(Self { plane: Plane::from_vec(SIDE, SIDE, luma.collect())?, covered })
    }

    /// The patch of the mirrored photo.
    pub fn mirrored(&self) -> Self {
        let flipped = |plane| image::imageops::flip_horizontal(plane);
        Self { plane: flipped(&self.plane), covered: flipped(&self.covered) }
    }
}

/// What is finer than expression and light and coarser than what re-encoding destroys: difference of Gaussians with
/// sigma 0.7 and 2 pixels at 48 pixels between the eyes.
pub(super) fn band_passed(plane: &Plane) -> Plane {
    let (fine, coarse) = (gaussian_blur_f32(plane, 0.7), gaussian_blur_f32(plane, 2.0));
    Plane::from_fn(SIDE, SIDE, |x, y| Luma([fine.get_pixel(x, y)[0] - coarse.get_pixel(x, y)[0]]))
}

/// Whether a patch position belongs to the inner face.
pub(super) fn is_inner(x: f32, y: f32) -> bool {
    let across = (x - INNER_CENTRE.0) / INNER_HALF.0;
    let down = (y - INNER_CENTRE.1) / INNER_HALF.1;
    across * across + down * down <= 1.0
}

/// A made-up face of soft blobs that depend on the seed.
#[cfg(test)]
pub(super) fn blobs(seed: u32) -> FacePatch {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32
    };
    let spots: Vec<[f32; 4]> = (0..120)
        .map(|_| [20.0 + 88.0 * next(), 20.0 + 100.0 * next(), 1.5 + 5.0 * next(), 90.0 * next() - 45.0])
        .collect();
    let plane = Plane::from_fn(SIDE, SIDE, |x, y| {
        let light = spots.iter().map(|[cx, cy, size, depth]| {
            let square = (x as f32 - cx).powi(2) + (y as f32 - cy).powi(2);
            depth * (-square / (2.0 * size * size)).exp()
        });
        Luma([128.0 + light.sum::<f32>()])
    });
    FacePatch { plane, covered: Plane::from_pixel(SIDE, SIDE, Luma([1.0])) }
}

/// Patch positions of the inner face.
pub(super) fn inner_positions() -> impl Iterator<Item = (u32, u32)> {
    (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y))).filter(|(x, y)| is_inner(*x as f32, *y as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_eyes_come_to_their_places_whatever_the_size_and_tilt() {
        for (left, right) in [((100.0, 80.0), (148.0, 80.0)), ((60.0, 90.0), (150.0, 110.0))] {
            let (left, right) = (Point::new(left.0, left.1), Point::new(right.0, right.1));
            let dark_eyes = RgbImage::from_fn(240, 240, |x, y| {
                let here = Point::new(x as f32, y as f32);
                let near = here.distance(left).min(here.distance(right)) < left.distance(right) * 0.08;
                Rgb(if near { [0; 3] } else { [200; 3] })
            });
            let patch = FacePatch::of(&dark_eyes, left, right).unwrap();
            for column in [40, 87] {
                assert!(patch.plane.get_pixel(column, 50)[0] < 30.0);
                assert!(patch.plane.get_pixel(column, 62)[0] > 190.0);
            }
        }
    }

    #[test]
    fn mirroring_twice_changes_nothing() {
        let picture = RgbImage::from_fn(200, 200, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        let patch = FacePatch::of(&picture, Point::new(80.0, 90.0), Point::new(120.0, 92.0)).unwrap();
        assert_ne!(patch.mirrored(), patch);
        assert_eq!(patch.mirrored().mirrored(), patch);
    }

    #[test]
    fn eyes_in_one_place_give_no_patch() {
        let eye = Point::new(5.0, 5.0);
        assert!(FacePatch::of(&RgbImage::new(10, 10), eye, eye).is_none());
    }
}
