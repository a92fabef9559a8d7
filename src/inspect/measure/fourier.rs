//! The two-dimensional spectrum of a square of grey values.

use std::f32::consts::{PI, TAU};

/// Power of the frequencies of a square picture. A real picture has every wave twice, so that half of them tell all:
/// columns of the spectrum 0..=side / 2 one after the other, each with its `side` rows, negative frequencies after the
/// positive ones. `side` must be a power of two; a raised cosine fades the picture towards its borders.
pub(super) fn power(values: &[f32], side: usize) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
    let fade: Vec<f32> =
        (0..side).map(|at| 0.5 - 0.5 * (TAU * (at as f32 + 0.5) / side as f32).cos()).collect();
    let turns = turns(side);
    let mut columns = vec![Complex::default(); (side / 2 + 1) * side];
    let faded = |row: usize, at: usize| (values[row * side + at] - mean) * fade[at] * fade[row];
    for row in (0..side).step_by(2) {
        // Two real lines in one transform: the sum and the difference with its mirror image part them again.
        let mut pair: Vec<Complex> =
            (0..side).map(|at| Complex { real: faded(row, at), imaginary: faded(row + 1, at) }).collect();
        transform(&mut pair, &turns);
        for column in 0..=side / 2 {
            let (one, other) = (pair[column], pair[(side - column) % side]);
            columns[column * side + row] = Complex {
                real: (one.real + other.real) / 2.0,
                imaginary: (one.imaginary - other.imaginary) / 2.0,
            };
            columns[column * side + row + 1] = Complex {
                real: (one.imaginary + other.imaginary) / 2.0,
                imaginary: (other.real - one.real) / 2.0,
            };
        }
    }
    columns.chunks_exact_mut(side).for_each(|column| transform(column, &turns));
    columns.iter().map(|value| value.real.powi(2) + value.imaginary.powi(2)).collect()
}

#[derive(Clone, Copy, Debug, Default)]
struct Complex {
    real: f32,
    imaginary: f32,
}

impl Complex {
    fn times(self, other: Self) -> Self {
        Self {
            real: self.real * other.real - self.imaginary * other.imaginary,
            imaginary: self.real * other.imaginary + self.imaginary * other.real,
        }
    }
}

/// Unit vectors at the angles of the first half of the circle, clockwise.
fn turns(side: usize) -> Vec<Complex> {
    let angle = |at: usize| -2.0 * PI * at as f32 / side as f32;
    (0..side / 2).map(|at| Complex { real: angle(at).cos(), imaginary: angle(at).sin() }).collect()
}

/// The fast transform of Cooley and Tukey, in place.
fn transform(line: &mut [Complex], turns: &[Complex]) {
    let side = line.len();
    if side < 2 {
        return;
    }
    let bits = side.trailing_zeros();
    for at in 0..side {
        let mirrored = at.reverse_bits() >> (usize::BITS - bits);
        if mirrored > at {
            line.swap(at, mirrored);
        }
    }
    let mut half = 1;
    while half < side {
        let stride = side / (2 * half);
        for block in line.chunks_exact_mut(2 * half) {
            let (upper, lower) = block.split_at_mut(half);
            for ((one, other), turn) in upper.iter_mut().zip(lower).zip(turns.iter().step_by(stride)) {
                let turned = other.times(*turn);
                *other =
                    Complex { real: one.real - turned.real, imaginary: one.imaginary - turned.imaginary };
                *one = Complex { real: one.real + turned.real, imaginary: one.imaginary + turned.imaginary };
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_has_its_power_at_its_own_frequency() {
        let side = 64;
        let wave = |x: usize, y: usize| (TAU * (5.0 * x as f32 + 9.0 * y as f32) / side as f32).cos();
        let values: Vec<f32> = (0..side).flat_map(|y| (0..side).map(move |x| 100.0 + wave(x, y))).collect();
        let power = power(&values, side);
        let strongest = (0..power.len()).max_by(|one, other| power[*one].total_cmp(&power[*other]));
        assert_eq!(strongest.map(|at| (at / side, at % side)), Some((5, 9)));
        // Fading spreads it to the neighbours and no farther.
        let near: f32 = (3..=7).flat_map(|x| (7..=11).map(move |y| x * side + y)).map(|at| power[at]).sum();
        assert!(near > 0.999 * power.iter().sum::<f32>());
    }

    #[test]
    fn the_power_of_all_waves_is_that_of_the_picture() {
        // Parseval: half of the spectrum, its inner columns counted twice, holds side² times the picture's own power.
        let side = 16;
        let values: Vec<f32> = (0..side * side).map(|at| ((at * 7919) % 101) as f32).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let fade = |at: usize| 0.5 - 0.5 * (TAU * (at as f32 + 0.5) / side as f32).cos();
        let own: f32 = (0..side * side)
            .map(|at| ((values[at] - mean) * fade(at % side) * fade(at / side)).powi(2))
            .sum();
        let power = power(&values, side);
        let counted = |at: usize| if at / side == 0 || at / side == side / 2 { 1.0 } else { 2.0 };
        let all: f32 = power.iter().enumerate().map(|(at, value)| counted(at) * value).sum();
        assert!((all / (side * side) as f32 / own - 1.0).abs() < 1e-3);
    }
}
