//! Blocks of samples to quantised coefficients: colour, cosine transform, rounding; several blocks side by side.
//!
//! The transform is that of Arai, Agui and Nakajima (1988): five multiplications a line, its outputs scaled by
//! factors that the quantisation takes out again. Every step is done to the same place of all blocks at once.

use super::BlockPixels;
use super::tables::ZIGZAG;

/// Blocks that go through the arithmetic side by side.
pub(super) const ABREAST: usize = 8;

/// The same place of each block.
pub(super) type Lanes = [f32; ABREAST];

/// Samples of one component less 128, row by row; or coefficients.
pub(super) type Samples = [Lanes; 64];

/// Quantised coefficients in the order in which they are coded, and which of them are not zero in each block.
pub(super) struct Quantised {
    values: [[i16; ABREAST]; 64],
    nonzero: [u64; ABREAST],
}

/// One of the blocks side by side.
#[derive(Clone, Copy)]
pub(super) struct Coefficients<'a> {
    blocks: &'a Quantised,
    lane: usize,
    /// The bit of each coefficient that is not zero.
    pub nonzero: u64,
}

impl Quantised {
    #[inline(always)]
    pub fn block(&self, lane: usize) -> Coefficients<'_> {
        Coefficients { blocks: self, lane: lane % ABREAST, nonzero: self.nonzero[lane % ABREAST] }
    }

    /// Each coefficient times its factor, to the nearest whole number.
    #[inline(always)]
    fn rounded(coefficients: &Samples, factors: &Samples) -> Self {
        let mut values = [[0; ABREAST]; 64];
        let products = coefficients.as_flattened().iter().zip(factors.as_flattened());
        for (value, (coefficient, factor)) in values.as_flattened_mut().iter_mut().zip(products) {
            *value = nearest(coefficient * factor);
        }
        let mut nonzero = [0; ABREAST];
        for (at, lanes) in values.iter().enumerate() {
            for (bits, value) in nonzero.iter_mut().zip(lanes) {
                *bits |= u64::from(*value != 0) << at;
            }
        }
        Self { values, nonzero }
    }
}

impl Coefficients<'_> {
    /// The first, which stands for the mean.
    #[inline(always)]
    pub fn first(&self) -> i16 {
        self.at(0)
    }

    #[inline(always)]
    pub fn at(&self, n: u32) -> i16 {
        self.blocks.values[(n & 63) as usize][self.lane]
    }
}

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

/// The components of up to [`ABREAST`] blocks.
#[inline(always)]
pub(super) fn components(blocks: &[BlockPixels]) -> [Samples; 3] {
    let mut planes = [[[0.0; ABREAST]; 64]; 3];
    for (plane, weights) in planes.iter_mut().zip([&LUMA, &BLUE, &RED]) {
        for (lane, block) in blocks.iter().take(ABREAST).enumerate() {
            for (sample, pixel) in plane.iter_mut().zip(block.as_flattened().as_chunks::<3>().0) {
                sample[lane] = weighed(*pixel, weights);
            }
        }
    }
    planes
}

/// Divides by the steps of a quantisation table and by the transform's own scale.
pub(super) struct Quantiser {
    /// In the order of coding, the same for all blocks.
    factors: Box<Samples>,
}

impl Quantiser {
    /// `steps` row by row.
    pub fn new(steps: &[u8; 64]) -> Self {
        let scale = |n: usize| match n {
            0 => 1.0,
            n => (n as f64 * std::f64::consts::PI / 16.0).cos() * std::f64::consts::SQRT_2,
        };
        let factor = |at: usize| 1.0 / (f64::from(steps[at]) * scale(at / 8) * scale(at % 8) * 8.0);
        Self { factors: Box::new(ZIGZAG.map(|at| [factor(at) as f32; ABREAST])) }
    }

    /// Transforms and quantises one component.
    #[inline(always)]
    pub fn quantised(&self, samples: &Samples) -> Quantised {
        Quantised::rounded(&transformed(samples), &self.factors)
    }

    /// The transformed samples divided by the steps but not rounded, in the order in which they are coded.
    #[inline(always)]
    pub fn unrounded(&self, samples: &Samples) -> Samples {
        let mut blocks = transformed(samples);
        for (coefficient, factor) in blocks.as_flattened_mut().iter_mut().zip(self.factors.as_flattened()) {
            *coefficient *= factor;
        }
        blocks
    }
}

/// Steps of a table as factors, for coefficients in the order of coding.
pub(super) fn inverse_steps(steps: &[u8; 64]) -> Box<Samples> {
    Box::new(ZIGZAG.map(|at| [1.0 / f32::from(steps[at]); ABREAST]))
}

/// Rounds coefficients in coding order after multiplying each by its factor.
#[inline(always)]
pub(super) fn rounded(blocks: &Samples, factors: &Samples) -> Quantised {
    Quantised::rounded(blocks, factors)
}

/// The nearest whole number that can be coded, by the rounding of the addition itself.
#[inline(always)]
fn nearest(value: f32) -> i16 {
    const SHIFT: f32 = 12_582_912.0;
    const LARGEST: f32 = 1023.0;
    ((value.clamp(-LARGEST, LARGEST) + SHIFT).to_bits() as i32).wrapping_sub(SHIFT.to_bits() as i32) as i16
}

#[inline(always)]
fn add(a: &Lanes, b: &Lanes) -> Lanes {
    let mut sum = *a;
    for (sum, b) in sum.iter_mut().zip(b) {
        *sum += b;
    }
    sum
}

#[inline(always)]
fn sub(a: &Lanes, b: &Lanes) -> Lanes {
    let mut difference = *a;
    for (difference, b) in difference.iter_mut().zip(b) {
        *difference -= b;
    }
    difference
}

#[inline(always)]
fn times(a: &Lanes, factor: f32) -> Lanes {
    let mut product = *a;
    for product in &mut product {
        *product *= factor;
    }
    product
}

/// Both directions; the result is in the order of coding.
#[inline(always)]
fn transformed(samples: &Samples) -> Samples {
    let mut samples = *samples;
    for x in 0..8 {
        line(&mut samples, x, 8);
    }
    for y in 0..8 {
        line(&mut samples, 8 * y, 1);
    }
    let mut coded = [[0.0; ABREAST]; 64];
    for (coded, at) in coded.iter_mut().zip(ZIGZAG) {
        *coded = samples[at];
    }
    coded
}

/// The one-dimensional transform of eight places, `step` apart.
#[inline(always)]
fn line(samples: &mut Samples, from: usize, step: usize) {
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    /// cos(3π/8), cos(π/8) − cos(3π/8) and cos(π/8) + cos(3π/8).
    const C6: f32 = 0.382_683_43;
    const C2_LESS_C6: f32 = 0.541_196_1;
    const C2_PLUS_C6: f32 = 1.306_563;

    let mut d = [[0.0; ABREAST]; 8];
    for (n, lanes) in d.iter_mut().enumerate() {
        *lanes = samples[from + n * step];
    }

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

    let d = [
        add(&outer, &inner),
        add(&z11, &z4),
        add(&outer_off, &z1),
        sub(&z13, &z2),
        sub(&outer, &inner),
        add(&z13, &z2),
        sub(&outer_off, &z1),
        sub(&z11, &z4),
    ];
    for (n, lanes) in d.iter().enumerate() {
        samples[from + n * step] = *lanes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One block in the lane, what is none of its own in the others.
    fn beside_others(block: [f32; 64], lane: usize) -> Samples {
        block.map(|sample| {
            let mut lanes = std::array::from_fn(|other| 17.0 * other as f32 - sample);
            lanes[lane] = sample;
            lanes
        })
    }

    #[test]
    fn coefficients_are_those_of_the_cosine_transforms_definition() {
        let samples: [f32; 64] = std::array::from_fn(|at| {
            let (y, x) = (at / 8, at % 8);
            ((x * 37 + y * 91 + x * y * 13) % 256) as f32 - 128.0
        });
        for lane in [0, 3, 7] {
            let got = Quantiser::new(&[1; 64]).quantised(&beside_others(samples, lane));
            let got = got.block(lane);
            for (n, at) in ZIGZAG.into_iter().enumerate() {
                let (v, u) = (at / 8, at % 8);
                let cosine =
                    |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
                let norm = |u: usize| if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
                let sum: f64 =
                    (0..64).map(|i| f64::from(samples[i]) * cosine(i % 8, u) * cosine(i / 8, v)).sum();
                let expect = sum * norm(u) * norm(v) / 4.0;
                let value = got.at(n as u32);
                assert!((f64::from(value) - expect).abs() < 0.51, "{n}: {value} for {expect}");
                assert_eq!(got.nonzero >> n & 1 == 1, value != 0);
            }
        }
    }

    #[test]
    fn a_flat_block_has_its_mean_only() {
        let got = Quantiser::new(&[2; 64]).quantised(&[[127.0; ABREAST]; 64]);
        assert_eq!((got.block(5).first(), got.block(5).nonzero), (508, 1));
    }

    #[test]
    fn grey_has_no_chroma() {
        let planes = components(&[[[77; 24]; 8]; ABREAST]);
        assert!(planes[0].iter().flatten().all(|luma| (luma + 51.0).abs() < 1e-3));
        assert!(planes[1..].iter().flatten().flatten().all(|chroma| chroma.abs() < 1e-3));
    }
}
