//! Orders for prints given to the desk that prints them, and the steps that it reports.

use super::error::HubError;
use super::queue::shown;
use super::{Call, Hub};
use crate::store::{StoreError, Tx};
use crate::submission::OrderEvent;
use crate::sync::protocol::{ApprovedRow, HeldOrder, HeldOrders, HoldOrders, OrderNow, OrderStep};

/// Gives the device orders to print: those that it holds, and more that nobody does.
pub(super) fn hold(tx: &Tx<'_>, call: &Call<'_>, asked: &HoldOrders) -> Result<Vec<String>, HubError> {
    let count = asked.count.min(call.hub.limits.requests.max_decisions);
    Ok(tx.hold_print_orders(&call.device.id, count)?)
}

/// What the device needs to print these orders and to send them off.
pub(super) fn held(hub: &Hub, numbers: &[String]) -> Result<HeldOrders, StoreError> {
    let mut orders = Vec::with_capacity(numbers.len());
    for number in numbers {
        let order = hub.store.print_order(number)?;
        let item = hub.store.item(&order.submission)?;
        let photo_bytes = hub.store.photo_bytes(&item.photo_sha256)?.unwrap_or_default();
        orders.push(HeldOrder {
            photo: ApprovedRow { submission: shown(item), photo_bytes },
            recipient: hub.store.recipient(number)?,
            number: order.number,
            layout: order.layout,
            paper: order.paper,
            copies: order.copies,
            state: order.state,
            created_at_ms: order.created_at_ms,
        });
    }
    Ok(HeldOrders { orders })
}

/// A step that the desk took with an order that it holds.
pub(super) fn step(
    tx: &Tx<'_>,
    call: &Call<'_>,
    number: &str,
    asked: &OrderStep,
) -> Result<OrderNow, HubError> {
    if !tx.holds_print_order(&call.device.id, number)? {
        tx.print_order(number)?;
        return Err(HubError::new(
            409,
            "not_yours",
            "another desk prints this order, or none",
            "fetch the orders to print again",
        ));
    }
    let actor = &call.device.name;
    match (asked.event, &asked.carrier, &asked.tracking_number) {
        (OrderEvent::Shipped, Some(carrier), Some(tracking)) => {
            tx.ship_print_order(number, carrier, tracking, call.now_ms, actor)?;
        }
        (event, ..) => drop(tx.move_print_order(number, event, call.now_ms, actor)?),
    }
    Ok(OrderNow { number: number.to_owned(), state: tx.print_order(number)?.state })
}
