//! Lines of a picture as samples of one colour component, ready to be cut into blocks.

use image::RgbImage;

use super::BLOCK;
use super::dct::{Lanes, Samples, Weights, weighed};

const SIDE: usize = BLOCK as usize;

/// So many lines of samples of one component, one after the other.
pub(super) struct Lines {
    samples: Vec<Lanes>,
    /// Blocks across.
    columns: usize,
}

impl Lines {
    /// `columns` blocks wide and `count` lines high from pixel (`left`, `top`) on; beyond the picture its last column
    /// and line go on.
    #[inline(always)]
    pub fn new(
        pixels: &RgbImage,
        (left, top): (usize, usize),
        (columns, count): (usize, usize),
        weights: &Weights,
    ) -> Self {
        let (width, height) = (pixels.width() as usize, pixels.height() as usize);
        let inside = width.saturating_sub(left).min(columns * SIDE);
        let mut samples = vec![[0.0; SIDE]; columns * count];
        for (y, line) in samples.chunks_exact_mut(columns.max(1)).enumerate() {
            let start = ((top + y).min(height - 1) * width + left) * 3;
            let pixels = pixels.as_raw()[start..start + inside * 3].as_chunks::<3>().0;
            let line = line.as_flattened_mut();
            for (sample, pixel) in line.iter_mut().zip(pixels) {
                *sample = weighed(*pixel, weights);
            }
            let last = line[inside - 1];
            line[inside..].fill(last);
        }
        Self { samples, columns }
    }

    /// The means of 2×2 samples.
    #[inline(always)]
    pub fn halved(&self) -> Self {
        let mut samples = Vec::with_capacity(self.samples.len() / 4);
        for pair in self.samples.chunks_exact(2 * self.columns) {
            let (upper, lower) = pair.split_at(self.columns);
            for (upper, lower) in upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0) {
                let (upper, lower) = (upper.as_flattened(), lower.as_flattened());
                samples.push(std::array::from_fn(
                    #[inline(always)]
                    |x| ((upper[2 * x] + lower[2 * x]) + (upper[2 * x + 1] + lower[2 * x + 1])) * 0.25,
                ));
            }
        }
        Self { samples, columns: self.columns / 2 }
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The block of the first eight lines at this column of blocks.
    #[inline(always)]
    pub fn block(&self, column: usize) -> Samples {
        std::array::from_fn(
            #[inline(always)]
            |y| self.samples[y * self.columns + column],
        )
    }
}
