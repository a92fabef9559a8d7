//! Messages to students: which there are, what they tell of, and when one that was not taken is tried again.

use super::State;

/// What a student is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Rejected, why, and what to change.
    Rejected,
    Approved,
    /// The processed photo wants to be confirmed.
    PleaseConfirm,
    /// The finished photo can be fetched.
    Ready,
    /// An order for prints was sent off.
    Shipped,
    /// The finished photo itself, asked for on the student's page.
    Photo,
}

/// How it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeWay {
    Webhook,
    Mail,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    Waiting,
    /// Taken by the receiver.
    Sent,
    /// Tried often enough, or refused for good.
    GivenUp,
    /// What it tells of was not so any more.
    Moot,
    /// Nobody knows where to send it.
    NoAddress,
}

/// A message and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The same for every try, so that a receiver can drop doubles.
    pub id: String,
    pub way: NoticeWay,
    pub kind: NoticeKind,
    pub submission: String,
    /// Revision it tells of; 0 where it tells of an order for prints.
    pub revision: u32,
    /// Codes of the reasons of a rejection.
    pub reasons: Vec<String>,
    /// Number of the order for prints it tells of.
    pub print_order: Option<String>,
    pub state: NoticeState,
    pub tries: u32,
    pub made_at_ms: i64,
    /// When it is tried next.
    pub due_at_ms: i64,
    /// Why the last try was in vain: a code or a cause, never an address.
    pub last_error: Option<String>,
}

impl NoticeKind {
    pub const ALL: [Self; 6] =
        [Self::Rejected, Self::Approved, Self::PleaseConfirm, Self::Ready, Self::Shipped, Self::Photo];

    /// What is told when a submission has come into this state.
    pub fn of(state: State) -> Option<Self> {
        [Self::Rejected, Self::Approved, Self::PleaseConfirm, Self::Ready]
            .into_iter()
            .find(|kind| kind.holds_in(state))
    }

    /// Whether it is still true while the submission is in this state.
    pub fn holds_in(self, state: State) -> bool {
        match self {
            Self::Rejected => state == State::Rejected,
            Self::Approved => state == State::Approved,
            Self::PleaseConfirm => state == State::AwaitingConfirmation,
            Self::Ready | Self::Photo => state == State::Completed,
            Self::Shipped => true,
        }
    }

    /// The word in the database, in messages and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Approved => "approved",
            Self::PleaseConfirm => "please_confirm",
            Self::Ready => "ready",
            Self::Shipped => "shipped",
            Self::Photo => "photo",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl NoticeWay {
    pub const ALL: [Self; 2] = [Self::Webhook, Self::Mail];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }
}

impl NoticeState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::GivenUp, Self::Moot, Self::NoAddress];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
            Self::Moot => "moot",
            Self::NoAddress => "no_address",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Pause in milliseconds after the `tries`-th try in vain: doubled each time, never longer than `longest_ms`.
pub fn pause_ms(tries: u32, first_ms: i64, longest_ms: i64) -> i64 {
    let doublings = tries.saturating_sub(1).min(30);
    first_ms.saturating_mul(1 << doublings).min(longest_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_hears_of_four_states_and_only_while_they_last() {
        let told: Vec<_> = State::ALL.into_iter().filter_map(NoticeKind::of).collect();
        assert_eq!(told.len(), 4);
        for kind in told {
            assert_eq!(State::ALL.into_iter().filter(|state| kind.holds_in(*state)).count(), 1, "{kind:?}");
        }
        assert_eq!(NoticeKind::of(State::PendingReview), None);
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let pauses: Vec<_> = (1..=5).map(|tries| pause_ms(tries, 60, 400)).collect();
        assert_eq!(pauses, [60, 120, 240, 400, 400]);
        assert_eq!(pause_ms(u32::MAX, 60_000, 21_600_000), 21_600_000);
    }
}
