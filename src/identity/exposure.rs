//! C39: whether two photos come from one exposure, after any crop, scaling, re-encoding, mirroring or new background.
//!
//! The second patch is brought onto the first by the similarity (turn, scale, two shifts) that least squares find on
//! blurred luminance with free gain and offset, coarse to fine. The score is the normalised cross-correlation of both
//! band-passed patches over the inner face, so that background, light and colour have no part in it.

use image::Luma;
use imageproc::filter::gaussian_blur_f32;

use super::patch::{FacePatch, Plane, SIDE, band_passed, inner_positions};

/// Blurs of the alignment, from the catch of a coarse one to the exactness of a fine one, in patch pixels; a blurred
/// patch says the same when only every second or third pixel is asked.
const STAGES: [(f32, u32); 3] = [(5.0, 3), (3.0, 2), (1.6, 1)];
const MOST_STEPS: usize = 12;
/// A step that moves the border of the patch by less than this ends a stage.
const STILL_PX: f64 = 0.01;
/// Unknowns: scale and turn, two shifts, gain and offset of the luminance.
const UNKNOWNS: usize = 6;
/// Structure weaker than this, in squared luminance steps a pixel, is rounding and not a face.
const LEAST_VARIANCE: f64 = 1e-3;
/// One part in this many of the inner face must lie in both photos for the score to say anything.
const LEAST_SHARED: usize = 3;

/// How well two exposures agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExposureMatch {
    /// Correlation of the inner faces after alignment, -1..=1.
    pub score: f64,
    /// The second photo is the mirror image of the first.
    pub mirrored: bool,
}

/// Compares two patches, the second also mirrored.
pub fn matched(one: &FacePatch, other: &FacePatch) -> ExposureMatch {
    let upright = ExposureMatch { score: score(one, other), mirrored: false };
    let mirrored = ExposureMatch { score: score(one, &other.mirrored()), mirrored: true };
    if mirrored.score > upright.score { mirrored } else { upright }
}

fn score(fixed: &FacePatch, moving: &FacePatch) -> f64 {
    let motion = aligned(fixed, moving);
    let covered = motion.moved(&moving.covered);
    let both = |x: u32, y: u32| fixed.covered.get_pixel(x, y)[0] > 0.5 && covered.get_pixel(x, y)[0] > 0.99;
    let shared: Vec<(u32, u32)> = inner_positions().filter(|(x, y)| both(*x, *y)).collect();
    if shared.len() < inner_positions().count() / LEAST_SHARED {
        return 0.0;
    }
    correlation(&band_passed(&fixed.plane), &band_passed(&motion.moved(&moving.plane)), &shared)
}

/// A similarity about the middle of the patch: `x' = (1 + a)·x - b·y + u`, `y' = b·x + (1 + a)·y + v`.
#[derive(Clone, Copy, Debug, Default)]
struct Motion {
    a: f64,
    b: f64,
    u: f64,
    v: f64,
}

const MIDDLE: f64 = (SIDE as f64 - 1.0) / 2.0;

impl Motion {
    fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x - MIDDLE, y - MIDDLE);
        let scale = 1.0 + self.a;
        (scale * x - self.b * y + self.u + MIDDLE, self.b * x + scale * y + self.v + MIDDLE)
    }

    fn moved(self, plane: &Plane) -> Plane {
        Plane::from_fn(SIDE, SIDE, |x, y| {
            let (x, y) = self.apply(f64::from(x), f64::from(y));
            Luma([between(plane, x, y) as f32])
        })
    }
}

/// Gauss–Newton steps from coarse to fine.
fn aligned(fixed: &FacePatch, moving: &FacePatch) -> Motion {
    let mut motion = Motion::default();
    for (sigma, stride) in STAGES {
        let (target, source) =
            (gaussian_blur_f32(&fixed.plane, sigma), gaussian_blur_f32(&moving.plane, sigma));
        for _ in 0..MOST_STEPS {
            let Some(step) = step(&target, &source, motion, stride) else { break };
            motion.a += step[0];
            motion.b += step[1];
            motion.u += step[2];
            motion.v += step[3];
            let reach = step[0].hypot(step[1]) * MIDDLE + step[2].hypot(step[3]);
            if reach < STILL_PX {
                break;
            }
        }
    }
    motion
}

/// One least-squares step: the change of the motion that explains what is left between target and moved source.
fn step(target: &Plane, source: &Plane, motion: Motion, stride: u32) -> Option<[f64; UNKNOWNS]> {
    let mut normal = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut right = [0.0; UNKNOWNS];
    for (column, row) in inner_positions().filter(|(x, y)| x % stride == 0 && y % stride == 0) {
        let (x, y) = motion.apply(f64::from(column), f64::from(row));
        let value = between(source, x, y);
        let (along_x, along_y) = (
            (between(source, x + 1.0, y) - between(source, x - 1.0, y)) / 2.0,
            (between(source, x, y + 1.0) - between(source, x, y - 1.0)) / 2.0,
        );
        let (dx, dy) = (f64::from(column) - MIDDLE, f64::from(row) - MIDDLE);
        let slopes = [along_x * dx + along_y * dy, along_y * dx - along_x * dy, along_x, along_y, value, 1.0];
        // target = gain · source(moved) + offset; the slopes are taken at gain 1, which scales the step alone.
        let wanted = f64::from(target.get_pixel(column, row)[0]);
        for (i, slope) in slopes.iter().enumerate() {
            right[i] += slope * wanted;
            for (j, other) in slopes.iter().enumerate() {
                normal[i][j] += slope * other;
            }
        }
    }
    let mut solution = solved(normal, right)?;
    let gain = solution[4];
    if gain.abs() < 0.05 {
        return None;
    }
    solution[..4].iter_mut().for_each(|value| *value /= gain);
    Some(solution)
}

/// Gaussian elimination with pivoting; `None` for a flat picture, which moves nowhere.
fn solved(mut matrix: [[f64; UNKNOWNS]; UNKNOWNS], mut right: [f64; UNKNOWNS]) -> Option<[f64; UNKNOWNS]> {
    for column in 0..UNKNOWNS {
        let pivot = (column..UNKNOWNS)
            .max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-9 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..UNKNOWNS {
            let share = matrix[row][column] / matrix[column][column];
            let upper = matrix[column];
            for (value, above) in matrix[row].iter_mut().zip(upper).skip(column) {
                *value -= share * above;
            }
            right[row] -= share * right[column];
        }
    }
    let mut solution = [0.0; UNKNOWNS];
    for row in (0..UNKNOWNS).rev() {
        let known: f64 = (row + 1..UNKNOWNS).map(|at| matrix[row][at] * solution[at]).sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    Some(solution)
}

/// The value between four pixels; the nearest pixel outside.
fn between(plane: &Plane, x: f64, y: f64) -> f64 {
    let last = f64::from(SIDE - 1);
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (x - left, y - top);
    let (left, top) = (left as usize, top as usize);
    let (right, bottom) = ((left + 1).min(SIDE as usize - 1), (top + 1).min(SIDE as usize - 1));
    let values = plane.as_raw();
    let at = |column: usize, row: usize| f64::from(values[row * SIDE as usize + column]);
    let above = at(left, top) * (1.0 - across) + at(right, top) * across;
    let below = at(left, bottom) * (1.0 - across) + at(right, bottom) * across;
    above * (1.0 - down) + below * down
}

/// Normalised cross-correlation over these positions; 0 where one of them is flat.
fn correlation(one: &Plane, other: &Plane, positions: &[(u32, u32)]) -> f64 {
    let pairs: Vec<(f64, f64)> = positions
        .iter()
        .map(|(x, y)| (f64::from(one.get_pixel(*x, *y)[0]), f64::from(other.get_pixel(*x, *y)[0])))
        .collect();
    let count = pairs.len() as f64;
    let (mean_one, mean_other) =
        pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / count, sum.1 + pair.1 / count));
    let (mut product, mut square_one, mut square_other) = (0.0, 0.0, 0.0);
    for (one, other) in pairs {
        let (one, other) = (one - mean_one, other - mean_other);
        product += one * other;
        square_one += one * one;
        square_other += other * other;
    }
    if square_one.min(square_other) < LEAST_VARIANCE * count {
        return 0.0;
    }
    product / (square_one * square_other).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::patch::blobs;
    use super::*;

    fn seen_through(patch: &FacePatch, motion: Motion) -> FacePatch {
        FacePatch { plane: motion.moved(&patch.plane), covered: patch.covered.clone() }
    }

    #[test]
    fn an_exposure_matches_itself_after_turn_scale_shift_and_another_light() {
        let face = blobs(1);
        let moved = seen_through(&face, Motion { a: 0.04, b: -0.03, u: 2.0, v: -1.5 });
        let plane = Plane::from_fn(SIDE, SIDE, |x, y| Luma([moved.plane.get_pixel(x, y)[0] * 0.6 + 70.0]));
        let brighter = FacePatch { plane, ..moved };
        let found = matched(&face, &brighter);
        assert!(found.score > 0.98 && !found.mirrored, "{found:?}");
    }

    #[test]
    fn a_mirrored_exposure_is_found_and_named_so() {
        let face = blobs(2);
        let found = matched(&face, &face.mirrored());
        assert!(found.score > 0.999 && found.mirrored, "{found:?}");
    }

    #[test]
    fn other_faces_do_not_match() {
        for seed in 3..9 {
            let found = matched(&blobs(1), &blobs(seed));
            assert!(found.score < 0.6, "{seed}: {found:?}");
        }
    }

    #[test]
    fn a_flat_picture_matches_nothing() {
        let flat = FacePatch { plane: Plane::from_pixel(SIDE, SIDE, Luma([90.0])), ..blobs(1) };
        assert_eq!(matched(&blobs(1), &flat).score, 0.0);
    }

    #[test]
    fn elimination_solves_and_refuses() {
        let mut matrix = [[0.0; UNKNOWNS]; UNKNOWNS];
        (0..UNKNOWNS).for_each(|at| matrix[at][UNKNOWNS - 1 - at] = 2.0);
        assert_eq!(solved(matrix, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap(), [3.0, 2.5, 2.0, 1.5, 1.0, 0.5]);
        assert!(solved([[1.0; UNKNOWNS]; UNKNOWNS], [1.0; UNKNOWNS]).is_none());
    }
}
