//! Encoded tiles, and a picture put together from their blocks.

use image::RgbImage;

use super::bits::{BitBuffer, ScanWriter};
use super::blocks::{COMPONENTS, RoundedBlocks};
use super::huffman::BlockCoder;
use super::rounded::Rounded;
use super::{BLOCK, BaselineCoder, BlockPixels, WHITE_BLOCK, blocks_of};
use crate::photo::jpeg_segments::EOI;

/// Where one block lies among a tile's bits: for each component its first coefficient and the range of the rest.
#[derive(Clone, Copy, Debug, Default)]
struct BlockBits {
    dc: [i32; COMPONENTS],
    ac_from: [u32; COMPONENTS],
    ac_to: [u32; COMPONENTS],
}

/// A picture's blocks, encoded row by row.
pub struct EncodedTile {
    columns: u32,
    rows: u32,
    bits: Vec<u8>,
    blocks: Vec<BlockBits>,
}

impl EncodedTile {
    pub(super) fn new(coder: &BaselineCoder, pixels: &RgbImage, left: u32, top: u32) -> Self {
        let columns = pixels.width().saturating_sub(left) / BLOCK;
        let rows = pixels.height().saturating_sub(top) / BLOCK;
        let mut source = coder.blocks(blocks_of(pixels, (left, top), (columns, rows)));
        let mut bits = BitBuffer::default();
        let mut blocks = Vec::with_capacity((columns * rows) as usize);
        let mut before = [0; COMPONENTS];
        while let Some(coefficients) = source.next() {
            blocks.push(coder.put_block(&mut bits, coefficients, &mut before));
        }
        Self { columns, rows, bits: bits.finish(), blocks }
    }

    /// Whole blocks across and down.
    pub fn size(&self) -> (u32, u32) {
        (self.columns, self.rows)
    }
}

impl BaselineCoder {
    #[inline]
    fn put_block(
        &self,
        bits: &mut BitBuffer,
        coefficients: [Rounded<'_>; COMPONENTS],
        before: &mut [i32; COMPONENTS],
    ) -> BlockBits {
        let mut block = BlockBits::default();
        for (component, coefficients) in coefficients.into_iter().enumerate() {
            let codes = self.codes(component);
            let dc = coefficients.first();
            codes.put_dc(bits, dc - before[component]);
            block.ac_from[component] = bits.len();
            codes.put_ac(bits, coefficients);
            block.ac_to[component] = bits.len();
            block.dc[component] = dc;
        }
        *before = block.dc;
        block
    }

    fn codes(&self, component: usize) -> &BlockCoder {
        if component == 0 { &self.luma_codes } else { &self.chroma_codes }
    }
}

/// A JPEG file being put together: blocks are added from left to right, row after row.
pub struct Mosaic<'a> {
    coder: &'a BaselineCoder,
    scan: ScanWriter,
    before: [i32; COMPONENTS],
    white: [i32; COMPONENTS],
}

impl<'a> Mosaic<'a> {
    pub(super) fn new(coder: &'a BaselineCoder, header: Vec<u8>) -> Self {
        let mut white = coder.blocks(std::iter::once(WHITE_BLOCK));
        let white = white.next().map(|white| white.map(Rounded::first)).unwrap_or_default();
        Self { coder, scan: ScanWriter::behind(header), before: [0; COMPONENTS], white }
    }

    /// Adds the next of these blocks, if there is one more.
    pub fn block(&mut self, blocks: &mut RoundedBlocks<'_, impl Iterator<Item = BlockPixels>>) {
        for (component, coefficients) in blocks.next().into_iter().flatten().enumerate() {
            self.first(component, coefficients.first());
            self.coder.codes(component).put_ac(&mut self.scan, coefficients);
        }
    }

    /// Adds so many white blocks.
    pub fn white(&mut self, count: u32) {
        for _ in 0..count {
            for component in 0..COMPONENTS {
                self.first(component, self.white[component]);
                self.coder.codes(component).put_end(&mut self.scan);
            }
        }
    }

    /// Adds the `count` blocks of a tile's row from `column` on, as far as the tile reaches.
    pub fn tile(&mut self, tile: &EncodedTile, row: u32, column: u32, count: u32) {
        let start = (row * tile.columns + column) as usize;
        let Some(run @ [first, ..]) = tile.blocks.get(start..start + count as usize) else { return };
        for component in 0..COMPONENTS {
            self.first(component, first.dc[component]);
            self.scan.copy(&tile.bits, first.ac_from[component], first.ac_to[component]);
        }
        let last = run.last().unwrap_or(first);
        self.scan.copy(&tile.bits, first.ac_to[COMPONENTS - 1], last.ac_to[COMPONENTS - 1]);
        self.before = last.dc;
    }

    /// Ends the file.
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.scan.finish();
        bytes.extend([0xFF, EOI]);
        bytes
    }

    fn first(&mut self, component: usize, dc: i32) {
        let difference = dc - self.before[component];
        self.coder.codes(component).put_dc(&mut self.scan, difference);
        self.before[component] = dc;
    }
}
