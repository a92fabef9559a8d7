//! A picture's transformed blocks, kept so that many finenesses can be weighed without encoding, and one encoded.

use std::cell::OnceCell;

use image::RgbImage;

use super::bits::ScanWriter;
use super::dct::{Coefficients, Quantiser, Samples, components, rounded};
use super::huffman::{BlockCoder, count_ac, dc_size};
use super::optimal::{Frequencies, optimal};
use super::tables::{self, Codes, TableScale};
use super::{BLOCK, FrameHeader, block_of};
use crate::photo::encode::{EncodeError, Subsampling};
use crate::photo::jpeg_segments::EOI;
use crate::photo::units::Dpi;

/// What the file says beside its picture.
#[derive(Clone, Copy, Debug)]
pub struct FileFrame {
    pub dpi: Dpi,
    pub embed_icc: bool,
}

/// How the coefficients of a picture become bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    pub scale: TableScale,
    pub subsampling: Subsampling,
    /// Code tables made for this picture; else those of the norm.
    pub optimized_tables: bool,
}

/// The transformed blocks of one picture; full chroma is transformed when it is first asked for.
pub struct TransformedPicture<'a> {
    pixels: &'a RgbImage,
    size: (u16, u16),
    transform: Quantiser,
    luma: Plane,
    half_chroma: [Plane; 2],
    full_chroma: OnceCell<[Plane; 2]>,
}

/// Coefficients in the order in which they are coded, not yet quantised.
type Block = [f32; 64];

/// One component's blocks, row by row; `columns` may exceed what the picture covers by one.
struct Plane {
    columns: usize,
    blocks: Vec<Block>,
}

/// The four code tables: first coefficients and the others, of luma and chroma.
struct CodeTables {
    luma: [Codes; 2],
    chroma: [Codes; 2],
}

/// How often each symbol of the two tables of a component occurs.
struct Counts {
    dc: Frequencies,
    ac: Frequencies,
}

impl<'a> TransformedPicture<'a> {
    /// # Errors
    /// When a side is 0 or longer than 65,535 pixels.
    pub fn new(pixels: &'a RgbImage) -> Result<Self, EncodeError> {
        let (width, height) = pixels.dimensions();
        let side = |length: u32| u16::try_from(length).ok().filter(|length| *length > 0);
        let (Some(wide), Some(high)) = (side(width), side(height)) else {
            return Err(EncodeError::BadSize { width, height });
        };
        let transform = Quantiser::new(&[1; 64]);
        // Pairs of blocks, for halved chroma shares one between four.
        let (columns, rows) = (width.div_ceil(2 * BLOCK) * 2, height.div_ceil(2 * BLOCK) * 2);
        let (mut luma, mut half) =
            (Plane::new(columns, rows), [0, 1].map(|_| Plane::new(columns / 2, rows / 2)));
        for row in (0..rows).step_by(2) {
            for column in (0..columns).step_by(2) {
                let mut shared: [Samples; 2] = Default::default();
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let block = block_of(pixels, (column + dx) * BLOCK, (row + dy) * BLOCK);
                    let [light, blue, red] = components(&block);
                    transform.unrounded(&light, luma.at(column + dx, row + dy));
                    halve(&blue, (dx, dy), &mut shared[0]);
                    halve(&red, (dx, dy), &mut shared[1]);
                }
                for (plane, samples) in half.iter_mut().zip(&shared) {
                    transform.unrounded(samples, plane.at(column / 2, row / 2));
                }
            }
        }
        Ok(Self {
            pixels,
            size: (wide, high),
            transform,
            luma,
            half_chroma: half,
            full_chroma: OnceCell::new(),
        })
    }

    /// The length of the file in bytes without the zeros stuffed behind bytes of ones, of which there is about
    /// one in four hundred.
    pub fn weigh(&self, frame: FileFrame, coding: Coding) -> u64 {
        let counts = self.count(coding);
        let tables = CodeTables::new(&counts, coding.optimized_tables);
        let bits = counts[0].bits(&tables.luma) + counts[1].bits(&tables.chroma);
        let header = self.header(frame, coding, &tables).len() as u64;
        header + bits.div_ceil(8) + 2
    }

    /// The file.
    pub fn encode(&self, frame: FileFrame, coding: Coding) -> Vec<u8> {
        let tables = if coding.optimized_tables {
            CodeTables::new(&self.count(coding), true)
        } else {
            CodeTables::of_the_norm()
        };
        let mut scan = ScanWriter::behind(self.header(frame, coding, &tables));
        let coders = [&tables.luma, &tables.chroma].map(|[dc, ac]| BlockCoder::new(dc, ac));
        self.for_each_block(coding, |table, difference, block| {
            coders[table].put_dc(&mut scan, difference);
            coders[table].put_ac(&mut scan, block);
        });
        let mut bytes = scan.finish();
        bytes.extend([0xFF, EOI]);
        bytes
    }

    fn header(&self, frame: FileFrame, coding: Coding, tables: &CodeTables) -> Vec<u8> {
        let quantisation = quantisation(coding.scale);
        FrameHeader {
            size: self.size,
            dpi: frame.dpi,
            embed_icc: frame.embed_icc,
            subsampling: coding.subsampling,
            quantisation: &quantisation,
            codes: [&tables.luma[0], &tables.luma[1], &tables.chroma[0], &tables.chroma[1]],
        }
        .bytes()
    }

    fn count(&self, coding: Coding) -> [Counts; 2] {
        let mut counts = [0, 1].map(|_| Counts { dc: [0; 256], ac: [0; 256] });
        self.for_each_block(coding, |table, difference, block| {
            counts[table].dc[dc_size(difference)] += 1;
            count_ac(block, &mut counts[table].ac);
        });
        counts
    }

    /// Calls with every quantised block in the order of the file: its table (0 luma, 1 chroma), the difference of
    /// its first coefficient from the one before, and the block.
    fn for_each_block(&self, coding: Coding, mut take: impl FnMut(usize, i32, &Coefficients)) {
        let factors =
            quantisation(coding.scale).map(|steps| tables::ZIGZAG.map(|at| 1.0 / f32::from(steps[at])));
        let mut before = [0_i32; 3];
        let mut one = |component: usize, block: &Block| {
            let table = component.min(1);
            let block = rounded(block, &factors[table]);
            let dc = i32::from(block.values[0]);
            take(table, dc - before[component], &block);
            before[component] = dc;
        };
        let chroma = self.chroma(coding.subsampling);
        let (step, columns, rows) = match coding.subsampling {
            Subsampling::Chroma420 => (2, chroma[0].columns, chroma[0].rows()),
            Subsampling::Chroma444 => (1, self.whole_blocks(self.size.0), self.whole_blocks(self.size.1)),
        };
        for row in 0..rows {
            for column in 0..columns {
                for dy in 0..step {
                    for dx in 0..step {
                        one(0, self.luma.get(column * step + dx, row * step + dy));
                    }
                }
                one(1, chroma[0].get(column, row));
                one(2, chroma[1].get(column, row));
            }
        }
    }

    fn whole_blocks(&self, side: u16) -> usize {
        usize::from(side).div_ceil(BLOCK as usize)
    }

    fn chroma(&self, subsampling: Subsampling) -> &[Plane; 2] {
        match subsampling {
            Subsampling::Chroma420 => &self.half_chroma,
            Subsampling::Chroma444 => self.full_chroma.get_or_init(|| self.full()),
        }
    }

    fn full(&self) -> [Plane; 2] {
        let (columns, rows) = (self.luma.columns as u32, self.luma.rows() as u32);
        let mut planes = [0, 1].map(|_| Plane::new(columns, rows));
        for row in 0..rows {
            for column in 0..columns {
                let [_, blue, red] = components(&block_of(self.pixels, column * BLOCK, row * BLOCK));
                self.transform.unrounded(&blue, planes[0].at(column, row));
                self.transform.unrounded(&red, planes[1].at(column, row));
            }
        }
        planes
    }
}

impl Plane {
    fn new(columns: u32, rows: u32) -> Self {
        Self { columns: columns as usize, blocks: vec![[0.0; 64]; (columns * rows) as usize] }
    }

    fn rows(&self) -> usize {
        self.blocks.len() / self.columns.max(1)
    }

    fn get(&self, column: usize, row: usize) -> &Block {
        &self.blocks[row * self.columns + column]
    }

    fn at(&mut self, column: u32, row: u32) -> &mut Block {
        &mut self.blocks[row as usize * self.columns + column as usize]
    }
}

impl CodeTables {
    fn new(counts: &[Counts; 2], optimized: bool) -> Self {
        if optimized {
            let [luma, chroma] =
                [&counts[0], &counts[1]].map(|counts| [optimal(&counts.dc), optimal(&counts.ac)]);
            Self { luma, chroma }
        } else {
            Self::of_the_norm()
        }
    }

    fn of_the_norm() -> Self {
        Self { luma: [tables::LUMA_DC, tables::LUMA_AC], chroma: [tables::CHROMA_DC, tables::CHROMA_AC] }
    }
}

impl Counts {
    /// Bits of all codes and of the magnitudes behind them.
    fn bits(&self, [dc, ac]: &[Codes; 2]) -> u64 {
        bits(&self.dc, dc, 0xFF) + bits(&self.ac, ac, 0x0F)
    }
}

/// A symbol's magnitude has as many bits as the symbol's part under `mask` says.
fn bits(frequencies: &Frequencies, codes: &Codes, mask: u8) -> u64 {
    let lengths = (1_u64..).zip(codes.counts).flat_map(|(length, count)| (0..count).map(move |_| length));
    lengths
        .zip(codes.symbols.iter())
        .map(|(length, symbol)| {
            u64::from(frequencies[usize::from(*symbol)]) * (length + u64::from(symbol & mask))
        })
        .sum()
}

fn quantisation(scale: TableScale) -> [[u8; 64]; 2] {
    [scale.applied(&tables::LUMA), scale.applied(&tables::CHROMA)]
}

/// Adds the means of 2×2 samples as one quarter of a block.
fn halve(samples: &Samples, (dx, dy): (u32, u32), into: &mut Samples) {
    let (left, top) = (dx as usize * 4, dy as usize * 4);
    for (y, pair) in samples.as_chunks::<2>().0.iter().enumerate() {
        let sums: [f32; 8] = std::array::from_fn(|x| pair[0][x] + pair[1][x]);
        for x in 0..4 {
            into[top + y][left + x] = (sums[2 * x] + sums[2 * x + 1]) * 0.25;
        }
    }
}
