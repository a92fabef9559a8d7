//! A fine regular pattern over the face: the grid of a screen, its moiré, or the dots of a print.

use image::RgbImage;

use crate::photo::{Point, Rect};

use super::fourier::power;
use super::patch::luma;

/// Side of the square looked at, photo pixels.
const SIDE: usize = 256;
/// Waves between these, in cycles a pixel: coarser ones are the face itself, finer ones are beyond what pixels hold.
const FINEST: f32 = 0.46;
const COARSEST: f32 = 0.09;
/// Frequencies nearer to an axis than this, in steps of the spectrum, also come from edges of the motif.
const OFF_AXIS: i32 = 5;
/// Compression in blocks of 8 makes waves at these distances, in steps of the spectrum, and right beside them.
const BLOCK_STEP: i32 = SIDE as i32 / 8;
const BESIDE_BLOCK: i32 = 2;
/// Width of the rings of equal frequency that a wave is held against, in steps of the spectrum.
const RING: f32 = 4.0;

/// The strongest regular pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pattern {
    /// Natural logarithm of its power over the median power of waves as fine as it.
    pub strength: f64,
    /// Its wavelength, photo pixels.
    pub wavelength_px: f64,
    /// Where it was looked for.
    pub place: Rect,
}

impl Pattern {
    /// Looks at the unscaled photo around `centre`; `None` where the photo is too small.
    pub fn of(pixels: &RgbImage, centre: Point) -> Option<Self> {
        let (left, top) = (first(centre.x, pixels.width())?, first(centre.y, pixels.height())?);
        let side = SIDE as u32;
        let values: Vec<f32> = (top..top + side)
            .flat_map(|y| (left..left + side).map(move |x| luma(pixels.get_pixel(x, y).0)))
            .collect();
        let (strength, frequency) = strongest(&power(&values, SIDE))?;
        Some(Self {
            strength: f64::from(strength),
            wavelength_px: f64::from(1.0 / frequency),
            place: Rect::new(left as f32, top as f32, side as f32, side as f32),
        })
    }
}

/// First pixel of the square along one side.
fn first(centre: f32, length: u32) -> Option<u32> {
    let last = length.checked_sub(SIDE as u32)?;
    Some(((centre - SIDE as f32 / 2.0).max(0.0) as u32).min(last))
}

/// Strength and frequency, in cycles a pixel, of the wave that stands out most among those as fine as it.
fn strongest(power: &[f32]) -> Option<(f32, f32)> {
    let half = SIDE as i32 / 2;
    let mut rings: Vec<Vec<f32>> = vec![Vec::new(); (half as f32 / RING) as usize + 1];
    let mut waves = Vec::new();
    for across in 0..half {
        for down in -half..half {
            let radius = (across as f32).hypot(down as f32);
            let frequency = radius / SIDE as f32;
            if !(COARSEST..FINEST).contains(&frequency) || is_explained(across, down) {
                continue;
            }
            let row = down.rem_euclid(SIDE as i32) as usize;
            let value = power[across as usize * SIDE + row].max(f32::MIN_POSITIVE).ln();
            let ring = (radius / RING) as usize;
            rings[ring].push(value);
            waves.push((ring, value, frequency));
        }
    }
    let medians: Vec<Option<f32>> = rings.iter().map(|ring| super::median(ring)).collect();
    let standing_out =
        waves.into_iter().filter_map(|(ring, value, frequency)| Some((value - medians[ring]?, frequency)));
    standing_out.max_by(|one, other| one.0.total_cmp(&other.0))
}

/// Waves that edges of the motif and compression in blocks make.
fn is_explained(across: i32, down: i32) -> bool {
    let beside_block = |step: i32| {
        let from = step.rem_euclid(BLOCK_STEP);
        from.min(BLOCK_STEP - from) <= BESIDE_BLOCK
    };
    across < OFF_AXIS || down.abs() < OFF_AXIS || (beside_block(across) && beside_block(down))
}

/// The photo as a camera sees it on a screen of RGB stripes: `pitch` camera pixels a screen pixel, turned.
#[cfg(test)]
pub(crate) fn on_a_screen(photo: &RgbImage, pitch: f32, degrees: f32) -> RgbImage {
    const TAPS: u32 = 4;
    let (sin, cos) = degrees.to_radians().sin_cos();
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let mut sum = [0.0_f32; 3];
        for tap in 0..TAPS * TAPS {
            let (x, y) =
                (x as f32 + (tap % TAPS) as f32 / TAPS as f32, y as f32 + (tap / TAPS) as f32 / TAPS as f32);
            let (across, down) = ((cos * x + sin * y) / pitch, (cos * y - sin * x) / pitch);
            let colour =
                photo.get_pixel((x as u32).min(photo.width() - 1), (y as u32).min(photo.height() - 1));
            let stripe = (across.rem_euclid(1.0) * 3.0) as usize % 3;
            let gap = down.rem_euclid(1.0) < 0.15;
            if !gap {
                // The lit third is three times as bright; the camera spills a part of it into the others.
                (0..3).for_each(|channel| {
                    let share = if channel == stripe { 1.4 } else { 0.8 };
                    sum[channel] += share * f32::from(colour[channel]);
                });
            }
        }
        image::Rgb(sum.map(|value| (value / (TAPS * TAPS) as f32).clamp(0.0, 255.0) as u8))
    })
}

/// The photo as a scanner sees a print of it: dots in a turned grid, larger where it is darker.
#[cfg(test)]
pub(crate) fn as_a_print(photo: &RgbImage, pitch: f32, degrees: f32) -> RgbImage {
    use std::f32::consts::TAU;
    let (sin, cos) = degrees.to_radians().sin_cos();
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let (x_turned, y_turned) = (cos * x as f32 + sin * y as f32, cos * y as f32 - sin * x as f32);
        let screen = ((TAU * x_turned / pitch).cos() + (TAU * y_turned / pitch).cos()) * 14.0;
        image::Rgb(photo.get_pixel(x, y).0.map(|value| (f32::from(value) + screen).clamp(0.0, 255.0) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sitter::{render, vary};

    fn portrait() -> RgbImage {
        let mut spec = vary(4);
        (spec.camera.width_px, spec.camera.height_px) = (600, 800);
        render(&spec).pixels
    }

    fn strength(pixels: &RgbImage) -> f64 {
        Pattern::of(pixels, Point::new(300.0, 320.0)).unwrap().strength
    }

    #[test]
    fn screens_and_prints_stand_out_from_portraits() {
        let portrait = portrait();
        let plain = strength(&portrait);
        for (pitch, degrees) in [(3.3, 4.0), (4.2, 7.0), (2.7, 12.0)] {
            let shown = strength(&on_a_screen(&portrait, pitch, degrees));
            assert!(shown > plain + 2.0, "screen {pitch} {degrees}: {shown}, plain {plain}");
        }
        for degrees in [15.0, 45.0, 75.0] {
            let printed =
                Pattern::of(&as_a_print(&portrait, 4.5, degrees), Point::new(300.0, 320.0)).unwrap();
            assert!(printed.strength > plain + 2.0, "print {degrees}: {printed:?}, plain {plain}");
            assert!((printed.wavelength_px - 4.5).abs() < 0.2, "{printed:?}");
        }
    }

    #[test]
    fn a_small_picture_is_not_judged() {
        assert_eq!(Pattern::of(&RgbImage::new(200, 400), Point::new(100.0, 100.0)), None);
    }
}
