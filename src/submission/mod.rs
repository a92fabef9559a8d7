//! One person's photo on its way: states, decisions, reasons and the audit chain. Pure: no clock, no disk.

pub mod agreement;
pub mod audit;
pub mod batch;
pub mod decision;
#[cfg(test)]
pub(crate) mod fixture;
pub mod hold;
pub mod lease;
pub mod mask;
pub mod notice;
pub mod order;
pub mod print_order;
pub mod queue;
pub mod reason;
pub mod review_rules;
pub mod role;
pub mod rules;
pub mod second;
pub mod state;
pub mod subject;

pub use batch::{Batch, BatchSummary, NewBatch, SignatureCode};
pub use decision::{Decision, Verb};
pub use hold::{Hold, HoldKind, HoldNote};
pub use lease::Lease;
pub use order::Order;
pub use print_order::{OrderEvent, OrderState, PrintOrder, Recipient};
pub use queue::{PhotoFault, Pile, QueueFilter, QueueItem};
pub use reason::{Reason, ReasonCatalogue};
pub use role::{Colleague, Role};
pub use rules::{BatchRules, PaymentRule, PhotoSource};
pub use second::{Opinion, SecondRefused, SecondReview};
pub use state::{Event, State, next};
pub use subject::{BoundBy, Person, Subject};
