//! Orders for prints of a finished photo (加洗): their states, whom they go to, and the one function that moves them.
//!
//! | from | event | to |
//! |---|---|---|
//! | awaiting_payment | paid | approved |
//! | awaiting_payment, approved | cancelled | closed |
//! | approved | printed | in_production |
//! | in_production | packed | awaiting_shipment |
//! | awaiting_shipment | shipped | shipped |
//! | shipped | received | completed |
//! | approved, in_production, awaiting_shipment | refunded | refunded |
//!
//! Every pair that is not in the table is refused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    AwaitingPayment,
    Approved,
    InProduction,
    AwaitingShipment,
    Shipped,
    Completed,
    Closed,
    Refunded,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderEvent {
    Paid,
    Cancelled,
    /// Its sheets are written, verified and on record.
    Printed,
    Packed,
    Shipped,
    Received,
    Refunded,
}

/// An event that is not possible now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} is not possible while the order is {state}; look at its present state and choose anew")]
pub struct IllegalOrderStep {
    pub state: OrderState,
    pub event: OrderEvent,
}

/// Whom the prints go to. Personal data: sealed where it is stored, masked where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Recipient {
    pub name: String,
    pub phone: String,
    pub address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postcode: String,
}

/// An order as lists show it; names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrintOrder {
    /// Six-digit centre code, `-`, time to the millisecond.
    pub number: String,
    pub submission: String,
    pub batch: String,
    pub layout: String,
    pub paper: String,
    pub copies: u32,
    pub state: OrderState,
    /// Of the recipient.
    pub masked_name: String,
    /// The export that printed it, or prints it now.
    pub job: Option<String>,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    pub shipped_at_ms: Option<i64>,
}

/// Six-digit centre code, `-`, local time to the millisecond.
pub fn order_number(centre: &str, at: &jiff::Zoned) -> String {
    format!("{centre}-{}{:03}", at.strftime("%Y%m%d%H%M%S"), at.millisecond())
}

impl OrderState {
    pub const ALL: [Self; 8] = [
        Self::AwaitingPayment,
        Self::Approved,
        Self::InProduction,
        Self::AwaitingShipment,
        Self::Shipped,
        Self::Completed,
        Self::Closed,
        Self::Refunded,
    ];

    /// The snake_case word used in the database, in JSON and as locale key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Approved => "approved",
            Self::InProduction => "in_production",
            Self::AwaitingShipment => "awaiting_shipment",
            Self::Shipped => "shipped",
            Self::Completed => "completed",
            Self::Closed => "closed",
            Self::Refunded => "refunded",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl OrderEvent {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Printed => "printed",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Received => "received",
            Self::Refunded => "refunded",
        }
    }

    /// The event with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        use OrderEvent::{Cancelled, Packed, Paid, Printed, Received, Refunded, Shipped};
        let all = [Paid, Cancelled, Printed, Packed, Shipped, Received, Refunded];
        all.into_iter().find(|event| event.as_str() == word)
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OrderEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an event leads, or why it is refused.
pub fn next_order(state: OrderState, event: OrderEvent) -> Result<OrderState, IllegalOrderStep> {
    use OrderEvent as E;
    use OrderState as S;
    Ok(match (state, event) {
        (S::AwaitingPayment, E::Paid) => S::Approved,
        (S::AwaitingPayment | S::Approved, E::Cancelled) => S::Closed,
        (S::Approved, E::Printed) => S::InProduction,
        (S::InProduction, E::Packed) => S::AwaitingShipment,
        (S::AwaitingShipment, E::Shipped) => S::Shipped,
        (S::Shipped, E::Received) => S::Completed,
        (S::Approved | S::InProduction | S::AwaitingShipment, E::Refunded) => S::Refunded,
        _ => return Err(IllegalOrderStep { state, event }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [OrderEvent; 7] = [
        OrderEvent::Paid,
        OrderEvent::Cancelled,
        OrderEvent::Printed,
        OrderEvent::Packed,
        OrderEvent::Shipped,
        OrderEvent::Received,
        OrderEvent::Refunded,
    ];

    #[test]
    fn an_order_goes_one_way_and_its_ends_are_final() {
        let way = [
            OrderEvent::Paid,
            OrderEvent::Printed,
            OrderEvent::Packed,
            OrderEvent::Shipped,
            OrderEvent::Received,
        ];
        let end = way.iter().try_fold(OrderState::AwaitingPayment, |state, event| next_order(state, *event));
        assert_eq!(end, Ok(OrderState::Completed));
        for state in [OrderState::Completed, OrderState::Closed, OrderState::Refunded] {
            assert!(EVENTS.iter().all(|event| next_order(state, *event).is_err()), "{state}");
        }
    }

    #[test]
    fn the_table_has_ten_ways_and_no_more() {
        let ways = OrderState::ALL.iter().flat_map(|state| EVENTS.map(|event| next_order(*state, event)));
        assert_eq!(ways.filter(Result::is_ok).count(), 10);
        let refused = next_order(OrderState::Approved, OrderEvent::Shipped).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "shipped is not possible while the order is approved; look at its present state and choose anew"
        );
    }
}
