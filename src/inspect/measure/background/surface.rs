//! A second-order surface through the background's colour, fitted so that objects on it do not bend it.

use crate::photo::color::{Lab, delta_e_2000};

/// Terms of the surface: 1, x, y, x², xy, y².
const TERMS: usize = 6;
/// Rounds of fitting; after each, cells far off the surface lose their weight.
const ROUNDS: usize = 4;
/// A cell this many robust spreads (at least the given CIELAB units) off has no weight in the next round.
const OFF_SPREADS: f32 = 3.0;
const OFF_AT_LEAST: f32 = 1.5;
/// Added to the light of a wall, so that the noise of a black one is no gradient.
const DARK_FLOOR: f64 = 0.02;

/// L*, a*, b* as functions of place (x and y in −1..=1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    coefficients: [[f64; TERMS]; 3],
}

impl Surface {
    /// Least squares over the cells, repeated without those that stand out.
    pub fn fit(cells: &[(f32, f32, Lab)]) -> Option<Self> {
        let mut weights = vec![1.0_f64; cells.len()];
        let mut surface = Self::weighted(cells, &weights)?;
        for _ in 1..ROUNDS {
            let off: Vec<f32> = cells.iter().map(|(x, y, lab)| surface.difference(*x, *y, *lab)).collect();
            let limit = (OFF_SPREADS * super::super::median(&off)? * 1.2).max(OFF_AT_LEAST);
            for (weight, off) in weights.iter_mut().zip(&off) {
                *weight = if *off > limit { 0.0 } else { 1.0 };
            }
            surface = Self::weighted(cells, &weights)?;
        }
        Some(surface)
    }

    /// The surface's colour at a place.
    pub fn at(&self, x: f32, y: f32) -> Lab {
        let terms = terms(x, y);
        let value = |channel: usize| -> f32 {
            self.coefficients[channel].iter().zip(terms).map(|(factor, term)| factor * term).sum::<f64>()
                as f32
        };
        Lab { l: value(0), a: value(1), b: value(2) }
    }

    /// CIELAB distance of a colour from the surface.
    pub fn difference(&self, x: f32, y: f32, lab: Lab) -> f32 {
        let here = self.at(x, y);
        let [l, a, b] = [lab.l - here.l, lab.a - here.a, lab.b - here.b];
        (l * l + a * a + b * b).sqrt()
    }

    /// Standard deviation of L* about the surface.
    pub fn lightness_spread(&self, cells: &[(f32, f32, Lab)]) -> f64 {
        let squares: f64 = cells.iter().map(|(x, y, lab)| f64::from(lab.l - self.at(*x, *y).l).powi(2)).sum();
        (squares / cells.len().max(1) as f64).sqrt()
    }

    /// Greatest ΔE00 between two places of the surface that are background: its extremes in each channel.
    pub fn span(&self, cells: &[(f32, f32, Lab)]) -> f32 {
        let colours: Vec<Lab> = cells.iter().map(|(x, y, _)| self.at(*x, *y)).collect();
        let extremes = |value: fn(&Lab) -> f32| {
            let by = |one: &&Lab, other: &&Lab| value(one).total_cmp(&value(other));
            let pair = (colours.iter().min_by(by), colours.iter().max_by(by));
            match pair {
                (Some(low), Some(high)) => delta_e_2000(*low, *high),
                _ => 0.0,
            }
        };
        extremes(|lab| lab.l).max(extremes(|lab| lab.a)).max(extremes(|lab| lab.b))
    }

    /// How many stops more light the surface has at the right edge of the region than at the left, along its middle.
    pub fn sideways_stops(&self) -> f64 {
        let [middle, slope] = [self.coefficients[0][0], self.coefficients[0][1]];
        ((luminance(middle + slope) + DARK_FLOOR) / (luminance(middle - slope) + DARK_FLOOR)).log2()
    }

    fn weighted(cells: &[(f32, f32, Lab)], weights: &[f64]) -> Option<Self> {
        let mut normal = [[0.0_f64; TERMS + 3]; TERMS];
        for ((x, y, lab), weight) in cells.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
            let terms = terms(*x, *y);
            let values = [lab.l, lab.a, lab.b].map(f64::from);
            for row in 0..TERMS {
                (0..TERMS).for_each(|column| normal[row][column] += weight * terms[row] * terms[column]);
                (0..3).for_each(|channel| {
                    normal[row][TERMS + channel] += weight * terms[row] * values[channel]
                });
            }
        }
        // A little ridge keeps a background that is only a strip from throwing the corners about.
        let total: f64 = weights.iter().sum();
        (3..TERMS).for_each(|term| normal[term][term] += 1e-3 * total);
        solve(normal).map(|coefficients| Self { coefficients })
    }
}

/// Linear luminance 0..=1 of an L*.
fn luminance(lightness: f64) -> f64 {
    let lightness = lightness.clamp(0.0, 100.0);
    if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness / 903.3 }
}

fn terms(x: f32, y: f32) -> [f64; TERMS] {
    let (x, y) = (f64::from(x), f64::from(y));
    [1.0, x, y, x * x, x * y, y * y]
}

/// Gauss–Jordan with pivoting on the normal equations and three right sides.
fn solve(mut system: [[f64; TERMS + 3]; TERMS]) -> Option<[[f64; TERMS]; 3]> {
    for column in 0..TERMS {
        let pivot = (column..TERMS)
            .max_by(|one, other| system[*one][column].abs().total_cmp(&system[*other][column].abs()))?;
        if system[pivot][column].abs() < 1e-9 {
            return None;
        }
        system.swap(column, pivot);
        let pivot_row = system[column];
        for (row, values) in system.iter_mut().enumerate() {
            if row != column {
                let factor = values[column] / pivot_row[column];
                values.iter_mut().zip(pivot_row).for_each(|(value, above)| *value -= factor * above);
            }
        }
    }
    Some(std::array::from_fn(|channel| {
        std::array::from_fn(|term| system[term][TERMS + channel] / system[term][term])
    }))
}
