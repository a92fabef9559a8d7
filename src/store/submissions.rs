//! Submissions: added with their photo, read, moved from state to state, personal fields sealed.

use super::db::{Connection, OptionalExtension, Row};

use super::seal::Place;
use super::{Store, StoreError, Tx};
use crate::inspect::Verdict;
use crate::submission::{HoldKind, QueueItem, State};

pub(super) const COLUMNS: &str = "id, batch, masked_name, state, attempt, revision, photo_sha256, received_at_ms, \
     verdict, failed_checks, warned_checks, hold";

/// A submission with its first photo. The photo file must already be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSubmission<'a> {
    pub id: &'a str,
    pub batch: &'a str,
    pub masked_name: &'a str,
    pub state: State,
    pub photo_sha256: &'a str,
    /// Length of the photo file in bytes.
    pub photo_bytes: u64,
    pub received_at_ms: i64,
}

/// The sealed fields of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalField {
    /// Name of the original file; often the person's name.
    FileName,
    Name,
    DocumentNumber,
    StudentNumber,
    Phone,
    Email,
    Address,
}

/// A submission as a decision needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub item: QueueItem,
    /// The photo could not be decoded.
    pub is_damaged: bool,
    pub decided_by: Option<String>,
    pub decided_seq: Option<u64>,
    /// The running export that holds this submission.
    pub export_job: Option<String>,
}

impl Tx<'_> {
    pub fn add_submission(&self, new: &NewSubmission<'_>) -> Result<(), StoreError> {
        self.add_photo(new.photo_sha256, new.photo_bytes, new.received_at_ms)?;
        let sql = "INSERT INTO submission (id, batch, masked_name, state, attempt, revision, photo_sha256, received_at_ms)
                   VALUES (?1, ?2, ?3, ?4, 1, 1, ?5, ?6)";
        self.database.prepare_cached(sql)?.execute((
            new.id,
            new.batch,
            new.masked_name,
            new.state.as_str(),
            new.photo_sha256,
            new.received_at_ms,
        ))?;
        Ok(())
    }

    /// Records that a photo file is stored.
    pub(super) fn add_photo(&self, sha256: &str, bytes: u64, at_ms: i64) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO photo (sha256, bytes, stored_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        self.database.prepare_cached(sql)?.execute((sha256, bytes as i64, at_ms))?;
        self.is_stored_again(sha256)
    }

    /// Seals and stores one personal field.
    pub fn set_personal(
        &self,
        submission: &str,
        field: PersonalField,
        plain: &str,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(field.place(submission), plain.as_bytes())?;
        let sql = "INSERT INTO personal
                   (submission, field, sealed) VALUES (?1, ?2, ?3)
                   ON CONFLICT (submission, field) DO UPDATE SET sealed = excluded.sealed";
        self.database.prepare_cached(sql)?.execute((submission, field.as_str(), sealed))?;
        Ok(())
    }

    /// The submission of this batch that already has this photo.
    pub fn with_photo(&self, batch: &str, photo_sha256: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM submission WHERE batch = ?1 AND photo_sha256 = ?2 ORDER BY number LIMIT 1";
        Ok(self
            .database
            .prepare_cached(sql)?
            .query_row((batch, photo_sha256), |row| row.get(0))
            .optional()?)
    }

    pub fn standing(&self, id: &str) -> Result<Standing, StoreError> {
        standing(&self.database, id)
    }

    /// The latest decision of this reviewer that is in force and not held by an export.
    pub fn latest_decided_by(&self, reviewer: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM submission
                   WHERE decided_by = ?1 AND state IN ('approved', 'rejected') AND NOT EXISTS (
                       SELECT 1 FROM export_item JOIN export_job ON export_job.id = export_item.job
                       WHERE export_item.submission = submission.id AND export_job.state = 'exporting')
                   ORDER BY decided_seq DESC LIMIT 1";
        Ok(self.database.prepare_cached(sql)?.query_row([reviewer], |row| row.get(0)).optional()?)
    }

    /// Sets the masked name that a collection code brought.
    pub fn set_masked_name(&self, id: &str, masked_name: &str) -> Result<(), StoreError> {
        let sql = "UPDATE submission SET masked_name = ?2 WHERE id = ?1";
        require_one(self.database.prepare_cached(sql)?.execute((id, masked_name))?, id)
    }

    /// Sets the state; the decision in force stays.
    pub fn set_state(&self, id: &str, state: State) -> Result<(), StoreError> {
        let changed = self
            .database
            .prepare_cached("UPDATE submission SET state = ?2 WHERE id = ?1")?
            .execute((id, state.as_str()))?;
        require_one(changed, id)
    }

    /// Sets the state together with the decision that led to it; `None` when a decision was taken back. Ends a hold.
    pub fn set_decided(
        &self,
        id: &str,
        state: State,
        decided: Option<(&str, u64)>,
    ) -> Result<(), StoreError> {
        let (by, seq) = decided.unzip();
        let sql =
            "UPDATE submission SET state = ?2, decided_by = ?3, decided_seq = ?4, hold = NULL WHERE id = ?1";
        let changed = self.database.prepare_cached(sql)?.execute((
            id,
            state.as_str(),
            by,
            seq.map(|seq| seq as i64),
        ))?;
        require_one(changed, id)
    }
}

impl Store {
    pub fn item(&self, id: &str) -> Result<QueueItem, StoreError> {
        item(&self.reader(), id)
    }

    pub fn standing(&self, id: &str) -> Result<Standing, StoreError> {
        let reader = self.reader();
        let snapshot = reader.snapshot()?;
        standing(&snapshot, id)
    }

    /// One personal field, opened.
    pub fn personal(&self, submission: &str, field: PersonalField) -> Result<Option<String>, StoreError> {
        let sql = "SELECT sealed FROM personal WHERE submission = ?1 AND field = ?2";
        let sealed: Option<Vec<u8>> = self
            .reader()
            .prepare_cached(sql)?
            .query_row((submission, field.as_str()), |row| row.get(0))
            .optional()?;
        sealed.map(|sealed| self.open_text(field.place(submission), &sealed)).transpose()
    }

    /// Ids of submissions whose local check has not run, oldest first.
    pub fn unchecked(&self) -> Result<Vec<String>, StoreError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM submission WHERE verdict IS NULL ORDER BY number")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    pub(super) fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, StoreError> {
        let plain = self.sealer.open(place, sealed)?;
        String::from_utf8(plain).map_err(|_| StoreError::Corrupt { what: place.to_string() })
    }
}

impl PersonalField {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::FileName => "file_name",
            Self::Name => "name",
            Self::DocumentNumber => "document_number",
            Self::StudentNumber => "student_number",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
        }
    }

    pub(super) fn place(self, submission: &str) -> Place<'_> {
        Place { table: "personal", column: self.as_str(), row: submission }
    }
}

/// Reads the columns of [`COLUMNS`], which must come first in the row.
pub(super) fn item_from_row(row: &Row<'_>) -> Result<QueueItem, StoreError> {
    let state = row.text(3)?.as_str().ok().and_then(State::from_word);
    Ok(QueueItem {
        submission: row.get(0)?,
        batch: row.get(1)?,
        masked_name: row.get(2)?,
        state: state.ok_or_else(|| StoreError::Corrupt { what: "a submission's state".to_owned() })?,
        attempt: row.get(4)?,
        revision: row.get(5)?,
        photo_sha256: row.get(6)?,
        received_at_ms: row.get(7)?,
        verdict: row.text(8)?.as_str_or_null().and_then(verdict_from_word),
        failed_checks: row.get::<_, u32>(9)? as usize,
        warned_checks: row.get::<_, u32>(10)? as usize,
        hold: row.text(11)?.as_str_or_null().and_then(HoldKind::from_word),
    })
}

pub(super) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Unknown => "unknown",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    }
}

pub(super) fn verdict_from_word(word: &str) -> Option<Verdict> {
    [Verdict::Pass, Verdict::Unknown, Verdict::Warn, Verdict::Fail]
        .into_iter()
        .find(|verdict| verdict_word(*verdict) == word)
}

fn item(database: &Connection, id: &str) -> Result<QueueItem, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM submission WHERE id = ?1");
    let mut statement = database.prepare_cached(&sql)?;
    let found = statement.query_row([id], |row| Ok(item_from_row(row))).optional()?;
    found.unwrap_or_else(|| Err(unknown(id)))
}

fn standing(database: &Connection, id: &str) -> Result<Standing, StoreError> {
    let item = item(database, id)?;
    let sql = "SELECT damaged, decided_by, decided_seq FROM submission WHERE id = ?1";
    let (is_damaged, decided_by, seq) = database
        .prepare_cached(sql)?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?)))?;
    let sql = "SELECT export_job.id FROM export_item JOIN export_job ON export_job.id = export_item.job
               WHERE export_item.submission = ?1 AND export_job.state = 'exporting'";
    let export_job = database.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    Ok(Standing { item, is_damaged, decided_by, decided_seq: seq.map(|seq| seq as u64), export_job })
}

pub(super) fn require_one(changed: usize, id: &str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(unknown(id)) }
}

fn unknown(id: &str) -> StoreError {
    StoreError::UnknownSubmission { id: id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn personal_fields_are_sealed_on_disk_and_open_again() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"photo");
        desk.store.write(|tx| tx.set_personal(&id, PersonalField::Name, "吴小兰兰兰")).unwrap();
        assert_eq!(desk.store.personal(&id, PersonalField::Name).unwrap().as_deref(), Some("吴小兰兰兰"));
        assert_eq!(desk.store.personal(&id, PersonalField::Phone).unwrap(), None);
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            let plain = "小兰兰".as_bytes();
            assert!(!bytes.windows(plain.len()).any(|window| window == plain), "{file} holds the name");
        }
    }

    #[test]
    fn a_sealed_field_moved_to_another_person_does_not_open() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, two) = (desk.submission("AAAAAA", b"1"), desk.submission("AAAAAA", b"2"));
        desk.store
            .write(|tx| {
                tx.set_personal(&one, PersonalField::Name, "吴小兰")?;
                let sql = "INSERT INTO personal SELECT ?2, field, sealed FROM personal WHERE submission = ?1 AND field = 'name'";
                tx.database.execute(sql, (&one, &two))?;
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(desk.store.personal(&two, PersonalField::Name).err().unwrap().code(), "sealed_data");
    }

    #[test]
    fn an_unknown_submission_is_named() {
        let desk = Desk::new();
        assert_eq!(desk.store.item("x").err().unwrap().code(), "unknown_submission");
        let moved = desk.store.write(|tx| tx.set_state("x", State::Approved));
        assert_eq!(moved.err().unwrap().code(), "unknown_submission");
    }

    #[test]
    fn a_photo_is_known_in_its_own_batch_only() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"photo");
        let sha256 = desk.store.item(&id).unwrap().photo_sha256;
        let known = |batch: &str| desk.store.write(|tx| tx.with_photo(batch, &sha256)).unwrap();
        assert_eq!(known("AAAAAA"), Some(id));
        assert_eq!(known("BBBBBB"), None);
    }
}
