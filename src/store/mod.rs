//! This computer's SQLite and photo files: batches, submissions, the decision journal, sealed personal fields.

pub mod blobs;
pub mod journal;
pub mod keys;
pub mod migrate;
pub mod seal;
