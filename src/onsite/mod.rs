//! On-site collection: rosters, codes, tickets, the session and its shots. Pure: callers pass clock, disk and pixels.

pub mod best;
pub mod code;
pub mod countersign;
pub mod document_number;
pub mod merge;
pub mod pairing;
pub mod roster;
pub mod rules;
pub mod shot;
pub mod ticket;
pub mod typed;
pub mod watch;
