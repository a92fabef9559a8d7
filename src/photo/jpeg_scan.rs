//! Counts the coded blocks of a sequential JPEG, to prove that the picture is whole.
//!
//! Decoders fill missing data with grey and say nothing when the file was cut but still ends with an end marker.

use super::jpeg_facts::Component;
use super::jpeg_segments::{DHT, DRI, Piece, Pieces, SOS};

/// Most codes are no longer than this; their table fits the fastest cache.
const SHORT_BITS: u32 = 10;

/// What a code does to the reading; `bits` 0 is no code.
#[derive(Clone, Copy, Default)]
struct Step {
    /// Bits of the code and of the value behind it.
    bits: u8,
    /// Coefficients it stands for; 0 ends the block.
    coefficients: u8,
}

/// The step of every look-ahead: of 10 bits, and of 16 for the rare codes longer than those.
struct Lookup {
    short: Vec<Step>,
    long: Vec<Step>,
}

/// True when every scan holds the entropy-coded data of all its blocks (one lost unit at the end is forgiven).
/// Only for sequential Huffman-coded pictures whose segments were walked before.
pub(super) fn is_complete(bytes: &[u8], width: u32, height: u32, components: &[Component]) -> bool {
    let mut walk = Tables { dc: Default::default(), ac: Default::default(), restart_interval: 0 };
    let mut scan_header: &[u8] = &[];
    for piece in Pieces::new(bytes, 0) {
        match piece {
            Ok(Piece::Segment { marker: DHT, payload }) => walk.define(payload),
            Ok(Piece::Segment { marker: DRI, payload: &[high, low, ..] }) => {
                walk.restart_interval = usize::from(u16::from_be_bytes([high, low]));
            }
            Ok(Piece::Segment { marker: SOS, payload }) => scan_header = payload,
            Ok(Piece::Segment { .. } | Piece::End { .. }) => {}
            Ok(Piece::Entropy(data)) => {
                let whole = Scan::new(scan_header, width, height, components)
                    .is_some_and(|scan| scan.units_in(data, &walk) + 1 >= scan.units);
                if !whole {
                    return false;
                }
            }
            Err(_) => return false,
        }
    }
    true
}

struct Tables {
    dc: [Option<Lookup>; 4],
    ac: [Option<Lookup>; 4],
    restart_interval: usize,
}

impl Tables {
    fn define(&mut self, mut payload: &[u8]) {
        while let Some((&head, rest)) = payload.split_first() {
            let Some((counts, rest)) = rest.split_at_checked(16) else { return };
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(total) else { return };
            let (tables, step): (_, fn(u8, u8) -> Step) =
                if head >> 4 == 0 { (&mut self.dc, dc_step) } else { (&mut self.ac, ac_step) };
            tables[usize::from(head & 3)] = Some(Lookup::new(counts, symbols, step));
            payload = rest;
        }
    }
}

fn dc_step(length: u8, symbol: u8) -> Step {
    Step { bits: length + (symbol & 15), coefficients: 1 }
}

fn ac_step(length: u8, symbol: u8) -> Step {
    let (run, size) = (symbol >> 4, symbol & 15);
    let is_end = size == 0 && run != 15;
    Step { bits: length + size, coefficients: if is_end { 0 } else { run + 1 } }
}

impl Lookup {
    fn new(counts: &[u8], symbols: &[u8], step: fn(u8, u8) -> Step) -> Self {
        let mut long = vec![Step::default(); 1 << 16];
        let mut short = vec![Step::default(); 1 << SHORT_BITS];
        let (mut code, mut next) = (0_usize, 0);
        for (length, &count) in (1_u8..).zip(counts) {
            for &symbol in &symbols[next..next + usize::from(count)] {
                let step = step(length, symbol);
                fill_span(&mut long, 16, code, length, step);
                if u32::from(length) <= SHORT_BITS {
                    fill_span(&mut short, SHORT_BITS, code, length, step);
                }
                code += 1;
            }
            next += usize::from(count);
            code <<= 1;
        }
        Self { short, long }
    }

    /// The step of the code at the top of `buffer`.
    fn step(&self, buffer: u64) -> Step {
        match self.short[(buffer >> (64 - SHORT_BITS)) as usize] {
            Step { bits: 0, .. } => self.long[(buffer >> 48) as usize],
            step => step,
        }
    }
}

/// Gives every look-ahead that begins with the code its step.
fn fill_span(table: &mut [Step], table_bits: u32, code: usize, length: u8, step: Step) {
    let free = table_bits - u32::from(length);
    if let Some(entries) = table.get_mut(code << free..(code + 1) << free) {
        entries.fill(step);
    }
}

/// What one scan must hold.
struct Scan {
    /// DC table and AC table of each block in a unit, in coding order.
    blocks: Vec<(usize, usize)>,
    units: usize,
}

impl Scan {
    fn new(header: &[u8], width: u32, height: u32, components: &[Component]) -> Option<Self> {
        let (&count, rest) = header.split_first()?;
        let selectors = &rest.as_chunks::<2>().0.get(..usize::from(count))?;
        let max_horizontal = components.iter().map(|c| c.horizontal).max()?;
        let max_vertical = components.iter().map(|c| c.vertical).max()?;
        let mut blocks = Vec::new();
        for &[id, tables] in selectors.iter() {
            let component = components.iter().find(|c| c.id == id)?;
            // a scan of one component is not interleaved: its unit is one block
            let repeat = if count == 1 {
                1
            } else {
                usize::from(component.horizontal) * usize::from(component.vertical)
            };
            blocks
                .extend(std::iter::repeat_n((usize::from(tables >> 4 & 3), usize::from(tables & 3)), repeat));
        }
        let units_across = |size: u32, factor: u8, max: u8| {
            if count == 1 {
                let samples = (size * u32::from(factor)).div_ceil(u32::from(max));
                samples.div_ceil(8) as usize
            } else {
                size.div_ceil(8 * u32::from(max)) as usize
            }
        };
        let first = components.iter().find(|c| Some(&c.id) == selectors.first().map(|s| &s[0]))?;
        let units = units_across(width, first.horizontal, max_horizontal)
            * units_across(height, first.vertical, max_vertical);
        Some(Self { blocks, units })
    }

    /// Whole units that `data` really holds.
    fn units_in(&self, data: &[u8], tables: &Tables) -> usize {
        let mut bits = Bits { data, at: 0, buffer: 0, held: 0 };
        for unit in 0..self.units {
            if tables.restart_interval > 0
                && unit > 0
                && unit % tables.restart_interval == 0
                && !bits.restart()
            {
                return unit;
            }
            for &(dc, ac) in &self.blocks {
                let (Some(dc), Some(ac)) = (&tables.dc[dc], &tables.ac[ac]) else { return unit };
                if bits.skip_block(dc, ac).is_none() {
                    return unit;
                }
            }
        }
        self.units
    }
}

/// Reads bits, unstuffing as it goes; `None` where the data is over.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, at the top.
    buffer: u64,
    held: u32,
}

impl Bits<'_> {
    fn skip_block(&mut self, dc: &Lookup, ac: &Lookup) -> Option<()> {
        self.take(dc)?;
        let mut coefficient = 1;
        while coefficient < 64 {
            match self.take(ac)? {
                0 => break,
                coefficients => coefficient += u32::from(coefficients),
            }
        }
        Some(())
    }

    /// Reads one code with its value and gives the coefficients it stands for.
    fn take(&mut self, lookup: &Lookup) -> Option<u8> {
        // A code and its value have no more than 31 bits.
        if self.held < 32 {
            self.fill();
        }
        let Step { bits, coefficients } = lookup.step(self.buffer);
        if bits == 0 {
            return None;
        }
        self.held = self.held.checked_sub(u32::from(bits))?;
        self.buffer <<= bits;
        Some(coefficients)
    }

    /// Holds at least 32 bits afterwards, or all there are.
    fn fill(&mut self) {
        if let Some(bytes) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<4>()) {
            let word = u32::from_be_bytes(*bytes);
            if !has_marker_byte(word) {
                self.buffer |= u64::from(word) << (32 - self.held);
                self.held += 32;
                self.at += 4;
                return;
            }
        }
        self.fill_by_byte();
    }

    fn fill_by_byte(&mut self) {
        while self.held <= 56 {
            let Some(&byte) = self.data.get(self.at) else { return };
            if byte == 0xFF {
                if self.data.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
            self.buffer |= u64::from(byte) << (56 - self.held);
            self.held += 8;
        }
    }

    /// Steps over a restart marker; false when there is none.
    fn restart(&mut self) -> bool {
        (self.buffer, self.held) = (0, 0);
        let rest = &self.data[self.at..];
        let found = rest.windows(2).position(|pair| pair[0] == 0xFF && (0xD0..=0xD7).contains(&pair[1]));
        self.at += found.map_or(rest.len(), |offset| offset + 2);
        found.is_some()
    }
}

/// Whether one of the four bytes is 0xFF, which begins a marker or a stuffed byte.
fn has_marker_byte(word: u32) -> bool {
    (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_byte_is_seen_wherever_it_stands() {
        for shift in [0, 8, 16, 24] {
            assert!(has_marker_byte(0xFF << shift) && has_marker_byte(0x1200_3400 | 0xFF << shift));
            assert!(!has_marker_byte(0xFE << shift) && !has_marker_byte(0x80 << shift));
        }
        assert!(!has_marker_byte(0x7FFE_0100));
    }

    #[test]
    fn codes_longer_than_the_short_table_are_found_too() {
        // One code of each length from 1 to 12: 0, 10, 110 …
        let mut counts = [0; 16];
        counts[..12].fill(1);
        let symbols: Vec<u8> = (0..12).map(|size| size % 11).collect();
        let lookup = Lookup::new(&counts, &symbols, dc_step);
        for length in 1..=12_u8 {
            let code = !(u64::MAX >> (length - 1));
            let Step { bits, .. } = lookup.step(code);
            assert_eq!(bits, length + (length - 1) % 11, "{length}");
        }
        assert_eq!(lookup.step(u64::MAX).bits, 0, "no code");
    }
}
