//! A code one of whose finder patterns cannot be seen: the grid grows from the other two over the modules known nearest to
//! them, and from there over what it has read so far.

use rayon::prelude::*;

use super::contrast::Contrasts;
use super::finder::Finder;
use super::fit::Grid;
use super::pattern::{Known, Version};

/// Which corners two finder patterns can be: top left, top right, bottom left.
const ROLES: [[usize; 2]; 6] = [[0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]];
/// How far from the two the modules lie that the grid is fitted to, in modules: first for every pair, then step by step for
/// the best of them.
const NEAR: f32 = 8.0;
const FAR: [f32; 23] = [
    9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.5, 17.0, 18.5, 20.0, 22.0, 24.0, 26.0, 28.0, 30.5, 33.0, 36.0,
    39.0, 46.0, 54.0, 64.0, 80.0, 200.0,
];
/// The most pairs that grow on.
const PROMISING: usize = 20;
/// About how many of the modules read so far a fit takes.
const READ: usize = 400;
/// A grid that agrees less with the modules near by is given up.
const LEAST_NEAR: f32 = 0.2;
/// Modules this near to the middle of the pattern not seen are left out.
const MISSING: f32 = 7.0;
/// Grids handed on, the best first.
const KEPT: usize = 6;
/// Only the patterns seen best are paired.
const MOST: usize = 5;
/// Versions tried on each side of the one that the distance suggests.
const NEIGHBOURS: usize = 1;

/// The likeliest grids through two of these patterns.
pub fn grids(contrasts: &Contrasts<'_>, finders: &[Finder]) -> Vec<Grid> {
    let best = &finders[..finders.len().min(MOST)];
    let mut guesses = Vec::new();
    for (index, one) in best.iter().enumerate() {
        for other in &best[index + 1..] {
            for roles in ROLES {
                guesses.extend(
                    versions(one, other, roles).into_iter().map(|version| ([one, other], roles, version)),
                );
            }
        }
    }
    let begin = |(pair, roles, version)| Growing::begin(contrasts, pair, roles, version);
    let mut begun: Vec<Growing> = guesses.into_par_iter().filter_map(begin).collect();
    begun.sort_by(|one, other| other.grid.score.total_cmp(&one.grid.score));
    begun.truncate(PROMISING);
    let mut found: Vec<Grid> =
        begun.into_par_iter().filter_map(|growing| growing.grown_on(contrasts)).collect();
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

/// A grid that fits the modules near two finder patterns, and is to fit the others.
struct Growing {
    grid: Grid,
    known: Vec<Known>,
    /// Middles of the two, in modules.
    from: [f32; 2],
    to: [f32; 2],
}

impl Growing {
    fn begin(
        contrasts: &Contrasts<'_>,
        pair: [&Finder; 2],
        roles: [usize; 2],
        version: Version,
    ) -> Option<Self> {
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
        let grid = Grid::turned(version, from, pair[0].at, turn);
        let mut growing = Self { grid, known, from, to };
        let (near, (centre, extent)) = (growing.known_within(NEAR), growing.extent(NEAR));
        growing.grid = growing.grid.agreeing_with(contrasts, &near, centre, extent);
        (growing.grid.score >= LEAST_NEAR).then_some(growing)
    }

    fn grown_on(self, contrasts: &Contrasts<'_>) -> Option<Grid> {
        let mut growing = self;
        let mut before = NEAR;
        for reach in FAR {
            growing = growing.fitted_to_read(contrasts, before).fitted_to_known(contrasts, reach)?;
            before = reach;
        }
        Some(growing.grid)
    }

    fn known_within(&self, reach: f32) -> Vec<Known> {
        self.known.iter().filter(|module| self.is_within(module, reach)).copied().collect()
    }

    fn is_within(&self, module: &Known, reach: f32) -> bool {
        distance(module, self.from).min(distance(module, self.to)) <= reach
    }

    /// The middle between the two, and how far from it modules lie, in modules.
    fn extent(&self, reach: f32) -> ([f32; 2], f32) {
        let [from, to] = [self.from, self.to];
        let apart = (to[0] - from[0]).abs().max((to[1] - from[1]).abs()) / 2.0;
        ([(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0], reach.min(2.0 * apart))
    }

    /// Fitted to the known modules within this reach, the two patterns held where they are seen; `None` when too few agree.
    fn fitted_to_known(mut self, contrasts: &Contrasts<'_>, reach: f32) -> Option<Self> {
        let (near, (_, extent)) = (self.known_within(reach), self.extent(reach));
        self.grid = self.grid.agreeing_about(contrasts, &near, [self.from, self.to], extent);
        (self.grid.score >= LEAST_NEAR).then_some(self)
    }

    /// Fitted to what the modules within this reach are read as.
    fn fitted_to_read(mut self, contrasts: &Contrasts<'_>, reach: f32) -> Self {
        let contrast = contrasts.of(self.grid.module);
        let side = self.grid.version.modules();
        let all = (0..side * side).map(|at| [(at % side) as f32, (at / side) as f32]);
        let within: Vec<Known> = all
            .filter_map(|at| self.grid.read(contrast, at))
            .filter(|module| self.is_within(module, reach))
            .collect();
        let every = (within.len() / READ).max(1);
        let some: Vec<Known> = within.into_iter().step_by(every).collect();
        let (centre, extent) = self.extent(reach);
        self.grid = self.grid.agreeing_closely(contrasts, &some, centre, extent);
        self
    }
}

fn distance(module: &Known, place: [f32; 2]) -> f32 {
    (module.at[0] + 0.5 - place[0]).abs().max((module.at[1] + 0.5 - place[1]).abs())
}
