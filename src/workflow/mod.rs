//! The verbs of the work: intake, review, prepare, print. The desk and the command line call the same ones.

pub mod bundle;
pub mod codes;
pub mod collect;
pub mod conflicts;
pub mod countersign;
pub mod desk;
pub mod earlier;
pub mod error;
pub mod export;
#[cfg(test)]
mod fixture;
pub mod hub_state;
#[cfg(feature = "hub")]
pub mod in_step;
pub mod intake;
pub mod job;
mod models;
pub mod orders;
pub mod prepare;
pub mod preview;
pub mod printers;
pub mod quality;
pub mod review;
pub mod roster;
pub mod samples;
mod season;
pub mod shots;
pub mod sign_in;
pub mod standards;
pub mod statistics;
pub mod sweep;
#[cfg(feature = "hub")]
pub mod sync;
pub mod walk;
pub mod who;

pub use desk::Desk;
pub use error::DeskError;
