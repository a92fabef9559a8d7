//! Vectors, rotations and elementary functions that give the same bits on every platform.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// Three numbers: a position in centimetres, a direction, or linear red, green and blue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vec3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

/// Shorthand for a [`Vec3`].
pub const fn v3(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    pub const ZERO: Self = v3(0.0, 0.0, 0.0);
    pub const ONE: Self = v3(1.0, 1.0, 1.0);

    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(self, o: Self) -> Self {
        v3(self.y * o.z - self.z * o.y, self.z * o.x - self.x * o.z, self.x * o.y - self.y * o.x)
    }

    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// This direction at length one; zero stays zero.
    pub fn unit(self) -> Self {
        let length = self.length();
        if length > 1e-12 { self * (1.0 / length) } else { self }
    }

    pub fn lerp(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        v3(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}

impl AddAssign for Vec3 {
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        v3(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}

impl Mul<f32> for Vec3 {
    type Output = Self;
    fn mul(self, k: f32) -> Self {
        v3(self.x * k, self.y * k, self.z * k)
    }
}

impl Mul for Vec3 {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        v3(self.x * o.x, self.y * o.y, self.z * o.z)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}

/// A rotation, by rows.
#[derive(Clone, Copy, Debug)]
pub struct Mat3([Vec3; 3]);

impl Mat3 {
    /// Turns x towards the back: positive brings the front (+z) to the right (+x).
    pub fn about_y(degrees: f32) -> Self {
        let (s, c) = sin_cos_degrees(degrees);
        Self([v3(c, 0.0, s), v3(0.0, 1.0, 0.0), v3(-s, 0.0, c)])
    }

    /// Positive lifts the front (+z) upwards (+y).
    pub fn about_x(degrees: f32) -> Self {
        let (s, c) = sin_cos_degrees(degrees);
        Self([v3(1.0, 0.0, 0.0), v3(0.0, c, s), v3(0.0, -s, c)])
    }

    /// Positive turns clockwise as the camera sees it.
    pub fn about_z(degrees: f32) -> Self {
        let (s, c) = sin_cos_degrees(degrees);
        Self([v3(c, s, 0.0), v3(-s, c, 0.0), v3(0.0, 0.0, 1.0)])
    }

    pub fn apply(&self, v: Vec3) -> Vec3 {
        v3(self.0[0].dot(v), self.0[1].dot(v), self.0[2].dot(v))
    }

    /// First `other`, then this.
    pub fn after(&self, other: &Self) -> Self {
        let column = |k: usize| {
            let pick = |row: Vec3| [row.x, row.y, row.z][k];
            self.apply(v3(pick(other.0[0]), pick(other.0[1]), pick(other.0[2])))
        };
        let (a, b, c) = (column(0), column(1), column(2));
        Self([v3(a.x, b.x, c.x), v3(a.y, b.y, c.y), v3(a.z, b.z, c.z)])
    }
}

pub fn sin_cos_degrees(degrees: f32) -> (f32, f32) {
    let radians = degrees * (std::f32::consts::PI / 180.0);
    (sin(radians), cos(radians))
}

/// Sine by range reduction and an odd polynomial; error below 1e-5.
pub fn sin(radians: f32) -> f32 {
    use std::f32::consts::{FRAC_PI_2, PI, TAU};
    let turned = radians - TAU * floor(radians / TAU + 0.5);
    let x = if turned > FRAC_PI_2 {
        PI - turned
    } else if turned < -FRAC_PI_2 {
        -PI - turned
    } else {
        turned
    };
    let q = x * x;
    x * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 + q * (-1.0 / 5040.0 + q / 362_880.0))))
}

pub fn cos(radians: f32) -> f32 {
    sin(radians + std::f32::consts::FRAC_PI_2)
}

/// Two to the power of `x`.
pub fn exp2(x: f32) -> f32 {
    let x = x.clamp(-120.0, 120.0);
    let whole = floor(x);
    let f = x - whole;
    let fraction = 1.0
        + f * (std::f32::consts::LN_2
            + f * (0.240_226_5 + f * (0.055_504_1 + f * (0.009_618_1 + f * 0.001_333_4))));
    f32::from_bits((((whole as i32) + 127) as u32) << 23) * fraction
}

/// Natural exponential.
pub fn exp(x: f32) -> f32 {
    exp2(x * std::f32::consts::LOG2_E)
}

/// Base-two logarithm of a positive number.
pub fn log2(x: f32) -> f32 {
    let bits = x.max(1e-30).to_bits();
    let exponent = ((bits >> 23) as i32 - 127) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let t = (m - 1.0) / (m + 1.0);
    let q = t * t;
    exponent + 2.885_39 * t * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q / 9.0))))
}

/// `base` (not negative) to any power.
pub fn pow(base: f32, power: f32) -> f32 {
    if base <= 0.0 { 0.0 } else { exp2(power * log2(base)) }
}

/// The whole number at or below `x`, which must fit an `i32`; without a call into the platform's library.
pub fn floor(x: f32) -> f32 {
    let cut = x as i32 as f32;
    if cut > x { cut - 1.0 } else { cut }
}

/// The whole number at or above `x`, which must fit an `i32`.
pub fn ceil(x: f32) -> f32 {
    -floor(-x)
}

pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

pub fn clamp01(x: f32) -> f32 {
    x.clamp(0.0, 1.0)
}

/// 0 at and before `from`, 1 at and after `to`, smooth between; `from` may exceed `to`.
pub fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = clamp01((x - from) / (to - from));
    t * t * (3.0 - 2.0 * t)
}

/// A hill of height one that ends smoothly at the unit circle; takes the squared radius.
pub fn bump(radius_squared: f32) -> f32 {
    if radius_squared >= 1.0 {
        return 0.0;
    }
    let t = 1.0 - radius_squared;
    t * t * t
}

/// An elliptic hill about (`cx`, `cy`) that ends at radii `rx`, `ry`.
pub fn hill(x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32) -> f32 {
    let (dx, dy) = ((x - cx) / rx, (y - cy) / ry);
    bump(dx * dx + dy * dy)
}

/// The larger of two, blended over a band of width `k`.
pub fn smooth_max(a: f32, b: f32, k: f32) -> f32 {
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.max(b) + h * h * k * 0.25
}

/// Value at `x` of the smooth curve through `knots` (ordered by their first number, either way up).
pub fn curve(knots: &[(f32, f32)], x: f32) -> f32 {
    let last = knots.len() - 1;
    let rising = knots[last].0 >= knots[0].0;
    let passed = |k: usize| if rising { knots[k].0 <= x } else { knots[k].0 >= x };
    if !passed(0) {
        return knots[0].1;
    }
    let Some(i) = (0..last).find(|&i| !passed(i + 1)) else {
        return knots[last].1;
    };
    let slope = |k: usize| {
        let (before, after) = (knots[k.saturating_sub(1)], knots[(k + 1).min(last)]);
        (after.1 - before.1) / (after.0 - before.0)
    };
    let ((x0, y0), (x1, y1)) = (knots[i], knots[i + 1]);
    let span = x1 - x0;
    let t = (x - x0) / span;
    let (t2, t3) = (t * t, t * t * t);
    y0 * (2.0 * t3 - 3.0 * t2 + 1.0)
        + slope(i) * span * (t3 - 2.0 * t2 + t)
        + y1 * (3.0 * t2 - 2.0 * t3)
        + slope(i + 1) * span * (t3 - t2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_functions_agree_with_the_platform() {
        for k in -400..400 {
            let x = k as f32 * 0.037;
            assert!((sin(x) - x.sin()).abs() < 2e-5, "sin {x}");
            assert!((exp2(x * 0.3) / (x * 0.3).exp2() - 1.0).abs() < 1e-4, "exp2 {x}");
            let positive = x.abs() + 0.01;
            assert!((log2(positive) - positive.log2()).abs() < 1e-4, "log2 {positive}");
        }
    }

    #[test]
    fn rotations_follow_the_stated_signs() {
        let front = v3(0.0, 0.0, 1.0);
        assert!(Mat3::about_y(30.0).apply(front).x > 0.4);
        assert!(Mat3::about_x(30.0).apply(front).y > 0.4);
        assert!(Mat3::about_z(30.0).apply(v3(1.0, 0.0, 0.0)).y < -0.4);
    }

    #[test]
    fn curve_passes_through_its_knots() {
        let knots = [(0.0, 1.0), (1.0, 3.0), (4.0, -2.0)];
        for (x, y) in knots {
            assert!((curve(&knots, x) - y).abs() < 1e-5);
        }
    }
}
