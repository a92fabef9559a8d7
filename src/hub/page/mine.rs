//! What the hub knows of the student at the page, read at once for every page that is about them.

use std::sync::Arc;

use super::visit::{Student, Visit};
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::store::page::Draft;
use crate::submission::notice::Notice;
use crate::submission::rules::NotOpen;
use crate::submission::{Order, PaymentRule, PhotoSource, QueueItem, State};
use crate::sync::protocol::Progress;

/// The student's photo and how far it is.
pub(super) struct Mine {
    pub(super) student: Student,
    pub(super) item: Option<QueueItem>,
    /// Of the item.
    pub(super) progress: Option<Progress>,
    /// Opened before the photo, where the batch asks for payment first.
    pub(super) order: Option<Order>,
    /// A photo that was checked and not submitted yet.
    pub(super) draft: Option<Draft>,
    /// The last time the finished photo was asked for by mail.
    pub(super) mailed: Option<Notice>,
    /// Whether the batch takes photos now.
    pub(super) open: Result<(), NotOpen>,
}

/// An order that waits for its payment.
pub(super) struct Due {
    pub(super) order: String,
    pub(super) fee_fen: u32,
}

/// Where a photo may come from on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) camera: bool,
    pub(super) album: bool,
}

/// Reads it for the session's person.
pub(super) async fn mine(hub: &Arc<Hub>, visit: &Visit) -> Result<Mine, HubError> {
    let student = visit.student(hub).await?;
    hub.read(move |hub| {
        let (store, subject) = (&hub.store, &student.subject.id);
        let id = store.latest_submission_of(subject)?;
        let item = id.as_deref().map(|id| store.item(id)).transpose()?;
        let progress = id.as_deref().map(|id| hub.progress(id)).transpose()?;
        let number = store.page_order(subject)?;
        let order = number.map(|number| store.order(&number)).transpose()?;
        let draft = store.draft(subject)?;
        let mailed = match &id {
            Some(id) if hub.mails() => store.last_mailed(id)?,
            _ => None,
        };
        let is_closed = store.closing(&student.batch.code)?.is_some();
        let open = student.batch.rules.takes_photos(hub.clock.now_ms(), is_closed);
        Ok(Mine { student, item, progress, order, draft, mailed, open })
    })
    .await
}

impl Mine {
    /// What is owed and can be paid now.
    pub(super) fn due(&self) -> Option<Due> {
        let (order, fee_fen) = match (&self.item, &self.progress, &self.order) {
            (Some(item), Some(progress), _) if item.state == State::AwaitingPayment => {
                (progress.order.clone()?, progress.fee_fen)
            }
            (None, _, Some(order))
                if order.state == State::AwaitingPayment && self.must_pay_first() && self.open.is_ok() =>
            {
                (order.order.clone(), order.fee_fen)
            }
            _ => return None,
        };
        (fee_fen > 0).then_some(Due { order, fee_fen })
    }

    pub(super) fn state(&self) -> Option<State> {
        self.item.as_ref().map(|item| item.state)
    }

    /// Attempts that are left after the present photo, should it be rejected or is it so.
    pub(super) fn attempts_left(&self) -> u32 {
        let used = self.item.as_ref().map_or(0, |item| item.attempt);
        self.student.batch.max_attempts.saturating_sub(used)
    }

    /// Whether a photo may be sent now.
    pub(super) fn may_send(&self) -> bool {
        match self.state() {
            _ if self.open.is_err() => false,
            None => !self.must_pay_first(),
            Some(State::AwaitingPayment | State::Paid) => true,
            Some(State::Rejected) => self.progress.as_ref().is_some_and(|progress| progress.may_send_again),
            Some(_) => false,
        }
    }

    /// The batch takes the photo after the payment, and nothing was paid yet.
    pub(super) fn must_pay_first(&self) -> bool {
        self.item.is_none()
            && self.student.batch.rules.payment == PaymentRule::BeforePhoto
            && self.order.as_ref().is_none_or(|order| order.state != State::Paid)
    }

    pub(super) fn sources(&self) -> Sources {
        let rules = &self.student.batch.rules;
        Sources { camera: rules.takes_from(PhotoSource::Camera), album: rules.takes_from(PhotoSource::Album) }
    }
}
