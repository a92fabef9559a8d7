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

/// How deep each leaf lies when the two rarest trees are joined until one is left.
fn depths(leaves: &[(u64, Option<u8>)]) -> Vec<usize> {
    let mut depths = vec![0; leaves.len()];
    let mut trees: Vec<(u64, Vec<usize>)> =
        leaves.iter().enumerate().map(|(index, (count, _))| (*count, vec![index])).collect();
    trees.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    while let (Some(one), Some(two)) = (trees.pop(), trees.pop()) {
        let (count, mut members) = (one.0 + two.0, one.1);
        members.extend(two.1);
        members.iter().for_each(|leaf| depths[*leaf] += 1);
        if trees.is_empty() {
            break;
        }
        let at = trees.partition_point(|(other, _)| *other > count);
        trees.insert(at, (count, members));
    }
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
