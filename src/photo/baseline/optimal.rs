//! The shortest code tables for the symbols a picture really has (ITU-T T.81, Annex K.2).

use super::tables::Codes;

/// How often each symbol occurs.
pub(super) type Frequencies = [u32; 256];

const LONGEST_CODE: usize = 16;
/// Deeper than this no tree grows: a code of 64 bits would take more symbols than a file can hold.
const DEEPEST: usize = 64;

/// The tables that code these symbols with the fewest bits; no code is longer than 16 bits or all ones.
pub(super) fn optimal(frequencies: &Frequencies) -> Codes {
    let mut leaves: Vec<(u64, Option<u8>)> = (0..=255_u8)
        .zip(frequencies)
        .filter(|(_, count)| **count > 0)
        .map(|(symbol, count)| (u64::from(*count), Some(symbol)))
        .collect();
    // The leaf that nobody asks for takes the code of all ones, and as the rarest one the longest.
    leaves.push((1, None));
    let depths = depths(&leaves);
    let mut counts = [0_u8; DEEPEST + 1];
    depths.iter().for_each(|depth| counts[*depth] += 1);
    shorten(&mut counts);
    if let Some(longest) = counts.iter_mut().rev().find(|count| **count > 0) {
        *longest -= 1;
    }
    let mut by_depth: Vec<(usize, u8)> =
        depths.iter().zip(&leaves).filter_map(|(depth, (_, symbol))| Some((*depth, (*symbol)?))).collect();
    by_depth.sort_unstable();
    Codes {
        counts: std::array::from_fn(|index| counts[index + 1]),
        symbols: by_depth.into_iter().map(|(_, symbol)| symbol).collect(),
    }
}

/// How many bits these symbols would take with codes as short as theory allows, and their magnitudes: as many each as
/// the symbol's part under `mask` says.
pub(super) fn entropy_bits(frequencies: &Frequencies, mask: u8) -> f64 {
    let all: u32 = frequencies.iter().sum();
    let bits = |(symbol, count): (u8, &u32)| {
        let code = (f64::from(all) / f64::from(*count)).log2();
        f64::from(*count) * (code + f64::from(symbol & mask))
    };
    (0..=255_u8).zip(frequencies).filter(|(_, count)| **count > 0).map(bits).sum()
}

/// How deep each leaf lies when the two rarest trees are joined until one is left.
fn depths(leaves: &[(u64, Option<u8>)]) -> Vec<usize> {
    // Trees by number: first the leaves, then each that joins two, which knows both.
    let mut joined: Vec<[usize; 2]> = Vec::with_capacity(leaves.len());
    let mut trees: Vec<(u64, usize)> =
        leaves.iter().enumerate().map(|(index, (count, _))| (*count, index)).collect();
    trees.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    while let (Some(one), Some(two)) = (trees.pop(), trees.pop()) {
        let (count, tree) = (one.0 + two.0, leaves.len() + joined.len());
        joined.push([one.1, two.1]);
        if trees.is_empty() {
            break;
        }
        let at = trees.partition_point(|(other, _)| *other > count);
        trees.insert(at, (count, tree));
    }
    let mut depths = vec![0; leaves.len() + joined.len()];
    for (number, trees) in joined.iter().enumerate().rev() {
        let below = depths[leaves.len() + number] + 1;
        trees.iter().for_each(|tree| depths[*tree] = below);
    }
    depths.truncate(leaves.len());
    // A tree of one leaf still needs a code.
    depths.iter_mut().for_each(|depth| *depth = (*depth).clamp(1, DEEPEST));
    depths
}

/// Moves codes that are too long up the tree, two at a time.
fn shorten(counts: &mut [u8; DEEPEST + 1]) {
    for length in (LONGEST_CODE + 1..=DEEPEST).rev() {
        while counts[length] > 0 {
            let Some(shorter) = (1..length - 1).rev().find(|shorter| counts[*shorter] > 0) else { return };
            counts[length] -= 2;
            counts[length - 1] += 1;
            counts[shorter + 1] += 2;
            counts[shorter] -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(codes: &Codes) -> Vec<(u8, usize)> {
        let mut symbols = codes.symbols.iter();
        (1..)
            .zip(codes.counts)
            .flat_map(|(length, count)| vec![length; usize::from(count)])
            .map(|length| (*symbols.next().unwrap(), length))
            .collect()
    }

    /// The same joins with every tree as the list of its leaves. Recipes replay only while codes stay as they are.
    fn depths_by_members(leaves: &[(u64, Option<u8>)]) -> Vec<usize> {
        let mut depths = vec![0; leaves.len()];
        let mut trees: Vec<(u64, Vec<usize>)> =
            leaves.iter().enumerate().map(|(index, (count, _))| (*count, vec![index])).collect();
        trees.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        while let (Some(one), Some(two)) = (trees.pop(), trees.pop()) {
            let members = [one.1, two.1].concat();
            members.iter().for_each(|leaf| depths[*leaf] += 1);
            if trees.is_empty() {
                break;
            }
            let at = trees.partition_point(|(other, _)| *other > one.0 + two.0);
            trees.insert(at, (one.0 + two.0, members));
        }
        depths.into_iter().map(|depth: usize| depth.clamp(1, DEEPEST)).collect()
    }

    #[test]
    fn leaves_lie_as_deep_as_in_trees_that_list_their_members() {
        let mut state = 5_u32;
        for leaves in 1..120_u32 {
            let leaves: Vec<(u64, Option<u8>)> = (0..leaves)
                .map(|symbol| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (u64::from(state >> 28) + u64::from(state >> (8 + symbol % 24)), Some(symbol as u8))
                })
                .collect();
            assert_eq!(depths(&leaves), depths_by_members(&leaves));
        }
    }

    #[test]
    fn theory_needs_hardly_fewer_bits_than_the_codes() {
        let mut frequencies = [0; 256];
        for (symbol, count) in [(1, 500), (2, 260), (0x11, 120), (0x21, 70), (0xF0, 50)] {
            frequencies[symbol] = count;
        }
        let theory = entropy_bits(&frequencies, 0x0F);
        let by_codes: f64 = lengths(&optimal(&frequencies))
            .into_iter()
            .map(|(symbol, length)| {
                f64::from(frequencies[usize::from(symbol)]) * (length + usize::from(symbol & 0x0F)) as f64
            })
            .sum();
        assert!(theory <= by_codes && by_codes < theory * 1.05, "{theory} {by_codes}");
    }

    #[test]
    fn frequent_symbols_have_short_codes_and_none_is_all_ones() {
        let mut frequencies = [0; 256];
        for (symbol, count) in [(3, 50), (7, 25), (9, 12), (200, 6), (201, 7)] {
            frequencies[symbol] = count;
        }
        let codes = optimal(&frequencies);
        assert_eq!(lengths(&codes), [(3, 1), (7, 2), (9, 3), (201, 4), (200, 5)]);
        let share: f64 = lengths(&codes).iter().map(|(_, length)| 0.5_f64.powi(*length as i32)).sum();
        assert!(share < 1.0);
    }

    #[test]
    fn codes_of_very_unequal_symbols_stay_within_sixteen_bits() {
        let mut frequencies = [0; 256];
        let (mut one, mut two) = (1_u32, 1_u32);
        for frequency in frequencies.iter_mut().take(40) {
            (*frequency, one, two) = (one, two, one + two);
        }
        let codes = optimal(&frequencies);
        let lengths = lengths(&codes);
        assert_eq!(lengths.len(), 40);
        assert!(lengths.iter().all(|(_, length)| *length <= LONGEST_CODE));
        assert!(lengths.iter().map(|(_, length)| 0.5_f64.powi(*length as i32)).sum::<f64>() < 1.0);
    }

    #[test]
    fn a_single_symbol_gets_a_code_of_one_bit() {
        let mut frequencies = [0; 256];
        frequencies[0] = 9;
        assert_eq!(lengths(&optimal(&frequencies)), [(0, 1)]);
    }
}
