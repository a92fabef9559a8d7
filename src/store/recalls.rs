//! Printed sheets whose person's approval was taken back since: noticed once, kept until they are settled.

use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};

/// A print that must not be given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecall {
    /// The export that printed it.
    pub job: String,
    pub batch: String,
    pub submission: String,
    pub masked_name: String,
    /// Milliseconds since the Unix epoch.
    pub noticed_at_ms: i64,
    /// What that export was asked for, as JSON text.
    pub request: String,
}

/// Prints whose photo is not the approved one now, or that the hub refused: first prints, and those made again.
const STALE: &str = "
    WITH printed AS (
        SELECT job, submission, photo_sha256, revision FROM export_item
        JOIN export_job ON export_job.id = job AND export_job.state = 'committed'
        UNION
        SELECT event ->> '$.job', submission, event ->> '$.photo_sha256', CAST(event ->> '$.revision' AS BIGINT)
        FROM journal WHERE kind = 'reprinted')
    SELECT printed.job, printed.submission FROM printed
    JOIN submission ON submission.id = printed.submission
    WHERE submission.state <> 'erased'
      AND (NOT (submission.state IN ('approved', 'in_production', 'awaiting_confirmation', 'completed')
                AND submission.photo_sha256 = printed.photo_sha256 AND submission.revision = printed.revision)
           OR EXISTS (SELECT 1 FROM export_report WHERE export_report.job = printed.job
                      AND export_report.submission = printed.submission AND export_report.state = 'refused'))";

impl Tx<'_> {
    /// Notes every print that has become stale, and settles those whose approval stands again. Gives how many are new.
    pub fn notice_recalls(&self, at_ms: i64, actor: &str) -> Result<usize, StoreError> {
        let stale: Vec<(String, String)> = {
            let mut statement = self.database.prepare_cached(STALE)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let open: Vec<(String, String)> = {
            let sql = "SELECT job, submission FROM recall WHERE settled_at_ms IS NULL";
            let mut statement = self.database.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (job, submission) in open.iter().filter(|print| !stale.contains(print)) {
            self.settle_recall(job, submission, true, at_ms, actor)?;
        }
        let mut new = 0;
        for (job, submission) in &stale {
            let sql = "INSERT INTO recall (job, submission, noticed_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            if self.database.prepare_cached(sql)?.execute((job, submission, at_ms))? == 1 {
                let event = JournalEvent::Recalled { submission: submission.clone(), job: job.clone() };
                self.append(at_ms, actor, &event)?;
                new += 1;
            }
        }
        Ok(new)
    }

    /// Ends a recall: the print was destroyed, or (`stands_again`) its approval was given once more.
    pub fn settle_recall(
        &self,
        job: &str,
        submission: &str,
        stands_again: bool,
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE recall SET settled_at_ms = ?3
                   WHERE job = ?1 AND submission = ?2 AND settled_at_ms IS NULL";
        if self.database.prepare_cached(sql)?.execute((job, submission, at_ms))? == 0 {
            return Err(StoreError::UnknownRecall { job: job.to_owned(), submission: submission.to_owned() });
        }
        let event = JournalEvent::RecallSettled {
            submission: submission.to_owned(),
            job: job.to_owned(),
            stands_again,
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }
}

impl Store {
    /// Whether a print has become stale that nobody noted, or a noted one stands again.
    pub fn recalls_changed(&self) -> Result<bool, StoreError> {
        let reader = self.reader();
        let sql = format!(
            "WITH stale AS ({STALE}) SELECT
                EXISTS (SELECT 1 FROM stale WHERE NOT EXISTS (SELECT 1 FROM recall
                    WHERE recall.job = stale.job AND recall.submission = stale.submission))
                OR EXISTS (SELECT 1 FROM recall WHERE settled_at_ms IS NULL AND NOT EXISTS (SELECT 1 FROM stale
                    WHERE recall.job = stale.job AND recall.submission = stale.submission))"
        );
        Ok(reader.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    }

    /// The recalls that are not settled, oldest first.
    pub fn open_recalls(&self) -> Result<Vec<OpenRecall>, StoreError> {
        let reader = self.reader();
        let sql =
            "SELECT job, export_job.batch, recall.submission, masked_name, noticed_at_ms, request FROM recall
                   JOIN export_job ON export_job.id = job JOIN submission ON submission.id = recall.submission
                   WHERE settled_at_ms IS NULL ORDER BY noticed_at_ms, job, recall.submission";
        let mut statement = reader.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(OpenRecall {
                job: row.get(0)?,
                batch: row.get(1)?,
                submission: row.get(2)?,
                masked_name: row.get(3)?,
                noticed_at_ms: row.get(4)?,
                request: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;
    use crate::submission::State;

    #[test]
    fn a_print_whose_approval_is_taken_back_is_noticed_once_and_settled_when_it_stands_again() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        let put = |state| desk.store.write(|tx| tx.set_state(&id, state)).unwrap();
        put(State::Approved);
        desk.store
            .write(|tx| tx.begin_export("job", "AAAAAA", "{}", std::slice::from_ref(&id), 5, "print"))
            .unwrap();
        desk.store.write(|tx| tx.commit_export("job", "m", 6, "print")).unwrap();
        let notice = |at_ms| desk.store.write(|tx| tx.notice_recalls(at_ms, "print")).unwrap();
        assert_eq!((notice(7), desk.store.recalls_changed().unwrap()), (0, false));
        put(State::PendingReview);
        assert!(desk.store.recalls_changed().unwrap());
        assert_eq!((notice(8), notice(9), desk.store.recalls_changed().unwrap()), (1, 0, false));
        let open = desk.store.open_recalls().unwrap();
        assert_eq!((open.len(), open[0].submission.as_str(), open[0].noticed_at_ms), (1, id.as_str(), 8));
        put(State::InProduction);
        assert!(desk.store.recalls_changed().unwrap());
        assert_eq!(notice(10), 0);
        assert!(desk.store.open_recalls().unwrap().is_empty());
        let settle = desk.store.write(|tx| tx.settle_recall("job", &id, false, 11, "print"));
        assert_eq!(settle.err().unwrap().code(), "unknown_recall");
        desk.store.verify_journal().unwrap();
    }
}
