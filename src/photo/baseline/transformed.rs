//! A picture's transformed blocks, kept so that many finenesses can be weighed without encoding, and one encoded.

use std::cell::RefCell;

use image::RgbImage;

use super::bits::ScanWriter;
use super::dct::{Coefficients, rounded};
use super::huffman::{BlockCoder, count_ac, dc_size};
use super::optimal::{Frequencies, entropy_bits, optimal};
use super::planes::{Block, Planes};
use super::tables::{self, Codes, TableScale};
use super::{BLOCK, FrameHeader};
use crate::photo::encode::{EncodeError, Subsampling};
use crate::photo::jpeg_segments::EOI;
use crate::photo::units::Dpi;
use crate::photo::wide::wide;

/// Rows of units from one that is weighed roughly to the next.
const ROUGH_STRIDE: usize = 6;

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

/// The transformed blocks of one picture.
pub struct TransformedPicture<'a> {
    size: (u16, u16),
    planes: Planes<'a>,
    /// Of the last weighing, for an encoding at the same fineness.
    quantised: RefCell<Option<Quantised>>,
}

/// Every block of a picture at one fineness, in the order of the file.
struct Quantised {
    scale: TableScale,
    subsampling: Subsampling,
    blocks: Vec<CodedBlock>,
    counts: [Counts; 2],
}

struct CodedBlock {
    /// 0 luma, 1 chroma.
    table: usize,
    /// Of the first coefficient from the one before.
    difference: i32,
    coefficients: Coefficients,
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
        Ok(Self { size: (wide, high), planes: Planes::new(pixels), quantised: RefCell::default() })
    }

    /// The length of the file in bytes without the zeros stuffed behind bytes of ones, of which there is about
    /// one in four hundred.
    pub fn weigh(&self, frame: FileFrame, coding: Coding) -> u64 {
        let quantised = self.take_quantised(coding);
        let counts = &quantised.counts;
        let tables = CodeTables::new(counts, coding.optimized_tables);
        let bits = counts[0].bits(&tables.luma) + counts[1].bits(&tables.chroma);
        let header = self.header(frame, coding, &tables).len() as u64;
        self.quantised.replace(Some(quantised));
        header + bits.div_ceil(8) + 2
    }

    /// About the same, from some rows alone and without making code tables.
    pub fn weigh_roughly(&self, frame: FileFrame, coding: Coding) -> u64 {
        let (_, rows) = self.units(coding.subsampling);
        let mut counts = [0, 1].map(|_| Counts::default());
        let taken = self.each_block(
            coding,
            ROUGH_STRIDE,
            #[inline(always)]
            |table, difference, block| counts[table].add(difference, block),
        );
        let norm = CodeTables::of_the_norm();
        let bits = if coding.optimized_tables {
            counts.iter().map(|of| entropy_bits(&of.dc, 0xFF) + entropy_bits(&of.ac, 0x0F)).sum::<f64>()
        } else {
            (counts[0].bits(&norm.luma) + counts[1].bits(&norm.chroma)) as f64
        };
        let header = self.header(frame, coding, &norm).len() as u64;
        header + (bits * rows as f64 / taken.max(1) as f64 / 8.0) as u64
    }

    /// The file.
    pub fn encode(&self, frame: FileFrame, coding: Coding) -> Vec<u8> {
        let quantised = self.take_quantised(coding);
        let tables = CodeTables::new(&quantised.counts, coding.optimized_tables);
        let mut scan = ScanWriter::behind(self.header(frame, coding, &tables));
        let coders = [&tables.luma, &tables.chroma].map(|[dc, ac]| BlockCoder::new(dc, ac));
        for block in &quantised.blocks {
            let coder = &coders[block.table];
            coder.put_dc(&mut scan, block.difference);
            coder.put_ac(&mut scan, &block.coefficients);
        }
        self.quantised.replace(Some(quantised));
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

    /// The blocks at this fineness: those of the last weighing when it was the same.
    fn take_quantised(&self, coding: Coding) -> Quantised {
        let last = self.quantised.take();
        let of_last = |last: &Quantised| (last.scale, last.subsampling) == (coding.scale, coding.subsampling);
        match last {
            Some(last) if of_last(&last) => last,
            last => self.quantise(coding, last.map(|last| last.blocks).unwrap_or_default()),
        }
    }

    /// `blocks` lends its memory.
    fn quantise(&self, coding: Coding, mut blocks: Vec<CodedBlock>) -> Quantised {
        let mut counts = [0, 1].map(|_| Counts::default());
        blocks.clear();
        self.each_block(
            coding,
            1,
            #[inline(always)]
            |table, difference, coefficients| {
                counts[table].add(difference, coefficients);
                blocks.push(CodedBlock { table, difference, coefficients: *coefficients });
            },
        );
        Quantised { scale: coding.scale, subsampling: coding.subsampling, blocks, counts }
    }

    /// Calls with every quantised block in the order of the file: its table (0 luma, 1 chroma), the difference of
    /// its first coefficient from the one before, and the block. Of the rows of units every `stride`-th is taken;
    /// gives how many those were.
    fn each_block(
        &self,
        coding: Coding,
        stride: usize,
        mut take: impl FnMut(usize, i32, &Coefficients),
    ) -> usize {
        let factors =
            quantisation(coding.scale).map(|steps| tables::ZIGZAG.map(|at| 1.0 / f32::from(steps[at])));
        let mut quantising = Quantising { factors, before: [0; 3] };
        let (columns, rows) = self.units(coding.subsampling);
        let taken = (stride / 2).min(rows.saturating_sub(1))..rows;
        let taken = taken.step_by(stride);
        let count = taken.len();
        for row in taken {
            let step = match coding.subsampling {
                Subsampling::Chroma420 => 2,
                Subsampling::Chroma444 => 1,
            };
            let luma: [&[Block]; 2] =
                std::array::from_fn(|dy| self.planes.luma(row * step + dy.min(step - 1)));
            let chroma = self.planes.chroma(coding.subsampling, row);
            wide(
                #[inline(always)]
                || {
                    for column in 0..columns {
                        for line in &luma[..step] {
                            for block in &line[column * step..(column + 1) * step] {
                                quantising.block(0, block, &mut take);
                            }
                        }
                        quantising.block(1, &chroma[0][column], &mut take);
                        quantising.block(2, &chroma[1][column], &mut take);
                    }
                },
            );
        }
        count
    }

    /// Units across and down.
    fn units(&self, subsampling: Subsampling) -> (usize, usize) {
        let side = match subsampling {
            Subsampling::Chroma420 => 2 * BLOCK,
            Subsampling::Chroma444 => BLOCK,
        };
        let units = |length: u16| u32::from(length).div_ceil(side) as usize;
        (units(self.size.0), units(self.size.1))
    }
}

/// Goes through blocks in the order of the file.
struct Quantising {
    /// One over the steps of luma and chroma, in the order of coding.
    factors: [[f32; 64]; 2],
    /// The last first coefficient of each component.
    before: [i32; 3],
}

impl Quantising {
    #[inline(always)]
    fn block(&mut self, component: usize, block: &Block, take: &mut impl FnMut(usize, i32, &Coefficients)) {
        let table = component.min(1);
        let block = rounded(block, &self.factors[table]);
        let dc = i32::from(block.values[0]);
        take(table, dc - self.before[component], &block);
        self.before[component] = dc;
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

impl Default for Counts {
    fn default() -> Self {
        Self { dc: [0; 256], ac: [0; 256] }
    }
}

impl Counts {
    #[inline(always)]
    fn add(&mut self, difference: i32, block: &Coefficients) {
        self.dc[dc_size(difference)] += 1;
        count_ac(block, &mut self.ac);
    }

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
