//! The equaliser: from the light in and around a module to its colour, by least squares.

use super::fit::Grid;
use super::light::Plane;

/// Samples in each direction from the middle of a module, and their distance in modules.
const REACH: usize = 3;
const SPACING: f32 = 0.5;
/// Samples of one module.
const TAPS: usize = (2 * REACH + 1) * (2 * REACH + 1);
/// Half a side of one sample in modules.
const CORE: f32 = 0.25;
/// Half a side of the neighbourhood whose light is taken as the middle between dark and light, in modules.
const AROUND: usize = 4;
/// How much of the difference to the four neighbours the plain reading adds.
const SHARPENED: f32 = 0.5;
/// A sample further from its neighbourhood, in spreads, says no more than this.
const FARTHEST: f32 = 3.0;
/// Numbers worked on at once, and the room of the samples of a module with a one behind them.
const LANES: usize = 8;
const ROW: usize = (TAPS + 1).next_multiple_of(LANES);
/// Modules summed before the sums go where small ones are not lost beside large ones.
const SUMMED: usize = 512;
/// Pull of the weights towards nothing, as a share of the mean energy of a sample.
const RIDGE: f64 = 0.01;

/// The light in and around every module, less that of its neighbourhood and in units of its spread.
pub struct Samples {
    taps: Vec<[f32; TAPS]>,
}

impl Samples {
    pub fn take(plane: &Plane, grid: &Grid) -> Self {
        let side = grid.version.modules();
        // A raster of samples over the whole code and beyond its edge.
        let per = (1.0 / SPACING) as usize;
        let across = side * per + 2 * REACH;
        let light: Vec<f32> = (0..across * across)
            .map(|index| {
                let at = |index: usize| (index as f32 - REACH as f32) * SPACING;
                let place = grid.place(at(index % across), at(index / across));
                plane.mean(place, CORE * grid.module).unwrap_or(f32::NAN)
            })
            .collect();
        let centre = |at: usize| at * per + REACH;
        let middles: Vec<f32> = (0..side * side)
            .map(|index| light[centre(index / side) * across + centre(index % side)])
            .collect();
        let taps = (0..side * side)
            .map(|index| {
                let (column, row) = (index % side, index / side);
                let (mean, spread) = around(&middles, side, column, row);
                let mut taps = [0.0; TAPS];
                for (tap, value) in taps.iter_mut().enumerate() {
                    let (x, y) = (
                        centre(column) + tap % (2 * REACH + 1) - REACH,
                        centre(row) + tap / (2 * REACH + 1) - REACH,
                    );
                    let seen = light[y * across + x];
                    *value =
                        if seen.is_nan() { 0.0 } else { ((seen - mean) / spread).clamp(-FARTHEST, FARTHEST) };
                }
                taps
            })
            .collect();
        Self { taps }
    }

    /// Dark where the middle of a module is darker than its neighbourhood, some of the four neighbours taken back.
    pub fn plain(&self) -> Vec<bool> {
        let middle = TAPS / 2;
        let module = (1.0 / SPACING) as usize;
        let row = (2 * REACH + 1) * module;
        self.taps
            .iter()
            .map(|taps| {
                let beside =
                    (taps[middle - module] + taps[middle + module] + taps[middle - row] + taps[middle + row])
                        / 4.0;
                taps[middle] + SHARPENED * (taps[middle] - beside) < 0.0
            })
            .collect()
    }
}

/// Mean and spread of the light around a module.
fn around(light: &[f32], side: usize, column: usize, row: usize) -> (f32, f32) {
    let range = |at: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(side);
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for y in range(row) {
        for value in &light[y * side + range(column).start..y * side + range(column).end] {
            if !value.is_nan() {
                sum += value;
                squares += value * value;
                count += 1.0;
            }
        }
    }
    if count == 0.0 {
        return (0.0, 1.0);
    }
    let mean = sum / count;
    (mean, (squares / count - mean * mean).max(1.0).sqrt())
}

/// What the modules are after an equaliser was fitted to what they were taken for.
pub fn learned(samples: &Samples, dark: &[bool]) -> Vec<bool> {
    const ALL: usize = TAPS + 1;
    let mut normal = vec![0.0_f64; ALL * ALL];
    let mut right = [0.0_f64; ALL];
    for (taps, dark) in samples.taps.chunks(SUMMED).zip(dark.chunks(SUMMED)) {
        let (products, sums) = summed(taps, dark);
        for (one, row) in products.iter().enumerate() {
            for (other, product) in row.iter().enumerate().take(ALL).skip(one) {
                normal[one * ALL + other] += f64::from(*product);
            }
        }
        for (right, sum) in right.iter_mut().zip(sums) {
            *right += f64::from(sum);
        }
    }
    let energy = (0..TAPS).map(|tap| normal[tap * ALL + tap]).sum::<f64>() / TAPS as f64;
    for one in 0..ALL {
        normal[one * ALL + one] += RIDGE * energy;
        for other in 0..one {
            normal[one * ALL + other] = normal[other * ALL + one];
        }
    }
    let Some(weights) = solve(normal, right) else { return dark.to_vec() };
    let weights = weights.map(|weight| weight as f32);
    let value = |taps: &[f32; TAPS]| {
        taps.iter().zip(&weights).map(|(tap, weight)| tap * weight).sum::<f32>() + weights[TAPS]
    };
    samples.taps.iter().map(|taps| value(taps) < 0.0).collect()
}

/// Products of the samples of each module with one another, and with what it was taken for, together; behind the samples
/// stands a one. Of the products of two only those above the diagonal are whole.
fn summed(taps: &[[f32; TAPS]], dark: &[bool]) -> ([[f32; ROW]; TAPS + 1], [f32; ROW]) {
    let (mut products, mut sums) = ([[0.0; ROW]; TAPS + 1], [0.0; ROW]);
    for (taps, dark) in taps.iter().zip(dark) {
        let mut row = [0.0; ROW];
        row[..TAPS].copy_from_slice(taps);
        row[TAPS] = 1.0;
        let wanted = if *dark { -1.0 } else { 1.0 };
        for (one, products) in products.iter_mut().enumerate() {
            let (from, value) = (one / LANES * LANES, row[one]);
            for (product, other) in products[from..].iter_mut().zip(&row[from..]) {
                *product += value * other;
            }
        }
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value * wanted;
        }
    }
    (products, sums)
}

/// Solves a symmetric positive system by Cholesky's factorisation; `None` when it is singular.
fn solve<const N: usize>(mut matrix: Vec<f64>, mut right: [f64; N]) -> Option<[f64; N]> {
    for row in 0..N {
        for column in 0..=row {
            let products: f64 = (0..column).map(|k| matrix[row * N + k] * matrix[column * N + k]).sum();
            let rest = matrix[row * N + column] - products;
            if row == column {
                if rest <= 0.0 {
                    return None;
                }
                matrix[row * N + row] = rest.sqrt();
            } else {
                matrix[row * N + column] = rest / matrix[column * N + column];
            }
        }
    }
    for row in 0..N {
        let known: f64 = (0..row).map(|k| matrix[row * N + k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row * N + row];
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| matrix[k * N + row] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row * N + row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Version;
    use super::*;

    const PIXELS: usize = 8;

    /// Modules mixed with what stands beside them, more than a plain reading bears.
    #[test]
    fn a_mixture_is_taken_back() {
        let version = Version(6);
        let side = version.modules();
        let mut dice = 7_u32;
        let dark: Vec<bool> = (0..side * side)
            .map(|_| {
                dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                dice >> 31 == 1
            })
            .collect();
        let own = |column: isize, row: isize| {
            let (column, row) = (column.clamp(0, side as isize - 1), row.clamp(0, side as isize - 1));
            if dark[row as usize * side + column as usize] { 40.0 } else { 210.0 }
        };
        let mixed = |at: usize| {
            let (column, row) =
                ((at % (side * PIXELS) / PIXELS) as isize, (at / (side * PIXELS) / PIXELS) as isize);
            (0.5 * own(column, row) + 0.35 * own(column + 1, row) + 0.15 * own(column, row - 1)) as u8
        };
        let across = side * PIXELS;
        let light: Vec<u8> = (0..across * across).map(mixed).collect();
        let plane = Plane::new(across, across, &light).unwrap();
        let grid = Grid::turned(version, [0.0; 2], [0.0; 2], [PIXELS as f32, 0.0]);
        let samples = Samples::take(&plane, &grid);
        let wrong = |read: &[bool]| read.iter().zip(&dark).filter(|(read, dark)| read != dark).count();
        let plain = samples.plain();
        let better = (0..4).fold(plain.clone(), |read, _| learned(&samples, &read));
        assert!(wrong(&plain) > 100, "{} wrong at first", wrong(&plain));
        assert!(wrong(&better) < 5, "{} of {} still wrong", wrong(&better), wrong(&plain));
    }
}
