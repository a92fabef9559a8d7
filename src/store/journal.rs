//! The append-only journal: every change of a submission, hash-chained, its end sealed with the desk's key.

mod event;

use super::db::{self, Connection, OptionalExtension, Row};

use super::seal::Sealer;
use super::submissions::verdict_from_word;
use super::{Store, StoreError, Tx};
use crate::submission::audit::{ChainBreak, Entry, Hash, Head};

pub use event::{Decided, JournalEvent, Look};

/// Entries read at a time by whoever walks the whole journal.
const VERIFIED_TOGETHER: i64 = 10_000;

impl JournalEvent {
    /// What an entry records.
    pub fn of(entry: &Entry) -> Result<Self, StoreError> {
        Self::read(&entry.event)
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text)
            .map_err(|cause| StoreError::Corrupt { what: format!("a journal event ({cause})") })
    }
}

impl Tx<'_> {
    /// Adds an entry, with the messages to the student that it calls for, and gives its number.
    pub fn append(&self, at_ms: i64, actor: &str, event: &JournalEvent) -> Result<u64, StoreError> {
        let text = serde_json::to_string(event)
            .map_err(|cause| StoreError::Corrupt { what: format!("a journal event ({cause})") })?;
        let entry = read_head(&self.database, self.sealer)?.append(at_ms, actor, &text);
        self.database
            .prepare_cached(
                "INSERT INTO journal (seq, at_ms, actor, event, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((entry.seq as i64, at_ms, actor, &entry.event, entry.prev_hash, entry.hash))?;
        write_head(&self.database, self.sealer, entry.head())?;
        self.tell_of(at_ms, event)?;
        Ok(entry.seq)
    }

    /// What the entry with this number records.
    pub fn event(&self, seq: u64) -> Result<Option<JournalEvent>, StoreError> {
        let sql = "SELECT event FROM journal WHERE seq = ?1";
        let text: Option<String> =
            self.database.prepare_cached(sql)?.query_row([seq as i64], |row| row.get(0)).optional()?;
        text.map(|text| JournalEvent::read(&text)).transpose()
    }

    /// The latest entry about a submission.
    pub fn last_event(&self, submission: &str) -> Result<Option<JournalEvent>, StoreError> {
        let sql = "SELECT event FROM journal WHERE submission = ?1 ORDER BY seq DESC LIMIT 1";
        let text: Option<String> =
            self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?;
        text.map(|text| JournalEvent::read(&text)).transpose()
    }
}

impl Store {
    /// Walks the whole journal: every hash, every link, and its sealed end. Gives the number of entries.
    pub fn verify_journal(&self) -> Result<u64, StoreError> {
        let reader = self.reader();
        // One snapshot, so that an entry written meanwhile does not look like a break.
        let snapshot = reader.snapshot()?;
        let sealed = read_head(&snapshot, &self.sealer)?;
        let mut statement = snapshot.prepare_cached(&select("WHERE seq > ?1 ORDER BY seq LIMIT ?2"))?;
        let (mut head, mut is_more) = (Head::EMPTY, true);
        while is_more {
            is_more = false;
            for entry in statement.query_map((head.seq as i64, VERIFIED_TOGETHER), entry_from_row)? {
                head = head.follow(&entry?)?;
                is_more = true;
            }
        }
        if head == sealed {
            Ok(head.seq)
        } else {
            Err(ChainBreak::End { expected: sealed.seq, found: head.seq }.into())
        }
    }

    /// All entries about one submission, oldest first.
    pub fn history(&self, submission: &str) -> Result<Vec<Entry>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&select("WHERE submission = ?1 ORDER BY seq"))?;
        let entries = statement.query_map([submission], entry_from_row)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// At most `count` entries about submissions after number `seq`, oldest first.
    pub fn changes_after(&self, seq: u64, count: usize) -> Result<Vec<Entry>, StoreError> {
        let reader = self.reader();
        let sql = select("WHERE seq > ?1 AND submission IS NOT NULL ORDER BY seq LIMIT ?2");
        let mut statement = reader.prepare_cached(&sql)?;
        let entries = statement.query_map((seq as i64, count as i64), entry_from_row)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// What the entry with this number records.
    pub fn event(&self, seq: u64) -> Result<Option<JournalEvent>, StoreError> {
        let sql = "SELECT event FROM journal WHERE seq = ?1";
        let text: Option<String> =
            self.reader().prepare_cached(sql)?.query_row([seq as i64], |row| row.get(0)).optional()?;
        text.map(|text| JournalEvent::read(&text)).transpose()
    }

    /// Number of the last entry; 0 before the first.
    pub fn journal_end(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM journal";
        let seq: i64 = self.reader().prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(seq as u64)
    }

    /// All entries after number `seq`, oldest first.
    pub fn journal_after(&self, seq: u64) -> Result<Vec<Entry>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&select("WHERE seq > ?1 ORDER BY seq"))?;
        let entries = statement.query_map([seq as i64], entry_from_row)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Every judgement since a time: decisions, undoing ones too, and what was looked at again or as a test; oldest first.
    pub fn decided_since(&self, since_ms: i64) -> Result<Vec<Decided>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT journal.at_ms, submission.batch, journal.event, submission.verdict, submission.photo_sha256
                   FROM journal JOIN submission ON submission.id = journal.submission
                   WHERE journal.kind IN ('decision', 'second_opinion', 'test_answer', 'ruled')
                   AND journal.at_ms >= ?1 ORDER BY journal.seq";
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([since_ms])?;
        let mut decided = Vec::new();
        while let Some(row) = &rows.next()? {
            let text: String = row.get(2)?;
            let Some((look, decision)) = JournalEvent::read(&text)?.judgement() else { continue };
            let is_present = row.text(4)?.as_str().is_ok_and(|sha256| sha256 == decision.photo_sha256);
            let verdict = row.text(3)?.as_str_or_null().and_then(verdict_from_word);
            let risk = verdict.filter(|_| is_present);
            decided.push(Decided { at_ms: row.get(0)?, batch: row.get(1)?, decision, look, risk });
        }
        Ok(decided)
    }

    /// Who took the latest decisions and when, at most `count`, oldest first.
    pub fn recent_decisions(&self, count: usize) -> Result<Vec<(String, i64)>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT event ->> '$.reviewer', at_ms FROM journal WHERE kind = 'decision'
                   ORDER BY at_ms DESC LIMIT ?1";
        let mut statement = reader.prepare_cached(sql)?;
        let rows = statement.query_map([count as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut found = rows.collect::<Result<Vec<_>, _>>()?;
        found.reverse();
        Ok(found)
    }

    /// Judgements since a time, second looks and tests too, those taken back not counted.
    pub fn decisions_since(&self, since_ms: i64) -> Result<usize, StoreError> {
        let sql = "SELECT coalesce(sum(CASE WHEN event ->> '$.verb' = 'undo' OR kind = 'opinion_taken_back'
                   THEN -1 ELSE 1 END), 0) FROM journal
                   WHERE kind IN ('decision', 'second_opinion', 'test_answer', 'opinion_taken_back')
                   AND at_ms >= ?1";
        let count: i64 = self.reader().prepare_cached(sql)?.query_row([since_ms], |row| row.get(0))?;
        Ok(count.max(0) as usize)
    }
}

/// Compares the last entry with the sealed head: cheap enough for every start.
pub(super) fn check_head(database: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let sealed = read_head(database, sealer)?;
    let last = database.query_row(&select("ORDER BY seq DESC LIMIT 1"), [], entry_from_row).optional()?;
    let Some(last) = last else {
        return check_unbegun(database, sealed);
    };
    if last.head() != sealed {
        return Err(ChainBreak::End { expected: sealed.seq, found: last.seq }.into());
    }
    let before = Head { seq: last.seq.wrapping_sub(1), hash: last.prev_hash };
    before.follow(&last)?;
    Ok(())
}

/// No entry at all is right only while there is nothing an entry could tell of.
fn check_unbegun(database: &Connection, sealed: Head) -> Result<(), StoreError> {
    let has_batch: bool = database.query_row("SELECT EXISTS (SELECT 1 FROM batch)", [], |row| row.get(0))?;
    if sealed == Head::EMPTY && !has_batch {
        Ok(())
    } else {
        Err(ChainBreak::End { expected: sealed.seq.max(1), found: 0 }.into())
    }
}

fn read_head(database: &Connection, sealer: &Sealer) -> Result<Head, StoreError> {
    let row = database
        .prepare_cached("SELECT seq, hash, code FROM journal_head")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Hash>(1)?, row.get::<_, Vec<u8>>(2)?)))
        .optional()?;
    let Some((seq, hash, code)) = row else { return Ok(Head::EMPTY) };
    let head = Head { seq: seq as u64, hash };
    if sealer.is_journal_code(&head_bytes(head), &code) { Ok(head) } else { Err(StoreError::JournalHead) }
}

fn write_head(database: &Connection, sealer: &Sealer, head: Head) -> Result<(), StoreError> {
    database
        .prepare_cached(
            "INSERT INTO journal_head
                   (only_row, seq, hash, code) VALUES (1, ?1, ?2, ?3)
                   ON CONFLICT (only_row) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, code = excluded.code",
        )?
        .execute((head.seq as i64, head.hash, sealer.journal_code(&head_bytes(head))))?;
    Ok(())
}

fn head_bytes(head: Head) -> Vec<u8> {
    [&head.seq.to_be_bytes()[..], &head.hash].concat()
}

fn select(rest: &str) -> String {
    format!("SELECT seq, at_ms, actor, event, prev_hash, hash FROM journal {rest}")
}

fn entry_from_row(row: &Row<'_>) -> db::Result<Entry> {
    Ok(Entry {
        seq: row.get::<_, i64>(0)? as u64,
        at_ms: row.get(1)?,
        actor: row.get(2)?,
        event: row.get(3)?,
        prev_hash: row.get(4)?,
        hash: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::{Desk, batch};
    use crate::submission::Verb;
    use crate::submission::{Decision, State};

    fn decision(id: &str, verb: Verb) -> JournalEvent {
        let decision = Decision {
            submission: id.to_owned(),
            photo_sha256: "0".repeat(64),
            revision: 1,
            verb,
            reasons: Vec::new(),
            reviewer: "li".to_owned(),
        };
        JournalEvent::Decision { decision, from: State::PendingReview, to: State::Approved }
    }

    /// The first entry tells of the batch.
    fn desk_with_entries(count: i64) -> Desk {
        let desk = Desk::with_batch("AAAAAA");
        for at_ms in 0..count {
            desk.store.write(|tx| tx.append(at_ms, "li", &decision("one", Verb::Approve))).unwrap();
        }
        desk
    }

    #[test]
    fn the_chain_of_written_entries_verifies() {
        let desk = desk_with_entries(20);
        assert_eq!(desk.store.verify_journal().unwrap(), 21);
        assert_eq!(desk.store.history("one").unwrap().len(), 20);
        assert!(desk.store.history("two").unwrap().is_empty());
        assert_eq!(desk.store.decisions_since(15).unwrap(), 5);
    }

    #[test]
    fn an_undone_decision_is_not_counted() {
        let desk = desk_with_entries(2);
        desk.store.write(|tx| tx.append(7, "li", &decision("one", Verb::Undo))).unwrap();
        assert_eq!(desk.store.decisions_since(0).unwrap(), 1);
        assert_eq!(desk.store.decisions_since(5).unwrap(), 0);
    }

    #[test]
    fn events_are_read_back_as_they_were_written() {
        let event = JournalEvent::BatchCreated { batch: batch("AAAAAA") };
        for event in [event, decision("one", Verb::Reject)] {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<JournalEvent>(&text).unwrap(), event);
        }
    }

    #[test]
    fn the_database_itself_refuses_to_change_the_journal() {
        let result = desk_with_entries(3).meddled(|database| {
            for sql in [
                "UPDATE journal SET actor = 'x'",
                "DELETE FROM journal WHERE seq = 3",
                "INSERT OR REPLACE INTO journal SELECT seq, at_ms, 'x', event, prev_hash, hash FROM journal WHERE seq = 2",
            ] {
                let refused = database.execute(sql, []).unwrap_err().to_string();
                assert!(refused.contains("append-only"), "{sql}: {refused}");
            }
        });
        assert_eq!(result.unwrap().store.verify_journal().unwrap(), 4);
    }

    /// With the triggers taken away, as an attacker with the file would.
    fn code_after(meddling: &'static str) -> &'static str {
        let result = desk_with_entries(5).meddled(|database| {
            let triggers = "DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_cut;";
            database.execute_batch(triggers).unwrap();
            database.execute_batch(meddling).unwrap();
        });
        match result {
            Err(refused) => refused.code(),
            Ok(desk) => desk.store.verify_journal().err().unwrap().code(),
        }
    }

    #[test]
    fn meddling_behind_the_triggers_is_found() {
        assert_eq!(code_after("UPDATE journal SET actor = 'x' WHERE seq = 2"), "journal_broken");
        assert_eq!(code_after("DELETE FROM journal WHERE seq = 2"), "journal_broken");
        assert_eq!(code_after("DELETE FROM journal WHERE seq = 6"), "journal_broken");
        assert_eq!(code_after("DELETE FROM journal"), "journal_broken");
        assert_eq!(code_after("DELETE FROM journal; DELETE FROM journal_head"), "journal_broken");
        assert_eq!(code_after("DELETE FROM journal_head"), "journal_broken");
        assert_eq!(code_after("UPDATE journal_head SET seq = 4"), "journal_broken");
    }
}
