//! Finds hashes near a given one among a million: kept as words in a row and read straight through, which is exact
//! and, at 32 bytes each, faster than any tree.

use super::exposure_hash::{ExposureHash, HashPair};
use super::limits::SearchLimits;

/// Hashes with the number their owner gave them.
#[derive(Clone, Debug, Default)]
pub struct ExposureIndex {
    hashes: Vec<ExposureHash>,
    owners: Vec<u64>,
}

/// A hash near the one looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    pub distance: u32,
    pub owner: u64,
}

impl ExposureIndex {
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Adds a hash; an owner may have several.
    pub fn add(&mut self, owner: u64, hash: ExposureHash) {
        self.hashes.push(hash);
        self.owners.push(owner);
    }

    /// The nearest hashes, as many and as far as the limits say; the nearer of the photo's hash and its mirror image's
    /// counts. Nearest first, among equals the lower owner.
    pub fn nearest(&self, wanted: &HashPair, limits: &SearchLimits) -> Vec<Near> {
        let mut found = Found { best: Vec::new(), radius: limits.radius, most: limits.most };
        for (hash, owner) in self.hashes.iter().zip(&self.owners) {
            let distance = wanted.distance(*hash);
            if distance <= found.radius {
                found.take(Near { distance, owner: *owner });
            }
        }
        found.best
    }
}

/// The best so far, sorted; the radius shrinks to the worst of a full list.
struct Found {
    best: Vec<Near>,
    radius: u32,
    most: usize,
}

impl Found {
    fn take(&mut self, near: Near) {
        let at = self.best.partition_point(|other| *other < near);
        self.best.insert(at, near);
        self.best.truncate(self.most);
        if self.best.len() == self.most
            && let Some(worst) = self.best.last()
        {
            self.radius = worst.distance;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash(words: [u64; 4]) -> ExposureHash {
        ExposureHash(words)
    }

    fn limits(radius: u32, most: usize) -> SearchLimits {
        SearchLimits { radius, most, certain_from: 1.0, medians: Vec::new() }
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_a_full_sort_gives(
            all in proptest::collection::vec(any::<[u64; 4]>(), 0..200),
            upright: [u64; 4],
            mirrored: [u64; 4],
            radius in 0..160_u32,
            most in 1..20_usize,
        ) {
            let mut index = ExposureIndex::default();
            for (owner, words) in all.iter().enumerate() {
                index.add(owner as u64, hash(*words));
            }
            let wanted = HashPair { upright: hash(upright), mirrored: hash(mirrored) };
            let mut expected: Vec<Near> = all
                .iter()
                .enumerate()
                .map(|(owner, words)| Near { distance: wanted.distance(hash(*words)), owner: owner as u64 })
                .filter(|near| near.distance <= radius)
                .collect();
            expected.sort_unstable();
            expected.truncate(most);
            prop_assert_eq!(index.nearest(&wanted, &limits(radius, most)), expected);
        }
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let anything = HashPair { upright: hash([1, 2, 3, 4]), mirrored: hash([0; 4]) };
        assert!(ExposureIndex::default().nearest(&anything, &limits(256, 5)).is_empty());
    }
}
