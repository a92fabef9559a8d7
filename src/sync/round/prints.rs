//! Orders for prints that students placed at the hub: brought here to be printed, each step here told there.

use super::exports::key_of;
use super::outbox::HUB;
use super::{Round, RoundReport, SyncError};
use crate::store::StoreError;
use crate::store::held_orders::OrderReport;
use crate::store::hub_link::HubItem;
use crate::store::print_orders::NewPrintOrder;
use crate::submission::OrderState;
use crate::sync::client::ClientError;
use crate::sync::protocol::{HeldOrder, HoldOrders, OrderStep};

impl Round<'_> {
    /// Tells the steps that wait, in their order. Where the hub does not go along, the desk follows it.
    pub(super) fn report_orders(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        while let Some(waiting) = self.store.order_reports(1)?.first() {
            let step = OrderStep {
                event: waiting.event,
                carrier: waiting.carrier.clone(),
                tracking_number: waiting.tracking_number.clone(),
            };
            let key = key_of(&(&waiting.number, waiting.seq, &step));
            match self.client.step_print_order(&key, &waiting.number, &step) {
                Ok(_) => self.store.write(|tx| tx.end_order_report(waiting.seq))?,
                Err(ClientError::Refused(fault)) if is_about_the_order(&fault.code) => {
                    self.follow_order(waiting)?;
                    report.followed += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn follow_order(&self, waiting: &OrderReport) -> Result<(), SyncError> {
        let now = self.client.print_order(&waiting.number)?.state;
        self.store.write(|tx| tx.follow_print_order(waiting, now, (self.now_ms)(), HUB))?;
        Ok(())
    }

    /// Holds orders at the hub and brings them here with their photos; gives how many came now.
    pub(super) fn fetch_orders(&self) -> Result<usize, SyncError> {
        let count = self.limits.requests.max_decisions;
        let held = self.client.hold_print_orders(&HoldOrders { count })?.orders;
        self.watcher.begun(held.len());
        let mut came = 0;
        for order in &held {
            if self.watcher.is_cancelled() {
                break;
            }
            came += usize::from(self.take_order(order)?);
            self.watcher.step();
        }
        Ok(came)
    }

    fn take_order(&self, order: &HeldOrder) -> Result<bool, SyncError> {
        let (submission, photo_bytes) = (&order.photo.submission, order.photo.photo_bytes);
        match self.store.item(&submission.submission) {
            Err(StoreError::UnknownSubmission { .. }) => {
                self.take(submission, photo_bytes, HubItem::NOT_HELD)?;
            }
            known => drop(known?),
        }
        let new = NewPrintOrder {
            number: &order.number,
            submission: &submission.submission,
            layout: &order.layout,
            paper: &order.paper,
            copies: order.copies,
            paid: order.state == OrderState::Approved,
            recipient: &order.recipient,
        };
        Ok(self.store.write(|tx| tx.take_print_order(&new, order.created_at_ms, HUB))?)
    }
}

/// Whether the refusal stands whenever it is asked again.
fn is_about_the_order(code: &str) -> bool {
    ["illegal_order", "not_yours", "unknown_order"].contains(&code)
}
