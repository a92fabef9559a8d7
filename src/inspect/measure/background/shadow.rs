//! How deep the shadow is that the sitter casts on the wall beside head and neck.
//!
//! The fitted surface says how light the wall is without it: the fit leaves out what stands off. A shadow takes light and
//! leaves the wall its hue, lies near the sitter, and is broader than a wisp of hair that the matte missed.

use crate::photo::color::delta_e_2000;

use super::grid::{Cell, Grid};
use super::surface::Surface;

/// Where beside the sitter it is looked for, in eye distances from head and neck.
const BESIDE_IED: std::ops::Range<f32> = 0.1..0.9;
/// What counts is the depth that a shadow of at least this area reaches, square eye distances.
const AREA_IED2: f64 = 0.12;
/// A shadow's a* and b* shrink with its light; farther from that than this, CIELAB units, it is a thing.
const HUE_LAB: f32 = 6.0;
/// A shadow leaves this share of the light at least; what is darker is hair or a thing.
const LEAST_LIGHT: f32 = 0.2;
/// L* + 16 is proportional to the cube root of the light.
const LAB_OFFSET: f32 = 16.0;

/// ΔE00 between the wall and its shadow, on the worse side; `None` where too little wall shows beside the head.
pub(super) fn depth(grid: &Grid, surface: &Surface) -> Option<f64> {
    let darker = grid.least_around(|cell| difference(surface, cell));
    let least_cells = (AREA_IED2 / grid.cell_ied().powi(2)).ceil() as usize;
    let side = |right: bool| -> Option<f32> {
        let mut depths: Vec<f32> = grid
            .clear_places()
            .filter(|(_, cell)| cell.right_of_face == right && cell.beside_head)
            .filter(|(_, cell)| BESIDE_IED.contains(&cell.person_distance_ied))
            .map(|(index, _)| darker[index])
            .collect();
        let rank = depths.len().checked_sub(least_cells)?;
        let (_, depth, _) = depths.select_nth_unstable_by(rank, f32::total_cmp);
        Some(*depth)
    };
    match (side(false), side(true)) {
        (Some(left), Some(right)) => Some(left.max(right)),
        (left, right) => left.or(right),
    }
    .map(f64::from)
}

/// How far the cell is off the wall in the way of a shadow; 0 where it is not.
fn difference(surface: &Surface, cell: &Cell) -> f32 {
    let wall = surface.at(cell.x, cell.y);
    let shade = (cell.lab.l + LAB_OFFSET) / (wall.l + LAB_OFFSET);
    let hue = [cell.lab.a - shade * wall.a, cell.lab.b - shade * wall.b];
    let is_shade = (LEAST_LIGHT.cbrt()..1.0).contains(&shade);
    if is_shade && hue[0].hypot(hue[1]) <= HUE_LAB { delta_e_2000(wall, cell.lab) } else { 0.0 }
}
