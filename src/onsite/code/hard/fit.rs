//! Lays the grid of a code over the picture: first the perspective that the known modules agree with best, then bent by
//! small steps.

use rayon::prelude::*;

use super::light::Plane;
use super::pattern::{Known, Version};
use super::triple::Corners;

/// A code laid over the picture.
#[derive(Clone, Debug)]
pub struct Grid {
    pub version: Version,
    view: Matrix,
    /// Side of a module in pixels, on the whole.
    pub module: f32,
    /// Agreement with the known modules, -1 to 1.
    pub score: f32,
}

/// From columns and rows to pixels, in homogeneous coordinates.
type Matrix = [[f32; 3]; 3];

/// How far the perspective weight of a corner is looked for from 1, and in which steps: the far corner moves by about half
/// a module of a middling code from one to the next.
const PERSPECTIVE: f32 = 0.36;
const STEPS: i32 = 15;
/// The perspective is looked for with every third of the known modules.
const EVERY: usize = 3;
/// Versions tried on each side of the one that the distances suggest.
const NEIGHBOURS: usize = 2;
/// Guesses of a version beyond these come from patterns that do not belong together.
const PLAUSIBLE: std::ops::RangeInclusive<f32> = -1.0..=42.0;
/// Grids handed on, the best first.
const KEPT: usize = 2;
/// A view is bent by this many modules first, then by half of it, down to the last.
const FIRST_STEP: f32 = 0.8;
const CLOSE_STEP: f32 = 0.2;
const LAST_STEP: f32 = 0.03;
/// Rounds over all motions with one step.
const ROUNDS: usize = 6;
/// Every entry of the change but the last.
const MOTIONS: usize = 8;
/// Half a side of what is measured of a module.
const CORE: f32 = 0.3;
/// A module that differs from its neighbourhood by this share of its light agrees or disagrees wholly.
const FULL_CONTRAST: f32 = 0.25;
/// Half a side of the neighbourhood it is compared with, in modules.
const AROUND: f32 = 4.0;

impl Grid {
    /// A code that is neither slanted nor sheared: `from`, in modules, lies at `place`, in pixels; `turn` is turn and scale
    /// as a complex number.
    pub fn turned(version: Version, from: [f32; 2], place: [f32; 2], turn: [f32; 2]) -> Self {
        let [cos, sin] = turn;
        let view = [
            [cos, -sin, place[0] - cos * from[0] + sin * from[1]],
            [sin, cos, place[1] - sin * from[0] - cos * from[1]],
            [0.0, 0.0, 1.0],
        ];
        Self { version, view, module: cos.hypot(sin), score: -1.0 }
    }

    /// Middle of a module in pixels.
    pub fn place(&self, column: f32, row: f32) -> [f32; 2] {
        map(&self.view, column + 0.5, row + 0.5)
    }

    /// Bends the view by ever smaller steps as long as more of these modules agree; they lie within `reach` of the centre,
    /// in modules.
    pub fn agreeing_with(self, plane: &Plane, known: &[Known], centre: [f32; 2], reach: f32) -> Self {
        self.bending(plane, known, centre, reach, FIRST_STEP)
    }

    /// The same by small steps only, for modules that were read and agree already.
    pub fn agreeing_closely(self, plane: &Plane, read: &[Known], centre: [f32; 2], reach: f32) -> Self {
        self.bending(plane, read, centre, reach, CLOSE_STEP)
    }

    /// What the module is read as: darker than its neighbourhood or lighter. `None` outside the picture.
    pub fn read(&self, plane: &Plane, at: [f32; 2]) -> Option<Known> {
        let place = self.place(at[0], at[1]);
        let light = plane.mean(place, CORE * self.module)?;
        Some(Known { at, dark: light < plane.mean(place, AROUND * self.module)? })
    }

    fn bending(
        mut self,
        plane: &Plane,
        known: &[Known],
        centre: [f32; 2],
        reach: f32,
        first_step: f32,
    ) -> Self {
        let rate = |view: &Matrix| {
            mean(known.iter().map(|known| {
                let around = plane.mean(middle(view, known), AROUND * self.module);
                agreement(plane, view, self.module, known, around)
            }))
        };
        let mut score = rate(&self.view);
        let mut step = first_step;
        while step > LAST_STEP {
            for _ in 0..ROUNDS {
                let before = score;
                for motion in 0..MOTIONS {
                    for by in [step, -step] {
                        let moved = bent(&self.view, motion, by, centre, reach);
                        let better = rate(&moved);
                        if better > score {
                            (score, self.view) = (better, moved);
                        }
                    }
                }
                if score <= before {
                    break;
                }
            }
            step /= 2.0;
        }
        Self { score, ..self }
    }
}

fn map(view: &Matrix, x: f32, y: f32) -> [f32; 2] {
    let line = |row: [f32; 3]| row[0] * x + row[1] * y + row[2];
    let w = line(view[2]);
    [line(view[0]) / w, line(view[1]) / w]
}

/// The likeliest grids of a code with these corners.
pub fn grids(plane: &Plane, corners: &Corners) -> Vec<Grid> {
    let [a, b, c] = corners;
    let across = |one: [f32; 2], other: [f32; 2]| (one[0] - other[0]).hypot(one[1] - other[1]);
    // Runs along rows are longer than a module where the code is turned.
    let turned = |one: [f32; 2], other: [f32; 2]| {
        let (x, y) = ((one[0] - other[0]).abs(), (one[1] - other[1]).abs());
        x.max(y) / x.hypot(y).max(1e-3)
    };
    let side = (across(a.at, b.at) + across(a.at, c.at)) / 2.0;
    let module = (a.module + b.module + c.module) / 3.0 * (turned(a.at, b.at) + turned(a.at, c.at)) / 2.0;
    let guess = ((side / module + 7.0 - 17.0) / 4.0).round();
    if !PLAUSIBLE.contains(&guess) {
        return Vec::new();
    }
    let guess = guess.clamp(1.0, 40.0) as usize;
    let versions = guess.saturating_sub(NEIGHBOURS).max(1)..=(guess + NEIGHBOURS).min(40);
    let mut found: Vec<Grid> = versions
        .into_par_iter()
        .filter_map(|version| coarse(plane, corners, Version(version), side))
        .collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found.truncate(KEPT);
    let mut found: Vec<Grid> = found.into_par_iter().map(|grid| refined(plane, grid)).collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found
}

fn coarse(plane: &Plane, corners: &Corners, version: Version, side: f32) -> Option<Grid> {
    let module = side / (version.modules() as f32 - 7.0);
    let known: Vec<Known> = version.of_timing().into_iter().chain(version.of_alignment()).collect();
    let steps = -STEPS..=STEPS;
    let weight = |step: i32| 1.0 + PERSPECTIVE * step as f32 / STEPS as f32;
    // Wide neighbourhoods hardly change with the perspective: they are measured once.
    let straight = through(corners, version, 1.0, 1.0);
    let seen: Vec<(Known, Option<f32>)> = known
        .iter()
        .step_by(EVERY)
        .map(|known| (*known, plane.mean(middle(&straight, known), AROUND * module)))
        .collect();
    let mut best: Option<(f32, Matrix)> = None;
    for right in steps.clone() {
        for below in steps.clone() {
            let view = through(corners, version, weight(right), weight(below));
            let score =
                mean(seen.iter().map(|(known, around)| agreement(plane, &view, module, known, *around)));
            if best.as_ref().is_none_or(|(known, _)| score > *known) {
                best = Some((score, view));
            }
        }
    }
    best.map(|(score, view)| Grid { version, view, module, score })
}

/// The view that puts the middles of the finder patterns where they are, with perspective weights of two corners.
fn through(corners: &Corners, version: Version, right: f32, below: f32) -> Matrix {
    let [a, b, c] = corners.map(|finder| finder.at);
    let span = version.modules() as f32 - 7.0;
    // Barycentric in u and v, which run from 0 to 1 between the middles.
    let mut view = [[0.0; 3]; 3];
    for axis in 0..3 {
        let of = |corner: [f32; 2]| if axis < 2 { corner[axis] } else { 1.0 };
        let (along, down) = (right * of(b) - of(a), below * of(c) - of(a));
        view[axis] = [along / span, down / span, of(a) - 3.5 * (along + down) / span];
    }
    view
}

/// The middle of a module in pixels.
fn middle(view: &Matrix, module: &Known) -> [f32; 2] {
    map(view, module.at[0] + 0.5, module.at[1] + 0.5)
}

/// How well a known module stands out from the light around it in its own sense, -1 to 1; nothing is said of what lies
/// outside the picture.
fn agreement(plane: &Plane, view: &Matrix, module: f32, known: &Known, around: Option<f32>) -> f32 {
    let (Some(light), Some(around)) = (plane.mean(middle(view, known), CORE * module), around) else {
        return 0.0;
    };
    let sign = if known.dark { 1.0 } else { -1.0 };
    (sign * (around - light) / (FULL_CONTRAST * around + 1.0)).clamp(-1.0, 1.0)
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}

fn refined(plane: &Plane, grid: Grid) -> Grid {
    let half = grid.version.modules() as f32 / 2.0;
    let known = grid.version.known();
    grid.agreeing_with(plane, &known, [half, half], half)
}

/// Bends a view by one of eight small motions, each of which moves modules at the reach from the centre by about `by`
/// modules: shift, scale, shear, turn and perspective.
fn bent(view: &Matrix, motion: usize, by: f32, centre: [f32; 2], reach: f32) -> Matrix {
    let mut change = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    change[motion / 3][motion % 3] += by / reach;
    let there =
        [[1.0 / reach, 0.0, -centre[0] / reach], [0.0, 1.0 / reach, -centre[1] / reach], [0.0, 0.0, 1.0]];
    let back = [[reach, 0.0, centre[0]], [0.0, reach, centre[1]], [0.0, 0.0, 1.0]];
    times(&times(view, &back), &times(&change, &there))
}

fn times(one: &Matrix, other: &Matrix) -> Matrix {
    let mut product = [[0.0; 3]; 3];
    for (row, of) in product.iter_mut().zip(one) {
        for (column, value) in row.iter_mut().enumerate() {
            *value = (0..3).map(|k| of[k] * other[k][column]).sum();
        }
    }
    product
}
