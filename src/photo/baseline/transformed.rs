//! A picture's transformed blocks, kept so that many finenesses can be weighed without encoding, and one encoded.

use std::cell::RefCell;

use fearless_simd::dispatch;
use image::RgbImage;

use super::bits::ScanWriter;
use super::octet::ABREAST;
use super::optimal::optimal;
use super::planes::{Planes, SPAN_COLUMNS, Transformed};
use super::rounded::Rounded;
use super::spans::{Lanes, Part, Quantising};
use super::symbols::{Counts, Symbol, SymbolCoder, SymbolWriter, TABLES};
use super::tables::{self, Codes, TableScale};
use super::{BLOCK, FrameHeader};
use crate::photo::encode::{EncodeError, Subsampling};
use crate::photo::jpeg_segments::EOI;
use crate::photo::units::Dpi;

/// Which units are gone through: of so many rows one, and in it of so many spans one, each row's beginning one later.
#[derive(Clone, Copy)]
struct Taken {
    rows: usize,
    spans: usize,
    chroma: bool,
}

const ALL: Taken = Taken { rows: 1, spans: 1, chroma: true };
/// Spread so that every part of the picture has its say.
const ROUGHLY: Taken = Taken { rows: 3, spans: 2, chroma: true };

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

/// A picture's symbols at one fineness, in the order of the file.
struct Quantised {
    scale: TableScale,
    subsampling: Subsampling,
    symbols: Vec<Symbol>,
    counts: Counts,
}

/// Of luma's first coefficients and its others, then of chroma's.
type CodeTables = [Codes; TABLES];

const OF_THE_NORM: [&Codes; TABLES] =
    [&tables::LUMA_DC, &tables::LUMA_AC, &tables::CHROMA_DC, &tables::CHROMA_AC];

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
        let tables = code_tables(&quantised.counts, coding.optimized_tables);
        let bits = quantised.counts.bits(tables.each_ref());
        let header = self.header(frame, coding, tables.each_ref()).len() as u64;
        self.quantised.replace(Some(quantised));
        header + bits.div_ceil(8) + 2
    }

    /// About the same, from a sixth of the units and without making code tables.
    pub fn weigh_roughly(&self, frame: FileFrame, coding: Coding) -> u64 {
        self.weigh_units(frame, coding, ROUGHLY)
    }

    /// About what a file would weigh without its chroma.
    pub fn weigh_luma_roughly(&self, frame: FileFrame, scale: TableScale) -> u64 {
        let coding = Coding { scale, subsampling: Subsampling::Chroma444, optimized_tables: true };
        self.weigh_units(frame, coding, Taken { chroma: false, ..ROUGHLY })
    }

    fn weigh_units(&self, frame: FileFrame, coding: Coding, units: Taken) -> u64 {
        let (columns, rows) = self.units(coding.subsampling);
        let mut counts = Counts::new();
        let taken = self.each_block(
            coding,
            units,
            #[inline(always)]
            |chroma, difference, block| counts.add(chroma, difference, block),
        );
        let bits =
            if coding.optimized_tables { counts.least_bits() } else { counts.bits(OF_THE_NORM) as f64 };
        let header = self.header(frame, coding, OF_THE_NORM).len() as u64;
        header + (bits * (columns * rows) as f64 / taken.max(1) as f64 / 8.0) as u64
    }

    /// The file.
    pub fn encode(&self, frame: FileFrame, coding: Coding) -> Vec<u8> {
        let quantised = self.take_quantised(coding);
        let tables = code_tables(&quantised.counts, coding.optimized_tables);
        let tables = tables.each_ref();
        let mut scan = ScanWriter::behind(self.header(frame, coding, tables));
        SymbolCoder::new(tables).put(&mut scan, &quantised.symbols);
        self.quantised.replace(Some(quantised));
        let mut bytes = scan.finish();
        bytes.extend([0xFF, EOI]);
        bytes
    }

    fn header(&self, frame: FileFrame, coding: Coding, codes: [&Codes; TABLES]) -> Vec<u8> {
        let quantisation = quantisation(coding.scale);
        FrameHeader {
            size: self.size,
            dpi: frame.dpi,
            embed_icc: frame.embed_icc,
            subsampling: coding.subsampling,
            quantisation: &quantisation,
            codes,
        }
        .bytes()
    }

    /// The blocks at this fineness: those of the last weighing when it was the same.
    fn take_quantised(&self, coding: Coding) -> Quantised {
        let last = self.quantised.take();
        let of_last = |last: &Quantised| (last.scale, last.subsampling) == (coding.scale, coding.subsampling);
        match last {
            Some(last) if of_last(&last) => last,
            last => self.quantise(coding, last.map(|last| last.symbols).unwrap_or_default()),
        }
    }

    /// `symbols` lends its memory.
    fn quantise(&self, coding: Coding, symbols: Vec<Symbol>) -> Quantised {
        let mut writer = SymbolWriter::new(symbols);
        self.each_block(
            coding,
            ALL,
            #[inline(always)]
            |chroma, difference, block| writer.block(chroma, difference, block),
        );
        let (symbols, counts) = writer.finish();
        Quantised { scale: coding.scale, subsampling: coding.subsampling, symbols, counts }
    }

    /// Calls with every quantised block of the units taken, in the order of the file: 0 for luma, 1 for chroma,
    /// the difference of its first coefficient from the one before, and the block. Gives how many units were taken.
    fn each_block(&self, coding: Coding, taken: Taken, mut take: impl FnMut(u32, i32, Rounded<'_>)) -> usize {
        let mut quantising = Quantising::new(&quantisation(coding.scale));
        let (columns, rows) = self.units(coding.subsampling);
        let across = units_across(coding.subsampling);
        let mut units = 0;
        for (nth, row) in (0..rows).step_by(taken.rows).enumerate() {
            for span in (nth % taken.spans..self.planes.spans()).step_by(taken.spans) {
                let octets = self.octets(coding.subsampling, (row, span), taken.chroma);
                let lanes = Lanes {
                    // Where a span was left out before, the first lane is only what the second stands behind.
                    first: usize::from(taken.spans > 1 && span > 0),
                    units: columns - span * across,
                };
                units += dispatch!(self.planes.level(), simd => {
                    quantising.span(simd, &octets, lanes, &mut take)
                });
            }
        }
        units
    }

    /// What a lane of this span holds, in the order of the file.
    fn octets(&self, subsampling: Subsampling, (row, span): (usize, usize), chroma: bool) -> Vec<Part<'_>> {
        let mut parts = Vec::with_capacity(Quantising::MOST_PARTS);
        match subsampling {
            Subsampling::Chroma420 => {
                let rows = [row * 2, row * 2 + 1].into_iter();
                let luma = rows.flat_map(|row| self.planes.luma(row, span));
                let chroma = chroma.then(|| self.planes.half_chroma(row, span));
                add_unit(&mut parts, luma, chroma.into_iter().flatten());
            }
            Subsampling::Chroma444 => {
                let chroma = chroma.then(|| self.planes.full_chroma(row, span));
                for (column, luma) in self.planes.luma(row, span).iter().enumerate() {
                    let chroma = chroma.iter().flat_map(|octets| &octets[column * 2..column * 2 + 2]);
                    add_unit(&mut parts, [luma], chroma);
                }
            }
        }
        parts
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

/// A unit's luma, then its chroma.
fn add_unit<'a>(
    parts: &mut Vec<Part<'a>>,
    luma: impl IntoIterator<Item = &'a Transformed>,
    chroma: impl IntoIterator<Item = &'a Transformed>,
) {
    parts.extend(luma.into_iter().map(|octet| Part::new((0, octet))));
    parts.extend((1..).zip(chroma).map(Part::new));
    if let Some(last) = parts.last_mut() {
        last.ends_unit = true;
    }
}

/// Units of a whole span across.
fn units_across(subsampling: Subsampling) -> usize {
    match subsampling {
        Subsampling::Chroma420 => ABREAST,
        Subsampling::Chroma444 => SPAN_COLUMNS,
    }
}

fn code_tables(counts: &Counts, optimized: bool) -> CodeTables {
    if optimized { counts.tables().each_ref().map(optimal) } else { OF_THE_NORM.map(Clone::clone) }
}

fn quantisation(scale: TableScale) -> [[u8; 64]; 2] {
    [scale.applied(&tables::LUMA), scale.applied(&tables::CHROMA)]
}
