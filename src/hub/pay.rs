//! Payment by the student: what a provider must be able to do, and what the hub makes of its answers.
//!
//! Where the school pays nothing is asked; what the staff takes is recorded at once. Both need no provider.

mod asking;
mod looking;
mod signing;
mod till;
pub mod wechat;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;

use super::error::HubError;
use super::life::Hand;
use super::orders::{other_amount, take_payment};
use super::{Call, Hub};
use crate::store::Tx;
use crate::submission::order::{Order, Payment, PaymentState, PaymentWay};
use crate::submission::state::{Event, next};

pub(super) use asking::ToPay;
pub(super) use till::Till;

/// One payment to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Our number of it; the provider asks for one amount under it, however often it is sent.
    pub payment: String,
    pub amount_fen: u32,
    /// What the student reads in the app.
    pub description: String,
    pub scene: Scene,
}

/// Where the student pays; each has a way of its own into the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scene {
    /// By a code that is scanned from another screen.
    Code,
    /// Inside the app, which must know beforehand who pays (the openid inside WeChat).
    App { payer: String },
    /// In a phone's browser at this address, which comes back to a page of ours.
    Browser { address: IpAddr, back: String },
}

/// What the student needs to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To be drawn as a code.
    Code(String),
    /// To be handed to the app's own script as it is.
    App(serde_json::Value),
    /// A page to be opened.
    Browser(String),
}

/// How far the provider says a payment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Paid(Received),
    /// Not paid, or never heard of; it may be asked for under this number.
    Waiting,
    /// Closed or given back: nothing more comes under this number.
    Over,
}

/// A payment that the provider says it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub payment: String,
    /// The provider's number of it.
    pub transaction: String,
    pub amount_fen: u32,
}

/// Why a provider's word or help is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    #[error("the payment service does not answer ({0}); try again in a minute")]
    Unreachable(String),
    #[error("the payment service refuses ({0}); tell the people who run the hub")]
    Refused(String),
    /// Our number was asked for with another content, or is closed or paid for.
    #[error("the payment service refuses ({0}); load the page anew, or tell the people who run the hub")]
    NumberUsed(String),
    #[error("a message of the payment service is not signed by it ({0}); nothing was changed")]
    Unsigned(&'static str),
    #[error("a message of the payment service is not understood ({0}); tell the people who run the hub")]
    NotUnderstood(&'static str),
}

impl PayError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "pay_unreachable",
            Self::Refused(_) | Self::NumberUsed(_) => "pay_refused",
            Self::Unsigned(_) => "pay_unsigned",
            Self::NotUnderstood(_) => "pay_not_understood",
        }
    }
}

/// A service through which students pay. Its calls may take seconds; they never run on a request's thread.
pub trait Provider: Send + Sync {
    fn way(&self) -> PaymentWay;

    /// Asks for a payment and gives what the student's app needs to pay.
    fn ask(&self, charge: &Charge, now_ms: i64) -> Result<Asked, PayError>;

    /// How far a payment is.
    fn look_up(&self, payment: &str, now_ms: i64) -> Result<Told, PayError>;

    /// Ends a payment that was not made, so that none can be made under its number any more.
    fn close(&self, payment: &str, now_ms: i64) -> Result<(), PayError>;

    /// Whether phones' browsers can pay without a code.
    fn takes_browsers(&self) -> bool;

    /// How payers inside the app become known; `None` where that was not set up.
    fn sign_in(&self) -> Option<&dyn SignIn>;

    /// The payment that a message of the provider tells of; `None` when it tells of something else.
    fn received(&self, headers: &HeaderMap, body: &[u8], now_ms: i64) -> Result<Option<Received>, PayError>;

    /// Gives a payment back; `true` when it is back, `false` while that is under way. Harmless to repeat.
    fn give_back(&self, payment: &Payment, now_ms: i64) -> Result<bool, PayError>;
}

/// The app's own sign-in, which tells who pays.
pub trait SignIn: Send + Sync {
    /// Where it begins; it comes back to the page `back` with a code and with `state`, letters and digits.
    fn address(&self, back: &str, state: &str) -> String;

    /// Who signed in with this code, which counts once.
    fn payer(&self, code: &str) -> Result<String, PayError>;
}

/// The payment to ask for: the one that was asked for before, or a new one.
pub(super) fn asked_payment(
    tx: &Tx<'_>,
    call: &Call<'_>,
    number: &str,
    way: PaymentWay,
) -> Result<(Order, Payment), HubError> {
    let order = tx.order(number)?;
    next(order.state, Event::Paid { photo_waiting: order.submission.is_some() })?;
    let known = tx
        .payments(number)?
        .into_iter()
        .rev()
        .find(|payment| (payment.way, payment.state) == (way, PaymentState::Asked));
    // The time says since when it may come in, so that it is looked for.
    let known = known.map(|payment| Payment { at_ms: call.now_ms, ..payment });
    let payment = known.unwrap_or_else(|| Payment {
        payment: new_number(),
        order: order.order.clone(),
        way,
        amount_fen: order.fee_fen,
        state: PaymentState::Asked,
        transaction: None,
        recorded_by: call.device.name.clone(),
        at_ms: call.now_ms,
    });
    tx.set_payment(&payment)?;
    Ok((order, payment))
}

fn new_number() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Writes down what the provider says it has. Its message may come many times; it counts once.
pub(super) fn take(
    tx: &Tx<'_>,
    hand: Hand<'_>,
    way: PaymentWay,
    received: &Received,
) -> Result<(), HubError> {
    let Some(known) = tx.payment(&received.payment)?.filter(|payment| payment.way == way) else {
        tracing::error!(payment = received.payment, "money came for a payment that was never asked for");
        return Err(unknown_payment());
    };
    if known.amount_fen != received.amount_fen {
        tracing::error!(
            payment = known.payment,
            fen = received.amount_fen,
            "another amount came than was asked for"
        );
        return Err(other_amount(known.amount_fen));
    }
    if known.state != PaymentState::Asked {
        return Ok(());
    }
    let order = tx.order(&known.order)?;
    let payment = Payment {
        state: PaymentState::Paid,
        transaction: Some(received.transaction.clone()),
        recorded_by: way.as_str().to_owned(),
        at_ms: hand.now_ms,
        ..known
    };
    take_payment(tx, hand, &order, &payment).map(drop)
}

impl Hub {
    /// Sends what is to be given back to its provider, and writes down what is back.
    pub(super) async fn give_back_due(self: &Arc<Self>) -> Result<(), HubError> {
        let Ok(provider) = self.provider() else { return Ok(()) };
        let due = self.read(|hub| Ok(hub.store.refunds_to_send()?)).await?;
        for payment in due.into_iter().filter(|payment| payment.way == provider.way()) {
            let (sent, provider) = (payment.clone(), Arc::clone(&provider));
            let answer = self.read(move |hub| Ok(provider.give_back(&sent, hub.clock.now_ms()))).await?;
            match answer {
                Ok(true) => {
                    let back = Payment { state: PaymentState::Refunded, ..payment };
                    self.writer.write(move |tx| Ok(tx.set_payment(&back)?)).await?;
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(payment = payment.payment, code = error.code(), %error, "a refund waits")
                }
            }
        }
        Ok(())
    }
}

impl From<PayError> for HubError {
    fn from(error: PayError) -> Self {
        let status = match error {
            PayError::Unsigned(_) => 401,
            PayError::NotUnderstood(_) => 400,
            PayError::Unreachable(_) | PayError::Refused(_) | PayError::NumberUsed(_) => 502,
        };
        Self { status, fault: super::error::fault(error.code(), &error.to_string()) }
    }
}

fn unknown_payment() -> HubError {
    HubError::new(
        404,
        "unknown_payment",
        "no such payment was asked for",
        "look at the provider's own list of payments",
    )
}
