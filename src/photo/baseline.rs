//! A baseline JPEG encoder that remembers where each block's bits lie, so that encoded blocks can be laid down
//! again elsewhere without being encoded again; and a picture's transformed blocks, weighed at many finenesses.
//!
//! Sequential, Huffman-coded, 8 bits a sample. Tiles have full chroma (one block of each component a unit) and the
//! code tables of ITU-T T.81 Annex K: a picture put together from them is byte for byte the picture encoded whole.

mod bits;
mod blocks;
mod dct;
mod huffman;
mod mosaic;
mod octet;
mod optimal;
mod planes;
mod rounded;
mod spans;
mod symbols;
mod tables;
mod transformed;

use fearless_simd::Level;
use image::RgbImage;

use super::encode::{EncodeError, Subsampling};
use super::jpeg_segments::{APP0, APP2, DHT, DQT, SOI, SOS};
use super::srgb::srgb_profile;
use super::units::Dpi;
use blocks::RoundedBlocks;
use dct::Factors;
use huffman::BlockCoder;
use tables::Codes;

pub use mosaic::{EncodedTile, Mosaic};
pub use tables::{TableScale, quality_from_sum, standard_code_tables};
pub use transformed::{Coding, FileFrame, TransformedPicture};

/// Pixels along a block's side.
pub const BLOCK: u32 = 8;

/// The RGB pixels of one block, row by row.
pub type BlockPixels = [[u8; 24]; 8];

/// All white.
pub const WHITE_BLOCK: BlockPixels = [[255; 24]; 8];

const SOF0: u8 = 0xC0;

/// The tables of one quality.
pub struct BaselineCoder {
    scale: TableScale,
    luma: Factors,
    chroma: Factors,
    luma_codes: BlockCoder,
    chroma_codes: BlockCoder,
    level: Level,
}

impl BaselineCoder {
    /// `quality` on libjpeg's scale, 1 to 100.
    pub fn new(quality: u8) -> Self {
        let scale = TableScale::of_quality(quality);
        Self {
            scale,
            luma: dct::factors(&scale.applied(&tables::LUMA)),
            chroma: dct::factors(&scale.applied(&tables::CHROMA)),
            luma_codes: BlockCoder::new(&tables::LUMA_DC, &tables::LUMA_AC),
            chroma_codes: BlockCoder::new(&tables::CHROMA_DC, &tables::CHROMA_AC),
            level: Level::new(),
        }
    }

    /// The whole picture as a JPEG file with density and sRGB profile.
    ///
    /// # Errors
    /// When a side is 0 or longer than 65,535 pixels.
    pub fn encode(&self, pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, EncodeError> {
        let (columns, rows) = (pixels.width().div_ceil(BLOCK), pixels.height().div_ceil(BLOCK));
        let mut mosaic = self.mosaic(pixels.width(), pixels.height(), dpi)?;
        let mut blocks = self.blocks(blocks_of(pixels, (0, 0), (columns, rows)));
        (0..columns * rows).for_each(|_| mosaic.block(&mut blocks));
        Ok(mosaic.finish())
    }

    /// Begins a picture of this size that is put together block by block, row by row.
    ///
    /// # Errors
    /// When a side is 0 or longer than 65,535 pixels.
    pub fn mosaic(&self, width: u32, height: u32, dpi: Dpi) -> Result<Mosaic<'_>, EncodeError> {
        let side = |length: u32| u16::try_from(length).ok().filter(|length| *length > 0);
        let (Some(wide), Some(high)) = (side(width), side(height)) else {
            return Err(EncodeError::BadSize { width, height });
        };
        Ok(Mosaic::new(self, self.header((wide, high), dpi)))
    }

    /// Encodes every whole block of `pixels`, counted from pixel (`left`, `top`).
    pub fn tile(&self, pixels: &RgbImage, left: u32, top: u32) -> EncodedTile {
        EncodedTile::new(self, pixels, left, top)
    }

    /// Blocks of pixels, made ready to be added to a picture of this quality.
    pub fn blocks<I: Iterator<Item = BlockPixels>>(&self, source: I) -> RoundedBlocks<'_, I> {
        RoundedBlocks::new(self, source)
    }

    fn header(&self, size: (u16, u16), dpi: Dpi) -> Vec<u8> {
        FrameHeader {
            size,
            dpi,
            embed_icc: true,
            subsampling: Subsampling::Chroma444,
            quantisation: &[self.scale.applied(&tables::LUMA), self.scale.applied(&tables::CHROMA)],
            codes: [&tables::LUMA_DC, &tables::LUMA_AC, &tables::CHROMA_DC, &tables::CHROMA_AC],
        }
        .bytes()
    }
}

/// Everything before the scan of a file of one luma and two chroma components.
struct FrameHeader<'a> {
    size: (u16, u16),
    dpi: Dpi,
    embed_icc: bool,
    subsampling: Subsampling,
    /// Steps of luma and chroma, row by row.
    quantisation: &'a [[u8; 64]; 2],
    /// First coefficients and the others of luma, then of chroma.
    codes: [&'a Codes; 4],
}

impl FrameHeader<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut header = vec![0xFF, SOI];
        let density = u16::try_from(self.dpi.0).unwrap_or(u16::MAX).to_be_bytes();
        segment(&mut header, APP0, &[b"JFIF\0\x01\x02\x01", &density, &density, &[0, 0]]);
        if self.embed_icc {
            segment(&mut header, APP2, &[b"ICC_PROFILE\0\x01\x01", srgb_profile()]);
        }
        for (id, steps) in (0..).zip(self.quantisation) {
            segment(&mut header, DQT, &[&[id], &tables::ZIGZAG.map(|at| steps[at])]);
        }
        let [[w1, w0], [h1, h0]] = [self.size.0.to_be_bytes(), self.size.1.to_be_bytes()];
        let luma_blocks = match self.subsampling {
            Subsampling::Chroma420 => 0x22,
            Subsampling::Chroma444 => 0x11,
        };
        let components = [1, luma_blocks, 0, 2, 0x11, 1, 3, 0x11, 1];
        segment(&mut header, SOF0, &[&[8, h1, h0, w1, w0, 3], &components]);
        for (id, codes) in [0x00, 0x10, 0x01, 0x11].into_iter().zip(self.codes) {
            segment(&mut header, DHT, &[&[id], &codes.counts, &codes.symbols]);
        }
        segment(&mut header, SOS, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
        header
    }
}

fn segment(header: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    header.extend([0xFF, marker]);
    header.extend((length as u16).to_be_bytes());
    parts.iter().for_each(|part| header.extend(*part));
}

/// So many blocks across and down from pixel (`left`, `top`) on, row by row.
fn blocks_of(
    pixels: &RgbImage,
    (left, top): (u32, u32),
    (columns, rows): (u32, u32),
) -> impl Iterator<Item = BlockPixels> {
    let places = (0..rows).flat_map(move |row| (0..columns).map(move |column| (column, row)));
    places.map(move |(column, row)| block_of(pixels, left + column * BLOCK, top + row * BLOCK))
}

/// The block whose upper left pixel is (`x`, `y`); beyond the picture its last column and row go on.
#[inline]
fn block_of(pixels: &RgbImage, x: u32, y: u32) -> BlockPixels {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let (x, y) = (x as usize, y as usize);
    let mut block = WHITE_BLOCK;
    for (row, target) in block.iter_mut().enumerate() {
        let start = (y + row).min(height - 1) * width * 3;
        let line = &pixels.as_raw()[start..start + width * 3];
        if x + 8 <= width {
            target.copy_from_slice(&line[x * 3..x * 3 + 24]);
        } else {
            for (column, pixel) in target.chunks_exact_mut(3).enumerate() {
                let at = (x + column).min(width - 1) * 3;
                pixel.copy_from_slice(&line[at..at + 3]);
            }
        }
    }
    block
}

/// How many codes of each length, and the symbols, of the table for luma's coefficients behind the first.
#[cfg(test)]
pub(super) fn norm_luma_ac() -> ([u8; 16], Vec<u8>) {
    (tables::LUMA_AC.counts, tables::LUMA_AC.symbols.to_vec())
}

#[cfg(test)]
mod tests;
