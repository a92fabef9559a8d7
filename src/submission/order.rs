//! The order 订单 of a student: what its number, its payment and, once a photo came, its submission are.

use serde::{Deserialize, Serialize};

use super::State;

/// An order as lists show it; names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
pub struct Order {
    /// Six-digit centre code, `-`, time to the millisecond.
    pub order: String,
    pub batch: String,
    pub masked_name: String,
    /// That of the submission, once there is one.
    pub state: State,
    /// What is owed, in fen (1/100 yuan).
    pub fee_fen: u32,
    /// What was paid and not given back, in fen.
    pub paid_fen: u32,
    pub submission: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub opened_at_ms: i64,
}

/// How a payment came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentWay {
    /// Taken and recorded by a member of the staff.
    Staff,
    /// WeChat Pay.
    Wechat,
}

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// The student was asked to pay.
    Asked,
    Paid,
    /// It is being given back.
    RefundAsked,
    Refunded,
}

/// One payment for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Our number of it, unique at the provider.
    pub payment: String,
    pub order: String,
    pub way: PaymentWay,
    pub amount_fen: u32,
    pub state: PaymentState,
    /// The provider's number of it.
    pub transaction: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
}

impl PaymentWay {
    pub const ALL: [Self; 2] = [Self::Staff, Self::Wechat];

    /// The snake_case word used in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Wechat => "wechat",
        }
    }

    /// The way with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }
}

impl PaymentState {
    pub const ALL: [Self; 4] = [Self::Asked, Self::Paid, Self::RefundAsked, Self::Refunded];

    /// The snake_case word used in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Paid => "paid",
            Self::RefundAsked => "refund_asked",
            Self::Refunded => "refunded",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
