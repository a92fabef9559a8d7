//! Counts the coded blocks of a sequential JPEG, to prove that the picture is whole.
//!
//! Decoders fill missing data with grey and say nothing when the file was cut but still ends with an end marker.

use super::jpeg_facts::Component;
use super::jpeg_segments::{DHT, DRI, Piece, Pieces, SOS};

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
    dc: [Option<Steps>; 4],
    ac: [Option<Steps>; 4],
    restart_interval: usize,
}

/// What a symbol of a table asks for.
type StepOf = fn(u8) -> (u8, u8);

impl Tables {
    fn define(&mut self, mut payload: &[u8]) {
        while let Some((&head, rest)) = payload.split_first() {
            let Some((counts, rest)) = rest.split_at_checked(16) else { return };
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(total) else { return };
            let (tables, step): (_, StepOf) =
                if head >> 4 == 0 { (&mut self.dc, dc_step) } else { (&mut self.ac, ac_step) };
            tables[usize::from(head & 3)] = Some(Steps::new(counts, symbols, step));
            payload = rest;
        }
    }
}

/// What one code, or several in a row, mean for a walk: how many bits they and their magnitudes take, and how many
/// coefficients they stand for.
#[derive(Clone, Copy, Default)]
struct Step {
    /// 0 where no code begins.
    bits: u8,
    coefficients: u8,
    /// Coefficients before the last code: where these end a block, that code belongs to the next.
    before_last: u8,
}

/// Codes up to this long are looked up at once; the table stays in the processor's nearest memory.
const SHORT_CODE: u32 = 11;

/// The steps of one code table.
struct Steps {
    short: Vec<Step>,
    /// As many codes as are whole in so many bits.
    several: Vec<Step>,
    /// For each longer length: the bound below which its codes lie (of 16 bits), its first code, and its steps.
    long: Vec<LongCodes>,
}

struct LongCodes {
    length: u32,
    first: u32,
    below: u32,
    steps: Vec<Step>,
}

/// Magnitude bits of a first coefficient's symbol; it stands for none of those behind.
fn dc_step(symbol: u8) -> (u8, u8) {
    (symbol & 15, 0)
}

/// Magnitude bits of another coefficient's symbol, and the coefficients up to and with it; the end takes all.
fn ac_step(symbol: u8) -> (u8, u8) {
    let (run, size) = (symbol >> 4, symbol & 15);
    if size == 0 && run != 15 { (0, 64) } else { (size, run + 1) }
}

impl Steps {
    fn new(counts: &[u8], symbols: &[u8], step: fn(u8) -> (u8, u8)) -> Self {
        let mut steps =
            Self { short: vec![Step::default(); 1 << SHORT_CODE], several: Vec::new(), long: Vec::new() };
        let (mut code, mut next) = (0_usize, 0);
        for (length, &count) in (1_u8..).zip(counts) {
            let own = &symbols[next..next + usize::from(count)];
            let own = own.iter().map(|&symbol| {
                let (bits, coefficients) = step(symbol);
                Step { bits: length + bits, coefficients, before_last: 0 }
            });
            if u32::from(length) <= SHORT_CODE {
                let span = 1 << (SHORT_CODE - u32::from(length));
                for (index, step) in own.enumerate() {
                    if let Some(entries) =
                        steps.short.get_mut((code + index) * span..(code + index + 1) * span)
                    {
                        entries.fill(step);
                    }
                }
            } else if count > 0 {
                let shift = 16 - u32::from(length);
                let below = ((code + usize::from(count)) << shift).min(1 << 16) as u32;
                let (length, first) = (length.into(), code as u32);
                steps.long.push(LongCodes { length, first, below, steps: own.collect() });
            }
            code += usize::from(count);
            next += usize::from(count);
            code <<= 1;
        }
        steps.several = (0..1 << SHORT_CODE).map(|bits| steps.several_at(bits)).collect();
        steps
    }

    /// The codes that lie whole, with their magnitudes, in the bits of a short code; the first at least.
    fn several_at(&self, bits: u32) -> Step {
        const WHOLE_BLOCK: u8 = 64;
        let mut all = self.short[bits as usize];
        while all.bits > 0 && u32::from(all.bits) < SHORT_CODE && all.coefficients < WHOLE_BLOCK {
            let left = SHORT_CODE - u32::from(all.bits);
            let rest = bits << all.bits & ((1 << SHORT_CODE) - 1);
            let next = self.short[rest as usize];
            // What is not a code, or none of the others' kind, is left to the step behind.
            if next.bits == 0 || u32::from(next.bits) > left || next.coefficients == 0 {
                break;
            }
            all = Step {
                bits: all.bits + next.bits,
                coefficients: all.coefficients.saturating_add(next.coefficients).min(WHOLE_BLOCK),
                before_last: all.coefficients,
            };
        }
        all
    }

    /// The step whose code begins these 16 bits.
    fn at(&self, bits: u32) -> Step {
        let short = self.short[(bits >> (16 - SHORT_CODE)) as usize];
        if short.bits > 0 { short } else { self.long_at(bits) }
    }

    fn long_at(&self, bits: u32) -> Step {
        let codes = self.long.iter().find(|codes| bits < codes.below);
        codes
            .and_then(|codes| {
                let code = (bits >> (16 - codes.length)).checked_sub(codes.first)?;
                codes.steps.get(code as usize).copied()
            })
            .unwrap_or_default()
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
    fn skip_block(&mut self, dc: &Steps, ac: &Steps) -> Option<()> {
        self.step(dc)?;
        let mut coefficient = 1;
        while coefficient < 64 {
            if self.held < 32 {
                self.fill();
            }
            let bits = (self.buffer >> 48) as u32;
            let several = ac.several[(bits >> (16 - SHORT_CODE)) as usize];
            let fits = several.bits > 0 && coefficient + u32::from(several.before_last) < 64;
            coefficient += u32::from(self.take(if fits { several } else { ac.at(bits) })?);
        }
        Some(())
    }

    /// Takes one code and its magnitude; gives the coefficients that it stands for.
    fn step(&mut self, steps: &Steps) -> Option<u8> {
        if self.held < 32 {
            self.fill();
        }
        self.take(steps.at((self.buffer >> 48) as u32))
    }

    fn take(&mut self, step: Step) -> Option<u8> {
        let bits = u32::from(step.bits);
        if bits == 0 {
            return None;
        }
        self.held = self.held.checked_sub(bits)?;
        self.buffer <<= bits;
        Some(step.coefficients)
    }

    fn fill(&mut self) {
        let ahead = self.data.get(self.at..self.at + 8).and_then(|bytes| bytes.try_into().ok());
        if let Some(word) = ahead.map(u64::from_be_bytes)
            && !has_byte_of_ones(word)
        {
            // Bits behind the last whole byte are set as well; the next filling sets them to the same.
            self.buffer |= word >> self.held;
            let bytes = (63 - self.held) / 8;
            self.at += bytes as usize;
            self.held += bytes * 8;
            return;
        }
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

fn has_byte_of_ones(word: u64) -> bool {
    (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_codes_are_told_apart() {
        // One code of each length from 1 to 12, then two of 13: the last one is not all ones.
        let mut counts = [1_u8; 16];
        counts[12..].copy_from_slice(&[2, 0, 0, 0]);
        let symbols: Vec<u8> = (0..14).map(|index| 0x10 + index % 10 + 1).collect();
        let steps = Steps::new(&counts, &symbols, ac_step);
        for (length, at) in [(1, 0), (5, 4), (10, 9), (11, 10), (12, 11), (13, 12)] {
            let code = (1_u32 << length) - 2;
            let step = steps.at(code << (16 - length));
            let size = u32::from(symbols[at] & 15);
            assert_eq!((u32::from(step.bits), step.coefficients), (length + size, 2), "length {length}");
        }
        assert_eq!(u32::from(steps.at(0xFFF8).bits), 13 + u32::from(symbols[13] & 15));
        assert_eq!(Steps::new(&[0; 16], &[], dc_step).at(0xFFFF).bits, 0);
    }

    #[test]
    fn several_codes_at_once_walk_as_one_by_one() {
        // The AC table of luma of the norm holds every kind: short, long, the end, sixteen zeros.
        let codes = &crate::photo::baseline::norm_luma_ac();
        let steps = Steps::new(&codes.0, &codes.1, ac_step);
        let dc = Steps::new(&[0, 2, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], &[0; 12], dc_step);
        let mut state = 7_u32;
        let data: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8 & 0x7F
        })
        .take(4000)
        .collect();
        let walk = |one_by_one: bool| {
            let mut bits = Bits { data: &data, at: 0, buffer: 0, held: 0 };
            let mut places = Vec::new();
            loop {
                let done = if one_by_one {
                    bits.step(&dc).and_then(|_| {
                        let mut coefficient = 1;
                        while coefficient < 64 {
                            coefficient += u32::from(bits.step(&steps)?);
                        }
                        Some(())
                    })
                } else {
                    bits.skip_block(&dc, &steps)
                };
                if done.is_none() {
                    return places;
                }
                places.push(bits.at * 8 - bits.held as usize);
            }
        };
        let (alone, together) = (walk(true), walk(false));
        assert!(alone.len() > 20, "{} blocks", alone.len());
        assert_eq!(alone, together);
    }

    #[test]
    fn bits_come_alike_from_whole_words_and_from_stuffed_bytes() {
        // A code of one bit without magnitude: every bit is a step.
        let mut counts = [0; 16];
        counts[0] = 2;
        let steps = Steps::new(&counts, &[0, 0], dc_step);
        for data in [vec![0x55; 40], [vec![0x55; 9], vec![0xFF, 0], vec![0x55; 13]].concat()] {
            let stuffed = data.iter().filter(|byte| **byte == 0).count();
            let mut bits = Bits { data: &data, at: 0, buffer: 0, held: 0 };
            let count = std::iter::from_fn(|| bits.step(&steps)).count();
            assert_eq!(count, (data.len() - stuffed) * 8);
        }
    }
}
