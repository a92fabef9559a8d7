//! Lays the person on a new background without spill or halo.
//!
//! 1. Sure background and sure person are spread into the transition band: B and F of every pixel.
//! 2. Where F and B differ clearly, the pixel's own colour says how much of it is person (α);
//!    the model's matte decides where they do not.
//! 3. What the old background left in the pixel is taken out: F is solved from α and kept near its neighbours.
//! 4. αF + (1−α)·new; where hardly any person is left, exactly the new colour.

use image::{Rgb, RgbImage};

use super::crop::Cropped;
use super::spread::{Colour, mixed, spread};

/// Opacity beyond which a pixel counts as surely background or surely person.
const SURE: f32 = 0.02;
/// The band around every unsure pixel, as a share of the picture's height: the width of a small model's blur.
const BAND_SHARE: f32 = 1.0 / 128.0;
/// Distance of F and B in 8-bit levels below which colour says nothing of α, and from which it decides alone.
const CONTRAST: (f32, f32) = (24.0, 72.0);
/// Distance from the line between F and B up to which the mixture explains the pixel, and from which it does not.
const OFF_LINE: (f32, f32) = (24.0, 64.0);
/// How far colour may move α where the model is sure; where it is unsure, all the way.
const FREE_MOVE: f32 = 0.15;
/// Solved α below and above these is noise of the old background or of the person, and becomes 0 and 1.
const NOISE: (f32, f32) = (0.04, 0.97);
/// How far a solved foreground colour may lie from its sure neighbours: levels at α = 0, and growth up to α = 1.
const FOREGROUND_SLACK: (f32, f32) = (12.0, 72.0);

/// The person on `colour`, from a crop and the model's opacity at the crop's size.
pub(super) fn replaced(crop: &Cropped, model_alpha: &[f32], colour: [u8; 3]) -> RgbImage {
    let scene = Scene::new(crop, model_alpha);
    let mut result = crop.pixels.clone();
    for (index, pixel) in result.pixels_mut().enumerate() {
        *pixel = scene.composite(index, colour);
    }
    result
}

/// Everything known of each pixel, row by row.
struct Scene {
    seen: Vec<Colour>,
    background: Vec<Colour>,
    foreground: Vec<Colour>,
    alpha: Vec<f32>,
}

impl Scene {
    fn new(crop: &Cropped, model_alpha: &[f32]) -> Self {
        let (width, height) = (crop.pixels.width() as usize, crop.pixels.height() as usize);
        let seen: Vec<Colour> = crop.pixels.pixels().map(|pixel| pixel.0.map(f32::from)).collect();
        let given: Vec<f32> = model_alpha
            .iter()
            .zip(&crop.outside)
            .map(|(&alpha, &outside)| if outside { 0.0 } else { alpha })
            .collect();
        let radius = (height as f32 * BAND_SHARE).ceil() as usize;
        let doubt = box_mean(
            &given.iter().map(|&alpha| 4.0 * alpha * (1.0 - alpha)).collect::<Vec<_>>(),
            width,
            radius,
        );
        let unsure: Vec<f32> = given.iter().map(|alpha| if is_sure(*alpha) { 0.0 } else { 1.0 }).collect();
        let in_band: Vec<bool> = box_mean(&unsure, width, radius).iter().map(|&share| share > 0.0).collect();
        let sure = |person: bool| -> Vec<bool> {
            let on_side = |alpha: f32| if person { alpha > 0.5 } else { alpha <= 0.5 };
            (0..given.len())
                .map(|i| !(in_band[i] || person && crop.outside[i]) && on_side(given[i]))
                .collect()
        };
        let background = spread(&seen, &sure(false), width, height);
        let foreground = spread(&seen, &sure(true), width, height);
        let mut scene = Self { seen, background, foreground, alpha: given };
        scene.refine_alpha(&in_band, &doubt);
        for (alpha, &outside) in scene.alpha.iter_mut().zip(&crop.outside) {
            if outside {
                *alpha = 0.0;
            }
        }
        scene
    }

    fn refine_alpha(&mut self, in_band: &[bool], doubt: &[f32]) {
        for index in 0..self.alpha.len() {
            let given = self.alpha[index];
            self.alpha[index] = if in_band[index] {
                let (solved, trust) = self.alpha_by_colour(index);
                let reach = FREE_MOVE + (1.0 - FREE_MOVE) * (2.0 * doubt[index]).min(1.0);
                let moved = given + (solved - given).clamp(-reach, reach) * trust;
                ((moved - NOISE.0) / (NOISE.1 - NOISE.0)).clamp(0.0, 1.0)
            } else {
                given.round()
            };
        }
    }

    /// α of the mixture nearest to the seen colour, and how far to trust it.
    fn alpha_by_colour(&self, index: usize) -> (f32, f32) {
        let across = difference(self.foreground[index], self.background[index]);
        let seen = difference(self.seen[index], self.background[index]);
        let length = dot(across, across).sqrt();
        if length < CONTRAST.0 {
            return (self.alpha[index], 0.0);
        }
        let alpha = (dot(seen, across) / (length * length)).clamp(0.0, 1.0);
        let off = difference(seen, across.map(|value| value * alpha));
        let trust = rise(CONTRAST, length) * (1.0 - rise(OFF_LINE, dot(off, off).sqrt()));
        (alpha, trust)
    }

    fn composite(&self, index: usize, colour: [u8; 3]) -> Rgb<u8> {
        let alpha = self.alpha[index];
        if alpha <= SURE {
            return Rgb(colour);
        }
        let person = if alpha >= 1.0 - SURE { self.seen[index] } else { self.clean_foreground(index) };
        Rgb(mixed(colour.map(f32::from), person, alpha).map(|value| value.round().clamp(0.0, 255.0) as u8))
    }

    /// The person's own colour, freed from the old background's share.
    fn clean_foreground(&self, index: usize) -> Colour {
        let alpha = self.alpha[index];
        let slack = FOREGROUND_SLACK.0 + FOREGROUND_SLACK.1 * alpha;
        std::array::from_fn(|channel| {
            let near = self.foreground[index][channel];
            let solved =
                (self.seen[index][channel] - (1.0 - alpha) * self.background[index][channel]) / alpha;
            near + (solved - near).clamp(-slack, slack)
        })
    }
}

fn is_sure(alpha: f32) -> bool {
    !(SURE..=1.0 - SURE).contains(&alpha)
}

fn difference(one: Colour, other: Colour) -> Colour {
    std::array::from_fn(|channel| one[channel] - other[channel])
}

fn dot(one: Colour, other: Colour) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// 0 up to the first bound, 1 from the second, smooth between.
fn rise((low, high): (f32, f32), value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Mean over the square of `radius` around each pixel, by running sums along rows and columns.
fn box_mean(values: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let height = values.len() / width.max(1);
    let along = |values: &[f32], count: usize, length: usize, step: usize, jump: usize| {
        let mut out = vec![0.0; values.len()];
        let side = (2 * radius + 1) as f64;
        for line in 0..count {
            let start = line * jump;
            let value = |place: usize| f64::from(values[start + place * step]);
            let mut sum: f64 = (0..=radius.min(length - 1)).map(value).sum();
            for place in 0..length {
                // running sums leave a residue; what is nothing must stay nothing
                out[start + place * step] = if sum > 1e-9 { (sum / side) as f32 } else { 0.0 };
                if place + radius + 1 < length {
                    sum += value(place + radius + 1);
                }
                if place >= radius {
                    sum -= value(place - radius);
                }
            }
        }
        out
    };
    let rows = along(values, height, width, 1, width);
    along(&rows, width, height, width, 1)
}
