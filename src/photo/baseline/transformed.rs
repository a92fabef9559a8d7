//! A picture's transformed blocks, kept so that many finenesses can be weighed without encoding, and one encoded.

use std::cell::RefCell;

use image::RgbImage;

use super::bits::ScanWriter;
use super::dct::{ABREAST, Coefficients, Quantised, Samples, inverse_steps, rounded};
use super::huffman::{BlockCoder, count_ac, dc_size};
use super::optimal::{Frequencies, entropy_bits, optimal};
use super::planes::{Planes, Row};
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
    quantised: RefCell<Option<QuantisedPicture>>,
}

/// Every block of a picture at one fineness.
struct QuantisedPicture {
    scale: TableScale,
    subsampling: Subsampling,
    rows: Vec<UnitRow>,
    counts: [Counts; 2],
}

/// The blocks of a row of units: one or two rows of luma, one of each chroma component.
struct UnitRow {
    luma: Vec<Vec<Quantised>>,
    chroma: [Vec<Quantised>; 2],
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
        let (columns, rows) = self.units(coding.subsampling);
        let mut counts = [0, 1].map(|_| Counts::default());
        let (steps, mut before) = (factors(coding.scale), [0; 3]);
        let taken = ((ROUGH_STRIDE / 2).min(rows - 1)..rows).step_by(ROUGH_STRIDE);
        let share = rows as f64 / taken.len().max(1) as f64;
        for row in taken {
            self.unit_row(coding.subsampling, &steps, row).each_block(
                columns,
                &mut before,
                |table, by, block| {
                    counts[table].add(by, block);
                },
            );
        }
        let norm = CodeTables::of_the_norm();
        let bits = if coding.optimized_tables {
            counts.iter().map(|of| entropy_bits(&of.dc, 0xFF) + entropy_bits(&of.ac, 0x0F)).sum::<f64>()
        } else {
            (counts[0].bits(&norm.luma) + counts[1].bits(&norm.chroma)) as f64
        };
        let header = self.header(frame, coding, &norm).len() as u64;
        header + (bits * share / 8.0) as u64
    }

    /// The file.
    pub fn encode(&self, frame: FileFrame, coding: Coding) -> Vec<u8> {
        let quantised = self.take_quantised(coding);
        let tables = CodeTables::new(&quantised.counts, coding.optimized_tables);
        let mut scan = ScanWriter::behind(self.header(frame, coding, &tables));
        let coders = [&tables.luma, &tables.chroma].map(|[dc, ac]| BlockCoder::new(dc, ac));
        let ((columns, _), mut before) = (self.units(coding.subsampling), [0; 3]);
        for row in &quantised.rows {
            row.each_block(columns, &mut before, |table, difference, block| {
                coders[table].put_dc(&mut scan, difference);
                coders[table].put_ac(&mut scan, block);
            });
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
    fn take_quantised(&self, coding: Coding) -> QuantisedPicture {
        let is_same =
            |last: &QuantisedPicture| (last.scale, last.subsampling) == (coding.scale, coding.subsampling);
        self.quantised.take().filter(is_same).unwrap_or_else(|| self.quantise(coding))
    }

    fn quantise(&self, coding: Coding) -> QuantisedPicture {
        let (columns, rows) = self.units(coding.subsampling);
        let mut counts = [0, 1].map(|_| Counts::default());
        let (steps, mut before) = (factors(coding.scale), [0; 3]);
        let rows: Vec<UnitRow> =
            (0..rows).map(|row| self.unit_row(coding.subsampling, &steps, row)).collect();
        for row in &rows {
            row.each_block(columns, &mut before, |table, by, block| counts[table].add(by, block));
        }
        QuantisedPicture { scale: coding.scale, subsampling: coding.subsampling, rows, counts }
    }

    /// `steps` are the factors of luma and chroma.
    fn unit_row(&self, subsampling: Subsampling, steps: &[Box<Samples>; 2], row: usize) -> UnitRow {
        let high = luma_rows(subsampling);
        let luma = (row * high..(row + 1) * high).map(|row| quantised(self.planes.luma(row), &steps[0]));
        let [blue, red] = self.planes.chroma(subsampling, row);
        UnitRow { luma: luma.collect(), chroma: [quantised(blue, &steps[1]), quantised(red, &steps[1])] }
    }

    /// Units across and down.
    fn units(&self, subsampling: Subsampling) -> (usize, usize) {
        let side = BLOCK * luma_rows(subsampling) as u32;
        let units = |length: u16| u32::from(length).div_ceil(side) as usize;
        (units(self.size.0), units(self.size.1))
    }
}

impl UnitRow {
    /// Calls with every block in the order of the file: its table (0 luma, 1 chroma), the difference of its first
    /// coefficient from the one before of its component, and the block.
    #[inline(always)]
    fn each_block(
        &self,
        columns: usize,
        before: &mut [i32; 3],
        mut take: impl FnMut(usize, i32, Coefficients<'_>),
    ) {
        let side = self.luma.len();
        let mut one = |component: usize, row: &[Quantised], column: usize| {
            let block = row[column / ABREAST].block(column % ABREAST);
            let dc = i32::from(block.first());
            take(component.min(1), dc - before[component], block);
            before[component] = dc;
        };
        for column in 0..columns {
            for line in &self.luma {
                for column in column * side..(column + 1) * side {
                    one(0, line, column);
                }
            }
            one(1, &self.chroma[0], column);
            one(2, &self.chroma[1], column);
        }
    }
}

fn quantised(row: &Row, steps: &Samples) -> Vec<Quantised> {
    wide(
        #[inline(always)]
        || {
            let mut sets = Vec::with_capacity(row.len());
            for set in row {
                sets.push(rounded(set, steps));
            }
            sets
        },
    )
}

/// Rows of luma blocks in a row of units, and columns in a unit.
fn luma_rows(subsampling: Subsampling) -> usize {
    match subsampling {
        Subsampling::Chroma420 => 2,
        Subsampling::Chroma444 => 1,
    }
}

fn factors(scale: TableScale) -> [Box<Samples>; 2] {
    quantisation(scale).map(|steps| inverse_steps(&steps))
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
    fn add(&mut self, difference: i32, block: Coefficients<'_>) {
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
