//! Rounded coefficients of a block, and how the norm splits a value into how many bits it needs and those bits.

use super::dct::{Block, nearest};
use super::tables::ZIGZAG;

/// Rounded coefficients of a block and which of them are not zero.
#[derive(Clone, Copy)]
pub(super) struct Rounded {
    /// Column by column, as the transform leaves them.
    values: [i32; 64],
    /// In the order in which they are coded.
    pub nonzero: u64,
}

impl Rounded {
    /// Of coefficients each multiplied by its factor.
    #[inline(always)]
    pub fn new(block: &Block, factors: &Block) -> Self {
        let values: [i32; 64] = std::array::from_fn(|n| nearest(block[n] * factors[n]));
        let flags = values.map(|value| u8::from(value != 0));
        let mut nonzero = 0;
        for (coded, flags) in CODED.iter().zip(flags.as_chunks::<8>().0) {
            // Eight bytes of 0 or 1 to the bits of one byte.
            let rows = u64::from_le_bytes(*flags).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            nonzero |= coded[rows as usize & 0xFF];
        }
        Self { values, nonzero }
    }

    /// The first in the order of coding.
    #[inline(always)]
    pub fn first(&self) -> i32 {
        self.values[0]
    }

    /// The `place`-th in the order of coding.
    #[inline(always)]
    pub fn at(&self, place: u32) -> i32 {
        self.values[usize::from(LEFT_AT[(place & 63) as usize] & 63)]
    }

    /// The magnitude of the `place`-th.
    #[inline(always)]
    pub fn magnitude(&self, place: u32) -> Magnitude {
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

/// Where the transform leaves the n-th coefficient in the order of coding.
static LEFT_AT: [u8; 64] = {
    let mut places = [0; 64];
    let mut n = 0;
    while n < 64 {
        places[n] = (ZIGZAG[n] % 8 * 8 + ZIGZAG[n] / 8) as u8;
        n += 1;
    }
    places
};

/// `CODED[column][rows]`: the coefficients of a column in these rows, as bits in the order of coding.
static CODED: [[u64; 256]; 8] = {
    let mut coded = [[0; 256]; 8];
    let mut n = 0;
    while n < 64 {
        let (row, column) = (ZIGZAG[n] / 8, ZIGZAG[n] % 8);
        let mut rows = 0;
        while rows < 256 {
            if rows >> row & 1 == 1 {
                coded[column][rows] |= 1 << n;
            }
            rows += 1;
        }
        n += 1;
    }
    coded
};

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A block whose coefficients are these, in the order of coding.
    pub(in crate::photo::baseline) fn coded(values: &[f32; 64]) -> Block {
        let mut block = [0.0; 64];
        for (value, at) in values.iter().zip(ZIGZAG) {
            block[at % 8 * 8 + at / 8] = *value;
        }
        block
    }

    #[test]
    fn magnitudes_are_those_of_the_norm() {
        let cases = [(0, (0, 0)), (1, (1, 1)), (-1, (1, 0)), (5, (3, 5)), (-5, (3, 2)), (2046, (11, 2046))];
        for (value, (size, bits)) in cases {
            assert_eq!(Magnitude::of(value), Magnitude(size << 16 | bits), "{value}");
        }
    }

    #[test]
    fn every_coefficient_is_found_where_it_is_coded() {
        let values: [f32; 64] = std::array::from_fn(|n| n as f32 * 33.0 - 1056.0);
        let found = Rounded::new(&coded(&values), &[1.0; 64]);
        for n in 0..64 {
            let value = (n as i32 * 33 - 1056).clamp(-1023, 1023);
            assert_eq!((found.at(n), found.magnitude(n)), (value, Magnitude::of(value)), "{n}");
        }
        assert_eq!(found.nonzero, !(1 << 32));
    }

    #[test]
    fn what_rounds_to_zero_is_left_out() {
        let mut values = [0.4; 64];
        (values[0], values[3], values[63]) = (-80.0, -1.3, 9.6);
        let found = Rounded::new(&coded(&values), &[0.5; 64]);
        assert_eq!((found.first(), found.nonzero), (-40, 1 << 63 | 1 << 3 | 1));
        assert_eq!((found.at(3), found.at(63)), (-1, 5));
    }
}
