//! Collection codes: read from pixels by two decoders, drawn for tickets. Their content is opaque: stored and compared,
//! never decoded.

pub mod draw;
pub mod read;

pub use draw::Modules;
pub use read::{Codes, Luma};
