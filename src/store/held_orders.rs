//! Orders for prints between a hub and the desk that prints them: held by one device at the hub, each step at the desk
//! on its way back.

use super::journal::JournalEvent;
use super::print_orders::NewPrintOrder;
use super::{Store, StoreError, Tx};
use crate::submission::{OrderEvent, OrderState};

/// A step of a hub's order that the hub has not heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderReport {
    pub seq: i64,
    pub number: String,
    pub event: OrderEvent,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
}

/// An order to be printed is unpaid, or paid.
const TO_PRINT: &str = "state IN ('awaiting_payment', 'approved')";

impl Tx<'_> {
    /// At the hub: gives the device up to `count` more orders that nobody holds, oldest first, and the numbers of all
    /// that it holds and that are to be printed. What a revoked device held is free.
    pub fn hold_print_orders(&self, device: &str, count: usize) -> Result<Vec<String>, StoreError> {
        let sql = format!(
            "INSERT INTO print_order_holder (number, device)
             SELECT number, ?1 FROM print_order WHERE {TO_PRINT} AND NOT EXISTS (
                 SELECT 1 FROM print_order_holder JOIN device ON device.id = print_order_holder.device
                 WHERE print_order_holder.number = print_order.number AND device.revoked_at_ms IS NULL)
             ORDER BY created_at_ms, number LIMIT ?2
             ON CONFLICT (number) DO UPDATE SET device = excluded.device"
        );
        self.database.prepare_cached(&sql)?.execute((device, count as i64))?;
        let sql = format!(
            "SELECT print_order.number FROM print_order
             JOIN print_order_holder ON print_order_holder.number = print_order.number
             WHERE device = ?1 AND {TO_PRINT} ORDER BY created_at_ms, print_order.number"
        );
        let mut statement = self.database.prepare_cached(&sql)?;
        let numbers = statement.query_map([device], |row| row.get(0))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// At the hub: whether the device prints this order.
    pub fn holds_print_order(&self, device: &str, number: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM print_order_holder WHERE number = ?1 AND device = ?2)";
        Ok(self.database.prepare_cached(sql)?.query_row((number, device), |row| row.get(0))?)
    }

    /// At a desk: takes in a hub's order; `false` for one that is here.
    pub fn take_print_order(
        &self,
        new: &NewPrintOrder<'_>,
        at_ms: i64,
        actor: &str,
    ) -> Result<bool, StoreError> {
        if self.has_print_order(new.number)? {
            return Ok(false);
        }
        self.add_print_order(new, at_ms, actor)?;
        self.database
            .prepare_cached("INSERT INTO hub_print_order (number) VALUES (?1)")?
            .execute([new.number])?;
        Ok(true)
    }

    /// At a desk: puts a step on its way; nothing to do for an order of this desk alone.
    pub(super) fn post_order_step(&self, number: &str, event: OrderEvent) -> Result<(), StoreError> {
        let sql = "INSERT INTO print_order_report (number, event)
                   SELECT number, ?2 FROM hub_print_order WHERE number = ?1";
        self.database.prepare_cached(sql)?.execute((number, event.as_str()))?;
        Ok(())
    }

    /// What a step that waits says of the parcel.
    pub(super) fn post_parcel(&self, number: &str, carrier: &str, tracking: &str) -> Result<(), StoreError> {
        let sql = "UPDATE print_order_report SET carrier = ?2, tracking_number = ?3
                   WHERE number = ?1 AND event = 'shipped'";
        self.database.prepare_cached(sql)?.execute((number, carrier, tracking))?;
        Ok(())
    }

    /// The hub has heard of this step.
    pub fn end_order_report(&self, seq: i64) -> Result<(), StoreError> {
        self.database.prepare_cached("DELETE FROM print_order_report WHERE seq = ?1")?.execute([seq])?;
        Ok(())
    }

    /// The hub does not go along: the order stands here as it does there, and no further step is sent.
    pub fn follow_print_order(
        &self,
        report: &OrderReport,
        now: OrderState,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        let number = report.number.as_str();
        self.database
            .prepare_cached("DELETE FROM print_order_report WHERE number = ?1")?
            .execute([number])?;
        let order = self.print_order(number)?;
        if order.state == now {
            return Ok(());
        }
        let sql = "UPDATE print_order SET state = ?2 WHERE number = ?1";
        self.database.prepare_cached(sql)?.execute((number, now.as_str()))?;
        let event = JournalEvent::OrderMoved {
            order: number.to_owned(),
            submission: order.submission,
            event: report.event,
            from: order.state,
            to: now,
            job: order.job,
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }
}

impl Store {
    /// The oldest steps that wait, at most `count`.
    pub fn order_reports(&self, count: usize) -> Result<Vec<OrderReport>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT seq, number, event, carrier, tracking_number FROM print_order_report ORDER BY seq LIMIT ?1";
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([count as i64])?;
        let mut reports = Vec::new();
        while let Some(row) = &rows.next()? {
            let word: String = row.get(2)?;
            let event = OrderEvent::from_word(&word)
                .ok_or_else(|| StoreError::Corrupt { what: format!("the step {word} of an order") })?;
            reports.push(OrderReport {
                seq: row.get(0)?,
                number: row.get(1)?,
                event,
                carrier: row.get(3)?,
                tracking_number: row.get(4)?,
            });
        }
        Ok(reports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::devices::{Device, Role};
    use crate::store::fixture::Desk;
    use crate::submission::Recipient;

    fn place(desk: &Desk, number: &str, take: bool) {
        let submission = desk.submission("AAAAAA", number.as_bytes());
        let recipient = Recipient { name: "吴小兰".into(), ..Recipient::default() };
        let new = NewPrintOrder {
            number,
            submission: &submission,
            layout: "1寸×8",
            paper: "6寸",
            copies: 2,
            paid: true,
            recipient: &recipient,
        };
        desk.store
            .write(|tx| {
                if take {
                    tx.take_print_order(&new, 1, "hub").map(drop)
                } else {
                    tx.add_print_order(&new, 1, "page")
                }
            })
            .unwrap();
    }

    fn device(desk: &Desk, id: &str) {
        let device = Device {
            id: id.into(),
            name: id.into(),
            role: Role::PrintOperator,
            enrolled_at_ms: None,
            revoked_at_ms: None,
        };
        desk.store.write(|tx| tx.announce_device(&device, id, 0)).unwrap();
    }

    #[test]
    fn an_order_is_held_by_one_device_until_that_is_revoked() {
        let hub = Desk::with_batch("AAAAAA");
        ["a", "b"].iter().for_each(|id| device(&hub, id));
        ["1", "2", "3"].iter().for_each(|number| place(&hub, number, false));
        let hold = |id: &str, count| hub.store.write(|tx| tx.hold_print_orders(id, count)).unwrap();
        assert_eq!(hold("a", 2), ["1", "2"]);
        assert_eq!(hold("b", 9), ["3"]);
        assert_eq!(hold("a", 9), ["1", "2"], "asked again, the same");
        assert!(hub.store.write(|tx| tx.holds_print_order("a", "1")).unwrap());
        assert!(!hub.store.write(|tx| tx.holds_print_order("b", "1")).unwrap());
        hub.store.write(|tx| tx.move_print_order("1", OrderEvent::Printed, 2, "a")).unwrap();
        hub.store.write(|tx| tx.revoke_device("a", 3)).unwrap();
        assert_eq!(hold("b", 9), ["2", "3"], "what is printed stays where it was");
    }

    #[test]
    fn the_steps_of_a_hub_s_order_wait_in_their_order_and_others_do_not() {
        let desk = Desk::with_batch("AAAAAA");
        place(&desk, "own", false);
        place(&desk, "hub's", true);
        for number in ["own", "hub's"] {
            for event in [OrderEvent::Printed, OrderEvent::Packed] {
                desk.store.write(|tx| tx.move_print_order(number, event, 2, "li")).unwrap();
            }
            desk.store.write(|tx| tx.ship_print_order(number, "顺丰", "SF1", 3, "li")).unwrap();
        }
        let waiting = desk.store.order_reports(9).unwrap();
        let told: Vec<_> = waiting.iter().map(|one| (one.event, one.tracking_number.as_deref())).collect();
        let expected =
            [(OrderEvent::Printed, None), (OrderEvent::Packed, None), (OrderEvent::Shipped, Some("SF1"))];
        assert_eq!(told, expected);
        assert!(waiting.iter().all(|one| one.number == "hub's"));
        desk.store.write(|tx| tx.end_order_report(waiting[0].seq)).unwrap();
        assert_eq!(desk.store.order_reports(9).unwrap(), waiting[1..]);
        desk.store.write(|tx| tx.follow_print_order(&waiting[1], OrderState::Refunded, 4, "hub")).unwrap();
        assert_eq!(desk.store.order_reports(9).unwrap(), []);
        assert_eq!(desk.store.print_order("hub's").unwrap().state, OrderState::Refunded);
        assert!(!desk.store.print_order("own").unwrap().carrier.unwrap().is_empty());
    }
}
