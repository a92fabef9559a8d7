//! Bits in a row: written, copied by range, and stuffed as a JPEG scan asks.

/// Bits without stuffing, most significant first.
#[derive(Default)]
pub(super) struct BitBuffer {
    bytes: Vec<u8>,
    /// The lowest `pending_bits`, 63 at most, wait; those above were written.
    pending: u64,
    pending_bits: u32,
}

/// Where a code goes.
pub(super) trait BitSink {
    /// Appends the lowest `count` bits of `bits`, at most 32; those above must be zero.
    fn put(&mut self, bits: u32, count: u32);
}

/// Bytes behind the last bit, so that eight can be read from any position.
const TAIL: usize = 8;

impl BitBuffer {
    /// How many bits were written.
    #[inline(always)]
    pub fn len(&self) -> u32 {
        self.bytes.len() as u32 * 8 + self.pending_bits
    }

    /// Ends writing; ranges can be read from now on.
    pub fn finish(mut self) -> Vec<u8> {
        let rest = (self.pending << (64 - self.pending_bits.max(1))).to_be_bytes();
        if self.pending_bits > 0 {
            self.bytes.extend(rest);
        }
        self.bytes.extend([0; TAIL]);
        self.bytes
    }
}

impl BitSink for BitBuffer {
    #[inline(always)]
    fn put(&mut self, bits: u32, count: u32) {
        let all = self.pending_bits + count;
        if all < 64 {
            self.pending = self.pending << count | u64::from(bits);
            self.pending_bits = all;
            return;
        }
        let left = all - 64;
        let word = self.pending << (count - left) | u64::from(bits) >> left;
        self.bytes.extend_from_slice(&word.to_be_bytes());
        self.pending = bits.into();
        self.pending_bits = left;
    }
}

/// The entropy-coded part of a scan: a zero follows each byte of ones.
pub(super) struct ScanWriter {
    bytes: Vec<u8>,
    /// The lowest `pending_bits`, 63 at most, wait; those above were written.
    pending: u64,
    pending_bits: u32,
}

/// As many bits as can be read from any position with one word.
const READ_AT_ONCE: u32 = 56;

impl ScanWriter {
    /// Writes behind `header`.
    pub fn behind(header: Vec<u8>) -> Self {
        Self { bytes: header, pending: 0, pending_bits: 0 }
    }

    /// Copies the bits `from..to` of a finished [`BitBuffer`].
    pub fn copy(&mut self, source: &[u8], from: u32, to: u32) {
        let mut at = from;
        while to - at >= READ_AT_ONCE {
            self.put_long(bits_at(source, at) >> (64 - READ_AT_ONCE), READ_AT_ONCE);
            at += READ_AT_ONCE;
        }
        let rest = to - at;
        if rest > 0 {
            self.put_long(bits_at(source, at) >> (64 - rest), rest);
        }
    }

    /// Fills the last byte with ones and gives the file back.
    pub fn finish(mut self) -> Vec<u8> {
        let open = self.pending_bits % 8;
        if open > 0 {
            self.put((1 << (8 - open)) - 1, 8 - open);
        }
        while self.pending_bits > 0 {
            self.pending_bits -= 8;
            self.push((self.pending >> self.pending_bits) as u8);
        }
        self.bytes
    }

    /// Appends the lowest `count` bits of `bits`, at most [`READ_AT_ONCE`]; those above must be zero.
    #[inline(always)]
    fn put_long(&mut self, bits: u64, count: u32) {
        let all = self.pending_bits + count;
        if all < 64 {
            self.pending = self.pending << count | bits;
            self.pending_bits = all;
            return;
        }
        let left = all - 64;
        // All bits are pending ones and the upper ones of `bits`; the shift is below 64, for `count` is.
        self.word(self.pending << (count - left) | bits >> left);
        self.pending = bits;
        self.pending_bits = left;
    }

    #[inline(always)]
    fn word(&mut self, word: u64) {
        if has_byte_of_ones(word) {
            word.to_be_bytes().into_iter().for_each(|byte| self.push(byte));
        } else {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
    }

    fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xFF {
            self.bytes.push(0);
        }
    }
}

impl BitSink for ScanWriter {
    #[inline(always)]
    fn put(&mut self, bits: u32, count: u32) {
        self.put_long(bits.into(), count);
    }
}

/// The bits from `at` on, at the top; [`READ_AT_ONCE`] of them count.
#[inline(always)]
fn bits_at(source: &[u8], at: u32) -> u64 {
    let start = (at / 8) as usize;
    let bytes = source.get(start..start + TAIL).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
    u64::from_be_bytes(bytes) << (at % 8)
}

fn has_byte_of_ones(word: u64) -> bool {
    (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_copied_bit_for_bit_from_any_place_to_any_place() {
        let mut buffer = BitBuffer::default();
        let bits: Vec<u32> = (0..900_u32).map(|i| i.wrapping_mul(2_654_435_761) >> 31).collect();
        bits.iter().for_each(|bit| buffer.put(*bit, 1));
        assert_eq!(buffer.len(), 900);
        let source = buffer.finish();
        for (lead, from, to) in [(0, 0, 900), (3, 1, 34), (7, 13, 13), (5, 500, 900), (31, 867, 899)] {
            let mut writer = ScanWriter::behind(Vec::new());
            (0..lead).for_each(|_| writer.put(0, 1));
            writer.copy(&source, from, to);
            let scan = unstuffed(&writer.finish());
            let copied = (0..to - from).map(|i| {
                let at = (lead + i) as usize;
                u32::from(scan[at / 8] >> (7 - at % 8) & 1)
            });
            assert_eq!(copied.collect::<Vec<_>>(), bits[from as usize..to as usize], "{lead} {from} {to}");
        }
    }

    fn unstuffed(scan: &[u8]) -> Vec<u8> {
        let follows_ones = |at: usize| at > 0 && scan[at - 1] == 0xFF;
        (0..scan.len()).filter(|at| !(scan[*at] == 0 && follows_ones(*at))).map(|at| scan[at]).collect()
    }

    #[test]
    fn bytes_of_ones_are_stuffed_and_the_end_is_filled_with_ones() {
        let mut writer = ScanWriter::behind(vec![0xFF]);
        writer.put(0x00FF_FFAB, 32);
        writer.put(0b1, 1);
        assert_eq!(writer.finish(), [0xFF, 0, 0xFF, 0, 0xFF, 0, 0xAB, 0xFF, 0]);
    }
}
