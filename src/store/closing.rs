//! The closing of batches: when it was begun and ended, and what is still to be done for it.

use super::db::{Connection, OptionalExtension};

use super::student_orders::orders_where;
use super::submissions::{COLUMNS, item_from_row};
use super::{Store, StoreError, Tx};
use crate::submission::{Order, QueueItem, State};

/// A closing that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Milliseconds since the Unix epoch.
    pub begun_at_ms: i64,
    pub done_at_ms: Option<i64>,
}

impl Tx<'_> {
    /// Begins the closing of a batch; `false` when it was begun before.
    pub fn begin_closing(&self, batch: &str, at_ms: i64) -> Result<bool, StoreError> {
        let sql = "INSERT INTO batch_closing (batch, begun_at_ms) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        Ok(self.database.prepare_cached(sql)?.execute((batch, at_ms))? == 1)
    }

    /// Ends it; `false` when it had ended before.
    pub fn end_closing(&self, batch: &str, at_ms: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE batch_closing SET done_at_ms = ?2 WHERE batch = ?1 AND done_at_ms IS NULL";
        Ok(self.database.prepare_cached(sql)?.execute((batch, at_ms))? == 1)
    }

    pub fn closing(&self, batch: &str) -> Result<Option<Closing>, StoreError> {
        closing(&self.database, batch)
    }

    /// Up to `count` submissions of a batch in this state, oldest first.
    pub fn in_state(&self, batch: &str, state: State, count: usize) -> Result<Vec<QueueItem>, StoreError> {
        in_state(&self.database, batch, state, count)
    }

    /// Orders of a batch without a photo that are in this state.
    pub fn unsent_orders(&self, batch: &str, state: State) -> Result<Vec<Order>, StoreError> {
        unsent_orders(&self.database, batch, state)
    }
}

impl Store {
    pub fn closing(&self, batch: &str) -> Result<Option<Closing>, StoreError> {
        closing(&self.reader(), batch)
    }

    /// Codes of batches whose time to close has come, or whose closing has not ended.
    pub fn due_to_close(&self, now_ms: i64) -> Result<Vec<String>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT code FROM batch LEFT JOIN batch_closing ON batch = code
                   WHERE done_at_ms IS NULL AND (begun_at_ms IS NOT NULL OR CAST(rules ->> '$.closes_at_ms' AS BIGINT) <= ?1)
                   ORDER BY code";
        let mut statement = reader.prepare_cached(sql)?;
        let codes = statement.query_map([now_ms], |row| row.get(0))?;
        Ok(codes.collect::<Result<_, _>>()?)
    }

    /// Submissions of a batch in this state, oldest first.
    pub fn in_state(&self, batch: &str, state: State) -> Result<Vec<QueueItem>, StoreError> {
        in_state(&self.reader(), batch, state, i64::MAX as usize)
    }

    /// Orders of a batch without a photo that are in this state.
    pub fn unsent_orders(&self, batch: &str, state: State) -> Result<Vec<Order>, StoreError> {
        unsent_orders(&self.reader(), batch, state)
    }
}

fn closing(database: &Connection, batch: &str) -> Result<Option<Closing>, StoreError> {
    let sql = "SELECT begun_at_ms, done_at_ms FROM batch_closing WHERE batch = ?1";
    let mut statement = database.prepare_cached(sql)?;
    let found = statement
        .query_row([batch], |row| Ok(Closing { begun_at_ms: row.get(0)?, done_at_ms: row.get(1)? }))
        .optional()?;
    Ok(found)
}

fn in_state(
    database: &Connection,
    batch: &str,
    state: State,
    count: usize,
) -> Result<Vec<QueueItem>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM submission WHERE batch = ?1 AND state = ?2 ORDER BY received_at_ms, number LIMIT ?3"
    );
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows = statement.query((batch, state.as_str(), count as i64))?;
    let mut items = Vec::new();
    while let Some(row) = &rows.next()? {
        items.push(item_from_row(row)?);
    }
    Ok(items)
}

fn unsent_orders(database: &Connection, batch: &str, state: State) -> Result<Vec<Order>, StoreError> {
    let condition = match state {
        State::AwaitingPayment => {
            "student_order.batch = ?1 AND student_order.submission IS NULL AND student_order.state = 'awaiting_payment'"
        }
        State::Paid => {
            "student_order.batch = ?1 AND student_order.submission IS NULL AND student_order.state = 'paid'"
        }
        _ => return Ok(Vec::new()),
    };
    orders_where(database, condition, batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::{Desk, batch};
    use crate::submission::{Batch, BatchRules};

    #[test]
    fn a_batch_is_due_when_its_time_came_until_its_closing_ended() {
        let desk = Desk::with_batch("AAAAAA");
        let rules = BatchRules { closes_at_ms: Some(100), ..BatchRules::default() };
        desk.store.write(|tx| tx.add_batch(&Batch { rules, ..batch("BBBBBB") }, 0)).unwrap();
        let due = |now_ms| desk.store.due_to_close(now_ms).unwrap();
        assert!(due(99).is_empty());
        assert_eq!(due(100), ["BBBBBB"]);
        assert!(desk.store.write(|tx| tx.begin_closing("AAAAAA", 50)).unwrap());
        assert!(!desk.store.write(|tx| tx.begin_closing("AAAAAA", 60)).unwrap(), "begun once");
        assert_eq!(due(60), ["AAAAAA"]);
        assert!(desk.store.write(|tx| tx.end_closing("AAAAAA", 70)).unwrap());
        assert!(!desk.store.write(|tx| tx.end_closing("AAAAAA", 80)).unwrap(), "ended once");
        assert_eq!(
            desk.store.closing("AAAAAA").unwrap(),
            Some(Closing { begun_at_ms: 50, done_at_ms: Some(70) })
        );
        assert_eq!(due(100), ["BBBBBB"]);
    }
}
