//! A picture's colour components as rows of transformed blocks, each row made when it is first asked for.

use std::cell::OnceCell;

use image::RgbImage;

use super::BLOCK;
use super::dct::{BLUE, LUMA, Quantiser, RED, Samples, Weights};
use super::lines::Lines;
use crate::photo::encode::Subsampling;
use crate::photo::wide::wide;

/// A row of blocks in sets side by side: coefficients in the order in which they are coded, not yet quantised. What lies
/// beyond the row's last block means nothing.
pub(super) type Row = Vec<Samples>;

const SIDE: usize = BLOCK as usize;

/// The components of one picture; beyond it the last column and row go on, to whole units of 2×2 blocks.
pub(super) struct Planes<'a> {
    pixels: &'a RgbImage,
    transform: Quantiser,
    luma: Vec<OnceCell<Row>>,
    half_chroma: Vec<OnceCell<[Row; 2]>>,
    full_chroma: Vec<OnceCell<[Row; 2]>>,
}

impl<'a> Planes<'a> {
    /// `pixels` must have some.
    pub fn new(pixels: &'a RgbImage) -> Self {
        let pairs = pixels.height().div_ceil(2 * BLOCK) as usize;
        Self {
            pixels,
            transform: Quantiser::new(&[1; 64]),
            luma: cells(pairs * 2),
            half_chroma: cells(pairs),
            full_chroma: cells(pairs * 2),
        }
    }

    /// A row of luma blocks.
    pub fn luma(&self, row: usize) -> &Row {
        self.luma[row].get_or_init(|| {
            wide(
                #[inline(always)]
                || self.transformed(&self.lines(row * SIDE, SIDE, &LUMA)),
            )
        })
    }

    /// A row of blocks of both chroma components.
    pub fn chroma(&self, subsampling: Subsampling, row: usize) -> &[Row; 2] {
        match subsampling {
            Subsampling::Chroma444 => self.full_chroma[row].get_or_init(|| {
                wide(
                    #[inline(always)]
                    || {
                        let blue = self.transformed(&self.lines(row * SIDE, SIDE, &BLUE));
                        [blue, self.transformed(&self.lines(row * SIDE, SIDE, &RED))]
                    },
                )
            }),
            Subsampling::Chroma420 => self.half_chroma[row].get_or_init(|| {
                let half = self.columns() / 2;
                wide(
                    #[inline(always)]
                    || {
                        let blue = self.lines(row * 2 * SIDE, 2 * SIDE, &BLUE).halved(half);
                        let red = self.lines(row * 2 * SIDE, 2 * SIDE, &RED).halved(half);
                        [self.transformed(&blue), self.transformed(&red)]
                    },
                )
            }),
        }
    }

    /// Luma blocks across.
    fn columns(&self) -> usize {
        self.pixels.width().div_ceil(2 * BLOCK) as usize * 2
    }

    /// `count` lines from line `top` on.
    #[inline(always)]
    fn lines(&self, top: usize, count: usize, weights: &Weights) -> Lines {
        Lines::new(self.pixels, (0, top), (self.columns(), count), weights)
    }

    #[inline(always)]
    fn transformed(&self, lines: &Lines) -> Row {
        let mut row = Vec::with_capacity(lines.sets());
        for set in 0..lines.sets() {
            row.push(self.transform.unrounded(&lines.set(set)));
        }
        row
    }
}

fn cells<T>(count: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(count).collect()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::photo::baseline::block_of;
    use crate::photo::baseline::dct::{ABREAST, components};

    /// The coefficients of one block alone.
    fn by_itself(samples: [f32; 64]) -> [f32; 64] {
        let alone = samples.map(|sample| [sample; ABREAST]);
        Quantiser::new(&[1; 64]).unrounded(&alone).map(|lanes| lanes[0])
    }

    fn block(row: &Row, column: usize) -> [f32; 64] {
        row[column / ABREAST].map(|lanes| lanes[column % ABREAST])
    }

    #[test]
    fn rows_hold_the_same_numbers_as_blocks_transformed_one_by_one() {
        let pixels =
            RgbImage::from_fn(83, 45, |x, y| Rgb([(x * 3 + y) as u8, (x * y) as u8, (y * 5 + x * x) as u8]));
        let planes = Planes::new(&pixels);
        let of = |column: usize, row: usize| {
            let block = block_of(&pixels, column as u32 * 8, row as u32 * 8);
            components(&[block]).map(|component| component.map(|lanes| lanes[0]))
        };
        for (row, column) in (0..6).flat_map(|row| (0..12).map(move |column| (row, column))) {
            let [luma, blue, red] = of(column, row).map(by_itself);
            let [full_blue, full_red] = planes.chroma(Subsampling::Chroma444, row);
            assert!(block(planes.luma(row), column) == luma, "luma {column} {row}");
            assert!(block(full_blue, column) == blue && block(full_red, column) == red, "{column} {row}");
        }
        for (row, column) in (0..3).flat_map(|row| (0..6).map(move |column| (row, column))) {
            for (component, plane) in planes.chroma(Subsampling::Chroma420, row).iter().enumerate() {
                let mean = std::array::from_fn(|at| {
                    let (y, x) = (at / 8, at % 8);
                    let at = |dx: usize, dy: usize| {
                        let (x, y) = (2 * x + dx, 2 * y + dy);
                        of(column * 2 + x / 8, row * 2 + y / 8)[component + 1][y % 8 * 8 + x % 8]
                    };
                    ((at(0, 0) + at(0, 1)) + (at(1, 0) + at(1, 1))) * 0.25
                });
                assert!(block(plane, column) == by_itself(mean), "halved {component} {column} {row}");
            }
        }
    }
}
