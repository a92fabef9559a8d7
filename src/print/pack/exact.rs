//! The exact tier: every sub-order is built from every pair of smaller sub-orders, so nothing is missed.

use super::search::{Kind, Make, State, prime_factors};

/// The states of the exact search, the whole order last.
pub(super) fn states(kinds: &[Kind]) -> Vec<State> {
    let numbering = Numbering::new(kinds);
    let mut states: Vec<State> = vec![State::default(); numbering.len()];
    for (position, code) in numbering.order.iter().enumerate() {
        states[position] = state(&numbering, *code);
    }
    states
}

/// How many pairs of sub-orders the exact search joins.
pub(super) fn work(kinds: &[Kind]) -> u64 {
    kinds.iter().fold(1_u64, |work, kind| {
        let count = u64::from(kind.count);
        work.saturating_mul((count + 1) * (count + 2) / 2)
    })
}

fn state(numbering: &Numbering, code: usize) -> State {
    let digits = numbering.digits(code);
    let total: u16 = digits.iter().sum();
    if total == 1 {
        let seeds = single_piece(&digits);
        return State { digits, seeds, ..State::default() };
    }
    State {
        repeats: repeats(numbering, &digits),
        joins: joins(numbering, &digits, code),
        digits,
        seeds: Vec::new(),
    }
}

fn single_piece(digits: &[u16]) -> Vec<Make> {
    let kind = digits.iter().position(|count| *count == 1).unwrap_or(0) as u8;
    [false, true].map(|turned| Make::Grid { kind, turned, columns: 1, rows: 1 }).to_vec()
}

/// Equal shares of a sub-order: cut once, stacked, and cut on together.
pub(super) fn repeats(numbering: &Numbering, digits: &[u16]) -> Vec<(u16, u32)> {
    let common = digits.iter().fold(0, |a, b| greatest_common_divisor(a, *b));
    let mut factors: Vec<u16> = prime_factors(common).collect();
    factors.dedup();
    let share = |times: u16| digits.iter().map(|count| count / times).collect::<Vec<u16>>();
    factors.into_iter().map(|times| (times, numbering.state(&share(times)))).collect()
}

fn joins(numbering: &Numbering, digits: &[u16], code: usize) -> Vec<(u32, u32)> {
    let mut joins = Vec::new();
    let mut part = vec![0; digits.len()];
    while advance(&mut part, digits) {
        let part_code = numbering.code(&part);
        let rest_code = code - part_code;
        // Each pair once; the two orders differ only by a reflection.
        if rest_code != 0 && part_code <= rest_code {
            joins.push((numbering.position[part_code], numbering.position[rest_code]));
        }
    }
    joins
}

/// The next sub-order below `digits`, counting up; `false` after the last.
fn advance(part: &mut [u16], digits: &[u16]) -> bool {
    for (count, most) in part.iter_mut().zip(digits) {
        if *count < *most {
            *count += 1;
            return true;
        }
        *count = 0;
    }
    false
}

fn greatest_common_divisor(a: u16, b: u16) -> u16 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Sub-orders as mixed-radix numbers, and their order by number of pieces.
pub(super) struct Numbering {
    strides: Vec<usize>,
    sizes: Vec<usize>,
    /// Codes in the order in which the states are solved; the empty order is left out.
    pub order: Vec<usize>,
    /// Where a code stands in `order`.
    position: Vec<u32>,
}

impl Numbering {
    pub fn new(kinds: &[Kind]) -> Self {
        let sizes: Vec<usize> = kinds.iter().map(|kind| usize::from(kind.count) + 1).collect();
        let strides = strides(&sizes);
        let total: usize = sizes.iter().product();
        let mut numbering = Self { strides, sizes, order: (1..total).collect(), position: vec![0; total] };
        let pieces: Vec<u16> = (0..total).map(|code| numbering.digits(code).iter().sum()).collect();
        numbering.order.sort_by_key(|code| pieces[*code]);
        for (position, code) in numbering.order.iter().enumerate() {
            numbering.position[*code] = position as u32;
        }
        numbering
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn digits(&self, code: usize) -> Vec<u16> {
        self.strides.iter().zip(&self.sizes).map(|(stride, size)| (code / stride % size) as u16).collect()
    }

    fn code(&self, digits: &[u16]) -> usize {
        self.strides.iter().zip(digits).map(|(stride, count)| stride * usize::from(*count)).sum()
    }

    /// The state of these pieces, of which there must be one at least.
    pub fn state(&self, digits: &[u16]) -> u32 {
        self.position[self.code(digits)]
    }
}

fn strides(sizes: &[usize]) -> Vec<usize> {
    let mut next = 1;
    sizes
        .iter()
        .map(|size| {
            let stride = next;
            next *= size;
            stride
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind { width: 250, height: 350, count: 3 };

    #[test]
    fn the_whole_order_comes_last_and_names_only_earlier_states() {
        let states = states(&[KIND, Kind { count: 2, ..KIND }]);
        assert_eq!(states.len(), 11);
        assert_eq!(states[10].digits, [3, 2]);
        for (position, state) in states.iter().enumerate() {
            assert!(state.joins.iter().all(|(a, b)| (*a as usize) < position && (*b as usize) < position));
        }
    }

    #[test]
    fn work_counts_the_pairs_of_sub_orders() {
        assert_eq!(work(&[KIND]), 10);
        assert_eq!(work(&[Kind { count: 8, ..KIND }, Kind { count: 4, ..KIND }]), 45 * 15);
    }
}
