//! Erasing submissions whose time is over: each in a transaction of its own, by its own state, so that however often the
//! work is interrupted, repeated or done by two hubs, each is erased once. Whose order is not settled stays, and is listed.

use std::sync::Arc;
use std::time::Duration;

use super::Hub;
use super::closing::HUB;
use super::error::HubError;
use super::life::{self, Hand};
use crate::store::erasing::Removed;
use crate::store::{Store, StoreError, Tx};
use crate::submission::order::{Order, Payment, PaymentState};
use crate::submission::rules::erase_at_ms;
use crate::submission::state::{Event, State, next};
use crate::submission::{OrderState, PrintOrder};

/// Why something stays although its time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It has not come to an end.
    Open(State),
    /// What was paid for this order is to be given back first.
    Money(String),
    /// Prints of it are ordered and not settled, under this number.
    Prints(String),
}

/// A submission whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub submission: String,
    pub batch: String,
    /// Milliseconds since the Unix epoch.
    pub due_since_ms: i64,
    pub hindrance: Option<Hindrance>,
}

/// What was, or would be, done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    pub erased: Vec<Due>,
    pub stays: Vec<Due>,
    /// Photo files.
    pub photos: Removed,
}

/// What is due at this moment, and what stands in the way. Changes nothing.
pub(super) fn plan(store: &Store, days: u32, now_ms: i64) -> Result<Vec<Due>, HubError> {
    let mut due = Vec::new();
    for summary in store.batches()? {
        let batch = summary.batch;
        let kept_days = batch.rules.retention_days.unwrap_or(days);
        // What was captured until then is due now.
        let until_ms = now_ms - erase_at_ms(0, kept_days);
        for aged in store.captured_by(&batch.code, until_ms)? {
            let facts = Facts::of(
                store.item(&aged.submission)?.state,
                store.order_of(&aged.submission)?,
                |order| store.payments(order),
                store.print_orders_of(&aged.submission)?,
            )?;
            due.push(Due {
                hindrance: facts.hindrance(),
                submission: aged.submission,
                batch: batch.code.clone(),
                due_since_ms: erase_at_ms(aged.captured_at_ms, kept_days),
            });
        }
    }
    Ok(due)
}

/// Erases one submission, when it is still due and nothing has come in the way; `false` otherwise.
pub(super) fn erase(tx: &Tx<'_>, hand: Hand<'_>, days: u32, due: &Due) -> Result<bool, HubError> {
    let Some(aged) = tx.aged(&due.submission)? else { return Ok(false) };
    let kept_days = tx.batch(&due.batch)?.rules.retention_days.unwrap_or(days);
    let item = tx.standing(&due.submission)?.item;
    let facts = Facts::of(
        item.state,
        tx.order_of(&due.submission)?,
        |order| tx.payments(order),
        tx.print_orders_of(&due.submission)?,
    )?;
    if hand.now_ms < erase_at_ms(aged.captured_at_ms, kept_days) || facts.hindrance().is_some() {
        return Ok(false);
    }
    life::step(tx, hand, item, Event::Erased)?;
    tx.erase_facts(&due.submission, hand.now_ms)?;
    Ok(true)
}

/// What is to be known before something is erased.
struct Facts {
    state: State,
    order: Option<String>,
    payments: Vec<Payment>,
    prints: Vec<PrintOrder>,
}

impl Facts {
    /// `payments` gives those of an order, from a store or within a transaction.
    fn of(
        state: State,
        order: Option<Order>,
        payments: impl FnOnce(&str) -> Result<Vec<Payment>, StoreError>,
        prints: Vec<PrintOrder>,
    ) -> Result<Self, StoreError> {
        let order = order.map(|order| order.order);
        let payments = order.as_deref().map_or(Ok(Vec::new()), payments)?;
        Ok(Self { state, order, payments, prints })
    }

    fn hindrance(&self) -> Option<Hindrance> {
        if next(self.state, Event::Erased).is_err() {
            return Some(Hindrance::Open(self.state));
        }
        let earned = self.state == State::Completed;
        let is_to_return = self.payments.iter().any(|payment| match payment.state {
            PaymentState::RefundAsked => true,
            PaymentState::Paid => !earned,
            PaymentState::Asked | PaymentState::Refunded => false,
        });
        if let (true, Some(order)) = (is_to_return, &self.order) {
            return Some(Hindrance::Money(order.clone()));
        }
        let is_settled =
            |state| matches!(state, OrderState::Completed | OrderState::Closed | OrderState::Refunded);
        let open = self.prints.iter().find(|order| !is_settled(order.state));
        open.map(|order| Hindrance::Prints(order.number.clone()))
    }
}

/// Erases everything that is due in this store, beside a running hub or without one.
pub(super) fn erase_in(
    store: &Store,
    hand: Hand<'_>,
    days: u32,
    settle: Duration,
) -> Result<Erasure, HubError> {
    let mut erasure = Erasure::default();
    for due in plan(store, days, hand.now_ms)? {
        if due.hindrance.is_some() {
            erasure.stays.push(due);
        } else if store.write(|tx| erase(tx, hand, days, &due))? {
            erasure.erased.push(due);
        }
    }
    erasure.photos = store.remove_erased(hand.now_ms, settle)?;
    Ok(erasure)
}

impl Hub {
    /// The same by the hub itself, among the other work of its writing thread.
    pub(super) async fn erase_due(self: &Arc<Self>) -> Result<(), HubError> {
        let days = self.limits.retention.days;
        let due = self.read(move |hub| plan(&hub.store, days, hub.clock.now_ms())).await?;
        let (mut erased, mut stays) = (0, 0);
        for due in due {
            if due.hindrance.is_some() {
                stays += 1;
                continue;
            }
            let now_ms = self.clock.now_ms();
            let work = move |tx: &Tx<'_>| erase(tx, Hand { now_ms, actor: HUB }, days, &due);
            erased += usize::from(self.writer.write(work).await?);
        }
        let settle = Duration::from_secs(self.limits.page.dropped_kept_seconds.into());
        let photos = self.read(move |hub| Ok(hub.store.remove_erased(hub.clock.now_ms(), settle)?)).await?;
        if erased + stays + photos.gone + photos.still_there > 0 {
            tracing::info!(
                erased,
                stays,
                photos_gone = photos.gone,
                photos_left = photos.still_there,
                "what is due was erased"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::order::PaymentWay;

    fn facts(state: State, payment: Option<PaymentState>) -> Facts {
        let payment = payment.map(|state| Payment {
            payment: "p".into(),
            order: "o".into(),
            way: PaymentWay::Staff,
            amount_fen: 1,
            state,
            transaction: None,
            recorded_by: "wang".into(),
            at_ms: 1,
        });
        Facts { state, order: Some("o".into()), payments: payment.into_iter().collect(), prints: Vec::new() }
    }

    #[test]
    fn money_that_was_earned_holds_nothing_up_and_money_that_is_owed_back_does() {
        let money = Some(Hindrance::Money("o".into()));
        assert_eq!(facts(State::Completed, Some(PaymentState::Paid)).hindrance(), None);
        assert_eq!(facts(State::Closed, Some(PaymentState::Paid)).hindrance(), money);
        assert_eq!(facts(State::Refunded, Some(PaymentState::RefundAsked)).hindrance(), money);
        assert_eq!(facts(State::Refunded, Some(PaymentState::Refunded)).hindrance(), None);
        assert_eq!(facts(State::Closed, Some(PaymentState::Asked)).hindrance(), None);
        assert_eq!(facts(State::Approved, None).hindrance(), Some(Hindrance::Open(State::Approved)));
    }
}
