//! The lossy compression a picture went through before, read from its pixels.
//!
//! A JPEG keeps of each 8 × 8 block's cosine coefficients the nearest multiples of a step, and a finer compression
//! afterwards, or none at all, leaves them near those multiples. How near is the mean of cos(2π · coefficient / step) over
//! the coefficients of at least half a step: 1 on the multiples, below 0 where none of this step was ever made. The
//! steps of libjpeg's table at every quality are tried at eight low frequencies. After Fan and de Queiroz (2003), who read
//! the steps of a once decoded JPEG, and Popescu and Farid (2004) on traces of two compressions.

use std::f64::consts::TAU;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use image::RgbImage;

use crate::photo::Point;
use crate::photo::baseline::TableScale;

use super::geometry::FaceAxes;

/// Side of a JPEG block, pixels.
const BLOCK_PX: usize = 8;
/// Longest side of the part of the photo that is looked at, pixels.
const WINDOW_PX: u32 = 768;
/// Frequencies looked at, down and across.
const FREQUENCIES: [(usize, usize); 8] = [(0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2)];
/// One more than the highest of them.
const WAVES: usize = 3;
/// Coefficients are counted in bins of half a level, up to this many.
const BINS_PER_LEVEL: usize = 2;
const BINS: usize = 400;
/// Qualities that are tried. Finer steps drown in the rounding of pixels.
const QUALITIES: RangeInclusive<u8> = 5..=88;
/// Fewest coefficients of at least half a step for a judgement.
const LEAST_COEFFICIENTS: i32 = 150;
/// One, where nearness is counted in whole numbers.
const WHOLE: f64 = 16_384.0;
/// From this nearness on the steps were surely made: photos that never were that coarse stay below 0.1.
const SURE: f64 = 0.5;
/// Qualities so far apart at most share steps, or nearly do.
const NEIGHBOURS: u8 = 6;
/// The face and what surely is none, as ellipses: middle below the eyes, half width and half height, eye distances.
const FACE: (f64, f64, f64) = (0.35, 0.85, 1.1);
const BEYOND: (f64, f64, f64) = (0.3, 1.15, 1.6);

/// A compression that left its trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trace {
    /// Of the table, on libjpeg's scale.
    pub quality: u8,
    /// How near the coefficients lie to multiples of the steps: 1 on them.
    pub nearness: f64,
}

/// What the picture's blocks remember.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Former {
    /// The coarsest sure compression of the whole; the file's own is found as well where there was none coarser.
    pub whole: Option<Trace>,
    /// Of face and surroundings, that which keeps the clearer sure trace, less the other's nearness to the same steps.
    /// `None` where neither keeps one or the other has too few coefficients to tell.
    pub apart: Option<Apart>,
}

/// A face and its surroundings that went through different compressions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    pub difference: f64,
    /// The trace of the clearer of both.
    pub trace: Trace,
    /// Whether the face has lost the trace, rather than the surroundings.
    pub face_lost_it: bool,
}

impl Former {
    /// Looks at the unscaled photo around the face, on the grid that begins in its upper left corner.
    pub fn of(pixels: &RgbImage, axes: &FaceAxes) -> Self {
        let (mut face, mut between, mut beyond) =
            (Histograms::empty(), Histograms::empty(), Histograms::empty());
        let (left, width) = window(axes.origin.x, pixels.width());
        let (top, height) = window(axes.origin.y, pixels.height());
        let half = BLOCK_PX as f32 / 2.0;
        for row in (top..top + height).step_by(BLOCK_PX) {
            let waves = down_waves(pixels, left as usize, row as usize, width as usize);
            for column in (0..width as usize).step_by(BLOCK_PX) {
                let middle = axes.to_face(Point::new(left as f32 + column as f32 + half, row as f32 + half));
                let region = if inside(FACE, middle) {
                    &mut face
                } else if inside(BEYOND, middle) {
                    &mut between
                } else {
                    &mut beyond
                };
                region.add(&waves, column);
            }
        }
        let apart = apart(&face, &beyond);
        Self { whole: face.with(&between).with(&beyond).coarsest(), apart }
    }
}

fn apart(face: &Histograms, beyond: &Histograms) -> Option<Apart> {
    let candidates = [(face.clearest(), beyond, false), (beyond.clearest(), face, true)];
    let found = candidates.into_iter().filter_map(|(trace, other, face_lost_it)| {
        let trace = trace?;
        let theirs = other.nearness(trace.quality)?;
        Some(Apart { difference: trace.nearness - theirs, trace, face_lost_it })
    });
    found.max_by(|one, other| one.difference.total_cmp(&other.difference))
}

/// First pixel, on the grid, and length in whole blocks of the part of one side that is looked at.
fn window(centre: f32, length: u32) -> (u32, u32) {
    let block = BLOCK_PX as u32;
    let size = length.min(WINDOW_PX) / block * block;
    let first = (centre - size as f32 / 2.0).max(0.0) as u32;
    (first.min(length - size) / block * block, size)
}

fn inside((below, half_width, half_height): (f64, f64, f64), (x, y): (f64, f64)) -> bool {
    (x / half_width).powi(2) + ((y - below) / half_height).powi(2) < 1.0
}

/// The first cosine waves of a block's side, as the norm scales them.
static COSINES: LazyLock<[[f32; BLOCK_PX]; WAVES]> = LazyLock::new(|| {
    let side = BLOCK_PX as f64;
    let scale = |wave: usize| if wave == 0 { (1.0 / side).sqrt() } else { (2.0 / side).sqrt() };
    std::array::from_fn(|wave| {
        std::array::from_fn(|at| {
            let angle = (2.0 * at as f64 + 1.0) * wave as f64 * TAU / (4.0 * side);
            (scale(wave) * angle.cos()) as f32
        })
    })
});

/// The waves down the columns of a line of blocks.
fn down_waves(pixels: &RgbImage, left: usize, top: usize, width: usize) -> [Vec<f32>; WAVES] {
    let stride = pixels.width() as usize * 3;
    let mut waves = [(); WAVES].map(|()| vec![0.0_f32; width]);
    for row in 0..BLOCK_PX {
        let line = &pixels.as_raw()[(top + row) * stride..][left * 3..(left + width) * 3];
        let luma: Vec<f32> = line.chunks_exact(3).map(|rgb| luma_of_jpeg([rgb[0], rgb[1], rgb[2]])).collect();
        for (wave, cosines) in waves.iter_mut().zip(COSINES.iter()) {
            let weight = cosines[row];
            wave.iter_mut().zip(&luma).for_each(|(sum, luma)| *sum += weight * luma);
        }
    }
    waves
}

/// What a JPEG takes for brightness (ITU-R BT.601, as JFIF asks).
fn luma_of_jpeg(rgb: [u8; 3]) -> f32 {
    0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2])
}

/// How often coefficients of each size come, by frequency: a window has 9,216 blocks at most.
#[derive(Clone)]
struct Histograms([Vec<i16>; FREQUENCIES.len()]);

impl Histograms {
    fn empty() -> Self {
        Self([(); FREQUENCIES.len()].map(|()| vec![0; BINS]))
    }

    /// Counts the block that begins at `column` of a line's waves.
    fn add(&mut self, waves: &[Vec<f32>; WAVES], column: usize) {
        for (bins, (down, across)) in self.0.iter_mut().zip(FREQUENCIES) {
            let block = &waves[down][column..column + BLOCK_PX];
            let coefficient: f32 = block.iter().zip(&COSINES[across]).map(|(sum, weight)| sum * weight).sum();
            let bin = (coefficient.abs() * BINS_PER_LEVEL as f32).round() as usize;
            if let Some(count) = bins.get_mut(bin) {
                *count += 1;
            }
        }
    }

    fn with(mut self, other: &Self) -> Self {
        for (bins, others) in self.0.iter_mut().zip(&other.0) {
            bins.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
        self
    }

    /// The quality whose steps the coefficients lie nearest to, if it is sure.
    fn clearest(&self) -> Option<Trace> {
        self.traces()
            .into_iter()
            .max_by(|one, other| one.nearness.total_cmp(&other.nearness))
            .filter(|trace| trace.nearness >= SURE)
    }

    /// The least quality that is sure and no mere neighbour of a nearer one: a finer compression afterwards is clearer.
    fn coarsest(&self) -> Option<Trace> {
        let traces = self.traces();
        let nearest_around = |trace: &Trace| {
            let around = traces.iter().filter(|other| other.quality.abs_diff(trace.quality) <= NEIGHBOURS);
            around.fold(f64::MIN, |most, other| most.max(other.nearness))
        };
        let sure = traces.iter().filter(|trace| trace.nearness >= SURE);
        sure.copied().find(|trace| trace.nearness >= nearest_around(trace))
    }

    /// Every quality that can be judged, coarsest first.
    fn traces(&self) -> Vec<Trace> {
        QUALITIES.filter_map(|quality| Some(Trace { quality, nearness: self.nearness(quality)? })).collect()
    }

    /// `None` where too few coefficients are large enough to tell.
    fn nearness(&self, quality: u8) -> Option<f64> {
        let steps = TableScale::of_quality(quality).luma_steps();
        let (mut sum, mut count) = (0_i64, 0_i32);
        for (bins, (down, across)) in self.0.iter().zip(FREQUENCIES) {
            let step = usize::from(steps[down * BLOCK_PX + across]);
            let wave = &WAVES_OF_STEPS[step];
            for bins in bins[step * BINS_PER_LEVEL / 2..].chunks(wave.len()) {
                let weighed = bins.iter().zip(wave).map(|(found, near)| i32::from(*found) * i32::from(*near));
                sum += i64::from(weighed.sum::<i32>());
                count += bins.iter().map(|found| i32::from(*found)).sum::<i32>();
            }
        }
        (count >= LEAST_COEFFICIENTS).then(|| sum as f64 / WHOLE / f64::from(count))
    }
}

/// For every step of a table one cosine wave as long as it, over bins, from half a step on; `WHOLE` high.
static WAVES_OF_STEPS: LazyLock<Vec<Vec<i16>>> = LazyLock::new(|| {
    let wave = |step: u8| {
        let bins = usize::from(step) * BINS_PER_LEVEL;
        (0..bins).map(|at| (-WHOLE * (TAU * at as f64 / bins as f64).cos()) as i16).collect()
    };
    (0..=u8::MAX).map(wave).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::compressed;
    use crate::sitter::{Portrait, SitterSpec, render};
    use image::imageops::{crop_imm, overlay};

    fn drawn() -> (RgbImage, FaceAxes) {
        let Portrait { pixels, truth, .. } = render(&SitterSpec::default());
        let across = truth.eye_left.x - truth.eye_right.x;
        let axes = FaceAxes { origin: truth.eye_midpoint(), roll_deg: 0.0, ied_px: f64::from(across) };
        (pixels, axes)
    }

    #[test]
    fn a_finer_compression_afterwards_does_not_hide_the_first_one() {
        let (pixels, axes) = drawn();
        for (quality, after) in [(10, 95), (20, 95), (40, 95), (60, 95), (75, 95), (20, 75), (30, 60)] {
            let hidden = compressed(&compressed(&pixels, quality), after);
            let found = Former::of(&hidden, &axes).whole.unwrap();
            assert!(found.quality.abs_diff(quality) <= 1, "{quality} behind {after}: {found:?}");
        }
    }

    #[test]
    fn what_was_never_compressed_or_only_finely_has_no_trace() {
        let (pixels, axes) = drawn();
        assert_eq!(Former::of(&pixels, &axes).whole, None);
        assert_eq!(Former::of(&compressed(&pixels, 95), &axes).whole, None);
        assert_eq!(Former::of(&RgbImage::new(5, 5), &axes), Former { whole: None, apart: None });
    }

    #[test]
    fn a_face_from_elsewhere_and_new_surroundings_stand_apart() {
        let (pixels, axes) = drawn();
        let (once, half) = (compressed(&pixels, 75), (0.7 * axes.ied_px) as u32);
        let as_it_was = Former::of(&compressed(&once, 95), &axes).apart.unwrap();
        assert!(as_it_was.difference < 0.2, "{as_it_was:?}");
        // The same face moved by less than a block lies on another grid.
        let (x, y) = (axes.origin.x as u32 - half, axes.origin.y as u32 - half / 2);
        let mut exchanged = once.clone();
        let face = crop_imm(&once, x, y, 2 * half, 2 * half).to_image();
        overlay(&mut exchanged, &face, i64::from(x) + 3, i64::from(y) + 2);
        let apart = Former::of(&compressed(&exchanged, 95), &axes).apart.unwrap();
        assert!(apart.difference > 0.4 && apart.face_lost_it, "{apart:?}");
    }
}
