//! A picture's colour components as rows of transformed blocks, each row made when it is first asked for.

use std::cell::OnceCell;

use image::RgbImage;

use super::BLOCK;
use super::dct::{BLUE, Block, LUMA, Quantiser, RED};
use super::lines::{Lines, Strip};
use crate::photo::encode::Subsampling;
use crate::photo::wide::wide;

const SIDE: usize = BLOCK as usize;

/// The components of one picture; beyond it the last column and row go on, to whole units of 2×2 blocks.
pub(super) struct Planes<'a> {
    pixels: &'a RgbImage,
    transform: Quantiser,
    strips: Vec<OnceCell<Strip>>,
    luma: Vec<OnceCell<Vec<Block>>>,
    half_chroma: Vec<OnceCell<[Vec<Block>; 2]>>,
    full_chroma: Vec<OnceCell<[Vec<Block>; 2]>>,
}

impl<'a> Planes<'a> {
    /// `pixels` must have some.
    pub fn new(pixels: &'a RgbImage) -> Self {
        let pairs = pixels.height().div_ceil(2 * BLOCK) as usize;
        Self {
            pixels,
            transform: Quantiser::new(&[1; 64]),
            strips: cells(pairs),
            luma: cells(pairs * 2),
            half_chroma: cells(pairs),
            full_chroma: cells(pairs * 2),
        }
    }

    /// A row of luma blocks.
    pub fn luma(&self, row: usize) -> &[Block] {
        self.luma[row].get_or_init(|| {
            let strip = self.strip(row / 2);
            wide(
                #[inline(always)]
                || self.transformed(&strip.component(row % 2 * SIDE, SIDE, &LUMA)),
            )
        })
    }

    /// A row of blocks of both chroma components.
    pub fn chroma(&self, subsampling: Subsampling, row: usize) -> &[Vec<Block>; 2] {
        match subsampling {
            Subsampling::Chroma444 => self.full_chroma[row].get_or_init(|| {
                let strip = self.strip(row / 2);
                wide(
                    #[inline(always)]
                    || {
                        let blue = self.transformed(&strip.component(row % 2 * SIDE, SIDE, &BLUE));
                        [blue, self.transformed(&strip.component(row % 2 * SIDE, SIDE, &RED))]
                    },
                )
            }),
            Subsampling::Chroma420 => self.half_chroma[row].get_or_init(|| {
                let strip = self.strip(row);
                wide(
                    #[inline(always)]
                    || {
                        let blue = self.transformed(&strip.component(0, 2 * SIDE, &BLUE).halved());
                        [blue, self.transformed(&strip.component(0, 2 * SIDE, &RED).halved())]
                    },
                )
            }),
        }
    }

    /// The colours of the `row`-th pair of rows of blocks.
    fn strip(&self, pair: usize) -> &Strip {
        self.strips[pair].get_or_init(|| {
            let columns = self.pixels.width().div_ceil(2 * BLOCK) as usize * 2;
            wide(
                #[inline(always)]
                || Strip::new(self.pixels, (0, pair * 2 * SIDE), (columns, 2 * SIDE)),
            )
        })
    }

    #[inline(always)]
    fn transformed(&self, lines: &Lines) -> Vec<Block> {
        let mut blocks = vec![[0.0; 64]; lines.columns()];
        for (column, block) in blocks.iter_mut().enumerate() {
            self.transform.unrounded(&lines.block(column), block);
        }
        blocks
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
    use crate::photo::baseline::dct::{Samples, components};

    fn by_itself(samples: &Samples) -> Block {
        let mut block = [0.0; 64];
        Quantiser::new(&[1; 64]).unrounded(samples, &mut block);
        block
    }

    #[test]
    fn rows_hold_the_same_numbers_as_blocks_transformed_one_by_one() {
        let pixels =
            RgbImage::from_fn(83, 45, |x, y| Rgb([(x * 3 + y) as u8, (x * y) as u8, (y * 5 + x * x) as u8]));
        let planes = Planes::new(&pixels);
        let of =
            |column: usize, row: usize| components(&block_of(&pixels, column as u32 * 8, row as u32 * 8));
        for row in 0..6 {
            assert_eq!(planes.luma(row).len(), 12);
            for column in 0..12 {
                let [luma, blue, red] = of(column, row).map(|samples| by_itself(&samples));
                let [full_blue, full_red] = planes.chroma(Subsampling::Chroma444, row);
                assert!(planes.luma(row)[column] == luma, "luma {column} {row}");
                assert!(full_blue[column] == blue && full_red[column] == red, "chroma {column} {row}");
            }
        }
        for (row, column) in (0..3).flat_map(|row| (0..6).map(move |column| (row, column))) {
            for (component, plane) in planes.chroma(Subsampling::Chroma420, row).iter().enumerate() {
                let mut mean: Samples = Default::default();
                for (y, x) in (0..8).flat_map(|y| (0..8).map(move |x| (y, x))) {
                    let at = |dx: usize, dy: usize| {
                        let (x, y) = (2 * x + dx, 2 * y + dy);
                        of(column * 2 + x / 8, row * 2 + y / 8)[component + 1][y % 8][x % 8]
                    };
                    mean[y][x] = ((at(0, 0) + at(0, 1)) + (at(1, 0) + at(1, 1))) * 0.25;
                }
                assert!(plane[column] == by_itself(&mean), "halved {component} {column} {row}");
            }
        }
    }
}
