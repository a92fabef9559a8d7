//! Rounded coefficients of eight blocks, and how the norm splits a value into how many bits it needs and those bits.

use fearless_simd::{Select, Simd, SimdFloat, SimdInt};

use super::dct::Factors;
use super::octet::{ABREAST, Octet, lanes};
use super::tables::ZIGZAG;

/// Rounded coefficients of eight blocks and which of them are not zero.
pub(super) struct RoundedOctet {
    /// In the order in which they are coded.
    values: Octet<i32>,
    /// Of the first 32 coefficients and of the others, for each block.
    nonzero: [[i32; ABREAST]; 2],
}

/// One block of an octet.
#[derive(Clone, Copy)]
pub(super) struct Rounded<'a> {
    values: &'a Octet<i32>,
    lane: usize,
    /// Which coefficients are not zero, in the order in which they are coded.
    pub nonzero: u64,
}

/// Larger values cannot be coded.
const LARGEST: f32 = 1023.0;
/// Added to a number, this leaves the nearest whole number in its lowest bits.
const SHIFT: f32 = 12_582_912.0;

impl RoundedOctet {
    /// All zero.
    pub const NONE: Self = Self { values: [[0; ABREAST]; 64], nonzero: [[0; ABREAST]; 2] };

    /// Takes coefficients each multiplied by its factor.
    #[inline(always)]
    pub fn round<S: Simd>(&mut self, simd: S, octet: &Octet<f32>, factors: &Factors) {
        let (most, least) = (simd.splat_f32x8(LARGEST), simd.splat_f32x8(-LARGEST));
        let (shift, shift_bits) = (simd.splat_f32x8(SHIFT), simd.splat_i32x8(SHIFT.to_bits() as i32));
        let none = simd.splat_i32x8(0);
        for (half, nonzero) in self.nonzero.iter_mut().enumerate() {
            let mut flags = none;
            for bit in 0..32 {
                let place = half * 32 + bit;
                let at = ZIGZAG[place];
                let shifted = (lanes(simd, octet[at]) * factors[at]).min(most).max(least) + shift;
                let value = simd.reinterpret_i32_f32x8(shifted) - shift_bits;
                self.values[place] = value.into();
                flags |= value.simd_eq(none).select(none, simd.splat_i32x8(1 << bit));
            }
            *nonzero = flags.into();
        }
    }

    /// The block in this lane.
    #[inline(always)]
    pub fn block(&self, lane: usize) -> Rounded<'_> {
        let lane = lane % ABREAST;
        let [first, others] = self.nonzero.map(|flags| u64::from(flags[lane] as u32));
        Rounded { values: &self.values, lane, nonzero: others << 32 | first }
    }
}

impl Rounded<'_> {
    /// The first in the order of coding.
    #[inline(always)]
    pub fn first(self) -> i32 {
        self.at(0)
    }

    /// The `place`-th in the order of coding.
    #[inline(always)]
    pub fn at(self, place: u32) -> i32 {
        self.values[(place & 63) as usize][self.lane]
    }

    /// The magnitude of the `place`-th.
    #[inline(always)]
    pub fn magnitude(self, place: u32) -> Magnitude {
        Magnitude(MAGNITUDES[self.at(place) as usize % MAGNITUDES.len()])
    }
}

/// In the upper half how many bits a value needs, in the lower half those bits; negative values lie one below theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Magnitude(pub u32);

impl Magnitude {
    #[inline(always)]
    pub const fn of(value: i32) -> Self {
        let size = 32 - value.unsigned_abs().leading_zeros();
        let bits = (value + (value >> 31)) as u32 & ((1 << size) - 1);
        Self(size << 16 | bits)
    }

    #[inline(always)]
    pub fn size(self) -> u32 {
        self.0 >> 16
    }

    #[inline(always)]
    pub fn bits(self) -> u32 {
        self.0 & 0xFFFF
    }
}

/// Of every value a coefficient can have, by the lowest bits of the value: negative ones lie behind the others.
static MAGNITUDES: [u32; 2048] = {
    let mut magnitudes = [0; 2048];
    let mut value = -1024_i32;
    while value < 1024 {
        magnitudes[value as usize % 2048] = Magnitude::of(value).0;
        value += 1;
    }
    magnitudes
};

#[cfg(test)]
pub(super) mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    /// An octet whose third block has these coefficients in the order of coding.
    pub(in crate::photo::baseline) fn rounded(coded: &[f32; 64], factor: f32) -> RoundedOctet {
        let mut octet = [[0.0; ABREAST]; 64];
        for (value, at) in coded.iter().zip(ZIGZAG) {
            octet[at] = [0.0, 9.0, *value, -9.0, 0.0, 0.0, 0.0, 0.0];
        }
        let mut rounded = RoundedOctet::NONE;
        dispatch!(Level::new(), simd => rounded.round(simd, &octet, &[factor; 64]));
        rounded
    }

    /// Where [`rounded`] lays them.
    pub(in crate::photo::baseline) const LANE: usize = 2;

    #[test]
    fn magnitudes_are_those_of_the_norm() {
        let cases = [(0, (0, 0)), (1, (1, 1)), (-1, (1, 0)), (5, (3, 5)), (-5, (3, 2)), (2046, (11, 2046))];
        for (value, (size, bits)) in cases {
            assert_eq!(Magnitude::of(value), Magnitude(size << 16 | bits), "{value}");
        }
    }

    #[test]
    fn every_coefficient_is_found_where_it_is_coded() {
        let octet = rounded(&std::array::from_fn(|n| n as f32 * 33.0 - 1056.0), 1.0);
        let found = octet.block(LANE);
        for n in 0..64 {
            let value = (n as i32 * 33 - 1056).clamp(-1023, 1023);
            assert_eq!((found.at(n), found.magnitude(n)), (value, Magnitude::of(value)), "{n}");
        }
        assert_eq!(found.nonzero, !(1 << 32));
        assert_eq!(
            (octet.block(1).nonzero, octet.block(3).at(63), octet.block(7).nonzero),
            (u64::MAX, -9, 0)
        );
    }

    #[test]
    fn what_rounds_to_zero_is_left_out() {
        let mut values = [0.4; 64];
        (values[0], values[3], values[63]) = (-80.0, -1.3, 9.6);
        let octet = rounded(&values, 0.5);
        let found = octet.block(LANE);
        assert_eq!((found.first(), found.nonzero), (-40, 1 << 63 | 1 << 3 | 1));
        assert_eq!((found.at(3), found.at(63)), (-1, 5));
    }
}
