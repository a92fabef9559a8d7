//! What the student's page keeps: drafts that were checked and not submitted yet, wrong guesses, signs of a session.

use std::time::Duration;

use super::db::{self, OptionalExtension};

use super::reports::Checked;
use super::seal::Place;
use super::{Store, StoreError, Tx};

/// A photo that its student has seen the check of and has not submitted.
#[derive(Clone, Debug)]
pub struct Draft {
    pub photo_sha256: String,
    pub checked: Checked,
    pub at_ms: i64,
}

/// How wrong answers are counted. Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessRule {
    pub at_most: u32,
    /// After so long without reaching `at_most`, and after so long a lock, counting begins anew.
    pub window_ms: i64,
}

/// What stands against a code or ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guesses {
    Left(u32),
    /// No answer is taken until then.
    LockedUntil(i64),
}

impl Tx<'_> {
    /// Keeps the present draft of a person; the photo must be recorded. A former one waits to be swept.
    pub fn set_draft(
        &self,
        subject: &str,
        photo_sha256: &str,
        checked: &Checked,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.leave_draft(subject)?;
        let json = serde_json::to_vec(checked)
            .map_err(|cause| StoreError::Corrupt { what: format!("a report ({cause})") })?;
        let sealed = self.sealer.seal(place(subject), &json)?;
        let sql = "INSERT INTO page_draft
                   (subject, photo_sha256, sealed, at_ms) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (subject) DO UPDATE SET photo_sha256 = excluded.photo_sha256, sealed = excluded.sealed, at_ms = excluded.at_ms";
        self.database.prepare_cached(sql)?.execute((subject, photo_sha256, sealed, at_ms))?;
        self.database
            .prepare_cached("DELETE FROM page_dropped WHERE photo_sha256 = ?1")?
            .execute([photo_sha256])?;
        Ok(())
    }

    /// Forgets the draft because it was submitted: its photo stays.
    pub fn submitted_draft(&self, subject: &str) -> Result<(), StoreError> {
        self.database.prepare_cached("DELETE FROM page_draft WHERE subject = ?1")?.execute([subject])?;
        Ok(())
    }

    /// Forgets the draft; its photo waits to be swept.
    pub fn leave_draft(&self, subject: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO page_dropped SELECT photo_sha256 FROM page_draft WHERE subject = ?1 ON CONFLICT DO NOTHING";
        self.database.prepare_cached(sql)?.execute([subject])?;
        self.submitted_draft(subject)
    }

    pub fn draft(&self, subject: &str) -> Result<Option<Draft>, StoreError> {
        draft(&self.database, self.sealer, subject)
    }

    /// The order the person opened before the first photo.
    pub fn page_order(&self, subject: &str) -> Result<Option<String>, StoreError> {
        page_order(&self.database, subject)
    }

    /// Remembers the order a person opened; a new one takes the place of one that is over.
    pub fn set_page_order(&self, subject: &str, number: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO page_order
                   (subject, number) VALUES (?1, ?2)
                   ON CONFLICT (subject) DO UPDATE SET number = excluded.number";
        self.database.prepare_cached(sql)?.execute((subject, number))?;
        Ok(())
    }

    /// Whether the person was photographed or sent anything yet.
    pub fn has_photos(&self, subject: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM submission WHERE subject = ?1)
                       OR EXISTS (SELECT 1 FROM shot WHERE subject = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
    }

    /// How many wrong answers `secret` of this batch still has.
    pub fn guesses(
        &self,
        batch: &str,
        secret: &str,
        rule: GuessRule,
        now_ms: i64,
    ) -> Result<Guesses, StoreError> {
        let sql = "SELECT wrong, since_ms FROM page_guess WHERE guess_key = ?1";
        let found: Option<(u32, i64)> = self
            .database
            .prepare_cached(sql)?
            .query_row([self.guess_key(batch, secret)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            Some((wrong, since_ms)) if now_ms < since_ms + rule.window_ms => {
                if wrong >= rule.at_most {
                    Guesses::LockedUntil(since_ms + rule.window_ms)
                } else {
                    Guesses::Left(rule.at_most - wrong)
                }
            }
            _ => Guesses::Left(rule.at_most),
        })
    }

    /// Counts a wrong answer; the one that reaches the limit begins the lock.
    pub fn count_wrong_guess(
        &self,
        batch: &str,
        secret: &str,
        rule: GuessRule,
        now_ms: i64,
    ) -> Result<Guesses, StoreError> {
        let wrong = match self.guesses(batch, secret, rule, now_ms)? {
            Guesses::LockedUntil(until_ms) => return Ok(Guesses::LockedUntil(until_ms)),
            Guesses::Left(left) => rule.at_most - left + 1,
        };
        let sql = "INSERT INTO page_guess (guess_key, wrong, since_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT (guess_key) DO UPDATE SET wrong = excluded.wrong, since_ms = CASE
                       WHEN excluded.wrong IN (1, ?4) THEN excluded.since_ms ELSE page_guess.since_ms END";
        self.database.prepare_cached(sql)?.execute((
            self.guess_key(batch, secret),
            wrong,
            now_ms,
            rule.at_most,
        ))?;
        self.guesses(batch, secret, rule, now_ms)
    }

    /// A right answer ends the counting.
    pub fn forget_guesses(&self, batch: &str, secret: &str) -> Result<(), StoreError> {
        let key = self.guess_key(batch, secret);
        self.database.prepare_cached("DELETE FROM page_guess WHERE guess_key = ?1")?.execute([key])?;
        Ok(())
    }

    fn guess_key(&self, batch: &str, secret: &str) -> [u8; 32] {
        self.sealer.lookup_key("page_guess", batch, secret)
    }
}

impl Store {
    /// Authentication code of what the page gives out and wants back unchanged.
    pub fn session_code(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.sealer.session_code(parts)
    }

    /// Whether `code` is that of these parts, in constant time.
    pub fn is_session_code(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.sealer.is_session_code(parts, code)
    }

    pub fn draft(&self, subject: &str) -> Result<Option<Draft>, StoreError> {
        draft(&self.reader(), &self.sealer, subject)
    }

    /// The order the person opened before the first photo.
    pub fn page_order(&self, subject: &str) -> Result<Option<String>, StoreError> {
        page_order(&self.reader(), subject)
    }

    /// Forgets drafts from before a time and deletes photos that were drafts and that nothing names any more; gives how
    /// many photos went. What was stored within `settle`, by the computer's own clock, stays until a later call: it may be
    /// about to be named.
    pub fn sweep_drafts(&self, before_ms: i64, now_ms: i64, settle: Duration) -> Result<usize, StoreError> {
        let unnamed: Vec<String> = self.write(|tx| {
            let sql =
                "INSERT INTO page_dropped SELECT photo_sha256 FROM page_draft WHERE at_ms < ?1 ON CONFLICT DO NOTHING";
            tx.database.execute(sql, [before_ms])?;
            tx.database.execute("DELETE FROM page_draft WHERE at_ms < ?1", [before_ms])?;
            tx.database.execute("DELETE FROM page_guess WHERE since_ms < ?1", [before_ms.min(now_ms)])?;
            tx.forget_named_drafts()?;
            tx.dropped_drafts()
        })?;
        let mut gone = 0;
        for sha256 in unnamed {
            if self.blobs.is_recent(&self.sealer, &sha256, settle)? {
                continue;
            }
            let is_unnamed = self.write(|tx| tx.forget_photo(&sha256))?;
            if is_unnamed {
                self.blobs.remove_old(&self.sealer, &sha256, settle)?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

/// Whether a table or an entry of the journal names a photo that was a draft; an earlier attempt stands in the journal
/// alone. Adding nothing takes the column's affinity away, with which the index of the journal's photos would not be used.
const NAMED: &str = "photo_sha256 IN (SELECT photo_sha256 FROM page_draft)
    OR photo_sha256 IN (SELECT photo_sha256 FROM submission)
    OR photo_sha256 IN (SELECT photo_sha256 FROM shot)
    OR photo_sha256 IN (SELECT final_sha256 FROM final_photo)
    OR photo_sha256 IN (SELECT final_sha256 FROM published_photo)
    OR EXISTS (SELECT 1 FROM journal WHERE event ->> '$.photo_sha256' = page_dropped.photo_sha256 || '')";

impl Tx<'_> {
    /// What something names is no draft to be swept.
    fn forget_named_drafts(&self) -> Result<(), StoreError> {
        self.database.execute(&format!("DELETE FROM page_dropped WHERE {NAMED}"), [])?;
        Ok(())
    }

    fn dropped_drafts(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.database.prepare_cached("SELECT photo_sha256 FROM page_dropped")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets a dropped draft and its photo; `false` when something names it by now.
    fn forget_photo(&self, sha256: &str) -> Result<bool, StoreError> {
        let sql = format!("DELETE FROM page_dropped WHERE photo_sha256 = ?1 AND NOT ({NAMED})");
        let is_unnamed = self.database.prepare_cached(&sql)?.execute([sha256])? == 1;
        if is_unnamed {
            self.database.prepare_cached("DELETE FROM photo WHERE sha256 = ?1")?.execute([sha256])?;
        }
        Ok(is_unnamed)
    }
}

fn page_order(database: &db::Connection, subject: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT number FROM page_order WHERE subject = ?1";
    Ok(database.prepare_cached(sql)?.query_row([subject], |row| row.get(0)).optional()?)
}

fn draft(
    database: &db::Connection,
    sealer: &super::seal::Sealer,
    subject: &str,
) -> Result<Option<Draft>, StoreError> {
    let sql = "SELECT photo_sha256, sealed, at_ms FROM page_draft WHERE subject = ?1";
    let found: Option<(String, Vec<u8>, i64)> = database
        .prepare_cached(sql)?
        .query_row([subject], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((photo_sha256, sealed, at_ms)) = found else { return Ok(None) };
    let json = sealer.open(place(subject), &sealed)?;
    let checked = serde_json::from_slice(&json)
        .map_err(|cause| StoreError::Corrupt { what: format!("a draft's report ({cause})") })?;
    Ok(Some(Draft { photo_sha256, checked, at_ms }))
}

fn place(subject: &str) -> Place<'_> {
    Place { table: "page_draft", column: "sealed", row: subject }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::store::fixture::{Desk, report};

    const BATCH: &str = "AAAAAA";
    const RULE: GuessRule = GuessRule { at_most: 3, window_ms: 1000 };

    #[test]
    fn wrong_answers_lock_a_code_for_a_while_and_a_right_one_ends_the_counting() {
        let desk = Desk::with_batch(BATCH);
        let wrong =
            |now_ms| desk.store.write(|tx| tx.count_wrong_guess(BATCH, "code", RULE, now_ms)).unwrap();
        assert_eq!([wrong(0), wrong(10)], [Guesses::Left(2), Guesses::Left(1)]);
        assert_eq!(wrong(20), Guesses::LockedUntil(1020), "the lock counts from the last");
        assert_eq!(wrong(30), Guesses::LockedUntil(1020), "and is not prolonged");
        let now =
            |secret: &str, now_ms| desk.store.write(|tx| tx.guesses(BATCH, secret, RULE, now_ms)).unwrap();
        assert_eq!((now("other", 30), now("code", 1020)), (Guesses::Left(3), Guesses::Left(3)));
        assert_eq!(wrong(2000), Guesses::Left(2));
        desk.store.write(|tx| tx.forget_guesses(BATCH, "code")).unwrap();
        assert_eq!(now("code", 2001), Guesses::Left(3));
    }

    #[test]
    fn a_draft_s_photo_goes_with_it_unless_something_else_names_it() {
        let desk = Desk::with_batch(BATCH);
        let taken = desk.submission(BATCH, b"submitted");
        let submitted = desk.store.item(&taken).unwrap().photo_sha256;
        let [one, two] = [&b"one"[..], b"two"].map(|content| {
            let sha256 = desk.store.put_photo(content).unwrap();
            desk.store.write(|tx| tx.record_photo(&sha256, 3, 0)).unwrap();
            sha256
        });
        let subject = desk.store.write(|tx| tx.add_unnamed(BATCH, "002X", 1)).unwrap();
        let checked: Checked = Ok(report(&[Verdict::Pass]));
        for sha256 in [&submitted, &one, &two] {
            desk.store.write(|tx| tx.set_draft(&subject, sha256, &checked, 5)).unwrap();
        }
        assert_eq!(desk.store.draft(&subject).unwrap().unwrap().photo_sha256, two);
        assert_eq!(
            desk.store.sweep_drafts(5, 9, Duration::ZERO).unwrap(),
            1,
            "the first was submitted, the last is the draft"
        );
        assert_eq!(desk.store.photo(&one).err().unwrap().code(), "missing_photo");
        assert!(desk.store.photo(&two).is_ok() && desk.store.photo(&submitted).is_ok());
        assert_eq!(desk.store.sweep_drafts(6, 9, Duration::from_secs(60)).unwrap(), 0, "just stored");
        assert_eq!(desk.store.sweep_drafts(6, 9, Duration::ZERO).unwrap(), 1, "an old draft goes too");
        assert!(desk.store.draft(&subject).unwrap().is_none());
    }

    #[test]
    fn whether_a_photo_is_named_is_asked_of_indexes() {
        let desk = Desk::new();
        let plan: Vec<String> = desk
            .store
            .write(|tx| {
                let sql = format!("EXPLAIN QUERY PLAN DELETE FROM page_dropped WHERE {NAMED}");
                let mut statement = tx.database.prepare_cached(&sql)?;
                let rows = statement.query_map([], |row| row.get(3))?;
                Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        assert!(plan.iter().any(|step| step.contains("journal_photo")), "{plan:?}");
        assert!(plan.iter().any(|step| step.contains("submission_photo_file")), "{plan:?}");
    }

    #[test]
    fn a_session_s_sign_belongs_to_its_very_words() {
        let desk = Desk::new();
        let code = desk.store.session_code(&[b"session", b"a"]);
        assert!(desk.store.is_session_code(&[b"session", b"a"], &code));
        assert!(!desk.store.is_session_code(&[b"session", b"b"], &code));
    }
}
