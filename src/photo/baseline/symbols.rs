//! Blocks as the symbols that a scan codes: counted, kept, and written with the tables made for them.

use super::bits::{BitSink, ScanWriter};
use super::huffman::{Code, MAGNITUDE, assign_with_room};
use super::optimal::{Frequencies, entropy_bits};
use super::rounded::{Magnitude, Rounded};
use super::tables::Codes;

/// The code tables of a file: of luma's first coefficients and its others, then of chroma's.
pub(super) const TABLES: usize = 4;
const SYMBOLS: usize = 256;
const ALL_SYMBOLS: usize = TABLES * SYMBOLS;

const SIXTEEN_ZEROS: u32 = 0xF0;

/// A symbol with the bits of its magnitude: in the upper half which of all tables' symbols it is, in the lower half
/// the bits.
#[derive(Clone, Copy)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// Among the symbols of all tables, one table after the other.
    #[inline(always)]
    fn index(self) -> usize {
        (self.0 >> 16) as usize % ALL_SYMBOLS
    }
}

/// Calls with every symbol of a block in the order of the file. `chroma` is 0 for luma, else 1; `difference` is that of
/// the first coefficient from the one before.
#[inline(always)]
fn each_symbol(chroma: u32, difference: i32, block: Rounded<'_>, mut take: impl FnMut(Symbol)) {
    let first = chroma << 25;
    let others = first | 1 << 24;
    take(Symbol(first | Magnitude::of(difference).0));
    let mut left = block.nonzero & !1;
    let mut next = 1;
    while left != 0 {
        let at = left.trailing_zeros();
        left &= left - 1;
        let mut zeros = at - next;
        while zeros > 15 {
            take(Symbol(others | SIXTEEN_ZEROS << 16));
            zeros -= 16;
        }
        take(Symbol(others | zeros << 20 | block.magnitude(at).0));
        next = at + 1;
    }
    if next < 64 {
        take(Symbol(others));
    }
}

/// How often each symbol of each table occurs.
pub(super) struct Counts(Box<[u32; ALL_SYMBOLS]>);

impl Counts {
    pub fn new() -> Self {
        Self(Box::new([0; ALL_SYMBOLS]))
    }

    #[inline(always)]
    pub fn add(&mut self, chroma: u32, difference: i32, block: Rounded<'_>) {
        each_symbol(
            chroma,
            difference,
            block,
            #[inline(always)]
            |symbol| self.0[symbol.index()] += 1,
        );
    }

    /// Of each table.
    pub fn tables(&self) -> [Frequencies; TABLES] {
        std::array::from_fn(|table| std::array::from_fn(|symbol| self.0[table * SYMBOLS + symbol]))
    }

    /// Bits of all codes and of the magnitudes behind them.
    pub fn bits(&self, codes: [&Codes; TABLES]) -> u64 {
        self.tables().iter().zip(codes).map(|(counts, codes)| bits(counts, codes)).sum()
    }

    /// The same with codes as short as theory allows.
    pub fn least_bits(&self) -> f64 {
        self.tables().iter().map(|counts| entropy_bits(counts, MAGNITUDE)).sum()
    }
}

fn bits(frequencies: &Frequencies, codes: &Codes) -> u64 {
    let lengths = (1_u64..).zip(codes.counts).flat_map(|(length, count)| (0..count).map(move |_| length));
    lengths
        .zip(codes.symbols.iter())
        .map(|(length, symbol)| {
            u64::from(frequencies[usize::from(*symbol)]) * (length + u64::from(symbol & MAGNITUDE))
        })
        .sum()
}

/// Symbols not yet handed over: few enough to stay close to the processor.
const WAITING: usize = 1024;
/// No block has more: one each coefficient.
const BLOCK_SYMBOLS: usize = 64;

/// Takes blocks as symbols and counts them.
pub(super) struct SymbolWriter {
    /// Handed over when there might not be room for one block more.
    waiting: Box<[Symbol; WAITING]>,
    count: usize,
    symbols: Vec<Symbol>,
    counts: Counts,
}

impl SymbolWriter {
    /// `symbols` lends its memory.
    pub fn new(mut symbols: Vec<Symbol>) -> Self {
        symbols.clear();
        Self { waiting: Box::new([Symbol(0); WAITING]), count: 0, symbols, counts: Counts::new() }
    }

    #[inline(always)]
    pub fn block(&mut self, chroma: u32, difference: i32, block: Rounded<'_>) {
        each_symbol(
            chroma,
            difference,
            block,
            #[inline(always)]
            |symbol| {
                self.waiting[self.count % WAITING] = symbol;
                self.counts.0[symbol.index()] += 1;
                self.count += 1;
            },
        );
        if self.count > WAITING - BLOCK_SYMBOLS {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        self.symbols.extend_from_slice(&self.waiting[..self.count.min(WAITING)]);
        self.count = 0;
    }

    pub fn finish(mut self) -> (Vec<Symbol>, Counts) {
        self.hand_over();
        (self.symbols, self.counts)
    }
}

/// Writes symbols with their magnitudes.
pub(super) struct SymbolCoder {
    /// Each symbol's code with room for its magnitude, and the length of both.
    codes: Box<[Code; ALL_SYMBOLS]>,
}

impl SymbolCoder {
    pub fn new(tables: [&Codes; TABLES]) -> Self {
        let mut codes = Box::new([Code::default(); ALL_SYMBOLS]);
        for (table, all) in tables.into_iter().zip(codes.as_chunks_mut::<SYMBOLS>().0) {
            assign_with_room(table, all);
        }
        Self { codes }
    }

    pub fn put(&self, scan: &mut ScanWriter, symbols: &[Symbol]) {
        for symbol in symbols {
            let code = self.codes[symbol.index()];
            scan.put(code.bits | symbol.0 & 0xFFFF, code.length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rounded::tests::{LANE, rounded};
    use super::*;

    fn symbols(block: Rounded<'_>) -> Vec<(u32, u32)> {
        let mut all = Vec::new();
        each_symbol(1, -5, block, |symbol| all.push((symbol.0 >> 16, symbol.0 & 0xFFFF)));
        all
    }

    #[test]
    fn runs_of_zeros_and_the_end_are_symbols_of_their_own() {
        let mut block = [0.0; 64];
        (block[1], block[40], block[41]) = (2.0, -1.0, 7.0);
        let found = symbols(rounded(&block, 1.0).block(LANE));
        let expect =
            [(0x203, 0b010), (0x302, 0b10), (0x3F0, 0), (0x3F0, 0), (0x361, 0), (0x303, 0b111), (0x300, 0)];
        assert_eq!(found, expect);
    }

    #[test]
    fn a_full_block_has_no_end_and_fits_what_waits() {
        let octet = rounded(&[9.0; 64], 1.0);
        let block = octet.block(LANE);
        assert_eq!(symbols(block).len(), BLOCK_SYMBOLS);
        let mut writer = SymbolWriter::new(Vec::new());
        (0..100).for_each(|_| writer.block(0, 1, block));
        let (symbols, counts) = writer.finish();
        assert_eq!(symbols.len(), 100 * BLOCK_SYMBOLS);
        let tables = counts.tables();
        assert_eq!((tables[0][1], tables[1][0x04]), (100, 6300));
        let mut counted = Counts::new();
        (0..100).for_each(|_| counted.add(0, 1, block));
        assert_eq!(counted.tables(), tables);
    }
}
