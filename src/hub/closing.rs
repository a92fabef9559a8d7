//! The closing of a batch: confirms for whoever has not, closes what was rejected or never paid for.
//!
//! Begun once and carried out in small transactions; every submission moves by its own state, so that however often the
//! work is interrupted or repeated, each is moved once. What waits for review is still reviewed.

use std::sync::Arc;

use super::Hub;
use super::error::HubError;
use super::life::{self, Hand};
use super::orders;
use crate::store::journal::JournalEvent;
use crate::store::{Store, Tx};
use crate::submission::state::{Event, State};
use crate::submission::{Order, QueueItem};
use crate::sync::protocol::{ClosingReport, Listed};

/// Signs what happens because its time has come.
pub(super) const HUB: &str = "hub";

/// Which states the closing moves, and by what.
const MOVES: [(State, Event); 3] = [
    (State::AwaitingConfirmation, Event::BatchClosed),
    (State::Rejected, Event::BatchClosed),
    (State::AwaitingPayment, Event::Expired),
];

/// What the closing would do now.
pub(super) fn plan(store: &Store, code: &str) -> Result<ClosingReport, HubError> {
    let mut report = standing(store, code)?;
    for (state, _) in MOVES {
        for item in store.in_state(code, state)? {
            let order = store.order_of(&item.submission)?;
            note(&mut report, state, listed(item, order));
        }
    }
    report.closed.extend(store.unsent_orders(code, State::AwaitingPayment)?.into_iter().map(listed_order));
    Ok(report)
}

/// Begins the closing; a repetition changes nothing.
pub(super) fn begin(tx: &Tx<'_>, hand: Hand<'_>, code: &str) -> Result<(), HubError> {
    tx.batch(code)?;
    if tx.begin_closing(code, hand.now_ms)? {
        let entry = JournalEvent::ClosingBegun { batch: code.to_owned() };
        tx.append(hand.now_ms, hand.actor, &entry)?;
    }
    Ok(())
}

/// Moves up to `count` of those whom the closing concerns and adds them to `report`; `false` when nobody was left, which
/// ends it.
pub(super) fn carry_on(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    count: usize,
    report: &mut ClosingReport,
) -> Result<bool, HubError> {
    let code = report.batch.clone();
    let mut left = count;
    for (state, event) in MOVES {
        for item in tx.in_state(&code, state, left)? {
            let order = tx.order_of(&item.submission)?;
            let moved = life::step(tx, hand, item, event)?;
            note(report, state, listed(moved, order));
            left -= 1;
        }
    }
    for order in tx.unsent_orders(&code, State::AwaitingPayment)?.into_iter().take(left) {
        orders::step(tx, hand, &order, Event::Expired)?;
        report.closed.push(listed_order(Order { state: State::Closed, ..order }));
        left -= 1;
    }
    let is_done = left == count;
    if is_done && tx.end_closing(&code, hand.now_ms)? {
        tx.append(hand.now_ms, hand.actor, &JournalEvent::ClosingDone { batch: code })?;
    }
    Ok(!is_done)
}

/// Closes a batch in a store nobody serves, or beside the running hub.
pub(super) fn close_in(
    store: &Store,
    code: &str,
    hand: Hand<'_>,
    count: usize,
) -> Result<ClosingReport, HubError> {
    store.write(|tx| begin(tx, hand, code))?;
    let mut done = ClosingReport { batch: code.to_owned(), ..ClosingReport::default() };
    while store.write(|tx| carry_on(tx, hand, count, &mut done))? {}
    Ok(ClosingReport { confirmed: done.confirmed, closed: done.closed, ..standing(store, code)? })
}

impl Hub {
    /// Carries out the closings that are due, those that were interrupted included.
    pub(super) async fn close_due(self: &Arc<Self>) -> Result<(), HubError> {
        let due = self.read(|hub| Ok(hub.store.due_to_close(hub.clock.now_ms())?)).await?;
        for code in due {
            let report = self.close(code).await?;
            tracing::info!(
                batch = report.batch,
                confirmed = report.confirmed.len(),
                closed = report.closed.len(),
                still_reviewed = report.still_reviewed,
                "a batch was closed"
            );
        }
        Ok(())
    }

    async fn close(self: &Arc<Self>, code: String) -> Result<ClosingReport, HubError> {
        let batch = code.clone();
        let hub = Arc::clone(self);
        let begun = move |tx: &Tx<'_>| begin(tx, hub.own_hand(), &batch);
        self.writer.write(begun).await?;
        let mut report = ClosingReport { batch: code.clone(), ..ClosingReport::default() };
        loop {
            let hub = Arc::clone(self);
            let count = self.limits.closing.at_once;
            let part = move |tx: &Tx<'_>| {
                let goes_on = carry_on(tx, hub.own_hand(), count, &mut report)?;
                Ok((report, goes_on))
            };
            let (so_far, goes_on) = self.writer.write(part).await?;
            report = so_far;
            if !goes_on {
                break;
            }
        }
        let standing = self.read(move |hub| standing(&hub.store, &code)).await?;
        Ok(ClosingReport { confirmed: report.confirmed, closed: report.closed, ..standing })
    }

    fn own_hand(&self) -> Hand<'static> {
        Hand { now_ms: self.clock.now_ms(), actor: HUB }
    }
}

/// What the closing does not move, and how far it is.
pub(super) fn standing(store: &Store, code: &str) -> Result<ClosingReport, HubError> {
    let batch = store.batch(code)?;
    let closing = store.closing(code)?;
    let still_reviewed = store.in_state(code, State::PendingReview)?.len() as u64;
    let mut to_refund: Vec<Listed> = Vec::new();
    if batch.rules.payment.is_owed() {
        for item in store.in_state(code, State::Paid)? {
            let order = store.order_of(&item.submission)?;
            to_refund.push(listed(item, order));
        }
        to_refund.extend(store.unsent_orders(code, State::Paid)?.into_iter().map(listed_order));
    }
    Ok(ClosingReport {
        batch: batch.code,
        still_reviewed,
        to_refund,
        begun_at_ms: closing.map(|closing| closing.begun_at_ms),
        done_at_ms: closing.and_then(|closing| closing.done_at_ms),
        ..ClosingReport::default()
    })
}

fn note(report: &mut ClosingReport, state: State, listed: Listed) {
    match state {
        State::AwaitingConfirmation => report.confirmed.push(listed),
        _ => report.closed.push(listed),
    }
}

fn listed(item: QueueItem, order: Option<Order>) -> Listed {
    Listed {
        order: order.map(|order| order.order),
        submission: Some(item.submission),
        masked_name: item.masked_name,
        state: item.state,
    }
}

fn listed_order(order: Order) -> Listed {
    Listed {
        order: Some(order.order),
        submission: order.submission,
        masked_name: order.masked_name,
        state: order.state,
    }
}
