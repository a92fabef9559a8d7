//! Lines of a picture as samples of one colour component, ready to be cut into blocks.

use image::RgbImage;

use super::BLOCK;
use super::dct::{ABREAST, Samples, Weights, weighed};

const SIDE: usize = BLOCK as usize;

/// So many lines of samples of one component, one after the other.
pub(super) struct Lines {
    samples: Vec<f32>,
    /// Samples in a line: whole sets of blocks side by side.
    width: usize,
}

impl Lines {
    /// At least `columns` blocks wide and `count` lines high from pixel (`left`, `top`) on; beyond the picture its last
    /// column and line go on.
    #[inline(always)]
    pub fn new(
        pixels: &RgbImage,
        (left, top): (usize, usize),
        (columns, count): (usize, usize),
        weights: &Weights,
    ) -> Self {
        let (all, height) = (pixels.width() as usize, pixels.height() as usize);
        let width = columns.next_multiple_of(ABREAST) * SIDE;
        let inside = all.saturating_sub(left).min(width);
        let mut samples = vec![0.0; width * count];
        for (y, line) in samples.chunks_exact_mut(width.max(1)).enumerate() {
            let start = ((top + y).min(height - 1) * all + left) * 3;
            let pixels = pixels.as_raw()[start..start + inside * 3].as_chunks::<3>().0;
            for (sample, pixel) in line.iter_mut().zip(pixels) {
                *sample = weighed(*pixel, weights);
            }
            let last = line[inside - 1];
            line[inside..].fill(last);
        }
        Self { samples, width }
    }

    /// The means of 2×2 samples, as wide as `columns` blocks at least.
    #[inline(always)]
    pub fn halved(&self, columns: usize) -> Self {
        let width = columns.next_multiple_of(ABREAST) * SIDE;
        let mut samples = vec![0.0; width * (self.samples.len() / self.width / 2)];
        for (line, pair) in samples.chunks_exact_mut(width).zip(self.samples.chunks_exact(2 * self.width)) {
            let (upper, lower) = pair.split_at(self.width);
            let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
            for (mean, (upper, lower)) in line.iter_mut().zip(pairs) {
                *mean = ((upper[0] + lower[0]) + (upper[1] + lower[1])) * 0.25;
            }
        }
        Self { samples, width }
    }

    /// Sets of blocks side by side in a line.
    pub fn sets(&self) -> usize {
        self.width / SIDE / ABREAST
    }

    /// One set of blocks of the first eight lines.
    #[inline(always)]
    pub fn set(&self, number: usize) -> Samples {
        let mut set = [[0.0; ABREAST]; 64];
        for (y, places) in set.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let from = y * self.width + number * ABREAST * SIDE;
            let line = &self.samples[from..from + ABREAST * SIDE];
            for (lane, block) in line.as_chunks::<8>().0.iter().enumerate() {
                for (place, sample) in places.iter_mut().zip(block) {
                    place[lane] = *sample;
                }
            }
        }
        set
    }
}
