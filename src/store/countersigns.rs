//! What one person said on site and a second one must confirm, and how it was settled.

use super::db::{OptionalExtension, Params, Row};

use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};
use crate::onsite::countersign::{Countersign, Outcome, Risk};

const COLUMNS: &str = "seq, batch, risk, subject, shot, against, said_by, said_at_ms, outcome, settled_by";

/// One row with its number.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NumberedCountersign {
    pub seq: u64,
    #[serde(flatten)]
    pub countersign: Countersign,
}

impl Tx<'_> {
    /// Something waits for a second person from now on.
    pub fn keep_countersign(&self, it: &Countersign) -> Result<(), StoreError> {
        let sql = "INSERT INTO countersign (batch, risk, subject, shot, against, said_by, said_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.database.prepare_cached(sql)?.execute((
            &it.batch,
            it.risk.as_str(),
            &it.subject,
            &it.shot,
            &it.against,
            &it.said_by,
            it.said_at_ms,
        ))?;
        let event = JournalEvent::CountersignAsked {
            risk: it.risk,
            subject: it.subject.clone(),
            shot: it.shot.clone(),
        };
        self.append(it.said_at_ms, &it.said_by, &event).map(drop)
    }

    pub fn countersign(&self, seq: u64) -> Result<NumberedCountersign, StoreError> {
        let found = self.find_countersign("seq = ?1", [seq as i64])?;
        found.ok_or_else(|| StoreError::UnknownCountersign { seq })
    }

    /// What waits for a second person about this photo.
    pub fn countersign_of_shot(&self, shot: &str) -> Result<Option<NumberedCountersign>, StoreError> {
        self.find_countersign("shot = ?1 AND outcome IS NULL", [shot])
    }

    /// What waits for a second person about this person's code.
    pub fn countersign_of_code(&self, subject: &str) -> Result<Option<NumberedCountersign>, StoreError> {
        self.find_countersign("subject = ?1 AND shot IS NULL AND outcome IS NULL", [subject])
    }

    /// The very same thing that was said, settled or not.
    pub fn same_countersign(&self, it: &Countersign) -> Result<Option<NumberedCountersign>, StoreError> {
        let shot = it.shot.as_deref().unwrap_or_default();
        let key = (it.risk.as_str(), &it.subject, shot, it.said_at_ms);
        self.find_countersign(
            "risk = ?1 AND subject = ?2 AND coalesce(shot, '') = ?3 AND said_at_ms = ?4",
            key,
        )
    }

    /// Writes how it ended; `it` is the row after that step.
    pub fn set_countersign(&self, it: &NumberedCountersign, at_ms: i64) -> Result<(), StoreError> {
        let NumberedCountersign { seq, countersign } = it;
        let (Some(outcome), Some(by)) = (countersign.outcome, &countersign.settled_by) else { return Ok(()) };
        let sql = "UPDATE countersign SET outcome = ?2, settled_by = ?3, settled_at_ms = ?4
                   WHERE seq = ?1 AND outcome IS NULL";
        let row = (*seq as i64, outcome.as_str(), by, at_ms);
        if self.database.prepare_cached(sql)?.execute(row)? == 1 {
            self.append(at_ms, by, &JournalEvent::CountersignSettled { seq: *seq, outcome })?;
        }
        Ok(())
    }

    fn find_countersign(
        &self,
        which: &str,
        key: impl Params,
    ) -> Result<Option<NumberedCountersign>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM countersign WHERE {which} ORDER BY seq LIMIT 1");
        let found = self.database.prepare_cached(&sql)?.query_row(key, |row| Ok(from_row(row))).optional()?;
        found.transpose()
    }
}

impl Store {
    /// What waits for a second person in the batch, oldest first.
    pub fn waiting_countersigns(&self, batch: &str) -> Result<Vec<NumberedCountersign>, StoreError> {
        self.countersigns_where(batch, "outcome IS NULL")
    }

    /// Everything that waited or waits in the batch, oldest first.
    pub fn countersigns(&self, batch: &str) -> Result<Vec<NumberedCountersign>, StoreError> {
        self.countersigns_where(batch, "1 = 1")
    }

    fn countersigns_where(&self, batch: &str, which: &str) -> Result<Vec<NumberedCountersign>, StoreError> {
        let reader = self.reader();
        let sql = format!("SELECT {COLUMNS} FROM countersign WHERE batch = ?1 AND {which} ORDER BY seq");
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([batch], |row| Ok(from_row(row)))?;
        rows.map(|row| row?).collect()
    }
}

/// Reads the columns of [`COLUMNS`].
fn from_row(row: &Row<'_>) -> Result<NumberedCountersign, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "a countersign".to_owned() };
    let outcome: Option<String> = row.get(8)?;
    let countersign = Countersign {
        batch: row.get(1)?,
        risk: row.text(2)?.as_str().ok().and_then(Risk::from_word).ok_or_else(corrupt)?,
        subject: row.get(3)?,
        shot: row.get(4)?,
        against: row.get(5)?,
        said_by: row.get(6)?,
        said_at_ms: row.get(7)?,
        outcome: outcome.map(|word| Outcome::from_word(&word).ok_or_else(corrupt)).transpose()?,
        settled_by: row.get(9)?,
    };
    Ok(NumberedCountersign { seq: row.get::<_, i64>(0)? as u64, countersign })
}
