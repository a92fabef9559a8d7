//! Batches and their counts.

use super::db::{Connection, OptionalExtension, Row};

use super::queue::OURS;
use super::{Store, StoreError, Tx};
use crate::submission::{Batch, BatchSummary, HoldKind, State};

const COLUMNS: &str = "code, school, title, standard, background, layouts, max_attempts, rules";

impl Tx<'_> {
    /// Adds a batch; its code must be free.
    pub fn add_batch(&self, batch: &Batch, at_ms: i64) -> Result<(), StoreError> {
        if find(&self.database, &batch.code)?.is_some() {
            return Err(StoreError::BatchExists { code: batch.code.clone() });
        }
        let layouts = serde_json::to_string(&batch.layouts)
            .map_err(|cause| StoreError::Corrupt { what: format!("the layouts ({cause})") })?;
        let sql = format!(
            "INSERT INTO batch ({COLUMNS}, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        );
        self.database.prepare_cached(&sql)?.execute((
            &batch.code,
            &batch.school,
            &batch.title,
            &batch.standard,
            &batch.background,
            layouts,
            batch.max_attempts,
            rules_text(batch)?,
            at_ms,
        ))?;
        Ok(())
    }

    /// Sets the rules and attempts of a batch anew.
    pub fn set_rules(&self, batch: &Batch) -> Result<(), StoreError> {
        let sql = "UPDATE batch SET max_attempts = ?2, rules = ?3 WHERE code = ?1";
        let row = (&batch.code, batch.max_attempts, rules_text(batch)?);
        match self.database.prepare_cached(sql)?.execute(row)? {
            1 => Ok(()),
            _ => Err(unknown(&batch.code)),
        }
    }

    pub fn batch(&self, code: &str) -> Result<Batch, StoreError> {
        find(&self.database, code)?.ok_or_else(|| unknown(code))
    }
}

impl Store {
    pub fn batch(&self, code: &str) -> Result<Batch, StoreError> {
        find(&self.reader(), code)?.ok_or_else(|| unknown(code))
    }

    /// All batches with their counts, newest first.
    pub fn batches(&self) -> Result<Vec<BatchSummary>, StoreError> {
        let reader = self.reader();
        let snapshot = reader.snapshot()?;
        // A server has no order in which rows came.
        let later = snapshot.word("rowid", "code");
        let sql = format!("SELECT {COLUMNS} FROM batch ORDER BY created_at_ms DESC, {later} DESC");
        let mut statement = snapshot.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut summaries = Vec::new();
        while let Some(row) = &rows.next()? {
            summaries.push(summary(&snapshot, from_row(row)?)?);
        }
        Ok(summaries)
    }
}

fn summary(database: &Connection, batch: Batch) -> Result<BatchSummary, StoreError> {
    let mut summary = BatchSummary {
        batch,
        pending: 0,
        approved: 0,
        rejected: 0,
        in_production: 0,
        completed: 0,
        parked: 0,
        escalated: 0,
        oldest_at_ms: None,
    };
    let sql = format!(
        "SELECT state, count(*), min(received_at_ms) FROM submission WHERE batch = ?1 AND {OURS} GROUP BY state"
    );
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows = statement.query([&summary.batch.code])?;
    while let Some(row) = &rows.next()? {
        let count = row.get::<_, i64>(1)? as usize;
        match State::from_word(row.text(0)?.as_str().unwrap_or_default()) {
            Some(State::PendingReview) => {
                (summary.pending, summary.oldest_at_ms) = (count, row.get(2)?);
            }
            Some(State::Approved) => summary.approved = count,
            Some(State::Rejected) => summary.rejected = count,
            Some(State::InProduction) => summary.in_production = count,
            Some(State::Completed) => summary.completed = count,
            _ => {}
        }
    }
    let sql = "SELECT hold, count(*) FROM submission WHERE batch = ?1 AND hold IS NOT NULL GROUP BY hold";
    let mut statement = database.prepare_cached(sql)?;
    let mut rows = statement.query([&summary.batch.code])?;
    while let Some(row) = &rows.next()? {
        let count = row.get::<_, i64>(1)? as usize;
        match HoldKind::from_word(row.text(0)?.as_str().unwrap_or_default()) {
            Some(HoldKind::Parked) => summary.parked = count,
            Some(HoldKind::Escalated) => summary.escalated = count,
            None => {}
        }
    }
    Ok(summary)
}

fn find(database: &Connection, code: &str) -> Result<Option<Batch>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM batch WHERE code = ?1");
    let mut statement = database.prepare_cached(&sql)?;
    let found = statement.query_row([code], |row| Ok(from_row(row))).optional()?;
    found.transpose()
}

fn from_row(row: &Row<'_>) -> Result<Batch, StoreError> {
    let (layouts, rules): (String, String) = (row.get(5)?, row.get(7)?);
    let corrupt = |what, cause| StoreError::Corrupt { what: format!("a batch's {what} ({cause})") };
    Ok(Batch {
        code: row.get(0)?,
        school: row.get(1)?,
        title: row.get(2)?,
        standard: row.get(3)?,
        background: row.get(4)?,
        layouts: serde_json::from_str(&layouts).map_err(|cause| corrupt("layouts", cause))?,
        max_attempts: row.get(6)?,
        rules: serde_json::from_str(&rules).map_err(|cause| corrupt("rules", cause))?,
    })
}

fn rules_text(batch: &Batch) -> Result<String, StoreError> {
    serde_json::to_string(&batch.rules)
        .map_err(|cause| StoreError::Corrupt { what: format!("the rules ({cause})") })
}

fn unknown(code: &str) -> StoreError {
    StoreError::UnknownBatch { code: code.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::{Desk, batch};

    #[test]
    fn batches_come_newest_first_with_their_counts() {
        let desk = Desk::new();
        for code in ["AAAAAA", "BBBBBB"] {
            desk.store.write(|tx| tx.add_batch(&batch(code), 5)).unwrap();
        }
        desk.submission("AAAAAA", b"one");
        desk.submission("AAAAAA", b"two");
        let batches = desk.store.batches().unwrap();
        let seen: Vec<_> =
            batches.iter().map(|summary| (summary.batch.code.as_str(), summary.pending)).collect();
        assert_eq!(seen, [("BBBBBB", 0), ("AAAAAA", 2)]);
        assert_eq!(desk.store.batch("AAAAAA").unwrap(), batch("AAAAAA"));
    }

    #[test]
    fn a_code_is_given_once() {
        let desk = Desk::new();
        desk.store.write(|tx| tx.add_batch(&batch("AAAAAA"), 5)).unwrap();
        let again = desk.store.write(|tx| tx.add_batch(&batch("AAAAAA"), 6));
        assert_eq!(again.err().unwrap().code(), "batch_exists");
        assert_eq!(desk.store.batch("CCCCCC").err().unwrap().code(), "unknown_batch");
    }
}
