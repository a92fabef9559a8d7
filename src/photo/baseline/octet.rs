//! Eight blocks side by side: their numbers go through the same arithmetic, each block in a lane of its own, so that
//! nothing needs to be moved between lanes once the pixels are in place.
//!
//! Whatever goes through a dispatch must be inlined into it whole, or it is compiled for the least of processors: so
//! loops stand here where elsewhere arrays would be mapped.

use fearless_simd::{Bytes, Simd, SimdInt, SimdInto, f32x8, u8x16};

use super::BlockPixels;
use super::dct::Weights;

/// Blocks in an octet.
pub(super) const ABREAST: usize = 8;

/// A number of each of eight blocks for every place within a block, row by row.
pub(super) type Octet<T> = [[T; ABREAST]; 64];

/// All zero.
pub(super) const NONE: Octet<f32> = [[0.0; ABREAST]; 64];

/// Red, green and blue of eight blocks.
pub(super) struct Colours([Octet<u8>; 3]);

impl Colours {
    pub const NONE: Self = Self([[[0; ABREAST]; 64]; 3]);

    #[inline(always)]
    pub fn take<S: Simd>(&mut self, simd: S, blocks: &[BlockPixels; ABREAST]) {
        for y in 0..8 {
            // A row has eight pixels of three bytes: three times eight bytes.
            for third in 0..3 {
                let mut bytes = [[0; 8]; ABREAST];
                for (bytes, block) in bytes.iter_mut().zip(blocks) {
                    bytes.copy_from_slice(&block[y][third * 8..third * 8 + 8]);
                }
                for (n, lanes) in (third * 8..).zip(turned(simd, &bytes)) {
                    self.0[n % 3][y * 8 + n / 3] = lanes;
                }
            }
        }
    }

    /// One component, each sample weighed out of the colours.
    #[inline(always)]
    pub fn component<S: Simd>(&self, simd: S, weights: &Weights, into: &mut Octet<f32>) {
        let [red, green, blue] = &self.0;
        for (at, sample) in into.iter_mut().enumerate() {
            let (r, g, b) = (levels(simd, &red[at]), levels(simd, &green[at]), levels(simd, &blue[at]));
            *sample = (r * weights[0] + g * weights[1] + b * weights[2] + weights[3]).into();
        }
    }
}

#[inline(always)]
fn levels<S: Simd>(simd: S, bytes: &[u8; ABREAST]) -> f32x8<S> {
    let mut numbers = [0.0; ABREAST];
    for (number, byte) in numbers.iter_mut().zip(bytes) {
        *number = f32::from(*byte);
    }
    lanes(simd, numbers)
}

#[inline(always)]
pub(super) fn lanes<S: Simd>(simd: S, numbers: [f32; ABREAST]) -> f32x8<S> {
    numbers.simd_into(simd)
}

/// Of each block's eight bytes the first of all blocks, then the second of all, and so on.
#[inline(always)]
fn turned<S: Simd>(simd: S, bytes: &[[u8; 8]; ABREAST]) -> [[u8; ABREAST]; 8] {
    let pair = |one: usize, other: usize| -> u8x16<S> {
        let mut both = [0; 16];
        both[..8].copy_from_slice(&bytes[one]);
        both[8..].copy_from_slice(&bytes[other]);
        both.simd_into(simd)
    };
    let [p04, p15, p26, p37] = [pair(0, 4), pair(1, 5), pair(2, 6), pair(3, 7)];
    let [p02, p46] = [p04.zip_low(p26), p04.zip_high(p26)];
    let [p13, p57] = [p15.zip_low(p37), p15.zip_high(p37)];
    let mut turned = [[0; ABREAST]; 8];
    let halves = [(p02.zip_low(p13), p46.zip_low(p57)), (p02.zip_high(p13), p46.zip_high(p57))];
    for (half, (upper, lower)) in turned.as_chunks_mut::<4>().0.iter_mut().zip(halves) {
        let [upper, lower] = [simd.reinterpret_u32_u8x16(upper), simd.reinterpret_u32_u8x16(lower)];
        let [left, right] = [upper.zip_low(lower).to_bytes(), upper.zip_high(lower).to_bytes()];
        let bytes = half.as_flattened_mut();
        bytes[..16].copy_from_slice(&simd.as_array_u8x16(left));
        bytes[16..].copy_from_slice(&simd.as_array_u8x16(right));
    }
    turned
}

/// The means of 2×2 samples of an area twice as wide and high: its left and right halves above, then below.
#[inline(always)]
pub(super) fn halve<S: Simd>(simd: S, quarters: &[Octet<f32>; 4], into: &mut Octet<f32>) {
    for (at, mean) in into.iter_mut().enumerate() {
        let (y, x) = (at / 8 * 2, at % 8 * 2);
        let quarter = &quarters[y / 8 * 2 + x / 8];
        let sample = |dy: usize, dx: usize| lanes(simd, quarter[(y + dy) % 8 * 8 + (x + dx) % 8]);
        *mean = (((sample(0, 0) + sample(1, 0)) + (sample(0, 1) + sample(1, 1))) * 0.25).into();
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;
    use crate::photo::baseline::dct::LUMA;

    fn blocks() -> [BlockPixels; ABREAST] {
        std::array::from_fn(|block| {
            std::array::from_fn(|y| std::array::from_fn(|n| (block * 31 + y * 7 + n * 11) as u8))
        })
    }

    #[test]
    fn every_colour_lands_in_its_blocks_lane() {
        let blocks = blocks();
        let mut colours = Colours::NONE;
        dispatch!(Level::new(), simd => colours.take(simd, &blocks));
        let Colours(colours) = colours;
        for (colour, octet) in colours.iter().enumerate() {
            for (at, lanes) in octet.iter().enumerate() {
                let expect = blocks.map(|block| block[at / 8][at % 8 * 3 + colour]);
                assert_eq!(*lanes, expect, "{colour} {at}");
            }
        }
    }

    #[test]
    fn components_are_weighed_sample_by_sample() {
        let blocks = blocks();
        let (mut colours, mut luma) = (Colours::NONE, [[0.0; ABREAST]; 64]);
        dispatch!(Level::new(), simd => {
            colours.take(simd, &blocks);
            colours.component(simd, &LUMA, &mut luma);
        });
        for (at, lanes) in luma.iter().enumerate() {
            for (lane, block) in lanes.iter().zip(&blocks) {
                let [r, g, b] = [0, 1, 2].map(|colour| f32::from(block[at / 8][at % 8 * 3 + colour]));
                assert!((lane - (0.299 * r + 0.587 * g + 0.114 * b - 128.0)).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn halves_are_means_of_four() {
        // Sample (y, x) of an area of 16 × 16 is y × 16 + x, one more in each lane.
        let quarters: [Octet<f32>; 4] = std::array::from_fn(|quarter| {
            std::array::from_fn(|at| {
                let (y, x) = (quarter / 2 * 8 + at / 8, quarter % 2 * 8 + at % 8);
                std::array::from_fn(|lane| (y * 16 + x + lane) as f32)
            })
        });
        let mut means = [[0.0; ABREAST]; 64];
        dispatch!(Level::new(), simd => halve(simd, &quarters, &mut means));
        for (at, lanes) in means.iter().enumerate() {
            let expect = (at / 8 * 32 + at % 8 * 2) as f32 + 8.5;
            assert_eq!(*lanes, std::array::from_fn(|lane| expect + lane as f32), "{at}");
        }
    }
}
