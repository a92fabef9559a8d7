//! Second reviews: one row a decision that is looked at again, never two that wait for one submission.

use std::collections::BTreeMap;

use super::db::{Connection, Row};

use super::submissions::{COLUMNS, item_from_row};
use super::{Store, StoreError, Tx};
use crate::submission::second::{Cause, SecondReview, Stage};
use crate::submission::{Opinion, QueueItem};

const SECOND: &str =
    "row, of_submission, first_seq, seen_sha256, seen_revision, cause, stage, first, second, ruling";

/// A row is about the submission only while its decision is the one in force, on the photo that is there.
const LIVE: &str = "first_seq = submission.decided_seq AND seen_sha256 = submission.photo_sha256";

/// A second review that got its second opinion.
#[derive(Clone, Debug, PartialEq)]
pub struct LookedAgain {
    pub batch: String,
    /// When the second opinion was given, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub review: SecondReview,
}

/// A row of the table: its number, and what it says.
pub type Numbered = (i64, SecondReview);

impl Tx<'_> {
    /// Puts a decision up for a second review; `false` when it already was.
    pub fn draw_second(&self, review: &SecondReview) -> Result<bool, StoreError> {
        // What waited for a decision that is no longer in force waits no more.
        let sql = "UPDATE second_review SET stage = 'void'
                   WHERE of_submission = ?1 AND stage IN ('open', 'disputed') AND first_seq <> ?2";
        self.database.prepare_cached(sql)?.execute((&review.submission, review.first_seq as i64))?;
        let sql = "INSERT INTO second_review (of_submission, first_seq, seen_sha256, seen_revision, cause, stage, first)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
        let changed = self.database.prepare_cached(sql)?.execute((
            &review.submission,
            review.first_seq as i64,
            &review.photo_sha256,
            review.revision,
            review.cause.as_str(),
            review.stage.as_str(),
            text(&review.first)?,
        ))?;
        Ok(changed == 1)
    }

    /// The second review of the decision in force.
    pub fn second_of(&self, submission: &str) -> Result<Option<Numbered>, StoreError> {
        second_of(&self.database, submission)
    }

    /// Writes where a second review stands now; `at_ms` is the time of its second opinion, when that is new.
    pub fn set_second(&self, (row, review): &Numbered, at_ms: Option<i64>) -> Result<(), StoreError> {
        let sql = "UPDATE second_review SET stage = ?2, second = ?3, ruling = ?4,
                   second_at_ms = CASE WHEN ?3 IS NULL THEN NULL ELSE coalesce(?5, second_at_ms) END WHERE row = ?1";
        self.database.prepare_cached(sql)?.execute((
            row,
            review.stage.as_str(),
            review.second.as_ref().map(text).transpose()?,
            review.ruling.as_ref().map(text).transpose()?,
            at_ms,
        ))?;
        Ok(())
    }
}

impl Store {
    /// The second review of the decision in force.
    pub fn second_of(&self, submission: &str) -> Result<Option<Numbered>, StoreError> {
        let reader = self.reader();
        let snapshot = reader.snapshot()?;
        second_of(&snapshot, submission)
    }

    /// Submissions whose second review stands here, oldest first; without those first decided by `except`.
    pub fn in_second_review(
        &self,
        stage: Stage,
        batch: Option<&str>,
        except: Option<&str>,
    ) -> Result<Vec<QueueItem>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM second_review JOIN submission ON submission.id = of_submission AND {LIVE}
             WHERE stage = ?1 AND (?2 IS NULL OR batch = ?2) AND (?3 IS NULL OR first ->> '$.by' <> ?3)
             ORDER BY received_at_ms, number"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query((stage.as_str(), batch, except))?;
        let mut items = Vec::new();
        while let Some(row) = &rows.next()? {
            items.push(item_from_row(row)?);
        }
        Ok(items)
    }

    /// How many submissions of each batch stand here; without those first decided by `except`.
    pub fn count_in_second_review(
        &self,
        stage: Stage,
        except: Option<&str>,
    ) -> Result<BTreeMap<String, usize>, StoreError> {
        let sql = format!(
            "SELECT batch, count(*) FROM second_review JOIN submission ON submission.id = of_submission AND {LIVE}
             WHERE stage = ?1 AND (?2 IS NULL OR first ->> '$.by' <> ?2) GROUP BY batch"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let counts = statement.query_map((stage.as_str(), except), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? as usize))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// Second reviews whose second opinion was given since a time, oldest first.
    pub fn looked_again_since(&self, since_ms: i64) -> Result<Vec<LookedAgain>, StoreError> {
        let sql = format!(
            "SELECT {SECOND}, batch, second_at_ms FROM second_review JOIN submission ON submission.id = of_submission
             WHERE second_at_ms >= ?1 ORDER BY second_at_ms, row"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query([since_ms])?;
        let mut found = Vec::new();
        while let Some(row) = &rows.next()? {
            let (_, review) = from_row(row)?;
            found.push(LookedAgain { batch: row.get(10)?, at_ms: row.get(11)?, review });
        }
        Ok(found)
    }

    /// Decisions in force that this person took between two times and nobody has looked at again: submission and entry.
    pub fn decided_between(
        &self,
        reviewer: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT submission.id, decided_seq FROM submission JOIN journal ON seq = decided_seq
                   WHERE decided_by = ?1 AND at_ms >= ?2 AND at_ms < ?3
                   AND NOT EXISTS (SELECT 1 FROM second_review WHERE first_seq = decided_seq)
                   ORDER BY decided_seq";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let found = statement.query_map((reviewer, from_ms, to_ms), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? as u64))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn second_of(database: &Connection, submission: &str) -> Result<Option<Numbered>, StoreError> {
    let sql = format!(
        "SELECT {SECOND} FROM second_review JOIN submission ON submission.id = of_submission AND {LIVE}
         WHERE of_submission = ?1"
    );
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows = statement.query([submission])?;
    rows.next()?.map(|row| from_row(&row)).transpose()
}

/// Reads the columns of [`SECOND`], which must come first in the row.
fn from_row(row: &Row<'_>) -> Result<Numbered, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "a second review".to_owned() };
    let opinion = |text: Option<String>| -> Result<Option<Opinion>, StoreError> {
        text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt())).transpose()
    };
    let ruling: Option<String> = row.get(9)?;
    let review = SecondReview {
        submission: row.get(1)?,
        first_seq: row.get::<_, i64>(2)? as u64,
        photo_sha256: row.get(3)?,
        revision: row.get(4)?,
        cause: row.text(5)?.as_str().ok().and_then(Cause::from_word).ok_or_else(corrupt)?,
        stage: row.text(6)?.as_str().ok().and_then(Stage::from_word).ok_or_else(corrupt)?,
        first: opinion(row.get(7)?)?.ok_or_else(corrupt)?,
        second: opinion(row.get(8)?)?,
        ruling: ruling.map(|text| serde_json::from_str(&text).map_err(|_| corrupt())).transpose()?,
    };
    Ok((row.get(0)?, review))
}

fn text(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|cause| StoreError::Corrupt { what: format!("a second review ({cause})") })
}
