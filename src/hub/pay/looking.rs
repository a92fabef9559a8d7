//! Asking the provider how far a payment is, so that nobody who paid waits for a callback that was lost.

use std::sync::Arc;
use std::time::Duration;

use super::{Told, take};
use crate::hub::Hub;
use crate::hub::closing::HUB;
use crate::hub::error::HubError;
use crate::hub::life::Hand;
use crate::submission::order::{Payment, PaymentState};

impl Hub {
    /// For a student who waits: looks for the money of this order, unless that was done a moment ago or others are being
    /// looked for. `true` when it came. That the provider cannot be asked is no fault of this page.
    pub(in crate::hub) async fn look_for_money(self: &Arc<Self>, number: &str) -> bool {
        let Ok(provider) = self.provider() else { return false };
        let (way, number) = (provider.way(), number.to_owned());
        let open = self.read(move |hub| {
            let asked = |payment: &Payment| (payment.way, payment.state) == (way, PaymentState::Asked);
            Ok(hub.store.payments(&number)?.into_iter().rev().find(asked))
        });
        let Ok(Some(payment)) = open.await else { return false };
        if !self.till.may_look(&payment.payment) {
            return false;
        }
        let Ok(_one_of_few) = self.outward.try_acquire() else { return false };
        self.look_at(payment).await.unwrap_or_else(|error| {
            tracing::warn!(code = error.fault.code, "a payment is looked for later");
            false
        })
    }

    /// Looks for payments of the last hours that nobody looks for, a few at a time.
    pub(in crate::hub) async fn look_for_all_money(self: &Arc<Self>) -> Result<(), HubError> {
        let Ok(provider) = self.provider() else { return Ok(()) };
        let limits = &self.limits.pay;
        let reach = Duration::from_secs(u64::from(limits.looked_for_hours) * 3600);
        self.till.forget_looks(reach);
        let now_ms = self.clock.now_ms();
        let since_ms = now_ms - i64::from(limits.looked_for_hours) * 3_600_000;
        let way = provider.way();
        let open = self.read(move |hub| Ok(hub.store.payments_asked(way, since_ms)?)).await?;
        let due = open.into_iter().filter(|payment| {
            let age_ms = u64::try_from(now_ms - payment.at_ms).unwrap_or_default();
            // Whoever has just begun is seen by the page, or told of by the callback.
            let is_new = age_ms < u64::from(limits.first_look_seconds) * 1000;
            !is_new && self.till.may_look_at_age(&payment.payment, Duration::from_millis(age_ms))
        });
        for payment in due.take(limits.looks_at_once) {
            let _one_of_few = self.outward.acquire().await.map_err(|_| HubError::stopping())?;
            self.look_at(payment).await?;
        }
        Ok(())
    }

    async fn look_at(self: &Arc<Self>, payment: Payment) -> Result<bool, HubError> {
        let provider = self.provider()?;
        let (number, way) = (payment.payment, payment.way);
        let asked = number.clone();
        let told = self.read(move |hub| Ok(provider.look_up(&asked, hub.clock.now_ms())?)).await?;
        match told {
            Told::Waiting => Ok(false),
            Told::Over => {
                self.till.drop_given(&number);
                Ok(false)
            }
            Told::Paid(received) => {
                let now_ms = self.clock.now_ms();
                self.writer.write(move |tx| take(tx, Hand { now_ms, actor: HUB }, way, &received)).await?;
                Ok(true)
            }
        }
    }
}
