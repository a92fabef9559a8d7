//! Hashed noise and a small random generator: the same numbers on every platform.

use super::math::floor;

/// Mixes an integer into 32 well-spread bits.
pub fn hash(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// 0..1 from a lattice cell.
pub fn cell(x: i32, y: i32, z: i32, seed: u32) -> f32 {
    let mixed = hash(x as u32 ^ hash(y as u32 ^ hash(z as u32 ^ hash(seed))));
    (mixed >> 8) as f32 / 16_777_216.0
}

/// Smooth noise -1..1 that varies over about one unit of `x` and `y`.
pub fn noise2(x: f32, y: f32, seed: u32) -> f32 {
    let (fx, fy) = (floor(x), floor(y));
    let (u, v) = (ease(x - fx), ease(y - fy));
    let (i, j) = (fx as i32, fy as i32);
    let row = |j: i32| {
        let (a, b) = (cell(i, j, 0, seed), cell(i + 1, j, 0, seed));
        a + (b - a) * u
    };
    let (a, b) = (row(j), row(j + 1));
    (a + (b - a) * v) * 2.0 - 1.0
}

/// Smooth noise -1..1 in space.
pub fn noise3(x: f32, y: f32, z: f32, seed: u32) -> f32 {
    let (fx, fy, fz) = (floor(x), floor(y), floor(z));
    let (u, v, w) = (ease(x - fx), ease(y - fy), ease(z - fz));
    let (i, j, k) = (fx as i32, fy as i32, fz as i32);
    let row = |j: i32, k: i32| {
        let (a, b) = (cell(i, j, k, seed), cell(i + 1, j, k, seed));
        a + (b - a) * u
    };
    let slab = |k: i32| {
        let (a, b) = (row(j, k), row(j + 1, k));
        a + (b - a) * v
    };
    let (a, b) = (slab(k), slab(k + 1));
    (a + (b - a) * w) * 2.0 - 1.0
}

/// Two octaves of [`noise3`], -1..1.
pub fn cloud3(x: f32, y: f32, z: f32, seed: u32) -> f32 {
    (noise3(x, y, z, seed) * 2.0 + noise3(x * 2.3, y * 2.3, z * 2.3, seed ^ 77)) / 3.0
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A small permuted congruential generator.
#[derive(Clone, Debug)]
pub struct Prng {
    state: u64,
}

impl Prng {
    pub fn new(seed: u64) -> Self {
        let mut prng = Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x51_7cc1_b727_2202 };
        prng.next();
        prng.next();
        prng
    }

    fn next(&mut self) -> u32 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (((self.state >> 18) ^ self.state) >> 27) as u32;
        hash(mixed ^ (self.state >> 59) as u32)
    }

    /// 0..1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 8) as f32 / 16_777_216.0
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// About normally distributed, mean 0, deviation 1 (sum of four).
    pub fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.unit()).sum();
        (sum - 2.0) * 1.732
    }

    /// 0..`count`.
    pub fn index(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count.saturating_sub(1))
    }

    /// One of `items`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_in_range_and_is_continuous() {
        for k in 0..500 {
            let x = k as f32 * 0.173;
            let here = noise3(x, 1.3, -2.0, 9);
            assert!(here.abs() <= 1.0);
            assert!((here - noise3(x + 1e-3, 1.3, -2.0, 9)).abs() < 0.02);
        }
    }

    #[test]
    fn generator_is_even_and_repeatable() {
        let mut prng = Prng::new(4);
        let mean: f32 = (0..4000).map(|_| prng.unit()).sum::<f32>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.02);
        assert_eq!(Prng::new(4).unit(), Prng::new(4).unit());
    }
}
