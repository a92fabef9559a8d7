//! The hash chain over journal entries: each entry carries the hash of the one before it.
