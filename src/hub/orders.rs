//! Orders of students: opened before or with the first photo, paid, cancelled, given back.

use super::error::HubError;
use super::intake::{self, Arrived};
use super::life::{self, Hand};
use super::{Call, Hub};
use crate::store::journal::JournalEvent;
use crate::store::student_orders::NewOrder as OpenedOrder;
use crate::store::{StoreError, Tx};
use crate::submission::order::{Order, Payment, PaymentState, PaymentWay};
use crate::submission::print_order::order_number;
use crate::submission::state::{Event, State, next};
use crate::submission::{Batch, PaymentRule};
use crate::sync::protocol::{NewOrder, NewPhoto, PaymentRecord, Refund, Submission};

/// Opens an order whose photo comes later.
pub(super) fn open(tx: &Tx<'_>, call: &Call<'_>, new: &NewOrder) -> Result<Order, HubError> {
    let batch = tx.batch(&new.batch)?;
    intake::is_open(tx, &batch, call.now_ms)?;
    let number = open_for(tx, call, &batch, &new.masked_name)?;
    Ok(tx.order(&number)?)
}

/// Opens an order in this batch and gives its number.
pub(super) fn open_for(
    tx: &Tx<'_>,
    call: &Call<'_>,
    batch: &Batch,
    masked_name: &str,
) -> Result<String, HubError> {
    let number = free_number(tx, call.hub, call.now_ms)?;
    let new = OpenedOrder {
        number: &number,
        batch: &batch.code,
        masked_name,
        state: batch.rules.first_state(),
        fee_fen: batch.rules.fee_fen,
        opened_at_ms: call.now_ms,
    };
    tx.add_order(&new)?;
    let entry = JournalEvent::OrderOpened {
        order: number.clone(),
        batch: batch.code.clone(),
        fee_fen: new.fee_fen,
        state: new.state,
    };
    tx.append(call.now_ms, &call.device.name, &entry)?;
    Ok(number)
}

/// Takes a photo for an order: its first, or a further one.
pub(super) fn send_photo(
    tx: &Tx<'_>,
    call: &Call<'_>,
    number: &str,
    new: &NewPhoto,
) -> Result<Submission, HubError> {
    let order = tx.order(number)?;
    if let Some(submission) = &order.submission {
        return intake::resubmit(tx, call, submission, new);
    }
    let batch = tx.batch(&order.batch)?;
    intake::is_open(tx, &batch, call.now_ms)?;
    if order.state == State::AwaitingPayment && batch.rules.payment == PaymentRule::BeforePhoto {
        return Err(payment_first());
    }
    intake::first_photo(tx, call, &order, &new.photo_sha256, Arrived::now(call))
}

/// A member of the staff has taken what is owed.
pub(super) fn record_payment(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    number: &str,
    asked: &PaymentRecord,
) -> Result<Order, HubError> {
    let order = tx.order(number)?;
    // Refused before any money is written down.
    next(order.state, Event::Paid { photo_waiting: order.submission.is_some() })?;
    if asked.recorded_by.trim().is_empty() {
        return Err(unsigned());
    }
    if asked.amount_fen != order.fee_fen {
        return Err(other_amount(order.fee_fen));
    }
    let payment = Payment {
        payment: uuid::Uuid::now_v7().simple().to_string(),
        order: order.order.clone(),
        way: PaymentWay::Staff,
        amount_fen: asked.amount_fen,
        state: PaymentState::Paid,
        transaction: None,
        recorded_by: asked.recorded_by.trim().to_owned(),
        at_ms: hand.now_ms,
    };
    take_payment(tx, hand, &order, &payment)
}

/// Writes down a payment that came in, and moves the order when it was waited for. Money that comes for an order that is
/// over is kept on record as paid, to be given back.
pub(super) fn take_payment(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    order: &Order,
    payment: &Payment,
) -> Result<Order, HubError> {
    tx.set_payment(payment)?;
    let entry = JournalEvent::PaymentTaken {
        order: order.order.clone(),
        payment: payment.payment.clone(),
        way: payment.way,
        amount_fen: payment.amount_fen,
        by: payment.recorded_by.clone(),
    };
    tx.append(hand.now_ms, hand.actor, &entry)?;
    if order.state == State::AwaitingPayment && tx.order(&order.order)?.paid_fen >= order.fee_fen {
        step(tx, hand, order, Event::Paid { photo_waiting: order.submission.is_some() })?;
    }
    Ok(tx.order(&order.order)?)
}

/// The student gives up an order that was not paid.
pub(super) fn cancel(tx: &Tx<'_>, hand: Hand<'_>, number: &str) -> Result<Order, HubError> {
    step(tx, hand, &tx.order(number)?, Event::Cancelled)?;
    Ok(tx.order(number)?)
}

/// Gives back what was paid for an order before its production. Of an order that is closed only the money moves.
pub(super) fn refund(tx: &Tx<'_>, hand: Hand<'_>, number: &str, asked: &Refund) -> Result<Order, HubError> {
    let order = tx.order(number)?;
    if asked.recorded_by.trim().is_empty() {
        return Err(unsigned());
    }
    if order.paid_fen == 0 {
        return Err(nothing_paid());
    }
    if order.state != State::Closed {
        step(tx, hand, &order, Event::Refunded)?;
    }
    for payment in tx.payments(number)? {
        if payment.state == PaymentState::Paid {
            give_back(tx, hand, payment, asked.recorded_by.trim())?;
        }
    }
    Ok(tx.order(number)?)
}

fn give_back(tx: &Tx<'_>, hand: Hand<'_>, payment: Payment, by: &str) -> Result<(), StoreError> {
    let entry = JournalEvent::PaymentReturned {
        order: payment.order.clone(),
        payment: payment.payment.clone(),
        way: payment.way,
        amount_fen: payment.amount_fen,
        by: by.to_owned(),
    };
    let state = match payment.way {
        PaymentWay::Staff => PaymentState::Refunded,
        PaymentWay::Wechat => PaymentState::RefundAsked,
    };
    tx.set_payment(&Payment { state, recorded_by: by.to_owned(), at_ms: hand.now_ms, ..payment })?;
    tx.append(hand.now_ms, hand.actor, &entry).map(drop)
}

/// Moves an order: its submission, once there is one.
pub(super) fn step(tx: &Tx<'_>, hand: Hand<'_>, order: &Order, event: Event) -> Result<State, HubError> {
    if let Some(submission) = &order.submission {
        let item = tx.standing(submission)?.item;
        return Ok(life::step(tx, hand, item, event)?.state);
    }
    let to = next(order.state, event)?;
    tx.set_order_state(&order.order, to)?;
    let entry = JournalEvent::OrderStepped { order: order.order.clone(), event, from: order.state, to };
    tx.append(hand.now_ms, hand.actor, &entry)?;
    Ok(to)
}

/// An order number of this moment that no order has, neither of a photo nor of prints.
pub(super) fn free_number(tx: &Tx<'_>, hub: &Hub, now_ms: i64) -> Result<String, StoreError> {
    let mut at_ms = now_ms;
    loop {
        let number = number_at(&hub.limits.orders.centre, at_ms);
        if !tx.has_order(&number)? {
            return Ok(number);
        }
        at_ms += 1;
    }
}

fn number_at(centre: &str, at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    order_number(centre, &at.to_zoned(jiff::tz::TimeZone::system()))
}

pub(super) fn payment_first() -> HubError {
    HubError::new(
        409,
        "payment_first",
        "this batch takes the photo after the payment",
        "open an order, pay for it, then send the photo to that order",
    )
}

pub(super) fn other_amount(fee_fen: u32) -> HubError {
    HubError::new(
        409,
        "other_amount",
        format!("the amount is not what is owed ({fee_fen} fen)"),
        "take the exact amount, or look whether this is the right order",
    )
}

fn nothing_paid() -> HubError {
    HubError::new(
        409,
        "nothing_paid",
        "nothing was paid for this order, or it was given back already",
        "look at the order's payments",
    )
}

fn unsigned() -> HubError {
    HubError::new(
        400,
        "unsigned",
        "the name of whoever took or gave the money is missing",
        "send the name with the amount",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_centre_day_and_time_to_the_millisecond() {
        let number = number_at("100001", 1_700_000_000_007);
        let (centre, time) = number.split_once('-').unwrap_or_default();
        assert_eq!((centre, time.len(), &time[14..]), ("100001", 17, "007"));
        assert!(time.bytes().all(|digit| digit.is_ascii_digit()));
    }
}
