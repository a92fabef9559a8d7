//! The states of a submission and the one function that moves between them.
//!
//! | from | event | to |
//! |---|---|---|
//! | awaiting_payment | photo_submitted | awaiting_payment (the photo waits) |
//! | awaiting_payment | paid | pending_review when a photo waits, else paid |
//! | awaiting_payment | cancelled, expired | closed |
//! | paid | photo_submitted | pending_review |
//! | pending_review | approved / rejected | approved / rejected |
//! | pending_review | withdrawn | paid (a new photo may come) |
//! | rejected | resubmitted, while attempts and window last | pending_review |
//! | rejected | batch_closed | closed |
//! | approved, rejected | decision_undone | pending_review |
//! | approved | export_committed | in_production |
//! | approved | reopened | pending_review |
//! | in_production | published | awaiting_confirmation where the batch asks for it, else completed |
//! | awaiting_confirmation | confirmed, batch_closed | completed |
//! | awaiting_confirmation | disputed | pending_review |
//! | completed, closed, refunded | erased | erased (only a tombstone stays) |
//! | paid, pending_review, rejected, approved | refunded | refunded |
//!
//! Every pair that is not in the table is refused. A batch whose school pays starts its submissions in `paid`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a submission stands; the words are those the student and the staff see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
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
    /// Retention is over: photo and personal fields are gone, the tombstone stays.
    Erased,
}

/// What can happen to a submission. What an event needs to know beyond the state, it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Paid {
        /// A photo was sent before the payment.
        photo_waiting: bool,
    },
    Cancelled,
    /// The time to pay ran out.
    Expired,
    PhotoSubmitted,
    /// The student takes the photo back.
    Withdrawn,
    Approved,
    Rejected,
    /// A reviewer takes back a decision nobody has built on.
    DecisionUndone,
    Resubmitted {
        attempts_left: u32,
        /// The batch's re-upload window is still open.
        window_open: bool,
    },
    BatchClosed,
    /// The sheets are written, verified and on record.
    ExportCommitted,
    /// Audited return of an approved submission to review.
    Reopened,
    /// The processed photo is there for the student.
    Published {
        /// The batch asks the student to confirm.
        confirmation: bool,
    },
    Confirmed,
    Disputed,
    Refunded,
    Erased,
}

/// Why an event is refused. The text says what stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalTransition {
    #[error(
        "{event} is not possible while the submission is {state}; look at its present state and choose anew"
    )]
    NotHere { state: State, event: Event },
    #[error("no attempt is left for this submission; the batch must grant another one first")]
    NoAttemptLeft,
    #[error("the re-upload window is over; the batch must extend it first")]
    WindowOver,
}

impl State {
    pub const ALL: [Self; 11] = [
        Self::AwaitingPayment,
        Self::Paid,
        Self::PendingReview,
        Self::Rejected,
        Self::Approved,
        Self::InProduction,
        Self::AwaitingConfirmation,
        Self::Completed,
        Self::Closed,
        Self::Refunded,
        Self::Erased,
    ];

    /// Where a new submission starts. Where the school pays, nothing is owed from the beginning.
    pub fn first(payment_required: bool) -> Self {
        if payment_required { Self::AwaitingPayment } else { Self::Paid }
    }

    /// The snake_case word used in the database, in JSON and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Paid => "paid",
            Self::PendingReview => "pending_review",
            Self::Rejected => "rejected",
            Self::Approved => "approved",
            Self::InProduction => "in_production",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::Completed => "completed",
            Self::Closed => "closed",
            Self::Refunded => "refunded",
            Self::Erased => "erased",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl Event {
    /// The snake_case word, without what the event carries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid { .. } => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::PhotoSubmitted => "photo_submitted",
            Self::Withdrawn => "withdrawn",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::DecisionUndone => "decision_undone",
            Self::Resubmitted { .. } => "resubmitted",
            Self::BatchClosed => "batch_closed",
            Self::ExportCommitted => "export_committed",
            Self::Reopened => "reopened",
            Self::Published { .. } => "published",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Refunded => "refunded",
            Self::Erased => "erased",
        }
    }
}

/// The state after `event`; the only place that decides.
pub fn next(state: State, event: Event) -> Result<State, IllegalTransition> {
    use State::{
        Approved, AwaitingConfirmation, AwaitingPayment, Closed, Completed, InProduction, Paid,
        PendingReview, Refunded, Rejected,
    };
    match (state, event) {
        (AwaitingPayment, Event::PhotoSubmitted) => Ok(AwaitingPayment),
        (AwaitingPayment, Event::Paid { photo_waiting }) => {
            Ok(if photo_waiting { PendingReview } else { Paid })
        }
        (AwaitingPayment, Event::Cancelled | Event::Expired) => Ok(Closed),
        (Paid, Event::PhotoSubmitted) => Ok(PendingReview),
        (PendingReview, Event::Approved) => Ok(Approved),
        (PendingReview, Event::Rejected) => Ok(Rejected),
        (PendingReview, Event::Withdrawn) => Ok(Paid),
        (Rejected, Event::Resubmitted { attempts_left: 0, .. }) => Err(IllegalTransition::NoAttemptLeft),
        (Rejected, Event::Resubmitted { window_open: false, .. }) => Err(IllegalTransition::WindowOver),
        (Rejected, Event::Resubmitted { .. }) => Ok(PendingReview),
        (Rejected, Event::BatchClosed) => Ok(Closed),
        (Approved | Rejected, Event::DecisionUndone) => Ok(PendingReview),
        (Approved, Event::ExportCommitted) => Ok(InProduction),
        (Approved, Event::Reopened) => Ok(PendingReview),
        (InProduction, Event::Published { confirmation: true }) => Ok(AwaitingConfirmation),
        (InProduction, Event::Published { confirmation: false }) => Ok(Completed),
        (AwaitingConfirmation, Event::Confirmed | Event::BatchClosed) => Ok(Completed),
        (AwaitingConfirmation, Event::Disputed) => Ok(PendingReview),
        (Completed | Closed | Refunded, Event::Erased) => Ok(State::Erased),
        (Paid | PendingReview | Rejected | Approved, Event::Refunded) => Ok(Refunded),
        (state, event) => Err(IllegalTransition::NotHere { state, event }),
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The table again, as words: the function must know exactly these pairs.
    const TABLE: &[(&str, &str, &str)] = &[
        ("awaiting_payment", "photo_submitted", "awaiting_payment"),
        ("awaiting_payment", "paid", "paid"),
        ("awaiting_payment", "paid+photo", "pending_review"),
        ("awaiting_payment", "cancelled", "closed"),
        ("awaiting_payment", "expired", "closed"),
        ("paid", "photo_submitted", "pending_review"),
        ("paid", "refunded", "refunded"),
        ("pending_review", "approved", "approved"),
        ("pending_review", "rejected", "rejected"),
        ("pending_review", "withdrawn", "paid"),
        ("pending_review", "refunded", "refunded"),
        ("rejected", "resubmitted", "pending_review"),
        ("rejected", "batch_closed", "closed"),
        ("rejected", "decision_undone", "pending_review"),
        ("rejected", "refunded", "refunded"),
        ("approved", "decision_undone", "pending_review"),
        ("approved", "export_committed", "in_production"),
        ("approved", "reopened", "pending_review"),
        ("approved", "refunded", "refunded"),
        ("in_production", "published", "completed"),
        ("in_production", "published+confirmation", "awaiting_confirmation"),
        ("awaiting_confirmation", "confirmed", "completed"),
        ("awaiting_confirmation", "batch_closed", "completed"),
        ("awaiting_confirmation", "disputed", "pending_review"),
        ("completed", "erased", "erased"),
        ("closed", "erased", "erased"),
        ("refunded", "erased", "erased"),
    ];

    const EVENTS: [(&str, Event); 21] = [
        ("paid", Event::Paid { photo_waiting: false }),
        ("paid+photo", Event::Paid { photo_waiting: true }),
        ("cancelled", Event::Cancelled),
        ("expired", Event::Expired),
        ("photo_submitted", Event::PhotoSubmitted),
        ("withdrawn", Event::Withdrawn),
        ("approved", Event::Approved),
        ("rejected", Event::Rejected),
        ("decision_undone", Event::DecisionUndone),
        ("resubmitted", Event::Resubmitted { attempts_left: 1, window_open: true }),
        ("resubmitted-attempts", Event::Resubmitted { attempts_left: 0, window_open: true }),
        ("resubmitted-window", Event::Resubmitted { attempts_left: 1, window_open: false }),
        ("batch_closed", Event::BatchClosed),
        ("export_committed", Event::ExportCommitted),
        ("reopened", Event::Reopened),
        ("published", Event::Published { confirmation: false }),
        ("published+confirmation", Event::Published { confirmation: true }),
        ("confirmed", Event::Confirmed),
        ("disputed", Event::Disputed),
        ("refunded", Event::Refunded),
        ("erased", Event::Erased),
    ];

    fn expected(state: State, event: &str) -> Option<State> {
        let row = TABLE.iter().find(|(from, by, _)| *from == state.as_str() && *by == event)?;
        State::from_word(row.2)
    }

    #[test]
    fn every_pair_is_as_the_table_says() {
        for state in State::ALL {
            for (word, event) in EVENTS {
                assert_eq!(next(state, event).ok(), expected(state, word), "{state} + {word}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_event_and_the_state() {
        let refusal = next(State::Approved, Event::Withdrawn).map_err(|refusal| refusal.to_string());
        let expect = "withdrawn is not possible while the submission is approved; look at its present state and choose anew";
        assert_eq!(refusal, Err(expect.to_owned()));
    }

    #[test]
    fn words_are_those_of_the_serialised_form() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).ok(), Some(state.as_str().into()));
        }
    }

    /// What must hold on every way a submission can take.
    #[derive(Default)]
    struct Way {
        left_review_approved: bool,
        in_production: bool,
    }

    impl Way {
        fn walk(&mut self, state: State, event: Event, to: State) {
            match event {
                Event::Withdrawn => assert_eq!(state, State::PendingReview, "withdrawn after a decision"),
                Event::Refunded => assert!(!self.in_production, "refunded after production began"),
                Event::ExportCommitted => assert!(self.left_review_approved, "produced without approval"),
                _ => {}
            }
            self.left_review_approved =
                to == State::Approved || (self.left_review_approved && to != State::PendingReview);
            self.in_production = match to {
                State::InProduction => true,
                State::PendingReview => false,
                _ => self.in_production,
            };
            let is_over = matches!(state, State::Closed | State::Refunded) && to != State::Erased;
            let is_final = is_over || state == State::Erased;
            assert!(!is_final, "{state} is an end, yet {event} led to {to}");
        }
    }

    proptest! {
        #[test]
        fn invariants_hold_on_every_way(
            payment in any::<bool>(),
            steps in proptest::collection::vec(0..EVENTS.len(), 0..60),
        ) {
            let mut state = State::first(payment);
            let mut way = Way::default();
            for step in steps {
                let event = EVENTS[step].1;
                if let Ok(to) = next(state, event) {
                    way.walk(state, event, to);
                    state = to;
                }
            }
        }
    }
}
