//! Taking away what is known of a submission whose time is over. Its row, its decisions and the journal stay, without a
//! photo and without a person.
//!
//! The rows are emptied and the photos marked in one transaction; their bytes go afterwards, and the mark says so until
//! they are seen to be gone. Broken off anywhere, the next call of [`Store::remove_erased`] goes on.

use std::time::Duration;

use super::db::OptionalExtension;
use super::{Store, StoreError, Tx};
use crate::submission::Recipient;

/// Every photo that a submission ever had: of each revision, processed, and as a shot of this station.
const ITS_PHOTOS: &str = "SELECT photo_sha256 FROM submission WHERE id = ?1
    UNION SELECT event ->> '$.photo_sha256' FROM journal WHERE submission = ?1
    UNION SELECT event ->> '$.final_sha256' FROM journal WHERE submission = ?1
    UNION SELECT made_of_sha256 FROM published_photo WHERE submission = ?1
    UNION SELECT final_sha256 FROM published_photo WHERE submission = ?1
    UNION SELECT photo_sha256 FROM final_photo WHERE submission = ?1
    UNION SELECT final_sha256 FROM final_photo WHERE submission = ?1
    UNION SELECT photo_sha256 FROM exposure WHERE submission = ?1
    UNION SELECT photo_sha256 FROM shot WHERE submission = ?1";

/// Whether something that is not erased names the photo, whatever it calls it. Adding nothing takes the column's affinity
/// away, with which the index of the journal's photos would not be used.
const LIVES: &str =
    "EXISTS (SELECT 1 FROM submission WHERE photo_sha256 = photo.sha256 AND state <> 'erased')
    OR EXISTS (SELECT 1 FROM page_draft WHERE photo_sha256 = photo.sha256)
    OR EXISTS (SELECT 1 FROM shot WHERE photo_sha256 = photo.sha256 AND (submission IS NULL OR NOT EXISTS (
        SELECT 1 FROM submission WHERE submission.id = shot.submission AND state = 'erased')))
    OR EXISTS (SELECT 1 FROM published_photo WHERE final_sha256 = photo.sha256 OR made_of_sha256 = photo.sha256)
    OR EXISTS (SELECT 1 FROM final_photo WHERE final_sha256 = photo.sha256)
    OR EXISTS (SELECT 1 FROM journal JOIN submission ON submission.id = journal.submission
        WHERE journal.event ->> '$.photo_sha256' = photo.sha256 || '' AND submission.state <> 'erased')";

/// A submission of which something is to be asked before it may be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    pub submission: String,
    /// When its time began.
    pub captured_at_ms: i64,
}

impl Tx<'_> {
    /// Empties everything personal of a submission that is erased, marks the photos that nothing else names, and forgets its
    /// person when nothing of them is left.
    pub fn erase_facts(&self, submission: &str, now_ms: i64) -> Result<(), StoreError> {
        let photos = self.photos_of(submission)?;
        for table in ["personal", "report", "hold_note", "exposure", "published_photo", "final_photo"] {
            let sql = format!("DELETE FROM {table} WHERE submission = ?1");
            self.database.prepare_cached(&sql)?.execute([submission])?;
        }
        for sha256 in photos {
            self.mark_erased(&sha256, now_ms)?;
        }
        for sql in [
            "UPDATE submission SET masked_name = '' WHERE id = ?1",
            "UPDATE student_order SET masked_name = '' WHERE submission = ?1",
            "UPDATE shot SET sealed = NULL WHERE submission = ?1",
            "UPDATE notice SET sealed = NULL WHERE submission = ?1",
        ] {
            self.database.prepare_cached(sql)?.execute([submission])?;
        }
        let sql =
            "UPDATE notice SET state = 'moot', ended_at_ms = ?2 WHERE submission = ?1 AND state = 'waiting'";
        self.database.prepare_cached(sql)?.execute((submission, now_ms))?;
        for number in self.print_order_numbers(submission)? {
            self.set_recipient(&number, &Recipient::default())?;
        }
        let sql = "SELECT subject FROM submission WHERE id = ?1 AND subject IS NOT NULL";
        let subject: Option<String> =
            self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?;
        match subject {
            Some(subject) if self.is_erased(&subject)? => {
                self.leave_draft(&subject)?;
                self.erase_person(&subject)
            }
            _ => Ok(()),
        }
    }

    /// Whether a person had photos and all of them are erased.
    pub fn is_erased(&self, subject: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM submission WHERE subject = ?1 AND state = 'erased')
                      AND NOT EXISTS (SELECT 1 FROM submission WHERE subject = ?1 AND state <> 'erased')";
        Ok(self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
    }

    fn photos_of(&self, submission: &str) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT sha256 FROM photo WHERE sha256 IN ({ITS_PHOTOS}) ORDER BY sha256");
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map([submission], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Marks a photo that nothing else names; its small picture goes at once.
    fn mark_erased(&self, sha256: &str, now_ms: i64) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO erased_photo (photo_sha256, since_ms)
             SELECT sha256, ?2 FROM photo WHERE sha256 = ?1 AND NOT ({LIVES})
             ON CONFLICT (photo_sha256) DO NOTHING"
        );
        if self.database.prepare_cached(&sql)?.execute((sha256, now_ms))? == 1 {
            let sql = "DELETE FROM preview WHERE photo_sha256 = ?1";
            self.database.prepare_cached(sql)?.execute([sha256])?;
        }
        Ok(())
    }

    /// A photo that is stored, or stored again, is not erased any more.
    pub(super) fn is_stored_again(&self, sha256: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM erased_photo WHERE photo_sha256 = ?1";
        self.database.prepare_cached(sql)?.execute([sha256])?;
        Ok(())
    }

    fn print_order_numbers(&self, submission: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT number FROM print_order WHERE submission = ?1 ORDER BY number";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map([submission], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When this submission's time began; `None` when it is erased.
    pub fn aged(&self, submission: &str) -> Result<Option<Aged>, StoreError> {
        let sql = "SELECT coalesce(captured_at_ms, received_at_ms) FROM submission WHERE id = ?1 AND state <> 'erased'";
        let captured: Option<i64> =
            self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?;
        Ok(captured.map(|captured_at_ms| Aged { submission: submission.to_owned(), captured_at_ms }))
    }
}

impl Store {
    /// Submissions of a batch that were captured by then and are not erased, oldest first.
    pub fn captured_by(&self, batch: &str, until_ms: i64) -> Result<Vec<Aged>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT id, coalesce(captured_at_ms, received_at_ms) FROM submission
                   WHERE batch = ?1 AND state <> 'erased' AND coalesce(captured_at_ms, received_at_ms) <= ?2
                   ORDER BY coalesce(captured_at_ms, received_at_ms), number";
        let mut statement = reader.prepare_cached(sql)?;
        let rows = statement.query_map((batch, until_ms), |row| {
            Ok(Aged { submission: row.get(0)?, captured_at_ms: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Deletes the bytes of marked photos and notes those that are seen to be gone; gives how many that are and how many are
    /// still there. What was stored within `settle`, by the clock of where it lies, stays until a later call: somebody may be
    /// about to name it.
    pub fn remove_erased(&self, now_ms: i64, settle: Duration) -> Result<Removed, StoreError> {
        // Sent anew by somebody who was then refused: it is named by a tombstone alone.
        let settle_ms = i64::try_from(settle.as_millis()).unwrap_or(i64::MAX);
        self.write(|tx| tx.mark_left_over(now_ms, now_ms.saturating_sub(settle_ms)))?;
        let mut removed = Removed::default();
        let marked = self.being_erased()?;
        for sha256 in &marked {
            self.blobs.remove_old(&self.sealer, sha256, settle)?;
        }
        #[cfg(feature = "hub")]
        if !marked.is_empty() {
            self.clear_aside(settle)?;
        }
        for sha256 in marked {
            match self.photo(&sha256) {
                Err(StoreError::MissingPhoto { .. }) => {
                    let sql = "UPDATE erased_photo SET gone_at_ms = ?2 WHERE photo_sha256 = ?1";
                    self.write(|tx| {
                        tx.database.prepare_cached(sql)?.execute((sha256.as_str(), now_ms))?;
                        Ok::<_, StoreError>(())
                    })?;
                    removed.gone += 1;
                }
                Err(error) if error.is_about_all_photos() => return Err(error),
                Ok(_) | Err(_) => removed.still_there += 1,
            }
        }
        Ok(removed)
    }

    /// Photos whose bytes are to go.
    fn being_erased(&self) -> Result<Vec<String>, StoreError> {
        self.erased_where("WHERE gone_at_ms IS NULL")
    }

    /// Photos that must not be there, whether or not somebody has seen that yet.
    pub(super) fn erased_photos(&self) -> Result<Vec<String>, StoreError> {
        self.erased_where("")
    }

    fn erased_where(&self, which: &str) -> Result<Vec<String>, StoreError> {
        let reader = self.reader();
        let sql = format!("SELECT photo_sha256 FROM erased_photo {which} ORDER BY photo_sha256");
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Marks photos that only erased submissions name, and that were stored before then.
    fn mark_left_over(&self, now_ms: i64, before_ms: i64) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO erased_photo (photo_sha256, since_ms)
             SELECT sha256, ?1 FROM photo
             WHERE sha256 IN (SELECT photo_sha256 FROM submission WHERE state = 'erased')
               AND NOT EXISTS (SELECT 1 FROM erased_photo WHERE erased_photo.photo_sha256 = photo.sha256)
               AND stored_at_ms <= ?2 AND NOT ({LIVES})
             ON CONFLICT (photo_sha256) DO NOTHING"
        );
        self.database.prepare_cached(&sql)?.execute((now_ms, before_ms))?;
        Ok(())
    }
}

/// What became of marked photos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    pub gone: usize,
    pub still_there: usize,
}
