//! What two stations, or a station and the hub, say differently about a student: kept until a person has looked.

use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};
use crate::onsite::merge::ConflictKind;

/// One thing that is said differently.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OnsiteConflict {
    pub seq: u64,
    pub batch: String,
    pub kind: ConflictKind,
    /// The subject it is about.
    pub subject: String,
    /// What stands against it: another subject or a shot, by kind.
    pub other: String,
    pub at_ms: i64,
}

impl Tx<'_> {
    /// Keeps a conflict; one that is known already is not kept twice. True when it is new.
    pub fn keep_onsite_conflict(
        &self,
        batch: &str,
        kind: ConflictKind,
        subject: &str,
        other: &str,
        at_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql =
            "INSERT INTO onsite_conflict (batch, kind, subject, other, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (kind, subject, other) DO NOTHING";
        let kept =
            self.database.prepare_cached(sql)?.execute((batch, kind.as_str(), subject, other, at_ms))?;
        Ok(kept == 1)
    }

    /// A person has looked; `by` is who.
    pub fn resolve_onsite_conflict(&self, seq: u64, at_ms: i64, by: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE onsite_conflict SET resolved_at_ms = ?2 WHERE seq = ?1 AND resolved_at_ms IS NULL";
        let resolved = self.database.prepare_cached(sql)?.execute((seq as i64, at_ms))? == 1;
        if resolved {
            self.append(at_ms, by, &JournalEvent::OnsiteConflictResolved { seq })?;
        }
        Ok(resolved)
    }
}

impl Store {
    /// Conflicts of the batch nobody has settled yet, oldest first.
    pub fn onsite_conflicts(&self, batch: &str) -> Result<Vec<OnsiteConflict>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT seq, batch, kind, subject, other, at_ms FROM onsite_conflict
                   WHERE batch = ?1 AND resolved_at_ms IS NULL ORDER BY seq";
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([batch])?;
        let mut conflicts = Vec::new();
        while let Some(row) = &rows.next()? {
            let kind = row.text(2)?.as_str().ok().and_then(ConflictKind::from_word);
            conflicts.push(OnsiteConflict {
                seq: row.get::<_, i64>(0)? as u64,
                batch: row.get(1)?,
                kind: kind.ok_or_else(|| StoreError::Corrupt { what: "a conflict".to_owned() })?,
                subject: row.get(3)?,
                other: row.get(4)?,
                at_ms: row.get(5)?,
            });
        }
        Ok(conflicts)
    }

    /// People of the batch with a photo and neither collection code nor number.
    pub fn codeless(&self, batch: &str) -> Result<usize, StoreError> {
        let sql =
            "SELECT count(*) FROM subject WHERE batch = ?1 AND document_key IS NULL AND student_key IS NULL
                   AND NOT EXISTS (SELECT 1 FROM collection_code WHERE collection_code.subject = subject.id)
                   AND EXISTS (SELECT 1 FROM shot WHERE shot.subject = subject.id)";
        let count: u32 = self.reader().prepare_cached(sql)?.query_row([batch], |row| row.get(0))?;
        Ok(count as usize)
    }
}
