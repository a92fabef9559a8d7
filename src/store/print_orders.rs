//! Orders for prints: whose photo, how many copies, sealed where they go; each step with its journal entry.

use super::db::{self, OptionalExtension, Row};

use super::journal::JournalEvent;
use super::seal::Place;
use super::{Store, StoreError, Tx};
use crate::submission::mask::masked;
use crate::submission::print_order::{OrderEvent, OrderState, PrintOrder, Recipient, next_order};

const COLUMNS: &str =
    "print_order.number, print_order.submission, submission.batch, layout, paper, copies, print_order.state,
    print_order.masked_name, job, carrier, tracking_number, created_at_ms, shipped_at_ms";

/// An order to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrintOrder<'a> {
    pub number: &'a str,
    pub submission: &'a str,
    pub layout: &'a str,
    pub paper: &'a str,
    pub copies: u32,
    pub paid: bool,
    pub recipient: &'a Recipient,
}

impl Tx<'_> {
    /// Places an order; the submission must exist.
    pub fn add_print_order(
        &self,
        new: &NewPrintOrder<'_>,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.standing(new.submission)?;
        let state = if new.paid { OrderState::Approved } else { OrderState::AwaitingPayment };
        let plain = serde_json::to_vec(new.recipient)
            .map_err(|cause| StoreError::Corrupt { what: format!("a recipient ({cause})") })?;
        let sql = "INSERT INTO print_order
            (number, submission, layout, paper, copies, state, masked_name, sealed, created_at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        self.database.prepare_cached(sql)?.execute((
            new.number,
            new.submission,
            new.layout,
            new.paper,
            new.copies,
            state.as_str(),
            masked(&new.recipient.name),
            self.sealer.seal(place(new.number), &plain)?,
            at_ms,
        ))?;
        let event = JournalEvent::OrderPlaced {
            order: new.number.to_owned(),
            submission: new.submission.to_owned(),
            layout: new.layout.to_owned(),
            paper: new.paper.to_owned(),
            copies: new.copies,
            state,
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    /// Sets whom an order goes to.
    pub(super) fn set_recipient(&self, number: &str, recipient: &Recipient) -> Result<(), StoreError> {
        let plain = serde_json::to_vec(recipient)
            .map_err(|cause| StoreError::Corrupt { what: format!("a recipient ({cause})") })?;
        let sql = "UPDATE print_order SET masked_name = ?2, sealed = ?3 WHERE number = ?1";
        self.database.prepare_cached(sql)?.execute((
            number,
            masked(&recipient.name),
            self.sealer.seal(place(number), &plain)?,
        ))?;
        Ok(())
    }

    /// Whether an order has this number.
    pub fn has_print_order(&self, number: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM print_order WHERE number = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([number], |row| row.get(0))?)
    }

    /// Moves an order on. What an export holds now can only be moved by that export.
    pub fn move_print_order(
        &self,
        number: &str,
        event: OrderEvent,
        at_ms: i64,
        actor: &str,
    ) -> Result<OrderState, StoreError> {
        let order = self.print_order(number)?;
        if let Some(job) = self.exporting_job_of(&order)? {
            return Err(StoreError::BeingExported { id: number.to_owned(), job });
        }
        self.step(&order, event, at_ms, actor)
    }

    /// Sends an order off.
    pub fn ship_print_order(
        &self,
        number: &str,
        carrier: &str,
        tracking_number: &str,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        let order = self.print_order(number)?;
        self.step(&order, OrderEvent::Shipped, at_ms, actor)?;
        let sql =
            "UPDATE print_order SET carrier = ?2, tracking_number = ?3, shipped_at_ms = ?4 WHERE number = ?1";
        self.database.prepare_cached(sql)?.execute((number, carrier, tracking_number, at_ms))?;
        self.post_parcel(number, carrier, tracking_number)?;
        let event = JournalEvent::OrderShipped {
            order: number.to_owned(),
            submission: order.submission,
            carrier: carrier.to_owned(),
            tracking_number: tracking_number.to_owned(),
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    /// Holds paid orders for an export; each must be free.
    pub fn claim_print_orders(&self, job: &str, numbers: &[String]) -> Result<(), StoreError> {
        for number in numbers {
            let order = self.print_order(number)?;
            if let Some(job) = self.exporting_job_of(&order)? {
                return Err(StoreError::BeingExported { id: number.clone(), job });
            }
            next_order(order.state, OrderEvent::Printed)
                .map_err(|cause| StoreError::IllegalOrder { number: number.clone(), cause })?;
            self.database
                .prepare_cached("UPDATE print_order SET job = ?2 WHERE number = ?1")?
                .execute((number, job))?;
        }
        Ok(())
    }

    /// Ends the printing of every order that an export holds: its sheets are on record.
    pub fn finish_print_orders(&self, job: &str, at_ms: i64, actor: &str) -> Result<usize, StoreError> {
        let held = self.held_print_orders(job)?;
        for order in &held {
            self.step(order, OrderEvent::Printed, at_ms, actor)?;
        }
        Ok(held.len())
    }

    /// Frees the orders of an export that was given up.
    pub fn free_print_orders(&self, job: &str) -> Result<(), StoreError> {
        let sql = "UPDATE print_order SET job = NULL WHERE job = ?1 AND state = 'approved'";
        self.database.prepare_cached(sql)?.execute([job])?;
        Ok(())
    }

    fn held_print_orders(&self, job: &str) -> Result<Vec<PrintOrder>, StoreError> {
        let sql = select("WHERE job = ?1 AND print_order.state = 'approved' ORDER BY print_order.number");
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map([job], order_from_row)?;
        rows.map(|row| row?).collect()
    }

    /// The orders for prints of one photo, newest first.
    pub fn print_orders_of(&self, submission: &str) -> Result<Vec<PrintOrder>, StoreError> {
        orders_of(&self.database, submission)
    }

    /// An order as it stands in this transaction.
    pub fn print_order(&self, number: &str) -> Result<PrintOrder, StoreError> {
        let mut statement = self.database.prepare_cached(&select("WHERE print_order.number = ?1"))?;
        let order = statement.query_row([number], order_from_row).optional()?;
        order.ok_or_else(|| StoreError::UnknownOrder { number: number.to_owned() })?
    }

    fn exporting_job_of(&self, order: &PrintOrder) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM export_job WHERE id = ?1 AND state = 'exporting'";
        Ok(self.database.prepare_cached(sql)?.query_row([&order.job], |row| row.get(0)).optional()?)
    }

    fn step(
        &self,
        order: &PrintOrder,
        step: OrderEvent,
        at_ms: i64,
        actor: &str,
    ) -> Result<OrderState, StoreError> {
        let number = order.number.clone();
        let to = next_order(order.state, step)
            .map_err(|cause| StoreError::IllegalOrder { number: number.clone(), cause })?;
        let sql = "UPDATE print_order SET state = ?2 WHERE number = ?1";
        self.database.prepare_cached(sql)?.execute((&number, to.as_str()))?;
        let event = JournalEvent::OrderMoved {
            order: number,
            submission: order.submission.clone(),
            event: step,
            from: order.state,
            to,
            job: order.job.clone(),
        };
        self.append(at_ms, actor, &event)?;
        self.post_order_step(&order.number, step)?;
        Ok(to)
    }
}

impl Store {
    /// Orders in this state, or all; oldest first.
    pub fn print_orders(&self, state: Option<OrderState>) -> Result<Vec<PrintOrder>, StoreError> {
        let reader = self.reader();
        let sql =
            select("WHERE ?1 IS NULL OR print_order.state = ?1 ORDER BY created_at_ms, print_order.number");
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([state.map(OrderState::as_str)], order_from_row)?;
        rows.map(|row| row?).collect()
    }

    /// The orders for prints of one photo, newest first.
    pub fn print_orders_of(&self, submission: &str) -> Result<Vec<PrintOrder>, StoreError> {
        orders_of(&self.reader(), submission)
    }

    pub fn print_order(&self, number: &str) -> Result<PrintOrder, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&select("WHERE print_order.number = ?1"))?;
        let order = statement.query_row([number], order_from_row).optional()?;
        order.ok_or_else(|| StoreError::UnknownOrder { number: number.to_owned() })?
    }

    /// How many orders stand in each state; states without any are left out.
    pub fn print_order_counts(&self) -> Result<Vec<(OrderState, usize)>, StoreError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT state, count(*) FROM print_order GROUP BY state")?;
        let rows =
            statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)? as usize)))?;
        let mut counts = Vec::new();
        for row in rows {
            let (word, count) = row?;
            counts.push((state(&word)?, count));
        }
        counts.sort_unstable();
        Ok(counts)
    }

    /// Whom an order goes to, opened: personal data, not for screens or logs.
    pub fn recipient(&self, number: &str) -> Result<Recipient, StoreError> {
        let sql = "SELECT sealed FROM print_order WHERE number = ?1";
        let sealed: Option<Vec<u8>> =
            self.reader().prepare_cached(sql)?.query_row([number], |row| row.get(0)).optional()?;
        let sealed = sealed.ok_or_else(|| StoreError::UnknownOrder { number: number.to_owned() })?;
        let plain = self.sealer.open(place(number), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt { what: place(number).to_string() })
    }
}

fn select(rest: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM print_order JOIN submission ON submission.id = print_order.submission {rest}"
    )
}

fn order_from_row(row: &Row<'_>) -> db::Result<Result<PrintOrder, StoreError>> {
    let word: String = row.get(6)?;
    let order = |state| -> db::Result<PrintOrder> {
        Ok(PrintOrder {
            number: row.get(0)?,
            submission: row.get(1)?,
            batch: row.get(2)?,
            layout: row.get(3)?,
            paper: row.get(4)?,
            copies: row.get(5)?,
            state,
            masked_name: row.get(7)?,
            job: row.get(8)?,
            carrier: row.get(9)?,
            tracking_number: row.get(10)?,
            created_at_ms: row.get(11)?,
            shipped_at_ms: row.get(12)?,
        })
    };
    match state(&word) {
        Ok(state) => order(state).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

fn state(word: &str) -> Result<OrderState, StoreError> {
    OrderState::from_word(word).ok_or_else(|| StoreError::Corrupt { what: "an order's state".into() })
}

fn orders_of(database: &db::Connection, submission: &str) -> Result<Vec<PrintOrder>, StoreError> {
    let sql = select("WHERE print_order.submission = ?1 ORDER BY created_at_ms DESC, print_order.number");
    let mut statement = database.prepare_cached(&sql)?;
    let rows = statement.query_map([submission], order_from_row)?;
    rows.map(|row| row?).collect()
}

fn place(number: &str) -> Place<'_> {
    Place { table: "print_order", column: "sealed", row: number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    fn recipient() -> Recipient {
        Recipient {
            name: "吴小兰".into(),
            phone: "13800000000".into(),
            address: "示范路 1 号".into(),
            ..Default::default()
        }
    }

    fn placed(desk: &Desk, number: &str, paid: bool) {
        let submission = desk.submission("AAAAAA", number.as_bytes());
        let new = NewPrintOrder {
            number,
            submission: &submission,
            layout: "版式一",
            paper: "6寸",
            copies: 2,
            paid,
            recipient: &recipient(),
        };
        desk.store.write(|tx| tx.add_print_order(&new, 1, "desk")).unwrap();
    }

    #[test]
    fn an_order_keeps_its_recipient_sealed_and_walks_to_its_end() {
        let desk = Desk::with_batch("AAAAAA");
        placed(&desk, "000000-1", false);
        let order = desk.store.print_order("000000-1").unwrap();
        assert_eq!((order.masked_name.as_str(), order.copies, order.batch.as_str()), ("吴*兰", 2, "AAAAAA"));
        assert_eq!(desk.store.recipient("000000-1").unwrap(), recipient());
        let go = |event| desk.store.write(|tx| tx.move_print_order("000000-1", event, 2, "desk"));
        assert_eq!(go(OrderEvent::Packed).err().unwrap().code(), "illegal_order");
        for event in [OrderEvent::Paid, OrderEvent::Printed, OrderEvent::Packed] {
            go(event).unwrap();
        }
        desk.store.write(|tx| tx.ship_print_order("000000-1", "顺丰", "SF123", 3, "desk")).unwrap();
        let order = desk.store.print_order("000000-1").unwrap();
        assert_eq!((order.state, order.tracking_number.as_deref()), (OrderState::Shipped, Some("SF123")));
        assert_eq!(desk.store.print_order_counts().unwrap(), [(OrderState::Shipped, 1)]);
        assert!(desk.store.print_orders(Some(OrderState::Approved)).unwrap().is_empty());
        desk.store.verify_journal().unwrap();
    }

    #[test]
    fn an_order_that_is_printed_now_cannot_be_cancelled_or_printed_twice() {
        let desk = Desk::with_batch("AAAAAA");
        placed(&desk, "1", true);
        let numbers = ["1".to_owned()];
        let claim = |job: &str| {
            desk.store.write(|tx| {
                tx.begin_export(job, "AAAAAA", "{}", &[], 5, "print")?;
                tx.claim_print_orders(job, &numbers)
            })
        };
        claim("one").unwrap();
        assert_eq!(claim("two").err().unwrap().code(), "being_exported");
        let cancel = || desk.store.write(|tx| tx.move_print_order("1", OrderEvent::Cancelled, 6, "desk"));
        assert_eq!(cancel().err().unwrap().code(), "being_exported");
        desk.store.write(|tx| tx.abandon_export("one", 7, "print")).unwrap();
        claim("three").unwrap();
        desk.store.write(|tx| tx.commit_export("three", "m", 8, "print")).unwrap();
        assert_eq!(desk.store.print_order("1").unwrap().state, OrderState::InProduction);
        assert_eq!(desk.store.print_order("1").unwrap().job.as_deref(), Some("three"));
    }
}
