//! The tier for large orders: a sub-order is a uniform grid of one size joined to a smaller sub-order.
//!
//! It looks at far fewer pairs than the exact tier and may miss a tighter arrangement, so what it does not
//! find is not proved impossible.

use super::exact::{self, Numbering};
use super::search::{Kind, Make, State};

/// The states of the block search over all sub-orders, the whole order last.
pub(super) fn states(kinds: &[Kind]) -> Vec<State> {
    let numbering = Numbering::new(kinds);
    let grids = Grids::new(kinds);
    let behind_grids = grids.states.len() as u32;
    let orders: Vec<State> = numbering
        .order
        .iter()
        .map(|code| {
            let digits = numbering.digits(*code);
            let repeats = exact::repeats(&numbering, &digits);
            State {
                seeds: grids_of(&digits),
                repeats: repeats.into_iter().map(|(times, of)| (times, of + behind_grids)).collect(),
                joins: joins(&numbering, &grids, &digits),
                digits,
            }
        })
        .collect();
    let mut all = grids.states;
    all.extend(orders);
    all
}

/// How many pairs the block search joins.
pub(super) fn work(kinds: &[Kind]) -> u64 {
    let states = kinds.iter().fold(1_u64, |product, kind| product.saturating_mul(u64::from(kind.count) + 1));
    let pieces: u64 = kinds.iter().map(|kind| u64::from(kind.count)).sum();
    states.saturating_mul(pieces)
}

/// The states for orders too varied for that: each size forms its own block, and the blocks join one by one.
pub(super) fn states_by_kind(kinds: &[Kind]) -> Vec<State> {
    let mut all: Vec<State> = Vec::new();
    let mut joined: Option<u32> = None;
    for index in 0..kinds.len() {
        let block = append_kind(&mut all, kinds, index);
        joined = Some(match joined {
            None => block,
            Some(before) => {
                let digits = (0..kinds.len()).map(|k| if k <= index { kinds[k].count } else { 0 }).collect();
                all.push(State { digits, joins: vec![(before, block)], ..State::default() });
                all.len() as u32 - 1
            }
        });
    }
    all
}

/// Adds the block states of one kind alone; returns the state that holds all its pieces.
fn append_kind(all: &mut Vec<State>, kinds: &[Kind], index: usize) -> u32 {
    let shift = all.len() as u32;
    for mut state in states_of_one(kinds[index]) {
        let mut digits = vec![0; kinds.len()];
        digits[index] = state.digits[0];
        state.digits = digits;
        for make in &mut state.seeds {
            if let Make::Grid { kind, .. } = make {
                *kind = index as u8;
            }
        }
        for (_, of) in &mut state.repeats {
            *of += shift;
        }
        for (one, two) in &mut state.joins {
            *one += shift;
            *two += shift;
        }
        all.push(state);
    }
    all.len() as u32 - 1
}

/// Beyond so many pieces of one size only the last ones are arranged freely; the rest is one uniform grid.
const FREE_PIECES: u16 = 40;

fn states_of_one(kind: Kind) -> Vec<State> {
    if kind.count <= FREE_PIECES {
        return states(&[kind]);
    }
    let mut all = states(&[Kind { count: FREE_PIECES, ..kind }]);
    let first_free = all.len() as u32 - u32::from(FREE_PIECES);
    let first_grid = all.len() as u32;
    all.extend(Grids::new(&[kind]).states);
    let whole = kind.count;
    let joins = (1..whole).map(|in_grid| {
        let rest = whole - in_grid;
        let grid = first_grid + u32::from(in_grid) - 1;
        let rest = if rest <= FREE_PIECES { first_free } else { first_grid } + u32::from(rest) - 1;
        (grid, rest)
    });
    let joins = joins.collect();
    all.push(State { digits: vec![whole], seeds: grids_of(&[whole]), joins, ..State::default() });
    all
}

/// States that hold nothing but uniform grids: one for each kind and count.
struct Grids {
    starts: Vec<usize>,
    states: Vec<State>,
}

impl Grids {
    fn new(kinds: &[Kind]) -> Self {
        let (mut starts, mut states) = (Vec::new(), Vec::new());
        for (kind, wanted) in kinds.iter().enumerate() {
            starts.push(states.len());
            for count in 1..=wanted.count {
                let mut digits = vec![0; kinds.len()];
                digits[kind] = count;
                states.push(State { seeds: grids_of(&digits), digits, ..State::default() });
            }
        }
        Self { starts, states }
    }

    fn state(&self, kind: usize, count: u16) -> u32 {
        (self.starts[kind] + usize::from(count) - 1) as u32
    }
}

/// The uniform grids of exactly these pieces; none when there is more than one kind.
fn grids_of(digits: &[u16]) -> Vec<Make> {
    let mut present = digits.iter().enumerate().filter(|(_, count)| **count > 0);
    let (Some((kind, &count)), None) = (present.next(), present.next()) else { return Vec::new() };
    let mut grids = Vec::new();
    for columns in (1..=count).filter(|columns| count % columns == 0) {
        for turned in [false, true] {
            grids.push(Make::Grid { kind: kind as u8, turned, columns, rows: count / columns });
        }
    }
    grids
}

fn joins(numbering: &Numbering, grids: &Grids, digits: &[u16]) -> Vec<(u32, u32)> {
    let behind_grids = grids.states.len() as u32;
    let mut joins = Vec::new();
    for (kind, &wanted) in digits.iter().enumerate() {
        for count in 1..=wanted {
            let mut rest = digits.to_vec();
            rest[kind] -= count;
            if rest.iter().any(|left| *left > 0) {
                joins.push((grids.state(kind, count), numbering.state(&rest) + behind_grids));
            }
        }
    }
    joins
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 3] = [
        Kind { width: 250, height: 350, count: 4 },
        Kind { width: 350, height: 490, count: 2 },
        Kind { width: 330, height: 480, count: 3 },
    ];

    fn check(states: &[State], whole: &[u16]) {
        assert_eq!(states.last().unwrap().digits, whole);
        for (position, state) in states.iter().enumerate() {
            for (one, two) in &state.joins {
                assert!((*one as usize) < position && (*two as usize) < position);
                let sum: Vec<u16> = states[*one as usize]
                    .digits
                    .iter()
                    .zip(&states[*two as usize].digits)
                    .map(|(a, b)| a + b)
                    .collect();
                assert_eq!(sum, state.digits);
            }
            for (times, of) in &state.repeats {
                let repeated: Vec<u16> = states[*of as usize].digits.iter().map(|n| n * times).collect();
                assert_eq!(repeated, state.digits);
            }
        }
    }

    #[test]
    fn what_is_joined_adds_up_to_the_state() {
        check(&states(&KINDS), &[4, 2, 3]);
        check(&states_by_kind(&KINDS), &[4, 2, 3]);
        let many = KINDS.map(|kind| Kind { count: 50 * kind.count, ..kind });
        check(&states_by_kind(&many), &[200, 100, 150]);
    }
}
