//! A baseline JPEG encoder that remembers where each block's bits lie, so that encoded blocks can be laid down
//! again elsewhere without being encoded again.
//!
//! Sequential, Huffman-coded, 8 bits a sample, full chroma (one block of each component a unit), the code tables
//! of ITU-T T.81 Annex K. A picture put together from encoded tiles is byte for byte the picture encoded whole.

mod bits;
mod dct;
mod huffman;
mod mosaic;
mod tables;

use image::RgbImage;

use super::encode::EncodeError;
use super::jpeg_segments::{APP0, APP2, DHT, DQT, SOI, SOS};
use super::srgb::srgb_profile;
use super::units::Dpi;
use dct::Quantiser;
use huffman::BlockCoder;

pub use mosaic::{EncodedTile, Mosaic};

/// Pixels along a block's side.
pub const BLOCK: u32 = 8;

/// The RGB pixels of one block, row by row.
pub type BlockPixels = [[u8; 24]; 8];

/// All white.
pub const WHITE_BLOCK: BlockPixels = [[255; 24]; 8];

const SOF0: u8 = 0xC0;

/// The tables of one quality.
pub struct BaselineCoder {
    quality: u8,
    luma: Quantiser,
    chroma: Quantiser,
    luma_codes: BlockCoder,
    chroma_codes: BlockCoder,
}

impl BaselineCoder {
    /// `quality` on libjpeg's scale, 1 to 100.
    pub fn new(quality: u8) -> Self {
        Self {
            quality,
            luma: Quantiser::new(&tables::scaled(&tables::LUMA, quality)),
            chroma: Quantiser::new(&tables::scaled(&tables::CHROMA, quality)),
            luma_codes: BlockCoder::new(&tables::LUMA_DC, &tables::LUMA_AC),
            chroma_codes: BlockCoder::new(&tables::CHROMA_DC, &tables::CHROMA_AC),
        }
    }

    /// The whole picture as a JPEG file with density and sRGB profile.
    ///
    /// # Errors
    /// When a side is 0 or longer than 65,535 pixels.
    pub fn encode(&self, pixels: &RgbImage, dpi: Dpi) -> Result<Vec<u8>, EncodeError> {
        let mut mosaic = self.mosaic(pixels.width(), pixels.height(), dpi)?;
        for y in (0..pixels.height()).step_by(BLOCK as usize) {
            for x in (0..pixels.width()).step_by(BLOCK as usize) {
                mosaic.block(&block_of(pixels, x, y));
            }
        }
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

    fn header(&self, (width, height): (u16, u16), dpi: Dpi) -> Vec<u8> {
        let mut header = vec![0xFF, SOI];
        let density = u16::try_from(dpi.0).unwrap_or(u16::MAX).to_be_bytes();
        segment(&mut header, APP0, &[b"JFIF\0\x01\x02\x01", &density, &density, &[0, 0]]);
        segment(&mut header, APP2, &[b"ICC_PROFILE\0\x01\x01", &srgb_profile()]);
        for (id, table) in [(0, &tables::LUMA), (1, &tables::CHROMA)] {
            let scaled = tables::scaled(table, self.quality);
            segment(&mut header, DQT, &[&[id], &tables::ZIGZAG.map(|at| scaled[at])]);
        }
        let [[w1, w0], [h1, h0]] = [width.to_be_bytes(), height.to_be_bytes()];
        let components = [1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1];
        segment(&mut header, SOF0, &[&[8, h1, h0, w1, w0, 3], &components]);
        for (id, codes) in [
            (0x00, &tables::LUMA_DC),
            (0x10, &tables::LUMA_AC),
            (0x01, &tables::CHROMA_DC),
            (0x11, &tables::CHROMA_AC),
        ] {
            segment(&mut header, DHT, &[&[id], &codes.counts, codes.symbols]);
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

/// The block whose upper left pixel is (`x`, `y`); beyond the picture its last column and row go on.
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

#[cfg(test)]
mod tests;
