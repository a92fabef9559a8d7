//! Coefficients rounded and split, many at once, into how many bits each needs and those bits.

use super::dct::nearest;

/// Rounded coefficients of a block in the order in which they are coded.
pub(super) struct Magnitudes {
    pub first: i32,
    /// As [`magnitude`] gives them.
    pub values: [u32; 64],
    /// Which of them are not zero.
    pub nonzero: u64,
}

impl Magnitudes {
    /// Of coefficients in coding order, each multiplied by its factor and rounded.
    #[inline(always)]
    pub fn rounded(block: &[f32; 64], factors: &[f32; 64]) -> Self {
        let whole: [i32; 64] = std::array::from_fn(|n| nearest(block[n] * factors[n]));
        let flags = whole.map(|value| u8::from(value != 0));
        let mut nonzero = 0;
        for (n, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
            // Eight bytes of 0 or 1 to the bits of one byte.
            nonzero |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * n);
        }
        Self { first: whole[0], values: whole.map(magnitude), nonzero }
    }
}

/// In the upper half how many bits a value needs, in the lower half those bits; negative values lie one below theirs.
/// Without a branch or a count of zeros, so that many go at once.
#[inline(always)]
pub(super) fn magnitude(value: i32) -> u32 {
    /// The exponent of one half in the bits of a number.
    const HALF: u32 = 126;
    let size = ((value.abs() as f32).to_bits() >> 23).max(HALF) - HALF;
    let bits = (value + (value >> 31)) as u32 & ((1 << size) - 1);
    size << 16 | bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitudes_are_those_of_the_norm() {
        let cases = [(0, (0, 0)), (1, (1, 1)), (-1, (1, 0)), (5, (3, 5)), (-5, (3, 2)), (2046, (11, 2046))];
        for (value, (size, bits)) in cases {
            assert_eq!(magnitude(value), size << 16 | bits, "{value}");
        }
    }

    #[test]
    fn what_rounds_to_zero_is_left_out() {
        let mut block = [0.4; 64];
        (block[0], block[3], block[63]) = (-80.0, -1.3, 9.6);
        let found = Magnitudes::rounded(&block, &[0.5; 64]);
        assert_eq!((found.first, found.nonzero), (-40, 1 << 63 | 1 << 3 | 1));
        assert_eq!((found.values[3], found.values[63]), (1 << 16, 3 << 16 | 5));
    }
}
