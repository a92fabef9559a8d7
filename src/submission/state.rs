//! The states of a submission and the one function that moves between them.

use serde::{Deserialize, Serialize};

/// Where a submission stands; the words are those the student and the staff see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    AwaitingPayment,
    Paid,
    PendingReview,
    Rejected,
    Approved,
    InProduction,
    AwaitingConfirmation,
    Completed,
    Closed,
    Refunded,
}

/// What can happen to a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Approve,
    Reject,
}

/// The event is not legal in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible while the submission is {state:?}")]
pub struct IllegalTransition {
    pub state: State,
    pub event: Event,
}

/// The state after `event`; the only place that decides.
pub fn next(_state: State, _event: Event) -> Result<State, IllegalTransition> {
    todo!()
}
