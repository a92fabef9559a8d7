//! The desk's side of the hub: where it is, how far its changes were followed, which submissions came from it.

use super::db::{Connection, OptionalExtension};

use super::seal::Place;
use super::{Store, StoreError, Tx};
use crate::submission::State;

const TOKEN: Place<'static> = Place { table: "hub_link", column: "sealed_token", row: "1" };

/// The hub this desk works with.
#[derive(Clone, PartialEq, Eq)]
pub struct HubLink {
    /// Without a closing slash.
    pub url: String,
    /// Id the hub gave this desk.
    pub device: String,
    /// Secret; sealed on disk.
    pub token: String,
}

/// The lease under which a submission came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubItem {
    pub token: u64,
    /// On the desk's clock, in milliseconds since the Unix epoch.
    pub until_ms: i64,
    /// `false` once the hub said that the desk no longer holds it.
    pub is_held: bool,
}

impl HubItem {
    /// The hub's, but not this desk's to decide.
    pub const NOT_HELD: Self = Self { token: 0, until_ms: 0, is_held: false };
}

/// A photo that came from the hub for a submission this desk knows already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision<'a> {
    pub id: &'a str,
    pub state: State,
    pub photo_sha256: &'a str,
    pub photo_bytes: u64,
    pub attempt: u32,
    pub revision: u32,
    pub at_ms: i64,
}

impl Tx<'_> {
    /// Ties the desk to a hub. Another hub's cursor does not carry over.
    pub fn set_hub_link(&self, link: &HubLink) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(TOKEN, link.token.as_bytes())?;
        let sql = "INSERT INTO hub_link (only_row, url, device, sealed_token) VALUES (1, ?1, ?2, ?3)
                   ON CONFLICT (only_row) DO UPDATE SET cursor = CASE WHEN hub_link.url = excluded.url THEN hub_link.cursor ELSE 0 END,
                   url = excluded.url, device = excluded.device, sealed_token = excluded.sealed_token";
        self.database.prepare_cached(sql)?.execute((&link.url, &link.device, sealed))?;
        Ok(())
    }

    /// The hub's journal was followed up to here.
    pub fn set_hub_cursor(&self, seq: u64) -> Result<(), StoreError> {
        self.database.prepare_cached("UPDATE hub_link SET cursor = ?1")?.execute([seq as i64])?;
        Ok(())
    }

    /// A round with the hub ended well.
    pub fn set_in_step(&self, at_ms: i64) -> Result<(), StoreError> {
        self.database.prepare_cached("UPDATE hub_link SET in_step_at_ms = ?1")?.execute([at_ms])?;
        Ok(())
    }

    pub fn hub_item(&self, submission: &str) -> Result<Option<HubItem>, StoreError> {
        let sql = "SELECT token, until_ms, held FROM hub_item WHERE submission = ?1";
        let mut statement = self.database.prepare_cached(sql)?;
        let found = statement.query_row([submission], |row| {
            Ok(HubItem { token: row.get::<_, i64>(0)? as u64, until_ms: row.get(1)?, is_held: row.get(2)? })
        });
        Ok(found.optional()?)
    }

    pub fn set_hub_item(&self, submission: &str, item: &HubItem) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO hub_item
                   (submission, token, until_ms, held) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (submission) DO UPDATE SET token = excluded.token, until_ms = excluded.until_ms, held = excluded.held";
        let row = (submission, item.token as i64, item.until_ms, item.is_held);
        self.database.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Whether this desk knows the submission.
    pub fn has_submission(&self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM submission WHERE id = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
    }

    /// Replaces a submission's photo; report and decision of the former photo no longer count. The photo file must
    /// already be stored.
    pub fn set_revision(&self, new: &NewRevision<'_>) -> Result<(), StoreError> {
        self.add_photo(new.photo_sha256, new.photo_bytes, new.at_ms)?;
        let sql = "UPDATE submission SET state = ?2, photo_sha256 = ?3, attempt = ?4, revision = ?5, received_at_ms = ?6,
                   verdict = NULL, failed_checks = 0, warned_checks = 0, damaged = 0, decided_by = NULL,
                   decided_seq = NULL WHERE id = ?1";
        let changed = self.database.prepare_cached(sql)?.execute((
            new.id,
            new.state.as_str(),
            new.photo_sha256,
            new.attempt,
            new.revision,
            new.at_ms,
        ))?;
        if changed == 1 { Ok(()) } else { Err(StoreError::UnknownSubmission { id: new.id.to_owned() }) }
    }

    /// Records that a photo file is stored, or was stored again, before a submission names it.
    pub fn record_photo(&self, sha256: &str, bytes: u64, at_ms: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO photo (sha256, bytes, stored_at_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT (sha256) DO UPDATE SET stored_at_ms = excluded.stored_at_ms";
        self.database.prepare_cached(sql)?.execute((sha256, bytes as i64, at_ms))?;
        self.is_stored_again(sha256)
    }

    /// Length in bytes of a recorded photo file.
    pub fn photo_bytes(&self, sha256: &str) -> Result<Option<u64>, StoreError> {
        photo_bytes(&self.database, sha256)
    }
}

impl Store {
    /// Length in bytes of a recorded photo file.
    pub fn photo_bytes(&self, sha256: &str) -> Result<Option<u64>, StoreError> {
        photo_bytes(&self.reader(), sha256)
    }

    pub fn hub_link(&self) -> Result<Option<HubLink>, StoreError> {
        let sql = "SELECT url, device, sealed_token FROM hub_link";
        let found: Option<(String, String, Vec<u8>)> = self
            .reader()
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((url, device, sealed)) = found else { return Ok(None) };
        Ok(Some(HubLink { url, device, token: self.open_text(TOKEN, &sealed)? }))
    }

    /// How far the hub's changes were followed, and when the last round ended well.
    pub fn hub_cursor(&self) -> Result<(u64, Option<i64>), StoreError> {
        let sql = "SELECT cursor, in_step_at_ms FROM hub_link";
        let found = self
            .reader()
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Submissions this desk holds at the hub and has not decided, with their tokens.
    pub fn held_items(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT submission, token FROM hub_item JOIN submission ON id = submission
             WHERE held = 1 AND state = 'pending_review' ORDER BY number",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl std::fmt::Debug for HubLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HubLink {{ url: {:?}, device: {:?}, token: *** }}", self.url, self.device)
    }
}

fn photo_bytes(database: &Connection, sha256: &str) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT bytes FROM photo WHERE sha256 = ?1";
    let bytes: Option<i64> =
        database.prepare_cached(sql)?.query_row([sha256], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| bytes as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::store::fixture::{Desk, report};

    fn link(url: &str) -> HubLink {
        HubLink { url: url.into(), device: "d".into(), token: "a token of some length".into() }
    }

    #[test]
    fn the_link_comes_back_and_its_token_is_sealed() {
        let desk = Desk::new();
        assert_eq!(desk.store.hub_link().unwrap(), None);
        desk.store.write(|tx| tx.set_hub_link(&link("https://hub"))).unwrap();
        assert_eq!(desk.store.hub_link().unwrap(), Some(link("https://hub")));
        assert!(!format!("{:?}", link("https://hub")).contains("some length"));
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            assert!(!bytes.windows(11).any(|window| window == b"some length"), "{file}");
        }
    }

    #[test]
    fn the_cursor_belongs_to_one_hub() {
        let desk = Desk::new();
        let enrol = |url| desk.store.write(|tx| tx.set_hub_link(&link(url))).unwrap();
        enrol("https://hub");
        desk.store.write(|tx| tx.set_hub_cursor(9)).unwrap();
        enrol("https://hub");
        assert_eq!(desk.store.hub_cursor().unwrap().0, 9);
        enrol("https://other");
        assert_eq!(desk.store.hub_cursor().unwrap().0, 0);
    }

    #[test]
    fn a_new_revision_forgets_what_was_known_of_the_old_photo() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        let item = desk.store.item(&id).unwrap();
        let passing = Ok(report(&[Verdict::Pass]));
        desk.store.write(|tx| tx.set_report(&id, &item.photo_sha256, &passing)).unwrap();
        let photo_sha256 = desk.store.put_photo(b"2").unwrap();
        let new = NewRevision {
            id: &id,
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: 1,
            attempt: 2,
            revision: 2,
            at_ms: 5,
        };
        desk.store.write(|tx| tx.set_revision(&new)).unwrap();
        let item = desk.store.item(&id).unwrap();
        assert_eq!((item.revision, item.attempt, item.verdict), (2, 2, None));
        assert_eq!(desk.store.unchecked().unwrap(), [id]);
        assert!(desk.store.report(&item.submission).unwrap().is_none());
    }

    #[test]
    fn only_undecided_items_are_held() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, two) = (desk.submission("AAAAAA", b"1"), desk.submission("AAAAAA", b"2"));
        let item = HubItem { token: 3, until_ms: 5, is_held: true };
        desk.store
            .write(|tx| {
                tx.set_hub_item(&one, &item)?;
                tx.set_hub_item(&two, &item)?;
                tx.set_state(&two, State::Approved)
            })
            .unwrap();
        assert_eq!(desk.store.held_items().unwrap(), [(one.clone(), 3)]);
        desk.store.write(|tx| tx.set_hub_item(&one, &HubItem { is_held: false, ..item })).unwrap();
        assert!(desk.store.held_items().unwrap().is_empty());
    }
}
