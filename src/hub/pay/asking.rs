//! Asking the provider for a payment: under one number as long as that can be, and under another when it cannot.

use std::sync::Arc;

use super::{Asked, Charge, PayError, Provider, Scene, Told, new_number, take};
use crate::hub::Hub;
use crate::hub::closing::HUB;
use crate::hub::error::HubError;
use crate::hub::life::Hand;
use crate::submission::order::{Order, Payment};

/// What a student needs to pay now.
pub(in crate::hub) struct ToPay {
    /// Our number of the payment.
    pub(in crate::hub) payment: String,
    pub(in crate::hub) asked: Asked,
    /// Afterwards it must be asked for anew.
    pub(in crate::hub) until_ms: i64,
}

impl Hub {
    pub(in crate::hub) fn provider(&self) -> Result<Arc<dyn Provider>, HubError> {
        self.pay.clone().ok_or_else(no_provider)
    }

    /// Asks the provider for the payment of an order, unless what it gave can still be used.
    pub(in crate::hub) async fn ask_payment(
        self: &Arc<Self>,
        order: &Order,
        payment: Payment,
        scene: Scene,
    ) -> Result<ToPay, HubError> {
        let number = payment.payment.clone();
        if let Some((asked, until_ms)) = self.till.given(&number, &scene, self.clock.now_ms()) {
            return Ok(ToPay { payment: number, asked, until_ms });
        }
        let _one_of_few = self.outward.acquire().await.map_err(|_| HubError::stopping())?;
        match self.ask_under(order, &payment, &scene).await? {
            Ok(to_pay) => Ok(to_pay),
            Err(PayError::NumberUsed(code)) => {
                tracing::info!(payment = number, code, "a payment is asked for under another number");
                let other = self.other_number(payment).await?;
                Ok(self.ask_under(order, &other, &scene).await??)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn ask_under(
        self: &Arc<Self>,
        order: &Order,
        payment: &Payment,
        scene: &Scene,
    ) -> Result<Result<ToPay, PayError>, HubError> {
        let provider = self.provider()?;
        let charge = Charge {
            payment: payment.payment.clone(),
            amount_fen: payment.amount_fen,
            description: format!("{} {}", order.batch, order.order),
            scene: scene.clone(),
        };
        let asked = self.read(move |hub| Ok(provider.ask(&charge, hub.clock.now_ms()))).await?;
        Ok(asked.map(|asked| {
            let number = payment.payment.clone();
            let until_ms = self.till.keep(&number, scene.clone(), asked.clone(), self.clock.now_ms());
            ToPay { payment: number, asked, until_ms }
        }))
    }

    /// A new payment in place of one that can no longer be asked for. The old one is closed first, so that nobody pays
    /// twice; when it was paid for meanwhile, that counts.
    async fn other_number(self: &Arc<Self>, payment: Payment) -> Result<Payment, HubError> {
        let provider = self.provider()?;
        let number = payment.payment.clone();
        let told = self
            .read(move |hub| {
                let now_ms = hub.clock.now_ms();
                let told = provider.look_up(&number, now_ms)?;
                if told == Told::Waiting {
                    provider.close(&number, now_ms)?;
                }
                Ok(told)
            })
            .await?;
        self.till.drop_given(&payment.payment);
        let now_ms = self.clock.now_ms();
        if let Told::Paid(received) = told {
            let way = payment.way;
            self.writer.write(move |tx| take(tx, Hand { now_ms, actor: HUB }, way, &received)).await?;
            return Err(already_paid());
        }
        let other = Payment { payment: new_number(), at_ms: now_ms, ..payment };
        let kept = other.clone();
        self.writer.write(move |tx| Ok(tx.set_payment(&kept)?)).await?;
        Ok(other)
    }
}

fn no_provider() -> HubError {
    HubError::new(
        409,
        "no_provider",
        "this hub has no payment service",
        "pay at the centre, or ask the people who run the hub to set one up",
    )
}

fn already_paid() -> HubError {
    HubError::new(
        409,
        "already_paid",
        "the payment came in a moment ago",
        "look at the order's present state",
    )
}
