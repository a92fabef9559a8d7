//! On-site collection: rosters, codes, tickets, the session and its shots. Pure: callers pass clock, disk and pixels.

pub mod document_number;
pub mod pairing;
pub mod roster;
