//! A sheet as rows of 8×8 blocks: which are white, which lie inside a piece, and which are drawn one by one.

use image::RgbImage;

use super::tiles::{Tiling, Window};
use crate::photo::baseline::{BLOCK, BlockPixels, WHITE_BLOCK};
use crate::print::grid::{Grid, PixelArea};
use crate::print::sheet::SheetPlan;

/// Blocks of one kind beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    White {
        count: u32,
    },
    /// Whole blocks of a tile, counted in its own blocks.
    Tile {
        tile: usize,
        row: u32,
        column: u32,
        count: u32,
    },
    Drawn(Box<Drawn>),
}

/// A block across an edge: what never changes on it, and what is copied into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub fixed: BlockPixels,
    pub pieces: Vec<Patch>,
    pub captions: Vec<Patch>,
    /// Columns and rows that lie on the sheet; the others repeat the last.
    inside: (u32, u32),
}

/// A rectangle of `from` (a tile or a caption) that lies in the block at `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Patch {
    pub from: usize,
    source: (u32, u32),
    to: (u32, u32),
    size: (u32, u32),
}

/// The runs of every row of blocks, from the top.
pub(super) fn rows(plan: &SheetPlan, grid: &Grid, tiling: &Tiling) -> Vec<Vec<Run>> {
    let map = Map {
        sheet: PixelArea { x: 0, y: 0, width: grid.width, height: grid.height },
        marks: plan.marks.iter().map(|mark| drawn_size(grid.area(*mark))).collect(),
        captions: plan.captions.iter().map(|slot| grid.area(slot.area)).collect(),
        tiling,
    };
    (0..map.sheet.height.div_ceil(BLOCK)).map(|row| map.row(row)).collect()
}

struct Map<'a> {
    sheet: PixelArea,
    marks: Vec<PixelArea>,
    captions: Vec<PixelArea>,
    tiling: &'a Tiling,
}

impl Map<'_> {
    fn row(&self, row: u32) -> Vec<Run> {
        let strip = PixelArea { x: 0, y: row * BLOCK, width: self.sheet.width, height: BLOCK };
        let of_strip = |area: &PixelArea| overlap(*area, strip).is_some();
        let windows: Vec<&Window> =
            self.tiling.windows.iter().filter(|window| of_strip(&window.area)).collect();
        let is_plain = !self.marks.iter().chain(&self.captions).any(of_strip);
        let columns = self.sheet.width.div_ceil(BLOCK);
        let mut runs = Vec::new();
        let mut column = 0;
        while column < columns {
            let block = PixelArea { x: column * BLOCK, y: strip.y, width: BLOCK, height: BLOCK };
            let run = match windows.iter().find(|window| overlap(window.area, block).is_some()) {
                Some(window) if contains(window.area, block) => self.inside(window, block),
                None if is_plain => Run::White { count: white_until(&windows, block.x, columns) - column },
                _ => Run::Drawn(Box::new(self.drawn(&windows, block))),
            };
            column += match &run {
                Run::White { count } | Run::Tile { count, .. } => *count,
                Run::Drawn(_) => 1,
            };
            runs.push(run);
        }
        runs
    }

    fn inside(&self, window: &Window, block: PixelArea) -> Run {
        let tile = &self.tiling.tiles[window.tile];
        let in_tile = |at: u32, area: u32, offset: u32, first: u32| (at - area + offset - first) / BLOCK;
        Run::Tile {
            tile: window.tile,
            row: in_tile(block.y, window.area.y, window.offset.1, tile.first_block.1),
            column: in_tile(block.x, window.area.x, window.offset.0, tile.first_block.0),
            count: (window.area.x + window.area.width - block.x) / BLOCK,
        }
    }

    fn drawn(&self, windows: &[&Window], block: PixelArea) -> Drawn {
        let mut fixed = WHITE_BLOCK;
        for mark in &self.marks {
            if let Some(part) = overlap(*mark, block) {
                for y in part.y - block.y..part.y - block.y + part.height {
                    let from = (part.x - block.x) as usize * 3;
                    fixed[y as usize][from..from + part.width as usize * 3].fill(0);
                }
            }
        }
        let patch = |from: usize, area: PixelArea, offset: (u32, u32)| {
            overlap(area, block).map(|part| Patch {
                from,
                source: (part.x - area.x + offset.0, part.y - area.y + offset.1),
                to: (part.x - block.x, part.y - block.y),
                size: (part.width, part.height),
            })
        };
        let captions = self.captions.iter().enumerate();
        Drawn {
            fixed,
            pieces: windows.iter().filter_map(|w| patch(w.tile, w.area, w.offset)).collect(),
            captions: captions.filter_map(|(slot, area)| patch(slot, *area, (0, 0))).collect(),
            inside: (BLOCK.min(self.sheet.width - block.x), BLOCK.min(self.sheet.height - block.y)),
        }
    }
}

/// The first column of blocks from pixel `x` on that a piece touches, or the end of the row.
fn white_until(windows: &[&Window], x: u32, columns: u32) -> u32 {
    let starts = windows.iter().map(|window| window.area.x).filter(|start| *start >= x);
    starts.min().map_or(columns, |start| start / BLOCK)
}

/// A mark is drawn at least one pixel wide.
fn drawn_size(mark: PixelArea) -> PixelArea {
    PixelArea { width: mark.width.max(1), height: mark.height.max(1), ..mark }
}

fn overlap(one: PixelArea, other: PixelArea) -> Option<PixelArea> {
    let (x, y) = (one.x.max(other.x), one.y.max(other.y));
    let right = (one.x + one.width).min(other.x + other.width);
    let bottom = (one.y + one.height).min(other.y + other.height);
    (x < right && y < bottom).then(|| PixelArea { x, y, width: right - x, height: bottom - y })
}

fn contains(outer: PixelArea, inner: PixelArea) -> bool {
    overlap(outer, inner) == Some(inner)
}

impl Drawn {
    /// The block's pixels; a photo or caption that is absent leaves it white.
    pub fn pixels(&self, tiles: &[Option<RgbImage>], captions: &[Option<RgbImage>]) -> BlockPixels {
        let mut block = self.fixed;
        for patch in &self.pieces {
            if let Some(Some(tile)) = tiles.get(patch.from) {
                patch.each_row(tile, &mut block, <[u8]>::copy_from_slice);
            }
        }
        for patch in &self.captions {
            if let Some(Some(caption)) = captions.get(patch.from) {
                patch.each_row(caption, &mut block, darken);
            }
        }
        self.repeat_edges(&mut block);
        block
    }

    fn repeat_edges(&self, block: &mut BlockPixels) {
        let (columns, rows) = (self.inside.0 as usize, self.inside.1 as usize);
        if columns < BLOCK as usize {
            for row in block.iter_mut() {
                let last = [row[columns * 3 - 3], row[columns * 3 - 2], row[columns * 3 - 1]];
                row[columns * 3..].chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&last));
            }
        }
        let last = block[rows - 1];
        block[rows..].fill(last);
    }
}

impl Patch {
    fn each_row(&self, source: &RgbImage, block: &mut BlockPixels, put: fn(&mut [u8], &[u8])) {
        let stride = source.width() as usize * 3;
        let length = self.size.0 as usize * 3;
        for y in 0..self.size.1 as usize {
            let from = (self.source.1 as usize + y) * stride + self.source.0 as usize * 3;
            let to = self.to.0 as usize * 3;
            let row = &mut block[self.to.1 as usize + y][to..to + length];
            put(row, &source.as_raw()[from..from + length]);
        }
    }
}

/// Ink on white laid over what is there.
fn darken(row: &mut [u8], ink: &[u8]) {
    row.iter_mut().zip(ink).for_each(|(level, ink)| *level = (*level).min(*ink));
}
