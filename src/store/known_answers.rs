//! Photos whose answer is known, and what people answered to them without knowing that.

use super::db::OptionalExtension;

use super::submissions::{COLUMNS, item_from_row};
use super::{Store, StoreError, Tx};
use crate::submission::{Opinion, QueueItem};

/// What somebody answered to a photo whose answer is known.
#[derive(Clone, Debug, PartialEq)]
pub struct TestAnswer {
    pub submission: String,
    pub batch: String,
    pub masked_name: String,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub given: Opinion,
    pub known: Opinion,
}

impl Tx<'_> {
    /// Marks the photo of a submission as one whose answer is known.
    pub fn set_known(&self, item: &QueueItem, answer: &Opinion) -> Result<(), StoreError> {
        let sql = "INSERT INTO known_answer
                   (of_submission, seen_sha256, seen_revision, answer)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (of_submission) DO UPDATE SET seen_sha256 = excluded.seen_sha256, seen_revision = excluded.seen_revision, answer = excluded.answer";
        let row = (&item.submission, &item.photo_sha256, item.revision, text(answer)?);
        self.database.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    pub fn unset_known(&self, submission: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM known_answer WHERE of_submission = ?1";
        self.database.prepare_cached(sql)?.execute([submission])?;
        Ok(())
    }

    /// The known answer to the submission's present photo.
    pub fn right_answer(&self, submission: &str) -> Result<Option<Opinion>, StoreError> {
        let sql = "SELECT answer FROM known_answer JOIN submission ON id = of_submission
                   AND seen_sha256 = photo_sha256 WHERE of_submission = ?1";
        let found: Option<String> =
            self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?;
        found.map(|text| opinion(&text)).transpose()
    }

    /// Keeps an answer; `false` when this person has answered before.
    pub fn add_test_answer(
        &self,
        submission: &str,
        given: &Opinion,
        known: &Opinion,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO test_answer (of_submission, answered_by, at_ms, given, known)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        let row = (submission, &given.by, at_ms, text(given)?, text(known)?);
        Ok(self.database.prepare_cached(sql)?.execute(row)? == 1)
    }

    /// Takes an answer back; `false` when there is none.
    pub fn remove_test_answer(&self, submission: &str, by: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM test_answer WHERE of_submission = ?1 AND answered_by = ?2";
        Ok(self.database.prepare_cached(sql)?.execute((submission, by))? == 1)
    }
}

impl Store {
    /// Photos with a known answer that this person neither decided nor answered, of one batch or all; oldest first.
    pub fn tests_for(&self, reviewer: &str, batch: Option<&str>) -> Result<Vec<QueueItem>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM known_answer JOIN submission ON id = of_submission AND seen_sha256 = photo_sha256
             WHERE (?2 IS NULL OR batch = ?2) AND answer ->> '$.by' <> ?1
             AND state NOT IN ('pending_review', 'paid', 'awaiting_payment', 'erased')
             AND NOT EXISTS (SELECT 1 FROM test_answer
                 WHERE test_answer.of_submission = known_answer.of_submission AND answered_by = ?1)
             ORDER BY received_at_ms, number"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query((reviewer, batch))?;
        let mut items = Vec::new();
        while let Some(row) = &rows.next()? {
            items.push(item_from_row(row)?);
        }
        Ok(items)
    }

    /// Whether the submission's present photo has a known answer.
    pub fn is_known_answer(&self, submission: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM known_answer JOIN submission ON id = of_submission
                   AND seen_sha256 = photo_sha256 WHERE of_submission = ?1)";
        Ok(self.reader().prepare_cached(sql)?.query_row([submission], |row| row.get(0))?)
    }

    /// Answers to tests since a time, oldest first.
    pub fn test_answers_since(&self, since_ms: i64) -> Result<Vec<TestAnswer>, StoreError> {
        let sql = "SELECT of_submission, batch, masked_name, at_ms, given, known FROM test_answer
                   JOIN submission ON id = of_submission WHERE at_ms >= ?1 ORDER BY at_ms";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([since_ms])?;
        let mut answers = Vec::new();
        while let Some(row) = &rows.next()? {
            answers.push(TestAnswer {
                submission: row.get(0)?,
                batch: row.get(1)?,
                masked_name: row.get(2)?,
                at_ms: row.get(3)?,
                given: opinion(&row.get::<_, String>(4)?)?,
                known: opinion(&row.get::<_, String>(5)?)?,
            });
        }
        Ok(answers)
    }
}

fn opinion(text: &str) -> Result<Opinion, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { what: "a known answer".to_owned() })
}

fn text(opinion: &Opinion) -> Result<String, StoreError> {
    serde_json::to_string(opinion)
        .map_err(|cause| StoreError::Corrupt { what: format!("a known answer ({cause})") })
}
