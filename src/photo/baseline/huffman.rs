//! Codes one block of quantised coefficients with the tables of its component.

use super::bits::BitSink;
use super::dct::Coefficients;
use super::tables::Codes;

/// A code and its length in bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    pub bits: u32,
    pub length: u32,
}

/// The code tables of one component.
pub(super) struct BlockCoder {
    dc: [Code; 16],
    ac: Box<[Code; 256]>,
}

const END_OF_BLOCK: usize = 0x00;
const SIXTEEN_ZEROS: usize = 0xF0;

impl BlockCoder {
    pub fn new(dc: &Codes, ac: &Codes) -> Self {
        let (mut dc_codes, mut ac_codes) = ([Code::default(); 16], Box::new([Code::default(); 256]));
        assign(dc, &mut dc_codes);
        assign(ac, ac_codes.as_mut());
        Self { dc: dc_codes, ac: ac_codes }
    }

    /// The first coefficient, as its difference from the one before.
    #[inline(always)]
    pub fn put_dc(&self, sink: &mut impl BitSink, difference: i32) {
        let (size, bits) = magnitude(difference);
        let code = self.dc[(size & 15) as usize];
        sink.put(code.bits << size | bits, code.length + size);
    }

    /// All coefficients behind the first.
    #[inline(always)]
    pub fn put_ac(&self, sink: &mut impl BitSink, block: &Coefficients) {
        let mut left = block.nonzero & !1;
        let mut last = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut zeros = at - last - 1;
            while zeros > 15 {
                self.put_symbol(sink, SIXTEEN_ZEROS);
                zeros -= 16;
            }
            let (size, bits) = magnitude(i32::from(block.values[(at & 63) as usize]));
            let code = self.ac[((zeros << 4 | size) & 0xFF) as usize];
            sink.put(code.bits << size | bits, code.length + size);
            last = at;
        }
        if last < 63 {
            self.put_symbol(sink, END_OF_BLOCK);
        }
    }

    /// No coefficient behind the first.
    pub fn put_end(&self, sink: &mut impl BitSink) {
        self.put_symbol(sink, END_OF_BLOCK);
    }

    #[inline(always)]
    fn put_symbol(&self, sink: &mut impl BitSink, symbol: usize) {
        let code = self.ac[symbol];
        sink.put(code.bits, code.length);
    }
}

/// Codes of one length count up, each length goes on at twice the next number.
pub(super) fn assign(codes: &Codes, table: &mut [Code]) {
    let mut symbols = codes.symbols.iter();
    let mut bits = 0;
    for (length, count) in (1..).zip(codes.counts) {
        for symbol in symbols.by_ref().take(usize::from(count)) {
            table[usize::from(*symbol)] = Code { bits, length };
            bits += 1;
        }
        bits <<= 1;
    }
}

/// How many bits a value needs, and those bits; negative values lie one below their bits.
#[inline(always)]
fn magnitude(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let sign = (value >> 31) as u32;
    (size, (value as u32).wrapping_add(sign) & ((1 << size) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::baseline::tables;

    #[test]
    fn magnitudes_are_those_of_the_norm() {
        for (value, expect) in
            [(0, (0, 0)), (1, (1, 1)), (-1, (1, 0)), (5, (3, 5)), (-5, (3, 2)), (-1023, (10, 0))]
        {
            assert_eq!(magnitude(value), expect, "{value}");
        }
    }

    #[test]
    fn codes_are_those_the_norm_lists() {
        let coder = BlockCoder::new(&tables::LUMA_DC, &tables::LUMA_AC);
        let code = |code: Code| format!("{:0width$b}", code.bits, width = code.length as usize);
        assert_eq!(code(coder.dc[0]), "00");
        assert_eq!(code(coder.dc[11]), "111111110");
        assert_eq!(code(coder.ac[END_OF_BLOCK]), "1010");
        assert_eq!(code(coder.ac[SIXTEEN_ZEROS]), "11111111001");
        assert_eq!(code(coder.ac[0xFA]), "1111111111111110");
    }
}
