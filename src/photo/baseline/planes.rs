//! A picture's colour components as octets of transformed blocks, each octet made when it is first asked for.
//!
//! A picture is cut into spans of two rows and sixteen columns of blocks. Its lanes are the eight pairs of columns:
//! the left blocks of all pairs make one octet, the right ones another. So a lane holds the 2×2 blocks of luma that share
//! one block of halved chroma.

use std::cell::OnceCell;

use fearless_simd::{Level, Simd, dispatch};
use image::RgbImage;

use super::dct::{BLUE, Factors, LUMA, RED, factors, scale, transform};
use super::octet::{ABREAST, Colours, NONE, Octet, halve};
use super::{BLOCK, WHITE_BLOCK, block_of};

/// Columns of blocks in a span.
pub(super) const SPAN_COLUMNS: usize = 2 * ABREAST;

/// Transformed blocks of one component.
pub(super) type Transformed = Octet<f32>;

/// The components of one picture; beyond it the last column and row go on.
pub(super) struct Planes<'a> {
    pixels: &'a RgbImage,
    level: Level,
    unscaled: Factors,
    /// Spans across.
    spans: usize,
    /// Left and right blocks of the upper row, then of the lower.
    colours: Vec<OnceCell<Box<[Colours; 4]>>>,
    luma: Vec<OnceCell<Box<[Transformed; 2]>>>,
    half_chroma: Vec<OnceCell<Box<[Transformed; 2]>>>,
    full_chroma: Vec<OnceCell<Box<[Transformed; 4]>>>,
}

impl<'a> Planes<'a> {
    /// `pixels` must have some.
    pub fn new(pixels: &'a RgbImage) -> Self {
        let spans = pixels.width().div_ceil(BLOCK).div_ceil(SPAN_COLUMNS as u32) as usize;
        let count = pixels.height().div_ceil(2 * BLOCK) as usize * spans;
        Self {
            pixels,
            level: Level::new(),
            unscaled: factors(&[1; 64]),
            spans,
            colours: cells(count),
            luma: cells(count * 2),
            half_chroma: cells(count),
            full_chroma: cells(count * 2),
        }
    }

    pub fn level(&self) -> Level {
        self.level
    }

    /// Spans across.
    pub fn spans(&self) -> usize {
        self.spans
    }

    /// Left and right luma blocks of a row within a span.
    pub fn luma(&self, row: usize, span: usize) -> &[Transformed; 2] {
        self.luma[row * self.spans + span].get_or_init(|| {
            let mut blocks = Box::new([NONE; 2]);
            dispatch!(self.level, simd => {
                for (colours, luma) in self.row(row, span).iter().zip(blocks.iter_mut()) {
                    colours.component(simd, &LUMA, luma);
                    self.transform(simd, luma);
                }
            });
            blocks
        })
    }

    /// Left blue and red blocks of a row within a span, then the right ones.
    pub fn full_chroma(&self, row: usize, span: usize) -> &[Transformed; 4] {
        self.full_chroma[row * self.spans + span].get_or_init(|| {
            let mut blocks = Box::new([NONE; 4]);
            dispatch!(self.level, simd => {
                for (colours, both) in self.row(row, span).iter().zip(blocks.as_chunks_mut::<2>().0) {
                    for (weights, chroma) in [BLUE, RED].iter().zip(both) {
                        colours.component(simd, weights, chroma);
                        self.transform(simd, chroma);
                    }
                }
            });
            blocks
        })
    }

    /// Blue and red blocks of a pair of rows within a span, halved both ways.
    pub fn half_chroma(&self, pair: usize, span: usize) -> &[Transformed; 2] {
        self.half_chroma[pair * self.spans + span].get_or_init(|| {
            let mut blocks = Box::new([NONE; 2]);
            let mut quarters = [NONE; 4];
            dispatch!(self.level, simd => {
                for (weights, chroma) in [BLUE, RED].iter().zip(blocks.iter_mut()) {
                    for (colours, quarter) in self.colours(pair, span).iter().zip(&mut quarters) {
                        colours.component(simd, weights, quarter);
                    }
                    halve(simd, &quarters, chroma);
                    self.transform(simd, chroma);
                }
            });
            blocks
        })
    }

    /// Left and right colours of a row within a span.
    fn row(&self, row: usize, span: usize) -> &[Colours] {
        &self.colours(row / 2, span)[row % 2 * 2..][..2]
    }

    fn colours(&self, pair: usize, span: usize) -> &[Colours; 4] {
        self.colours[pair * self.spans + span].get_or_init(|| {
            let mut octets = Box::new([const { Colours::NONE }; 4]);
            let mut pixels = [WHITE_BLOCK; ABREAST];
            for (quarter, colours) in octets.iter_mut().enumerate() {
                for (lane, pixels) in pixels.iter_mut().enumerate() {
                    let (column, row) =
                        (span * SPAN_COLUMNS + lane * 2 + quarter % 2, pair * 2 + quarter / 2);
                    *pixels = block_of(self.pixels, column as u32 * BLOCK, row as u32 * BLOCK);
                }
                dispatch!(self.level, simd => colours.take(simd, &pixels));
            }
            octets
        })
    }

    #[inline(always)]
    fn transform<S: Simd>(&self, simd: S, octet: &mut Transformed) {
        transform(simd, octet);
        scale(simd, octet, &self.unscaled);
    }
}

fn cells<T>(count: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(count).collect()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::super::dct::Weights;
    use super::*;

    /// One component of the block at this place, transformed by itself.
    fn by_itself(pixels: &RgbImage, (x, y): (u32, u32), weights: &Weights) -> [f32; 64] {
        let mut blocks = [WHITE_BLOCK; ABREAST];
        blocks[5] = block_of(pixels, x, y);
        let (mut colours, mut octet) = (Colours::NONE, NONE);
        dispatch!(Level::new(), simd => {
            colours.take(simd, &blocks);
            colours.component(simd, weights, &mut octet);
            transform(simd, &mut octet);
            scale(simd, &mut octet, &factors(&[1; 64]));
        });
        octet.map(|lanes| lanes[5])
    }

    fn of_lane(octet: &Transformed, lane: usize) -> [f32; 64] {
        octet.map(|lanes| lanes[lane])
    }

    fn picture() -> RgbImage {
        RgbImage::from_fn(163, 45, |x, y| Rgb([(x * 3 + y) as u8, (x * y) as u8, (y * 5 + x * x) as u8]))
    }

    #[test]
    fn spans_hold_the_same_numbers_as_blocks_transformed_one_by_one() {
        let pixels = picture();
        let planes = Planes::new(&pixels);
        assert_eq!(planes.spans(), 2);
        for (row, column) in (0..6).flat_map(|row| (0..21).map(move |column| (row, column))) {
            let (span, lane, right) = (column / SPAN_COLUMNS, column % SPAN_COLUMNS / 2, column % 2);
            let place = (column as u32 * BLOCK, row as u32 * BLOCK);
            let luma = of_lane(&planes.luma(row, span)[right], lane);
            assert!(luma == by_itself(&pixels, place, &LUMA), "luma {column} {row}");
            for (component, weights) in [BLUE, RED].iter().enumerate() {
                let chroma = of_lane(&planes.full_chroma(row, span)[right * 2 + component], lane);
                assert!(chroma == by_itself(&pixels, place, weights), "chroma {component} {column} {row}");
            }
        }
    }

    #[test]
    fn halved_chroma_is_that_of_the_picture_at_half_size() {
        let pixels = picture();
        let planes = Planes::new(&pixels);
        let last = (pixels.width() - 1, pixels.height() - 1);
        let of = |x: u32, y: u32| pixels.get_pixel(x.min(last.0), y.min(last.1)).0.map(f32::from);
        for (pair, column) in (0..3).flat_map(|pair| (0..11).map(move |column| (pair, column))) {
            let octets = planes.half_chroma(pair, column / ABREAST);
            for (octet, weights) in octets.iter().zip([BLUE, RED]) {
                let mean = (0..256_u32)
                    .map(|at| of(column as u32 * 16 + at % 16, pair as u32 * 16 + at / 16))
                    .map(|pixel| pixel.iter().zip(weights).map(|(level, weight)| level * weight).sum::<f32>())
                    .sum::<f32>()
                    / 256.0;
                let first = octet[0][column % ABREAST];
                assert!((first - mean * 8.0).abs() < 0.01, "{pair} {column}: {first} for {mean}");
            }
        }
    }
}
