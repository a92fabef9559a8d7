//! One block of RGB pixels to quantised coefficients: colour, cosine transform, rounding.
//!
//! The transform is that of Arai, Agui and Nakajima (1988): five multiplications a line, its outputs scaled by
//! factors that the quantisation takes out again. Each line works on eight columns at once.

use super::BlockPixels;
use super::rounded::Rounded;

/// Samples of one component, less 128.
pub(super) type Samples = [Lanes; 8];

/// Eight numbers that go through the same arithmetic.
pub(super) type Lanes = [f32; 8];

/// How a component is made of red, green and blue, and what is added.
pub(super) type Weights = [f32; 4];

/// ITU-T T.871 (JFIF): full-range luma and chroma from RGB.
pub(super) const LUMA: Weights = [0.299, 0.587, 0.114, -128.0];
pub(super) const BLUE: Weights = [-0.168_735_89, -0.331_264_1, 0.5, 0.0];
pub(super) const RED: Weights = [0.5, -0.418_687_6, -0.081_312_41, 0.0];

/// One sample of a component.
#[inline(always)]
pub(super) fn weighed(pixel: [u8; 3], [red, green, blue, more]: &Weights) -> f32 {
    let [r, g, b] = [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])];
    red * r + green * g + blue * b + more
}

/// The components of a block, each sample as [`weighed`] gives it.
#[inline(always)]
pub(super) fn components(pixels: &BlockPixels) -> [Samples; 3] {
    let mut planes = [[[0.0; 8]; 8]; 3];
    let [luma, blue, red] = &mut planes;
    for (y, row) in pixels.iter().enumerate() {
        for x in 0..8 {
            let [r, g, b] = [row[x * 3], row[x * 3 + 1], row[x * 3 + 2]].map(f32::from);
            luma[y][x] = 0.299 * r + 0.587 * g + 0.114 * b - 128.0;
            blue[y][x] = -0.168_735_89 * r - 0.331_264_1 * g + 0.5 * b;
            red[y][x] = 0.5 * r - 0.418_687_6 * g - 0.081_312_41 * b;
        }
    }
    planes
}

/// Coefficients of a block column by column, as the transform leaves them.
pub(super) type Block = [f32; 64];

/// Divides by the steps of a quantisation table and by the transform's own scale.
pub(super) struct Quantiser {
    factors: Block,
}

impl Quantiser {
    /// `steps` row by row.
    pub fn new(steps: &[u8; 64]) -> Self {
        let scale = |n: usize| match n {
            0 => 1.0,
            n => (n as f64 * std::f64::consts::PI / 16.0).cos() * std::f64::consts::SQRT_2,
        };
        let mut factors = [0.0; 64];
        for (column, lanes) in factors.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            for (row, factor) in lanes.iter_mut().enumerate() {
                let step = f64::from(steps[row * 8 + column]);
                *factor = (1.0 / (step * scale(row) * scale(column) * 8.0)) as f32;
            }
        }
        Self { factors }
    }

    /// Transforms and quantises one component.
    #[inline(always)]
    pub fn coefficients(&self, samples: &Samples) -> Rounded {
        let transformed = transform(&transposed(&transform(samples)));
        Rounded::new(&std::array::from_fn(|n| transformed[n / 8][n % 8]), &self.factors)
    }

    /// The transformed samples divided by the steps but not rounded.
    #[inline(always)]
    pub fn unrounded(&self, samples: &Samples, into: &mut Block) {
        let transformed = transform(&transposed(&transform(samples)));
        for (column, lanes) in transformed.iter().enumerate() {
            for row in 0..8 {
                into[column * 8 + row] = lanes[row] * self.factors[column * 8 + row];
            }
        }
    }
}

/// The nearest whole number that can be coded, by the rounding of the addition itself.
#[inline(always)]
pub(super) fn nearest(value: f32) -> i32 {
    const SHIFT: f32 = 12_582_912.0;
    const LARGEST: f32 = 1023.0;
    ((value.clamp(-LARGEST, LARGEST) + SHIFT).to_bits() as i32).wrapping_sub(SHIFT.to_bits() as i32)
}

/// In quarters, so that each is four registers turned at once.
#[inline(always)]
fn transposed(lines: &Samples) -> Samples {
    let mut turned = [[0.0; 8]; 8];
    for (top, left) in [(0, 0), (0, 4), (4, 0), (4, 4)] {
        let quarter: [[f32; 4]; 4] =
            std::array::from_fn(|x| std::array::from_fn(|y| lines[top + y][left + x]));
        for (x, line) in quarter.into_iter().enumerate() {
            turned[left + x][top..top + 4].copy_from_slice(&line);
        }
    }
    turned
}

#[inline(always)]
fn add(a: &Lanes, b: &Lanes) -> Lanes {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn sub(a: &Lanes, b: &Lanes) -> Lanes {
    std::array::from_fn(|i| a[i] - b[i])
}

#[inline(always)]
fn times(a: &Lanes, factor: f32) -> Lanes {
    a.map(|value| value * factor)
}

/// The one-dimensional transform down each column.
#[inline(always)]
fn transform(d: &Samples) -> Samples {
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    /// cos(3π/8), cos(π/8) − cos(3π/8) and cos(π/8) + cos(3π/8).
    const C6: f32 = 0.382_683_43;
    const C2_LESS_C6: f32 = 0.541_196_1;
    const C2_PLUS_C6: f32 = 1.306_563;

    let (s0, d0) = (add(&d[0], &d[7]), sub(&d[0], &d[7]));
    let (s1, d1) = (add(&d[1], &d[6]), sub(&d[1], &d[6]));
    let (s2, d2) = (add(&d[2], &d[5]), sub(&d[2], &d[5]));
    let (s3, d3) = (add(&d[3], &d[4]), sub(&d[3], &d[4]));

    let (outer, outer_off) = (add(&s0, &s3), sub(&s0, &s3));
    let (inner, inner_off) = (add(&s1, &s2), sub(&s1, &s2));
    let z1 = times(&add(&inner_off, &outer_off), C4);

    let (a, b, c) = (add(&d3, &d2), add(&d2, &d1), add(&d1, &d0));
    let z5 = times(&sub(&a, &c), C6);
    let (z2, z4) = (add(&times(&a, C2_LESS_C6), &z5), add(&times(&c, C2_PLUS_C6), &z5));
    let z3 = times(&b, C4);
    let (z11, z13) = (add(&d0, &z3), sub(&d0, &z3));

    [
        add(&outer, &inner),
        add(&z11, &z4),
        add(&outer_off, &z1),
        sub(&z13, &z2),
        sub(&outer, &inner),
        add(&z13, &z2),
        sub(&outer_off, &z1),
        sub(&z11, &z4),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::baseline::tables::ZIGZAG;

    #[test]
    fn coefficients_are_those_of_the_cosine_transforms_definition() {
        let samples: Samples = std::array::from_fn(|y| {
            std::array::from_fn(|x| ((x * 37 + y * 91 + x * y * 13) % 256) as f32 - 128.0)
        });
        let got = Quantiser::new(&[1; 64]).coefficients(&samples);
        for (n, at) in ZIGZAG.into_iter().enumerate() {
            let (v, u) = (at / 8, at % 8);
            let cosine =
                |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
            let norm = |u: usize| if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            let sum: f64 =
                (0..64).map(|i| f64::from(samples[i / 8][i % 8]) * cosine(i % 8, u) * cosine(i / 8, v)).sum();
            let expect = sum * norm(u) * norm(v) / 4.0;
            let value = got.at(n as u32);
            assert!((f64::from(value) - expect).abs() < 0.51, "{n}: {value} for {expect}");
            assert_eq!(got.nonzero >> n & 1 == 1, value != 0);
        }
    }

    #[test]
    fn a_flat_block_has_its_mean_only() {
        let got = Quantiser::new(&[2; 64]).coefficients(&[[127.0; 8]; 8]);
        assert_eq!((got.at(0), got.nonzero), (508, 1));
    }

    #[test]
    fn grey_has_no_chroma() {
        let planes = components(&[[77; 24]; 8]);
        assert!(planes[0].iter().flatten().all(|luma| (luma + 51.0).abs() < 1e-3));
        assert!(planes[1..].iter().flatten().flatten().all(|chroma| chroma.abs() < 1e-3));
    }
}
