//! How photos fill a sheet's pixels: one tile for equal pieces of a photo, and the window of it that each shows.
//!
//! A JPEG is coded in blocks of 8×8 pixels, and pieces rarely lie a whole number of blocks apart. So the tile is a
//! few pixels larger than its pieces, and each piece shows the part of it by which its photo falls on the sheet's
//! blocks like that of its neighbours: the piece's edges stay where they belong, the photo within lies up to
//! [`FARTHEST_SHIFT_MM`] off the middle, and inside the piece the sheet consists of blocks encoded only once.

use std::collections::HashMap;

use image::{Rgb, RgbImage};

use crate::photo::baseline::BLOCK;
use crate::photo::orient::turned_right;
use crate::photo::resize::crop_and_resize;
use crate::photo::units::{Dpi, MM_PER_INCH};
use crate::print::grid::{Grid, PixelArea};
use crate::print::sheet::{SheetPhoto, SheetPlan, cover};

/// Further off its middle than this no photo is moved; a fine sheet never asks for more.
const FARTHEST_SHIFT_MM: f64 = 0.35;
const BACKGROUND: Rgb<u8> = Rgb([255; 3]);

/// The tiles of a sheet and their windows, one for each placement in order.
pub(in crate::print) struct Tiling {
    pub tiles: Vec<Tile>,
    pub windows: Vec<Window>,
}

/// The pixels that equal pieces of one photo share, as they lie on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::print) struct Tile {
    pub set: usize,
    pub turned: bool,
    pub width: u32,
    pub height: u32,
    /// The first pixel that falls on a corner of the sheet's blocks.
    pub first_block: (u32, u32),
}

/// The part of a tile that a piece shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::print) struct Window {
    pub tile: usize,
    /// Upper left corner within the tile.
    pub offset: (u32, u32),
    /// Where it lies on the sheet.
    pub area: PixelArea,
}

impl Tiling {
    pub fn new(plan: &SheetPlan, grid: &Grid) -> Self {
        let placements = &plan.packing.placements;
        let areas: Vec<PixelArea> = placements.iter().map(|placed| grid.area(placed.area)).collect();
        let mut groups: HashMap<(usize, usize, bool), Vec<usize>> = HashMap::new();
        for (index, placed) in placements.iter().enumerate() {
            groups.entry((placed.set, placed.item, placed.turned)).or_default().push(index);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable();
        let mut tiling = Self { tiles: Vec::new(), windows: Vec::new() };
        let mut windows = vec![None; areas.len()];
        for ((set, _, turned), members) in groups {
            tiling.add_group((set, turned), &members, &areas, grid.dpi, &mut windows);
        }
        tiling.windows = windows.into_iter().flatten().collect();
        tiling
    }

    fn add_group(
        &mut self,
        (set, turned): (usize, bool),
        members: &[usize],
        areas: &[PixelArea],
        dpi: Dpi,
        windows: &mut [Option<Window>],
    ) {
        let across = Phase::of(members.iter().map(|index| areas[*index].x));
        let down = Phase::of(members.iter().map(|index| areas[*index].y));
        if across.shift_mm(dpi).max(down.shift_mm(dpi)) > FARTHEST_SHIFT_MM && members.len() > 1 {
            // Too coarse a sheet: each piece has its photo in the middle.
            for index in members {
                self.add_group((set, turned), &[*index], areas, dpi, windows);
            }
            return;
        }
        let offset = |area: PixelArea| (across.offset(area.x), down.offset(area.y));
        let side = |length: fn(PixelArea, (u32, u32)) -> u32| {
            members.iter().map(|index| length(areas[*index], offset(areas[*index]))).max().unwrap_or(0)
        };
        let tile = Tile {
            set,
            turned,
            width: side(|area, offset| offset.0 + area.width),
            height: side(|area, offset| offset.1 + area.height),
            first_block: (across.first_block(), down.first_block()),
        };
        for index in members {
            let area = areas[*index];
            windows[*index] = Some(Window { tile: self.tiles.len(), offset: offset(area), area });
        }
        self.tiles.push(tile);
    }
}

impl Tile {
    /// The tile's size as the photo stands upright.
    pub fn upright(&self) -> (u32, u32) {
        if self.turned { (self.height, self.width) } else { (self.width, self.height) }
    }

    /// The photo's part that fills the tile, resampled and laid as the piece lies.
    pub fn pixels(&self, photo: &SheetPhoto<'_>) -> RgbImage {
        let (width, height) = self.upright();
        let source = cover(photo.pixels.dimensions(), (f64::from(width), f64::from(height)));
        let upright = crop_and_resize(photo.pixels, source, 0.0, width, height, BACKGROUND);
        if self.turned { turned_right(&upright) } else { upright }
    }
}

/// Where pieces begin within a block, on one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Phase {
    /// Of the piece that shows the tile from its first pixel on.
    origin: u32,
    /// The farthest that any other piece begins behind it.
    spread: u32,
}

impl Phase {
    /// The origin that keeps the pieces' windows closest together.
    fn of(starts: impl Iterator<Item = u32> + Clone) -> Self {
        let spread = |origin: u32| starts.clone().map(|start| behind(start, origin)).max().unwrap_or(0);
        let phases = starts.clone().map(|start| start % BLOCK);
        phases
            .map(|origin| Self { origin, spread: spread(origin) })
            .min_by_key(|phase| (phase.spread, phase.origin))
            .unwrap_or(Self { origin: 0, spread: 0 })
    }

    fn offset(self, start: u32) -> u32 {
        behind(start, self.origin)
    }

    fn first_block(self) -> u32 {
        (BLOCK - self.origin) % BLOCK
    }

    fn shift_mm(self, dpi: Dpi) -> f64 {
        f64::from(self.spread) / 2.0 / f64::from(dpi.0) * MM_PER_INCH
    }
}

/// How far behind `origin` a start lies within its block.
fn behind(start: u32, origin: u32) -> u32 {
    (start % BLOCK + BLOCK - origin) % BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_lie_as_close_together_as_their_phases_allow() {
        let phase = Phase::of([73, 487, 900, 1313].into_iter());
        assert_eq!(phase, Phase { origin: 4, spread: 5 });
        assert_eq!([73, 487, 900, 1313].map(|start| phase.offset(start)), [5, 3, 0, 5]);
        assert_eq!(phase.first_block(), 4);
    }

    #[test]
    fn a_single_piece_shows_its_tile_whole() {
        let phase = Phase::of([594].into_iter());
        assert_eq!((phase.spread, phase.offset(594), phase.shift_mm(Dpi(300))), (0, 0, 0.0));
    }

    #[test]
    fn on_a_print_sheet_no_photo_moves_further_than_a_third_of_a_millimetre() {
        let widest = Phase { origin: 0, spread: BLOCK - 1 };
        assert!(widest.shift_mm(Dpi(300)) < FARTHEST_SHIFT_MM);
        assert!(widest.shift_mm(Dpi(150)) > FARTHEST_SHIFT_MM);
    }
}
