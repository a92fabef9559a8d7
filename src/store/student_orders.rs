//! Orders of students and their payments: opened with or before the photo, read with the state that counts.

use super::db::{Connection, OptionalExtension, Row};

use super::submissions::require_one;
use super::{Store, StoreError, Tx};
use crate::submission::State;
use crate::submission::order::{Order, Payment, PaymentState, PaymentWay};

const ORDER: &str = "SELECT student_order.number, student_order.batch, student_order.masked_name,
    coalesce(submission.state, student_order.state), fee_fen,
    (SELECT CAST(coalesce(sum(amount_fen), 0) AS BIGINT) FROM payment WHERE for_order = student_order.number AND payment.state = 'paid'),
    student_order.submission, opened_at_ms
    FROM student_order LEFT JOIN submission ON submission.id = student_order.submission";

const PAYMENT: &str =
    "SELECT id, for_order, way, amount_fen, state, provider_id, recorded_by, at_ms FROM payment";

/// An order to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder<'a> {
    pub number: &'a str,
    pub batch: &'a str,
    pub masked_name: &'a str,
    /// Awaiting payment, or paid where nothing is owed.
    pub state: State,
    pub fee_fen: u32,
    pub opened_at_ms: i64,
}

impl Tx<'_> {
    /// Opens an order; its number must be free.
    pub fn add_order(&self, new: &NewOrder<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO student_order (number, batch, masked_name, state, fee_fen, opened_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.database.prepare_cached(sql)?.execute((
            new.number,
            new.batch,
            new.masked_name,
            new.state.as_str(),
            new.fee_fen,
            new.opened_at_ms,
        ))?;
        Ok(())
    }

    pub fn order(&self, number: &str) -> Result<Order, StoreError> {
        order(&self.database, number)
    }

    /// The order that this submission belongs to; submissions of desks and of before have none.
    pub fn order_of(&self, submission: &str) -> Result<Option<Order>, StoreError> {
        order_of(&self.database, submission)
    }

    /// Whether any order, of a photo or of prints, has this number.
    pub fn has_order(&self, number: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM student_order WHERE number = ?1)";
        let is_known: bool = self.database.prepare_cached(sql)?.query_row([number], |row| row.get(0))?;
        Ok(is_known || self.has_print_order(number)?)
    }

    /// Sets the state of an order that has no submission yet.
    pub fn set_order_state(&self, number: &str, state: State) -> Result<(), StoreError> {
        let sql = "UPDATE student_order SET state = ?2 WHERE number = ?1 AND submission IS NULL";
        require_order(self.database.prepare_cached(sql)?.execute((number, state.as_str()))?, number)
    }

    /// Ties an order to the submission that its first photo became.
    pub fn bind_order(&self, number: &str, submission: &str) -> Result<(), StoreError> {
        let sql = "UPDATE student_order SET submission = ?2 WHERE number = ?1 AND submission IS NULL";
        require_order(self.database.prepare_cached(sql)?.execute((number, submission))?, number)
    }

    /// Adds a payment, or brings a known one to its present state.
    pub fn set_payment(&self, payment: &Payment) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO payment (id, for_order, way, amount_fen, state, provider_id, recorded_by, at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (id) DO UPDATE SET state = excluded.state, provider_id = excluded.provider_id,
                   recorded_by = excluded.recorded_by, at_ms = excluded.at_ms";
        self.database.prepare_cached(sql)?.execute((
            &payment.payment,
            &payment.order,
            payment.way.as_str(),
            payment.amount_fen,
            payment.state.as_str(),
            &payment.transaction,
            &payment.recorded_by,
            payment.at_ms,
        ))?;
        Ok(())
    }

    /// The payment with our number of it.
    pub fn payment(&self, id: &str) -> Result<Option<Payment>, StoreError> {
        let mut statement = self.database.prepare_cached(&format!("{PAYMENT} WHERE id = ?1"))?;
        statement.query_row([id], |row| Ok(payment_from_row(row))).optional()?.transpose()
    }

    /// The payments of an order, oldest first.
    pub fn payments(&self, number: &str) -> Result<Vec<Payment>, StoreError> {
        payments(&self.database, number)
    }

    /// When the first photo was taken; retention counts from here.
    pub fn set_captured(&self, submission: &str, at_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE submission SET captured_at_ms = coalesce(captured_at_ms, ?2) WHERE id = ?1";
        require_one(self.database.prepare_cached(sql)?.execute((submission, at_ms))?, submission)
    }

    /// Puts a submission at the end of the queue: it waits since now.
    pub fn set_waiting_since(&self, submission: &str, at_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE submission SET received_at_ms = ?2 WHERE id = ?1";
        require_one(self.database.prepare_cached(sql)?.execute((submission, at_ms))?, submission)
    }
}

impl Store {
    pub fn order(&self, number: &str) -> Result<Order, StoreError> {
        order(&self.reader(), number)
    }

    /// The order that this submission belongs to.
    pub fn order_of(&self, submission: &str) -> Result<Option<Order>, StoreError> {
        order_of(&self.reader(), submission)
    }

    /// The payments of an order, oldest first.
    pub fn payments(&self, number: &str) -> Result<Vec<Payment>, StoreError> {
        payments(&self.reader(), number)
    }

    /// Payments that were asked for by this way at or after a time and have not come in, oldest first.
    pub fn payments_asked(&self, way: PaymentWay, since_ms: i64) -> Result<Vec<Payment>, StoreError> {
        let reader = self.reader();
        let sql = format!("{PAYMENT} WHERE state = 'asked' AND way = ?1 AND at_ms >= ?2 ORDER BY at_ms, id");
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query((way.as_str(), since_ms))?;
        let mut payments = Vec::new();
        while let Some(row) = &rows.next()? {
            payments.push(payment_from_row(row)?);
        }
        Ok(payments)
    }

    /// Payments that are to be given back by their provider.
    pub fn refunds_to_send(&self) -> Result<Vec<Payment>, StoreError> {
        let reader = self.reader();
        let sql = format!("{PAYMENT} WHERE state = 'refund_asked' ORDER BY at_ms, id");
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut payments = Vec::new();
        while let Some(row) = &rows.next()? {
            payments.push(payment_from_row(row)?);
        }
        Ok(payments)
    }
}

fn order(database: &Connection, number: &str) -> Result<Order, StoreError> {
    let mut statement = database.prepare_cached(&format!("{ORDER} WHERE student_order.number = ?1"))?;
    let found = statement.query_row([number], |row| Ok(order_from_row(row))).optional()?;
    found.unwrap_or_else(|| Err(StoreError::UnknownOrder { number: number.to_owned() }))
}

fn order_of(database: &Connection, submission: &str) -> Result<Option<Order>, StoreError> {
    let mut statement = database.prepare_cached(&format!("{ORDER} WHERE student_order.submission = ?1"))?;
    statement.query_row([submission], |row| Ok(order_from_row(row))).optional()?.transpose()
}

pub(super) fn orders_where(
    database: &Connection,
    condition: &str,
    batch: &str,
) -> Result<Vec<Order>, StoreError> {
    let mut statement =
        database.prepare_cached(&format!("{ORDER} WHERE {condition} ORDER BY student_order.number"))?;
    let mut rows = statement.query([batch])?;
    let mut orders = Vec::new();
    while let Some(row) = &rows.next()? {
        orders.push(order_from_row(row)?);
    }
    Ok(orders)
}

fn payments(database: &Connection, number: &str) -> Result<Vec<Payment>, StoreError> {
    let mut statement =
        database.prepare_cached(&format!("{PAYMENT} WHERE for_order = ?1 ORDER BY at_ms, id"))?;
    let mut rows = statement.query([number])?;
    let mut payments = Vec::new();
    while let Some(row) = &rows.next()? {
        payments.push(payment_from_row(row)?);
    }
    Ok(payments)
}

fn order_from_row(row: &Row<'_>) -> Result<Order, StoreError> {
    let state = row.text(3)?.as_str().ok().and_then(State::from_word);
    Ok(Order {
        order: row.get(0)?,
        batch: row.get(1)?,
        masked_name: row.get(2)?,
        state: state.ok_or_else(|| StoreError::Corrupt { what: "an order's state".to_owned() })?,
        fee_fen: row.get(4)?,
        paid_fen: row.get(5)?,
        submission: row.get(6)?,
        opened_at_ms: row.get(7)?,
    })
}

fn payment_from_row(row: &Row<'_>) -> Result<Payment, StoreError> {
    let way = row.text(2)?.as_str().ok().and_then(PaymentWay::from_word);
    let state = row.text(4)?.as_str().ok().and_then(PaymentState::from_word);
    let corrupt = || StoreError::Corrupt { what: "a payment".to_owned() };
    Ok(Payment {
        payment: row.get(0)?,
        order: row.get(1)?,
        way: way.ok_or_else(corrupt)?,
        amount_fen: row.get(3)?,
        state: state.ok_or_else(corrupt)?,
        transaction: row.get(5)?,
        recorded_by: row.get(6)?,
        at_ms: row.get(7)?,
    })
}

fn require_order(changed: usize, number: &str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::UnknownOrder { number: number.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    const NUMBER: &str = "100001-20261122090000000";

    fn opened() -> Desk {
        let desk = Desk::with_batch("AAAAAA");
        let new = NewOrder {
            number: NUMBER,
            batch: "AAAAAA",
            masked_name: "吴*兰",
            state: State::AwaitingPayment,
            fee_fen: 3000,
            opened_at_ms: 5,
        };
        desk.store.write(|tx| tx.add_order(&new)).unwrap();
        desk
    }

    fn payment(id: &str, provider_id: Option<&str>, state: PaymentState) -> Payment {
        Payment {
            payment: id.into(),
            order: NUMBER.into(),
            way: PaymentWay::Staff,
            amount_fen: 3000,
            state,
            transaction: provider_id.map(str::to_owned),
            recorded_by: "wang".into(),
            at_ms: 7,
        }
    }

    #[test]
    fn an_order_s_state_is_its_submission_s_once_there_is_one() {
        let desk = opened();
        assert_eq!(desk.store.order(NUMBER).unwrap().state, State::AwaitingPayment);
        let id = desk.submission("AAAAAA", b"photo");
        desk.store.write(|tx| tx.bind_order(NUMBER, &id)).unwrap();
        let order = desk.store.order_of(&id).unwrap().unwrap();
        assert_eq!((order.state, order.submission), (State::PendingReview, Some(id.clone())));
        let moved = desk.store.write(|tx| tx.set_order_state(NUMBER, State::Closed));
        assert_eq!(moved.err().unwrap().code(), "unknown_order", "the submission's state counts now");
        let again = desk.store.write(|tx| tx.bind_order(NUMBER, &id));
        assert!(again.is_err(), "an order has one submission");
    }

    #[test]
    fn only_what_was_paid_and_kept_counts_as_paid() {
        let desk = opened();
        desk.store.write(|tx| tx.set_payment(&payment("p1", None, PaymentState::Asked))).unwrap();
        assert_eq!(desk.store.order(NUMBER).unwrap().paid_fen, 0);
        desk.store.write(|tx| tx.set_payment(&payment("p1", Some("t1"), PaymentState::Paid))).unwrap();
        assert_eq!(desk.store.order(NUMBER).unwrap().paid_fen, 3000);
        let twice = desk.store.write(|tx| tx.set_payment(&payment("p2", Some("t1"), PaymentState::Paid)));
        assert!(twice.is_err(), "a payment of the provider counts once");
        desk.store.write(|tx| tx.set_payment(&payment("p1", Some("t1"), PaymentState::Refunded))).unwrap();
        assert_eq!(desk.store.order(NUMBER).unwrap().paid_fen, 0);
        assert_eq!(desk.store.payments(NUMBER).unwrap().len(), 1);
    }
}
