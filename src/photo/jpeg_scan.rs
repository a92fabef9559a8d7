//! Counts the coded blocks of a sequential JPEG, to prove that the picture is whole.
//!
//! Decoders fill missing data with grey and say nothing when the file was cut but still ends with an end marker.

use super::jpeg_facts::Component;
use super::jpeg_segments::{DHT, DRI, Piece, Pieces, SOS};

/// Code length and symbol for every 16-bit look-ahead; length 0 is no code.
type Lookup = Vec<(u8, u8)>;

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
            let tables = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            tables[usize::from(head & 3)] = Some(lookup(counts, symbols));
            payload = rest;
        }
    }
}

fn lookup(counts: &[u8], symbols: &[u8]) -> Lookup {
    let mut lookup = vec![(0, 0); 1 << 16];
    let (mut code, mut next) = (0_usize, 0);
    for (length, &count) in (1_u8..).zip(counts) {
        for &symbol in &symbols[next..next + usize::from(count)] {
            let first = code << (16 - length);
            let span = 1 << (16 - length);
            if let Some(entries) = lookup.get_mut(first..first + span) {
                entries.fill((length, symbol));
            }
            code += 1;
        }
        next += usize::from(count);
        code <<= 1;
    }
    lookup
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
        let size = self.symbol(dc)?;
        self.drop(u32::from(size & 15))?;
        let mut coefficient = 1;
        while coefficient < 64 {
            let symbol = self.symbol(ac)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run != 15 {
                break;
            }
            self.drop(u32::from(size))?;
            coefficient += u32::from(run) + 1;
        }
        Some(())
    }

    fn symbol(&mut self, lookup: &Lookup) -> Option<u8> {
        self.fill();
        let (length, symbol) = lookup[(self.buffer >> 48) as usize];
        if length == 0 {
            return None;
        }
        self.drop(u32::from(length))?;
        Some(symbol)
    }

    fn drop(&mut self, bits: u32) -> Option<()> {
        if self.held < bits {
            self.fill();
        }
        self.held = self.held.checked_sub(bits)?;
        self.buffer <<= bits;
        Some(())
    }

    fn fill(&mut self) {
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
