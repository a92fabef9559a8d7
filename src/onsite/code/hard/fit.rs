//! Lays the grid of a code over the picture: first the perspective that the known modules agree with best, then bent by
//! small steps.

use rayon::prelude::*;

use super::contrast::{Contrast, Contrasts};
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
/// Known modules are tried in so many shares, one after the other.
const SHARES: usize = 7;
/// A view that is behind the best so far by so much a module is not tried with more of them.
const BEHIND: f32 = 0.1;
/// After each share one in so many views is tried on.
const THINNED: usize = 3;
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
/// Shear, scale and both perspectives.
const LEANS: usize = 4;

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

    /// Whether a place in the picture, in pixels, lies on the code.
    pub fn is_over(&self, place: [f32; 2]) -> bool {
        let far = self.version.modules() as f32 - 1.0;
        let corners = [[0.0, 0.0], [far, 0.0], [far, far], [0.0, far]].map(|[x, y]| self.place(x, y));
        // On the same side of every edge.
        let sides = (0..4).map(|index| {
            let ([ax, ay], [bx, by]) = (corners[index], corners[(index + 1) % 4]);
            (bx - ax) * (place[1] - ay) - (by - ay) * (place[0] - ax) > 0.0
        });
        let on_one = sides.filter(|is_left| *is_left).count();
        on_one == 0 || on_one == 4
    }

    /// Bends the view by ever smaller steps as long as more of these modules agree; they lie within `reach` of the centre,
    /// in modules.
    pub fn agreeing_with(
        self,
        contrasts: &Contrasts<'_>,
        known: &[Known],
        centre: [f32; 2],
        reach: f32,
    ) -> Self {
        self.bending(contrasts, known, FIRST_STEP, MOTIONS, |view, motion, by| {
            bent(view, motion, by, centre, reach)
        })
    }

    /// The same by small steps only, for modules that were read and agree already.
    pub fn agreeing_closely(
        self,
        contrasts: &Contrasts<'_>,
        read: &[Known],
        centre: [f32; 2],
        reach: f32,
    ) -> Self {
        self.bending(contrasts, read, CLOSE_STEP, MOTIONS, |view, motion, by| {
            bent(view, motion, by, centre, reach)
        })
    }

    /// The same, while two places of the code, in modules, stay where they are; the modules lie within `reach` of the line
    /// through them.
    pub fn agreeing_about(
        self,
        contrasts: &Contrasts<'_>,
        known: &[Known],
        [from, to]: [[f32; 2]; 2],
        reach: f32,
    ) -> Self {
        let (x, y) = (to[0] - from[0], to[1] - from[1]);
        let length = x.hypot(y);
        let (x, y) = (x / length, y / length);
        let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        // From modules to distances along the line and from it, and back.
        let there =
            [[x, y, -x * middle[0] - y * middle[1]], [-y, x, y * middle[0] - x * middle[1]], [0.0, 0.0, 1.0]];
        let back = [[x, -y, middle[0]], [y, x, middle[1]], [0.0, 0.0, 1.0]];
        let half = length / 2.0;
        self.bending(contrasts, known, FIRST_STEP, LEANS, |view, motion, by| {
            let mut change = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
            match motion {
                0 => change[0][1] = by / reach,
                1 => change[1][1] += by / reach,
                2 => change[2][1] = by / (reach * reach),
                _ => {
                    let along = by / (half * reach);
                    (change[2][0], change[0][2]) = (along, along * half * half);
                }
            }
            times(&times(view, &times(&back, &change)), &there)
        })
    }

    /// What the module is read as: darker than its neighbourhood or lighter. `None` outside the picture.
    pub fn read(&self, contrast: &Contrast, at: [f32; 2]) -> Option<Known> {
        let dark = contrast.at(self.place(at[0], at[1]))? > 0.0;
        Some(Known { at, dark })
    }

    fn bending(
        mut self,
        contrasts: &Contrasts<'_>,
        known: &[Known],
        first_step: f32,
        motions: usize,
        moved: impl Fn(&Matrix, usize, f32) -> Matrix,
    ) -> Self {
        let contrast = contrasts.of(self.module);
        let shares = in_shares(known);
        let mut best = Vec::new();
        race(contrast, &self.view, &shares, &mut best, &[]);
        let mut sums = Vec::with_capacity(SHARES);
        let mut step = first_step;
        while step > LAST_STEP {
            for _ in 0..ROUNDS {
                let mut is_better = false;
                for motion in 0..motions {
                    for by in [step, -step] {
                        let moved = moved(&self.view, motion, by);
                        if race(contrast, &moved, &shares, &mut sums, &best) {
                            std::mem::swap(&mut best, &mut sums);
                            self.view = moved;
                            is_better = true;
                        }
                    }
                }
                if !is_better {
                    break;
                }
            }
            step /= 2.0;
        }
        Self { score: best.last().map_or(0.0, |sum| sum / known.len().max(1) as f32), ..self }
    }
}

fn map(view: &Matrix, x: f32, y: f32) -> [f32; 2] {
    let line = |row: [f32; 3]| row[0] * x + row[1] * y + row[2];
    let w = line(view[2]);
    [line(view[0]) / w, line(view[1]) / w]
}

/// The likeliest grids of a code with these corners.
pub fn grids(contrasts: &Contrasts<'_>, corners: &Corners) -> Vec<Grid> {
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
    let mut found: Vec<Grid> =
        versions.into_par_iter().map(|version| coarse(contrasts, corners, Version(version), side)).collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found.truncate(KEPT);
    let mut found: Vec<Grid> = found.into_par_iter().map(|grid| refined(contrasts, grid)).collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found
}

fn coarse(contrasts: &Contrasts<'_>, corners: &Corners, version: Version, side: f32) -> Grid {
    let module = side / (version.modules() as f32 - 7.0);
    let known: Vec<Known> = version.of_timing().into_iter().chain(version.of_alignment()).collect();
    let weight = |step: i32| 1.0 + PERSPECTIVE * step as f32 / STEPS as f32;
    let steps = (-STEPS..=STEPS).flat_map(|right| (-STEPS..=STEPS).map(move |below| (right, below)));
    let views = steps.map(|(right, below)| through(corners, version, weight(right), weight(below)));
    let (score, view) = likeliest(contrasts.of(module), views, &known);
    Grid { version, view, module, score }
}

/// The view that agrees best with known modules, and how well. What few of them speak against is not tried with all.
fn likeliest(contrast: &Contrast, views: impl Iterator<Item = Matrix>, known: &[Known]) -> (f32, Matrix) {
    let mut rated: Vec<(f32, Matrix)> = views.map(|view| (0.0, view)).collect();
    for share in in_shares(known) {
        for (score, view) in &mut rated {
            *score += agreement(contrast, view, &share);
        }
        rated.sort_by(|one, other| other.0.total_cmp(&one.0));
        rated.truncate((rated.len() / THINNED).max(1));
    }
    let (score, view) = rated[0];
    (score / known.len().max(1) as f32, view)
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

/// Modules of all parts of the code in each share.
fn in_shares(known: &[Known]) -> Vec<Vec<Known>> {
    (0..SHARES).map(|share| known.iter().skip(share).step_by(SHARES).copied().collect()).collect()
}

/// Whether more of the modules agree with this view than did with the best so far, of which these are the sums after each
/// share; ends where it falls behind.
fn race(
    contrast: &Contrast,
    view: &Matrix,
    shares: &[Vec<Known>],
    sums: &mut Vec<f32>,
    best: &[f32],
) -> bool {
    sums.clear();
    let (mut sum, mut count) = (0.0, 0);
    for (index, share) in shares.iter().enumerate() {
        sum += agreement(contrast, view, share);
        count += share.len();
        sums.push(sum);
        if best.get(index).is_some_and(|best| sum + BEHIND * count as f32 <= *best) {
            return false;
        }
    }
    best.last().is_none_or(|best| sum > *best)
}

/// How well known modules stand out from the light around them in their own sense, each -1 to 1, together; nothing is said
/// of what lies outside the picture.
fn agreement(contrast: &Contrast, view: &Matrix, known: &[Known]) -> f32 {
    let of = |known: &Known| {
        let dark = contrast.at(map(view, known.at[0] + 0.5, known.at[1] + 0.5)).unwrap_or(0.0);
        if known.dark { dark } else { -dark }
    };
    known.iter().map(of).sum()
}

fn refined(contrasts: &Contrasts<'_>, grid: Grid) -> Grid {
    let half = grid.version.modules() as f32 / 2.0;
    let known = grid.version.known();
    grid.agreeing_with(contrasts, &known, [half, half], half)
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
