//! The cosine transform of eight blocks at once, and the weights that make components of colours.
//!
//! The transform is that of Arai, Agui and Nakajima (1988): five multiplications a line, its outputs scaled by
//! factors that the quantisation takes out again.

use fearless_simd::{Simd, f32x8};

use super::octet::{ABREAST, Octet, lanes};

/// How a component is made of red, green and blue, and what is added.
pub(super) type Weights = [f32; 4];

/// ITU-T T.871 (JFIF): full-range luma and chroma from RGB.
pub(super) const LUMA: Weights = [0.299, 0.587, 0.114, -128.0];
pub(super) const BLUE: Weights = [-0.168_735_89, -0.331_264_1, 0.5, 0.0];
pub(super) const RED: Weights = [0.5, -0.418_687_6, -0.081_312_41, 0.0];

/// What each coefficient is multiplied by, row by row.
pub(super) type Factors = [f32; 64];

/// Divides transformed samples by the steps of a quantisation table and by the transform's own scale.
pub(super) fn factors(steps: &[u8; 64]) -> Factors {
    let scale = |n: usize| match n {
        0 => 1.0,
        n => (n as f64 * std::f64::consts::PI / 16.0).cos() * std::f64::consts::SQRT_2,
    };
    std::array::from_fn(|at| (1.0 / (f64::from(steps[at]) * scale(at / 8) * scale(at % 8) * 8.0)) as f32)
}

/// Samples to coefficients, both row by row.
#[inline(always)]
pub(super) fn transform<S: Simd>(simd: S, octet: &mut Octet<f32>) {
    for x in 0..8 {
        each_line(simd, octet, |y| y * 8 + x);
    }
    for y in 0..8 {
        each_line(simd, octet, |x| y * 8 + x);
    }
}

/// Transforms the line whose n-th sample is at `place(n)`.
#[inline(always)]
fn each_line<S: Simd>(simd: S, octet: &mut Octet<f32>, place: impl Fn(usize) -> usize) {
    let mut samples = [simd.splat_f32x8(0.0); 8];
    for (n, sample) in samples.iter_mut().enumerate() {
        *sample = lanes(simd, octet[place(n)]);
    }
    for (n, coefficient) in line(samples).iter().enumerate() {
        octet[place(n)] = (*coefficient).into();
    }
}

/// Each number times the factor of its place.
#[inline(always)]
pub(super) fn scale<S: Simd>(simd: S, octet: &mut Octet<f32>, factors: &Factors) {
    for (numbers, factor) in octet.iter_mut().zip(factors) {
        *numbers = <[f32; ABREAST]>::from(lanes(simd, *numbers) * *factor);
    }
}

/// The one-dimensional transform.
#[inline(always)]
fn line<S: Simd>(d: [f32x8<S>; 8]) -> [f32x8<S>; 8] {
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    /// cos(3π/8), cos(π/8) − cos(3π/8) and cos(π/8) + cos(3π/8).
    const C6: f32 = 0.382_683_43;
    const C2_LESS_C6: f32 = 0.541_196_1;
    const C2_PLUS_C6: f32 = 1.306_563;

    let (s0, d0) = (d[0] + d[7], d[0] - d[7]);
    let (s1, d1) = (d[1] + d[6], d[1] - d[6]);
    let (s2, d2) = (d[2] + d[5], d[2] - d[5]);
    let (s3, d3) = (d[3] + d[4], d[3] - d[4]);

    let (outer, outer_off) = (s0 + s3, s0 - s3);
    let (inner, inner_off) = (s1 + s2, s1 - s2);
    let z1 = (inner_off + outer_off) * C4;

    let (a, b, c) = (d3 + d2, d2 + d1, d1 + d0);
    let z5 = (a - c) * C6;
    let (z2, z4) = (a * C2_LESS_C6 + z5, c * C2_PLUS_C6 + z5);
    let z3 = b * C4;
    let (z11, z13) = (d0 + z3, d0 - z3);

    [outer + inner, z11 + z4, outer_off + z1, z13 - z2, outer - inner, z13 + z2, outer_off - z1, z11 - z4]
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    fn transformed(mut octet: Octet<f32>) -> Octet<f32> {
        let factors = factors(&[1; 64]);
        dispatch!(Level::new(), simd => {
            transform(simd, &mut octet);
            scale(simd, &mut octet, &factors);
        });
        octet
    }

    #[test]
    fn coefficients_are_those_of_the_cosine_transforms_definition() {
        let sample = |y: usize, x: usize, lane: usize| {
            ((x * 37 + y * 91 + x * y * 13 + lane * 57) % 256) as f32 - 128.0
        };
        let got =
            transformed(std::array::from_fn(|at| std::array::from_fn(|lane| sample(at / 8, at % 8, lane))));
        for (at, lanes) in got.iter().enumerate() {
            let (v, u) = (at / 8, at % 8);
            let cosine =
                |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
            let norm = |u: usize| if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            for (lane, value) in lanes.iter().enumerate() {
                let part =
                    |i: usize| f64::from(sample(i / 8, i % 8, lane)) * cosine(i % 8, u) * cosine(i / 8, v);
                let expect = (0..64).map(part).sum::<f64>() * norm(u) * norm(v) / 4.0;
                assert!((f64::from(*value) - expect).abs() < 1e-2, "{at} {lane}: {value} for {expect}");
            }
        }
    }

    #[test]
    fn a_flat_block_has_its_mean_only() {
        let got = transformed([[127.0; ABREAST]; 64]);
        assert!(got[0].iter().all(|mean| (mean - 1016.0).abs() < 1e-2));
        assert!(got[1..].as_flattened().iter().all(|other| other.abs() < 1e-3));
    }
}
