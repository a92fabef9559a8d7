//! One person's photo on its way: states, decisions, reasons and the audit chain. Pure: no clock, no disk.

pub mod audit;
pub mod decision;
pub mod reason;
pub mod state;

pub use decision::{Decision, Verb};
pub use reason::{Reason, ReasonCatalogue};
pub use state::{Event, State, next};
