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

const AT_ONCE: usize = 16;

#[inline(always)]
fn apart(pixels: &[u8; 3 * AT_ONCE], colour: usize) -> [u8; AT_ONCE] {
    std::array::from_fn(
        #[inline(always)]
        |n| pixels[3 * n + colour],
    )
}

/// Lines of a picture, its colours apart; beyond the picture its last column and line go on.
pub(super) struct Strip {
    /// Red, green and blue of eight pixels each.
    colours: [Vec<[u8; SIDE]>; 3],
    /// Blocks across.
    columns: usize,
}

impl Strip {
    /// `columns` blocks wide and `count` lines high from pixel (`left`, `top`) on.
    #[inline(always)]
    pub fn new(pixels: &RgbImage, (left, top): (usize, usize), (columns, count): (usize, usize)) -> Self {
        let (width, height) = (pixels.width() as usize, pixels.height() as usize);
        let inside = width.saturating_sub(left).min(columns * SIDE);
        let mut colours = [0; 3].map(|_| vec![[0; SIDE]; columns * count]);
        for y in 0..count {
            let start = ((top + y).min(height - 1) * width + left) * 3;
            let pixels = pixels.as_raw()[start..start + inside * 3].as_chunks::<3>().0;
            let [red, green, blue] =
                colours.each_mut().map(|colour| colour[y * columns..(y + 1) * columns].as_flattened_mut());
            let (many, rest) = pixels.as_flattened().as_chunks::<{ 3 * AT_ONCE }>();
            for (n, many) in many.iter().enumerate() {
                let at = n * AT_ONCE..(n + 1) * AT_ONCE;
                red[at.clone()].copy_from_slice(&apart(many, 0));
                green[at.clone()].copy_from_slice(&apart(many, 1));
                blue[at].copy_from_slice(&apart(many, 2));
            }
            let done = many.len() * AT_ONCE;
            for (n, pixel) in rest.as_chunks::<3>().0.iter().enumerate() {
                (red[done + n], green[done + n], blue[done + n]) = (pixel[0], pixel[1], pixel[2]);
            }
            for line in [red, green, blue] {
                let last = line[inside - 1];
                line[inside..].fill(last);
            }
        }
        Self { colours, columns }
    }

    /// One component of `count` lines from line `top` on.
    #[inline(always)]
    pub fn component(&self, top: usize, count: usize, weights: &Weights) -> Lines {
        let [red, green, blue] =
            self.colours.each_ref().map(|colour| &colour[top * self.columns..(top + count) * self.columns]);
        let mut samples = vec![[0.0; SIDE]; red.len()];
        for (samples, ((red, green), blue)) in samples.iter_mut().zip(red.iter().zip(green).zip(blue)) {
            for x in 0..SIDE {
                samples[x] = weighed([red[x], green[x], blue[x]], weights);
            }
        }
        Lines { samples, columns: self.columns }
    }
}

impl Lines {
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
