//! 256 bits of a face patch by which copies of one exposure are found among a million: near in Hamming distance
//! after re-encoding, scaling, cropping, another light or background; far for other exposures.
//!
//! The bits are the signs of low cosine coefficients of the locally levelled inner face, each against the median of
//! the population, so that what all faces share tells nothing.

use image::Luma;
use imageproc::filter::gaussian_blur_f32;

use super::limits::SearchLimits;
use super::patch::{FacePatch, INNER_CENTRE, INNER_HALF, SIDE};

pub const BITS: usize = 256;
const WORDS: usize = BITS / 64;
/// Light that changes over more than this many patch pixels is taken out.
const LEVELLING_SIGMA: f32 = 12.0;
/// The window of the cosine transform: its side, and where it starts in the patch.
const WINDOW: usize = 112;
const WINDOW_LEFT: usize = 8;
const WINDOW_TOP: usize = 14;
/// Coefficients up to this frequency on each axis are candidates.
const FREQUENCIES: usize = 32;
/// Frequencies below this one tell light, not structure.
const LEAST_FREQUENCY: f32 = 2.0;

/// The hash of one patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExposureHash(pub(super) [u64; WORDS]);

/// The hash of a photo and that of its mirror image: what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashPair {
    pub upright: ExposureHash,
    pub mirrored: ExposureHash,
}

impl HashPair {
    pub fn of(patch: &FacePatch, limits: &SearchLimits) -> Self {
        let of = |patch: &FacePatch| ExposureHash::of(patch, limits);
        Self { upright: of(patch), mirrored: of(&patch.mirrored()) }
    }

    /// Bits that differ, of the nearer of the two.
    pub fn distance(&self, other: ExposureHash) -> u32 {
        other.distance(self.upright).min(other.distance(self.mirrored))
    }
}

impl ExposureHash {
    pub fn of(patch: &FacePatch, limits: &SearchLimits) -> Self {
        let mut words = [0; WORDS];
        for (bit, (coefficient, median)) in coefficients(patch).iter().zip(&limits.medians).enumerate() {
            if coefficient > median {
                words[bit / 64] |= 1 << (bit % 64);
            }
        }
        Self(words)
    }

    /// Number of bits that differ.
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(one, other)| (one ^ other).count_ones()).sum()
    }

    pub fn to_bytes(self) -> [u8; BITS / 8] {
        let mut bytes = [0; BITS / 8];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    pub fn from_bytes(bytes: [u8; BITS / 8]) -> Self {
        let mut words = [0; WORDS];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        Self(words)
    }
}

/// The coefficients whose signs become bits, lowest frequency first, scaled to length 1.
pub fn coefficients(patch: &FacePatch) -> Vec<f32> {
    let window = levelled_window(patch);
    let basis = cosines();
    // Rows first, then columns: one product each.
    let mut half = vec![0.0; FREQUENCIES * WINDOW];
    for (wave, frequency) in basis.chunks_exact(WINDOW).zip(half.chunks_exact_mut(WINDOW)) {
        for (weight, row) in wave.iter().zip(window.chunks_exact(WINDOW)) {
            frequency.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    let of = |(down, across): &(usize, usize)| {
        let row = &half[down * WINDOW..(down + 1) * WINDOW];
        let wave = &basis[across * WINDOW..(across + 1) * WINDOW];
        row.iter().zip(wave).map(|(value, weight)| value * weight).sum()
    };
    let mut chosen: Vec<f32> = frequencies().iter().map(of).collect();
    // Contrast says nothing about the exposure.
    let length = chosen.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        chosen.iter_mut().for_each(|value| *value /= length);
    }
    chosen
}

/// Local light taken out, faded towards the rim of the inner face.
fn levelled_window(patch: &FacePatch) -> Vec<f32> {
    let light = gaussian_blur_f32(&patch.plane, LEVELLING_SIGMA);
    let mut window = Vec::with_capacity(WINDOW * WINDOW);
    for row in WINDOW_TOP..WINDOW_TOP + WINDOW {
        for column in WINDOW_LEFT..WINDOW_LEFT + WINDOW {
            let (x, y) = (column as u32, row as u32);
            let Luma([value]) = patch.plane.get_pixel(x, y);
            window.push((value - light.get_pixel(x, y)[0]) * share(x as f32, y as f32));
        }
    }
    window
}

/// 1 in the inner face, falling to 0 just outside it.
fn share(x: f32, y: f32) -> f32 {
    let across = (x - INNER_CENTRE.0) / (INNER_HALF.0 + 4.0);
    let down = (y - INNER_CENTRE.1) / (INNER_HALF.1 + 4.0);
    ((1.15 - (across * across + down * down)) / 0.3).clamp(0.0, 1.0)
}

/// `FREQUENCIES` × `WINDOW` values of the cosine transform (DCT-II).
fn cosines() -> Vec<f32> {
    let step = std::f32::consts::PI / WINDOW as f32;
    (0..FREQUENCIES)
        .flat_map(|wave| (0..WINDOW).map(move |at| ((at as f32 + 0.5) * wave as f32 * step).cos()))
        .collect()
}

/// Which coefficients are taken: (down, across), the lowest [`BITS`], some structure from top to bottom in each.
fn frequencies() -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = (1..FREQUENCIES)
        .flat_map(|down| (0..FREQUENCIES).map(move |across| (down, across)))
        .filter(|(down, across)| (*down as f32).hypot(*across as f32) >= LEAST_FREQUENCY)
        .collect();
    all.sort_by_key(|(down, across)| (down * down + across * across, *down));
    all.truncate(BITS);
    all
}

const _: () = assert!(WINDOW_TOP + WINDOW <= SIDE as usize);
const _: () = assert!(WINDOW_LEFT + WINDOW <= SIDE as usize);

#[cfg(test)]
mod tests {
    use super::super::limits::IdentityLimits;
    use super::super::patch::{Plane, blobs};
    use super::*;

    fn hash(patch: &FacePatch) -> ExposureHash {
        ExposureHash::of(patch, &IdentityLimits::built_in().unwrap().search)
    }

    fn with_light(patch: &FacePatch, light: impl Fn(f32, f32) -> f32) -> FacePatch {
        let plane =
            Plane::from_fn(SIDE, SIDE, |x, y| Luma([light(patch.plane.get_pixel(x, y)[0], x as f32)]));
        FacePatch { plane, ..patch.clone() }
    }

    #[test]
    fn another_light_leaves_the_hash_near() {
        let face = blobs(1);
        let dimmer = with_light(&face, |value, _| value * 0.7 + 20.0);
        let from_the_side = with_light(&face, |value, x| value + x * 0.4);
        assert!(hash(&face).distance(hash(&dimmer)) < 12);
        assert!(hash(&face).distance(hash(&from_the_side)) < 30);
    }

    #[test]
    fn other_faces_are_far() {
        for seed in 2..10 {
            assert!(hash(&blobs(1)).distance(hash(&blobs(seed))) > 70, "{seed}");
        }
    }

    #[test]
    fn bytes_keep_the_hash() {
        let hash = hash(&blobs(4));
        assert_eq!(ExposureHash::from_bytes(hash.to_bytes()), hash);
    }

    #[test]
    fn the_frequencies_are_many_and_different() {
        let mut all = frequencies();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), BITS);
    }
}
