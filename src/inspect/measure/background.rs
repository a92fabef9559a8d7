//! The background as seen on a coarse grid: how plain, how even, shadowed beside the person, of which colour.

mod grid;
mod objects;
mod shadow;
mod surface;

use std::collections::HashMap;

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::photo::Rect;
use crate::photo::color::{Lab, delta_e_2000, lab_from_srgb};
use crate::standard::Background;

use super::WorkingCopy;
use super::geometry::FaceAxes;
use super::quantile;
use grid::Grid;
use surface::Surface;

/// Lightness or colour difference from the fitted surface that counts as clutter, CIELAB units.
const CLUTTER_LAB: f32 = 6.0;
/// Difference from the surface from which cells can be a thing, CIELAB units.
const THING_LAB: f32 = 8.0;
/// Fewest background cells, and least share of the region, for a judgement.
const LEAST_CELLS: usize = 60;
const LEAST_SHARE: f64 = 0.03;
/// What the background is like.
#[derive(Clone, Debug, PartialEq)]
pub struct BackgroundLook {
    /// Spread of L* about the fitted second-order surface.
    pub residual: f64,
    /// Greatest ΔE00 between two places of the fitted surface.
    pub gradient: f64,
    /// Stops by which the surface grows lighter from the left edge of the region to the right one.
    pub sideways: f64,
    /// Share of the background that stands out from the surface.
    pub clutter: f64,
    /// ΔE00 between the wall and the shadow the sitter casts on it, worse side; absent when it cannot be told.
    pub shadow: Option<f64>,
    /// Accepted background that is nearest, with mean and 99th percentile of ΔE00 against it.
    pub nearest: Option<NearestColour>,
    /// Share of the region that is background.
    pub share: f64,
    /// The largest thing on the background that hangs together, when there is one, in pixels of the copy until
    /// `in_photo`.
    pub object: Option<Thing>,
    /// Strips of one colour along the picture's edges, likewise.
    pub frame: Vec<Rect>,
    /// Difference from the surface over the whole photo, for drawing.
    pub map: HeatMap,
}

/// A thing on the background.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thing {
    /// Share of the region it covers.
    pub share: f64,
    pub place: Rect,
}

/// The accepted background colour a photo comes nearest to.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestColour {
    pub id: String,
    pub mean_delta_e: f64,
    pub p99_delta_e: f64,
}

/// Coarse map over the photo, 0..=1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    pub columns: u32,
    pub rows: u32,
    pub values: Vec<f32>,
}

impl BackgroundLook {
    /// `pixels`, `matte` and `axes` belong to one copy of the photo; `region` is looked at, in its pixels.
    pub fn of(
        pixels: &RgbImage,
        matte: &Matte,
        axes: &FaceAxes,
        region: Rect,
        accepted: &[Background],
    ) -> Option<Self> {
        let grid = Grid::of(pixels, matte, axes, region)?;
        let cells: Vec<(f32, f32, Lab)> = grid.background().map(|cell| (cell.x, cell.y, cell.lab)).collect();
        let share = cells.len() as f64 / grid.len() as f64;
        if cells.len() < LEAST_CELLS || share < LEAST_SHARE {
            return None;
        }
        let surface = Surface::fit(&cells)?;
        let differences: Vec<f32> =
            cells.iter().map(|(x, y, lab)| surface.difference(*x, *y, *lab)).collect();
        let cluttered = differences.iter().filter(|value| **value > CLUTTER_LAB).count();
        let clutter = cluttered as f64 / cells.len() as f64;
        Some(Self {
            residual: surface.lightness_spread(&cells),
            gradient: f64::from(surface.span(&cells)),
            sideways: surface.sideways_stops(),
            clutter,
            shadow: shadow::depth(&grid, &surface),
            nearest: nearest(&cells, accepted),
            share,
            object: thing(&grid, &surface),
            frame: objects::frame_strips(pixels),
            map: grid.heat_map(|cell| surface.difference(cell.x, cell.y, cell.lab) / (4.0 * CLUTTER_LAB)),
        })
    }

    /// The same with its places in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.object = self.object.map(|thing| Thing { place: copy.rect_to_photo(thing.place), ..thing });
        self.frame = self.frame.into_iter().map(|strip| copy.rect_to_photo(strip)).collect();
        self
    }
}

/// The largest thing that stands out from the fitted surface.
fn thing(grid: &Grid, surface: &Surface) -> Option<Thing> {
    let standing_out = grid.mask(|cell| surface.difference(cell.x, cell.y, cell.lab) > THING_LAB);
    let (cells, span) = objects::largest(&standing_out, grid.columns())?;
    Some(Thing { share: cells as f64 / grid.len() as f64, place: grid.place(span) })
}

fn nearest(cells: &[(f32, f32, Lab)], accepted: &[Background]) -> Option<NearestColour> {
    let against = |background: &Background| -> Option<NearestColour> {
        let target = lab_from_srgb(background.rgb);
        // A plain wall has few colours, and the formula takes longer than looking one up.
        let mut known: HashMap<[u32; 3], f32> = HashMap::new();
        let mut distance = |lab: Lab| {
            let colour = [lab.l, lab.a, lab.b].map(f32::to_bits);
            *known.entry(colour).or_insert_with(|| delta_e_2000(lab, target))
        };
        let distances: Vec<f32> = cells.iter().map(|(_, _, lab)| distance(*lab)).collect();
        let mean = distances.iter().sum::<f32>() / distances.len() as f32;
        Some(NearestColour {
            id: background.id.clone(),
            mean_delta_e: f64::from(mean),
            p99_delta_e: f64::from(quantile(&distances, 0.99)?),
        })
    };
    accepted.iter().filter_map(against).min_by(|one, other| one.mean_delta_e.total_cmp(&other.mean_delta_e))
}

#[cfg(test)]
mod tests;
