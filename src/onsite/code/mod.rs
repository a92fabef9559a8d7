//! Collection codes: read from pixels by two decoders and a reader of our own, drawn for tickets. Their content is opaque:
//! stored and compared, never decoded.

pub mod draw;
mod hard;
pub mod read;

pub use draw::Modules;
pub use read::{Codes, Luma};
