//! Measures every module of a grid and reads the code. Blur, screens and slanting light mix a module with its neighbours; a
//! linear equaliser learned from the very code takes that back: first from the modules known beforehand and a plain
//! reading, then from what it has read itself.

use rqrr::SimpleGrid;

use super::contrast::Contrasts;
use super::equal::{Samples, learned};
use super::fit::Grid;
use super::light::Plane;
use super::pattern::Known;

/// Below this agreement of the known modules nothing is read: a code must not be made up.
const LEAST_AGREEMENT: f32 = 0.2;
/// Rounds of learning; each reads again with what it learned.
const ROUNDS: usize = 4;
/// About how many modules the grid is laid again by.
const REFITTED: usize = 800;

pub fn read(contrasts: &Contrasts<'_>, grid: &Grid) -> Option<Vec<u8>> {
    if grid.score < LEAST_AGREEMENT {
        return None;
    }
    let dark = match once(contrasts.plane, grid) {
        Ok(content) => return Some(content),
        Err(dark) => dark,
    };
    // What was read, most of it right, shows where the grid lies better than the few modules known beforehand.
    let side = grid.version.modules();
    let every = (side * side / REFITTED).max(1);
    let read: Vec<Known> = (0..side * side)
        .step_by(every)
        .map(|at| Known { at: [(at % side) as f32, (at / side) as f32], dark: dark[at] })
        .collect();
    let half = side as f32 / 2.0;
    let closer = grid.clone().agreeing_closely(contrasts, &read, [half, half], half);
    once(contrasts.plane, &closer).ok()
}

/// The content, or what the modules were taken for.
fn once(plane: &Plane, grid: &Grid) -> Result<Vec<u8>, Vec<bool>> {
    let samples = Samples::take(plane, grid);
    let known = grid.version.known();
    let mut dark = samples.plain();
    let side = grid.version.modules();
    for _ in 0..ROUNDS {
        if let Some(content) = decode(&dark, side) {
            return Ok(content);
        }
        for module in &known {
            dark[module.at[1] as usize * side + module.at[0] as usize] = module.dark;
        }
        dark = learned(&samples, &dark);
    }
    decode(&dark, side).ok_or(dark)
}

fn decode(dark: &[bool], side: usize) -> Option<Vec<u8>> {
    let grid = SimpleGrid::from_func(side, |column, row| dark[row * side + column]);
    let mut content = Vec::new();
    rqrr::Grid::new(grid).decode_to(&mut content).is_ok().then_some(content)
}
