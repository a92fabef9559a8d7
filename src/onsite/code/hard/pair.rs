//! A code one of whose finder patterns cannot be seen: the grid grows from the other two over the modules known nearest to
//! them.

use super::finder::Finder;
use super::fit::Grid;
use super::light::Plane;
use super::pattern::{Known, Version};

/// Which corners two finder patterns can be: top left, top right, bottom left.
const ROLES: [[usize; 2]; 6] = [[0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]];
/// How far from the two the modules lie that the grid is fitted to, in modules, step by step.
const REACHES: [f32; 6] = [9.0, 13.0, 19.0, 28.0, 42.0, 200.0];
/// A grid that agrees less with the modules near by is given up.
const LEAST_NEAR: f32 = 0.4;
/// Modules this near to the middle of the pattern not seen are left out.
const MISSING: f32 = 7.0;
/// Grids handed on, the best first.
const KEPT: usize = 2;
/// Only the patterns seen best are paired.
const MOST: usize = 4;
/// Versions tried on each side of the one that the distance suggests.
const NEIGHBOURS: usize = 1;

/// The likeliest grids through two of these patterns.
pub fn grids(plane: &Plane, finders: &[Finder]) -> Vec<Grid> {
    let best = &finders[..finders.len().min(MOST)];
    let mut found: Vec<Grid> = Vec::new();
    for (index, one) in best.iter().enumerate() {
        for other in &best[index + 1..] {
            for roles in ROLES {
                for version in versions(one, other, roles) {
                    found.extend(grown(plane, [one, other], roles, version));
                }
            }
        }
    }
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found.truncate(KEPT);
    found
}

/// Middle of a finder pattern in modules.
fn middle(role: usize, version: Version) -> [f32; 2] {
    let far = version.modules() as f32 - 3.5;
    [[3.5, 3.5], [far, 3.5], [3.5, far]][role]
}

fn versions(one: &Finder, other: &Finder, roles: [usize; 2]) -> Vec<Version> {
    let (x, y) = ((one.at[0] - other.at[0]).abs(), (one.at[1] - other.at[1]).abs());
    let apart = x.hypot(y);
    let is_diagonal = !roles.contains(&0);
    // Runs along rows are longer than a module where the code is turned; seen from the diagonal it is turned by half a
    // right angle more.
    let turned = if is_diagonal {
        (x + y) / apart.max(1.0) / std::f32::consts::SQRT_2
    } else {
        x.max(y) / apart.max(1.0)
    };
    let side = if is_diagonal { apart / std::f32::consts::SQRT_2 } else { apart };
    let module = (one.module + other.module) / 2.0 * turned;
    let guess = ((side / module + 7.0 - 17.0) / 4.0).round();
    if !(1.0..=41.0).contains(&guess) || !(0.5..2.0).contains(&(one.module / other.module)) {
        return Vec::new();
    }
    let guess = guess as usize;
    (guess.saturating_sub(NEIGHBOURS).max(1)..=(guess + NEIGHBOURS).min(40)).map(Version).collect()
}

fn grown(plane: &Plane, pair: [&Finder; 2], roles: [usize; 2], version: Version) -> Option<Grid> {
    let [from, to] = roles.map(|role| middle(role, version));
    let across = [to[0] - from[0], to[1] - from[1]];
    let seen = [pair[1].at[0] - pair[0].at[0], pair[1].at[1] - pair[0].at[1]];
    let length = across[0] * across[0] + across[1] * across[1];
    // Turn and scale at once, as a complex number.
    let turn = [
        (seen[0] * across[0] + seen[1] * across[1]) / length,
        (seen[1] * across[0] - seen[0] * across[1]) / length,
    ];
    let missing = middle((0..3).find(|role| !roles.contains(role))?, version);
    let known: Vec<Known> =
        version.known().into_iter().filter(|module| distance(module, missing) > MISSING).collect();
    let mut grid = Grid::turned(version, from, pair[0].at, turn);
    let centre = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
    let apart = (across[0].abs()).max(across[1].abs()) / 2.0;
    for reach in REACHES {
        let near: Vec<Known> = known
            .iter()
            .filter(|module| distance(module, from).min(distance(module, to)) <= reach)
            .copied()
            .collect();
        grid = grid.agreeing_with(plane, &near, centre, reach.min(2.0 * apart));
        if grid.score < LEAST_NEAR {
            return None;
        }
    }
    Some(grid)
}

fn distance(module: &Known, place: [f32; 2]) -> f32 {
    (module.at[0] + 0.5 - place[0]).abs().max((module.at[1] + 0.5 - place[1]).abs())
}
