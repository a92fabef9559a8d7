//! Photos that nothing names: sent and never submitted, or stored by a hub that was killed before it could note them.

use std::collections::HashSet;
use std::time::Duration;

use super::{Store, StoreError};

/// What may be deleted.
#[derive(Debug, Default)]
pub struct Unnamed {
    /// SHA-256 of photos on record that nothing names.
    pub recorded: Vec<String>,
    /// Keyed names of stored photos that are not on record.
    pub strays: Vec<String>,
}

/// Whether any table names the photo. The journal, which also tells of earlier attempts, is asked beside it.
const NAMED: &str = "sha256 IN (SELECT photo_sha256 FROM submission)
    OR sha256 IN (SELECT photo_sha256 FROM shot)
    OR sha256 IN (SELECT photo_sha256 FROM page_draft)
    OR sha256 IN (SELECT photo_sha256 FROM page_dropped)
    OR sha256 IN (SELECT photo_sha256 FROM final_photo)
    OR sha256 IN (SELECT final_sha256 FROM final_photo)
    OR sha256 IN (SELECT made_of_sha256 FROM published_photo)
    OR sha256 IN (SELECT final_sha256 FROM published_photo)
    OR sha256 IN (SELECT photo_sha256 FROM export_item)
    OR sha256 IN (SELECT photo_sha256 FROM exposure)
    OR sha256 IN (SELECT final_sha256 FROM export_report WHERE final_sha256 IS NOT NULL)
    OR EXISTS (SELECT 1 FROM journal WHERE event ->> '$.photo_sha256' = photo.sha256 || '')";

/// Entries of the journal read at a time.
const TOGETHER: u64 = 2000;

impl Store {
    /// Lists photos that nothing names, and that were neither recorded since `before_ms` nor stored within `kept`: those may
    /// be named any moment. Deletes nothing.
    pub fn unnamed_photos(&self, before_ms: i64, kept: Duration) -> Result<Unnamed, StoreError> {
        let mut unnamed = Unnamed { recorded: self.told_nowhere(before_ms)?, strays: Vec::new() };
        // Listed before the record is read: what is noted meanwhile is no stray.
        let stored = self.blobs.old_names(kept)?;
        let recorded: HashSet<String> =
            self.recorded_photos()?.iter().map(|sha256| self.sealer.photo_file_name(sha256)).collect();
        unnamed.strays.extend(stored.into_iter().filter(|name| !recorded.contains(name)));
        unnamed.strays.sort();
        let mut still = Vec::new();
        for sha256 in unnamed.recorded {
            if !self.blobs.is_recent(&self.sealer, &sha256, kept)? {
                still.push(sha256);
            }
        }
        Ok(Unnamed { recorded: still, ..unnamed })
    }

    /// Deletes those of them that nothing names still, and gives how many photos went.
    pub fn remove_unnamed(
        &self,
        unnamed: &Unnamed,
        before_ms: i64,
        kept: Duration,
    ) -> Result<usize, StoreError> {
        let mut gone = 0;
        for sha256 in &unnamed.recorded {
            // Asked again in the transaction that forgets it: whoever names a photo needs it on record.
            let sql = format!("DELETE FROM photo WHERE sha256 = ?1 AND stored_at_ms < ?2 AND NOT ({NAMED})");
            let is_forgotten = self.write(|tx| {
                let done = tx.database.prepare_cached(&sql)?.execute((sha256.as_str(), before_ms))?;
                Ok::<_, StoreError>(done == 1)
            })?;
            if is_forgotten {
                self.blobs.remove_old(&self.sealer, sha256, kept)?;
                gone += 1;
            }
        }
        let recorded: HashSet<String> =
            self.recorded_photos()?.iter().map(|sha256| self.sealer.photo_file_name(sha256)).collect();
        for name in unnamed.strays.iter().filter(|name| !recorded.contains(*name)) {
            self.blobs.remove_old_named(name, kept)?;
            gone += 1;
        }
        Ok(gone)
    }

    /// Photos recorded before then that no table and no entry of the journal names, whatever the entry calls them.
    fn told_nowhere(&self, before_ms: i64) -> Result<Vec<String>, StoreError> {
        let mut candidates: HashSet<String> = {
            let reader = self.reader();
            let sql = format!("SELECT sha256 FROM photo WHERE stored_at_ms < ?1 AND NOT ({NAMED})");
            let mut statement = reader.prepare_cached(&sql)?;
            let rows = statement.query_map([before_ms], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let end = self.journal_end()?;
        let mut after = 0;
        while after < end && !candidates.is_empty() {
            for entry in self.journal_between(after, after + TOGETHER)? {
                for word in entry.split(|letter: char| !letter.is_ascii_hexdigit()) {
                    candidates.remove(word);
                }
            }
            after += TOGETHER;
        }
        let mut left: Vec<String> = candidates.into_iter().collect();
        left.sort();
        Ok(left)
    }

    /// The events of some entries, as they were written.
    fn journal_between(&self, after: u64, up_to: u64) -> Result<Vec<String>, StoreError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT event FROM journal WHERE seq > ?1 AND seq <= ?2 ORDER BY seq")?;
        let rows = statement.query_map((after as i64, up_to as i64), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    const BATCH: &str = "AAAAAA";
    const AT_ONCE: Duration = Duration::ZERO;

    fn sent(desk: &Desk, content: &[u8], at_ms: i64) -> String {
        let sha256 = desk.store.put_photo(content).unwrap();
        desk.store.write(|tx| tx.record_photo(&sha256, content.len() as u64, at_ms)).unwrap();
        sha256
    }

    #[test]
    fn only_what_nothing_names_and_nobody_sent_of_late_goes() {
        let desk = Desk::with_batch(BATCH);
        let submitted = desk.store.item(&desk.submission(BATCH, b"submitted")).unwrap().photo_sha256;
        let old = sent(&desk, b"old", 5);
        let late = sent(&desk, b"late", 10);
        let again = sent(&desk, b"again", 5);
        sent(&desk, b"again", 10);
        let stray = desk.store.put_photo(b"stray").unwrap();
        let unnamed = desk.store.unnamed_photos(10, AT_ONCE).unwrap();
        assert_eq!(unnamed.recorded, std::slice::from_ref(&old));
        assert_eq!(unnamed.strays, [desk.store.sealer.photo_file_name(&stray)]);
        let recent = desk.store.unnamed_photos(10, Duration::from_secs(60)).unwrap();
        assert_eq!((recent.recorded.len(), recent.strays.len()), (0, 0), "all files are new");
        assert_eq!(desk.store.remove_unnamed(&unnamed, 10, AT_ONCE).unwrap(), 2);
        for gone in [&old, &stray] {
            assert_eq!(desk.store.photo(gone).err().unwrap().code(), "missing_photo");
        }
        for kept in [&submitted, &late, &again] {
            desk.store.photo(kept).unwrap();
        }
        assert_eq!(desk.store.verify_photos().unwrap().faulty.len(), 0);
    }

    #[test]
    fn what_is_named_or_stored_again_after_the_listing_stays() {
        let desk = Desk::with_batch(BATCH);
        let named = sent(&desk, b"named", 5);
        let again = sent(&desk, b"again", 5);
        let stray = desk.store.put_photo(b"stray").unwrap();
        let unnamed = desk.store.unnamed_photos(10, AT_ONCE).unwrap();
        assert_eq!((unnamed.recorded.len(), unnamed.strays.len()), (2, 1));
        desk.submission(BATCH, b"named");
        sent(&desk, b"again", 20);
        sent(&desk, b"stray", 20);
        assert_eq!(desk.store.remove_unnamed(&unnamed, 10, AT_ONCE).unwrap(), 0);
        for kept in [&named, &again, &stray] {
            desk.store.photo(kept).unwrap();
        }
    }

    #[test]
    fn what_the_journal_tells_of_stays() {
        let desk = Desk::with_batch(BATCH);
        let told = sent(&desk, b"told", 5);
        let other = sent(&desk, b"told in another way", 5);
        let event = |what: &str, sha256: &str| {
            format!("INSERT INTO journal (seq, at_ms, actor, event, prev_hash, hash)
                 SELECT max(seq) + 1, 5, 'x', '{{\"{what}\":\"{sha256}\"}}', hash, randomblob(32) FROM journal")
        };
        for sql in [event("photo_sha256", &told), event("seen", &other)] {
            desk.store.write(|tx| Ok::<_, StoreError>(tx.database.execute_batch(&sql)?)).unwrap();
        }
        assert_eq!(desk.store.unnamed_photos(10, AT_ONCE).unwrap().recorded, Vec::<String>::new());
    }
}
