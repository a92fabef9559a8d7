//! Codes one block of quantised coefficients with the tables of its component.

use super::bits::BitSink;
use super::rounded::{Magnitude, Rounded};
use super::tables::Codes;

/// A code and its length in bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    pub bits: u32,
    pub length: u32,
}

/// The code tables of one component; each code with room for the magnitude behind it, and the length of both.
pub(super) struct BlockCoder {
    dc: [Code; 16],
    ac: Box<[Code; 256]>,
}

const END_OF_BLOCK: usize = 0x00;
const SIXTEEN_ZEROS: usize = 0xF0;

impl BlockCoder {
    pub fn new(dc: &Codes, ac: &Codes) -> Self {
        let (mut dc_codes, mut ac_codes) = ([Code::default(); 16], Box::new([Code::default(); 256]));
        assign_with_room(dc, &mut dc_codes);
        assign_with_room(ac, ac_codes.as_mut());
        Self { dc: dc_codes, ac: ac_codes }
    }

    /// The first coefficient, as its difference from the one before.
    #[inline(always)]
    pub fn put_dc(&self, sink: &mut impl BitSink, difference: i32) {
        let magnitude = Magnitude::of(difference);
        let code = self.dc[(magnitude.size() & 15) as usize];
        sink.put(code.bits | magnitude.bits(), code.length);
    }

    /// All coefficients behind the first.
    #[inline(always)]
    pub fn put_ac(&self, sink: &mut impl BitSink, block: Rounded<'_>) {
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
            let magnitude = block.magnitude(at);
            let code = self.ac[((zeros << 4 | magnitude.size()) & 0xFF) as usize];
            sink.put(code.bits | magnitude.bits(), code.length);
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

/// The part of a symbol that says how many bits of magnitude follow; that of a first coefficient has no other.
pub(super) const MAGNITUDE: u8 = 0x0F;

/// The same with room behind each code for the magnitude that follows it; the length is that of both.
pub(super) fn assign_with_room(codes: &Codes, table: &mut [Code]) {
    assign(codes, table);
    for (symbol, code) in (0..=u8::MAX).zip(table) {
        let size = u32::from(symbol & MAGNITUDE);
        *code = Code { bits: code.bits << size, length: code.length + size };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::baseline::tables;

    #[test]
    fn codes_are_those_the_norm_lists() {
        let coder = BlockCoder::new(&tables::LUMA_DC, &tables::LUMA_AC);
        let code = |code: Code, size: u32| {
            format!("{:0width$b}", code.bits >> size, width = (code.length - size) as usize)
        };
        assert_eq!(code(coder.dc[0], 0), "00");
        assert_eq!(code(coder.dc[11], 11), "111111110");
        assert_eq!(code(coder.ac[END_OF_BLOCK], 0), "1010");
        assert_eq!(code(coder.ac[SIXTEEN_ZEROS], 0), "11111111001");
        assert_eq!(code(coder.ac[0xFA], 10), "1111111111111110");
    }
}
