//! The hash chain over journal entries: each entry carries the hash of the one before it.

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// What stands before the first entry.
pub const GENESIS: Hash = [0; 32];

/// Keeps this chain's hashes apart from any other use of SHA-256.
const DOMAIN: &[u8] = b"photodesk journal 1\0";

/// One journal entry. `event` is kept as the exact text that was hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counts from 1 without gaps.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub actor: String,
    /// JSON text.
    pub event: String,
    pub prev_hash: Hash,
    pub hash: Hash,
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: Hash,
}

/// The chain is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainBreak {
    #[error(
        "journal entry {found} stands where entry {expected} belongs: entries were removed, added or moved; restore the journal from a backup"
    )]
    Sequence { expected: u64, found: u64 },
    #[error(
        "journal entry {seq} does not follow the entry before it: the journal was changed; restore it from a backup"
    )]
    Link { seq: u64 },
    #[error("journal entry {seq} was changed after it was written; restore the journal from a backup")]
    Content { seq: u64 },
    #[error(
        "the journal ends at entry {found} but its sealed end says {expected}: entries at the end were removed or replaced; restore the journal from a backup"
    )]
    End { expected: u64, found: u64 },
}

impl Head {
    /// The head of an empty journal.
    pub const EMPTY: Self = Self { seq: 0, hash: GENESIS };

    /// The entry that follows this head.
    pub fn append(self, at_ms: i64, actor: &str, event: &str) -> Entry {
        let mut entry = Entry {
            seq: self.seq + 1,
            at_ms,
            actor: actor.to_owned(),
            event: event.to_owned(),
            prev_hash: self.hash,
            hash: GENESIS,
        };
        entry.hash = entry.computed_hash();
        entry
    }

    /// The head after `entry`, when it follows this one.
    pub fn follow(self, entry: &Entry) -> Result<Self, ChainBreak> {
        let seq = entry.seq;
        if seq != self.seq + 1 {
            return Err(ChainBreak::Sequence { expected: self.seq + 1, found: seq });
        }
        if entry.prev_hash != self.hash {
            return Err(ChainBreak::Link { seq });
        }
        if entry.computed_hash() != entry.hash {
            return Err(ChainBreak::Content { seq });
        }
        Ok(Self { seq, hash: entry.hash })
    }
}

impl Entry {
    /// SHA-256 over the canonical bytes: every field with its length, so that none can flow into the next.
    pub fn computed_hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(self.prev_hash);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at_ms.to_be_bytes());
        for text in [&self.actor, &self.event] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finalize().into()
    }

    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}

/// Walks the whole chain from its beginning and gives its head.
pub fn verify<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Head, ChainBreak> {
    entries.into_iter().try_fold(Head::EMPTY, Head::follow)
}

/// Like [`verify`], and the chain must end where `sealed` says: a cut-off end shows too.
pub fn verify_to<'a>(entries: impl IntoIterator<Item = &'a Entry>, sealed: Head) -> Result<(), ChainBreak> {
    let found = verify(entries)?;
    if found == sealed { Ok(()) } else { Err(ChainBreak::End { expected: sealed.seq, found: found.seq }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chain(events: &[(i64, String, String)]) -> Vec<Entry> {
        let mut head = Head::EMPTY;
        let mut entries = Vec::new();
        for (at_ms, actor, event) in events {
            let entry = head.append(*at_ms, actor, event);
            head = entry.head();
            entries.push(entry);
        }
        entries
    }

    fn events() -> impl Strategy<Value = Vec<(i64, String, String)>> {
        proptest::collection::vec((any::<i64>(), ".{0,8}", ".{0,20}"), 2..12)
    }

    proptest! {
        #[test]
        fn an_untouched_chain_verifies(events in events()) {
            let entries = chain(&events);
            let head = verify(&entries);
            prop_assert_eq!(head, Ok(entries[entries.len() - 1].head()));
            prop_assert_eq!(verify_to(&entries, entries[entries.len() - 1].head()), Ok(()));
        }

        #[test]
        fn any_changed_field_is_found(events in events(), at in any::<prop::sample::Index>(), field in 0..6_u8) {
            let mut entries = chain(&events);
            let sealed = entries[entries.len() - 1].head();
            let entry = at.get(&entries).clone();
            let changed = &mut entries[(entry.seq - 1) as usize];
            match field {
                0 => changed.seq += 1,
                1 => changed.at_ms = changed.at_ms.wrapping_add(1),
                2 => changed.actor.push('x'),
                3 => changed.event.push(' '),
                4 => changed.prev_hash[7] ^= 1,
                _ => changed.hash[31] ^= 0x80,
            }
            prop_assert!(verify_to(&entries, sealed).is_err());
        }

        #[test]
        fn text_cannot_flow_from_one_field_into_the_next(events in events(), at in any::<prop::sample::Index>()) {
            let mut entries = chain(&events);
            let seq = at.get(&entries).seq;
            let changed = &mut entries[(seq - 1) as usize];
            let whole = format!("{}{}", changed.actor, changed.event);
            prop_assume!(!changed.actor.is_empty());
            (changed.actor, changed.event) = (String::new(), whole);
            prop_assert_eq!(verify(&entries), Err(ChainBreak::Content { seq }));
        }

        #[test]
        fn any_removed_entry_is_found(events in events(), at in any::<prop::sample::Index>()) {
            let mut entries = chain(&events);
            let sealed = entries[entries.len() - 1].head();
            entries.remove(at.index(entries.len()));
            prop_assert!(verify_to(&entries, sealed).is_err());
        }

        #[test]
        fn any_swap_is_found(events in events(), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
            let mut entries = chain(&events);
            let (one, other) = (one.index(entries.len()), other.index(entries.len()));
            prop_assume!(one != other);
            entries.swap(one, other);
            prop_assert!(verify(&entries).is_err());
        }

        #[test]
        fn a_rewritten_end_is_found(events in events(), forged in ".{1,20}") {
            let mut entries = chain(&events);
            let sealed = entries[entries.len() - 1].head();
            let last = entries.len() - 1;
            prop_assume!(entries[last].event != forged);
            let before = Head { seq: last as u64, hash: entries[last].prev_hash };
            entries[last] = before.append(0, "someone", &forged);
            prop_assert_eq!(verify_to(&entries, sealed), Err(ChainBreak::End { expected: sealed.seq, found: sealed.seq }));
        }
    }
}
