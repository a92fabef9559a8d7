//! Photos set aside: the mark on the submission and its sealed note.

use super::db::OptionalExtension;

use super::seal::Place;
use super::submissions::require_one;
use super::{Store, StoreError, Tx};
use crate::submission::{Hold, HoldNote};

impl Tx<'_> {
    /// Marks the submission as set aside with its note, or as given back when the hold has no kind.
    pub fn set_hold(&self, hold: &Hold, note: &str, at_ms: i64) -> Result<(), StoreError> {
        let kind = hold.hold.map(crate::submission::HoldKind::as_str);
        let sql = "UPDATE submission SET hold = ?2 WHERE id = ?1";
        require_one(self.database.prepare_cached(sql)?.execute((&hold.submission, kind))?, &hold.submission)?;
        if kind.is_some() {
            let sealed = self.sealer.seal(place(&hold.submission), note.as_bytes())?;
            let sql = "INSERT INTO hold_note
                   (submission, noted_by, at_ms, sealed_note) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (submission) DO UPDATE SET noted_by = excluded.noted_by, at_ms = excluded.at_ms, sealed_note = excluded.sealed_note";
            self.database.prepare_cached(sql)?.execute((&hold.submission, &hold.reviewer, at_ms, sealed))?;
        }
        Ok(())
    }
}

impl Store {
    /// The note of the latest hold, opened.
    pub fn hold_note(&self, submission: &str) -> Result<Option<HoldNote>, StoreError> {
        let sql = "SELECT noted_by, at_ms, sealed_note FROM hold_note WHERE submission = ?1";
        let row: Option<(String, i64, Vec<u8>)> = self
            .reader()
            .prepare_cached(sql)?
            .query_row([submission], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((by, at_ms, sealed)) = row else { return Ok(None) };
        Ok(Some(HoldNote { by, at_ms, text: self.open_text(place(submission), &sealed)? }))
    }
}

fn place(submission: &str) -> Place<'_> {
    Place { table: "hold_note", column: "sealed_note", row: submission }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;
    use crate::submission::{Hold, HoldKind, QueueFilter, State};

    fn hold(desk: &Desk, id: &str, hold: Option<HoldKind>) -> Hold {
        let item = desk.store.item(id).unwrap();
        Hold {
            submission: item.submission,
            photo_sha256: item.photo_sha256,
            revision: item.revision,
            hold,
            reviewer: "li".into(),
        }
    }

    #[test]
    fn a_held_photo_is_found_and_counted_and_its_note_is_sealed() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        desk.submission("AAAAAA", b"2");
        let parked = hold(&desk, &id, Some(HoldKind::Parked));
        desk.store.write(|tx| tx.set_hold(&parked, "问学院老师", 7)).unwrap();
        let filter = QueueFilter { hold: Some(HoldKind::Parked), ..QueueFilter::default() };
        let found = desk.store.queue(&filter).unwrap();
        assert_eq!(found.iter().map(|item| item.submission.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        let summary = desk.store.batches().unwrap().remove(0);
        assert_eq!((summary.pending, summary.parked, summary.waiting()), (2, 1, 1));
        let note = desk.store.hold_note(&id).unwrap().unwrap();
        assert_eq!((note.by.as_str(), note.at_ms, note.text.as_str()), ("li", 7, "问学院老师"));
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            let plain = "学院老师".as_bytes();
            assert!(!bytes.windows(plain.len()).any(|window| window == plain), "{file} holds the note");
        }
        desk.store.write(|tx| tx.set_decided(&id, State::Approved, None)).unwrap();
        assert_eq!(desk.store.item(&id).unwrap().hold, None, "a decision ends the hold");
    }

    #[test]
    fn what_is_given_back_waits_as_before() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        for kind in [Some(HoldKind::Escalated), None] {
            let hold = hold(&desk, &id, kind);
            desk.store.write(|tx| tx.set_hold(&hold, "", 1)).unwrap();
            assert_eq!(desk.store.item(&id).unwrap().hold, kind);
        }
        assert_eq!(desk.store.batches().unwrap()[0].waiting(), 1);
    }
}
