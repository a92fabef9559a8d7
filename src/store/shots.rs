//! Shots of on-site collection: each file once, its person, its mark, its state; reports sealed.

use super::db::{OptionalExtension, Row};

use super::journal::JournalEvent;
use super::reports::Checked;
use super::seal::Place;
use super::submissions::{verdict_from_word, verdict_word};
use super::{Store, StoreError, Tx};
use crate::inspect::Verdict;
use crate::onsite::shot::{Doubt, ShotEvent, ShotState, next};

const COLUMNS: &str = "id, batch, subject, photo_sha256, taken_at_ms, state, mark, doubt, doubt_other, verdict, \
     score, submission";

/// A photo as it was taken.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shot {
    pub id: String,
    pub batch: String,
    /// `None` while nobody knows whose it is.
    pub subject: Option<String>,
    pub photo_sha256: String,
    pub taken_at_ms: i64,
    pub state: ShotState,
    pub mark: Option<Mark>,
    pub doubt: Option<Doubt>,
    /// The subject that the doubt points at.
    pub doubt_other: Option<String>,
    /// `None` before the local check ran.
    pub verdict: Option<Verdict>,
    /// See [`crate::onsite::best`].
    pub score: f64,
    /// Its submission at the hub.
    pub submission: Option<String>,
}

/// Who said that this photo of its person is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Auto,
    /// A person; the program does not choose another.
    Hand,
}

impl Mark {
    fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Hand => "hand",
        }
    }
}

impl Tx<'_> {
    /// Adds a shot whose file is stored. False, and nothing changed, when the batch has this file already.
    pub fn add_shot(&self, shot: &Shot, photo_bytes: u64, actor: &str) -> Result<bool, StoreError> {
        self.add_photo(&shot.photo_sha256, photo_bytes, shot.taken_at_ms)?;
        let sql = "INSERT INTO shot (id, batch, subject, photo_sha256, taken_at_ms, state, mark, doubt, doubt_other,
                                     verdict, score, submission)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                   ON CONFLICT (batch, photo_sha256) DO NOTHING";
        let added = self.database.prepare_cached(sql)?.execute((
            &shot.id,
            &shot.batch,
            &shot.subject,
            &shot.photo_sha256,
            shot.taken_at_ms,
            shot.state.as_str(),
            shot.mark.map(Mark::as_str),
            shot.doubt.map(Doubt::as_str),
            &shot.doubt_other,
            shot.verdict.map(verdict_word),
            shot.score,
            &shot.submission,
        ))?;
        if added == 0 {
            return Ok(false);
        }
        let event = JournalEvent::ShotTaken {
            shot: shot.id.clone(),
            batch: shot.batch.clone(),
            subject: shot.subject.clone(),
            photo_sha256: shot.photo_sha256.clone(),
        };
        self.append(shot.taken_at_ms, actor, &event)?;
        Ok(true)
    }

    pub fn shot(&self, id: &str) -> Result<Shot, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM shot WHERE id = ?1");
        let found =
            self.database.prepare_cached(&sql)?.query_row([id], |row| Ok(from_row(row))).optional()?;
        found.unwrap_or_else(|| Err(unknown(id)))
    }

    /// The shot of this batch with this file.
    pub fn shot_with_photo(&self, batch: &str, photo_sha256: &str) -> Result<Option<Shot>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM shot WHERE batch = ?1 AND photo_sha256 = ?2");
        let mut statement = self.database.prepare_cached(&sql)?;
        statement.query_row((batch, photo_sha256), |row| Ok(from_row(row))).optional()?.transpose()
    }

    /// The shots of a person in the order they were taken.
    pub fn shots_of(&self, subject: &str) -> Result<Vec<Shot>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM shot WHERE subject = ?1 ORDER BY number");
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map([subject], |row| Ok(from_row(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Stores what the local check found.
    pub fn set_shot_report(&self, id: &str, checked: &Checked, score: f64) -> Result<(), StoreError> {
        let verdict = checked.as_ref().map_or(Verdict::Fail, |report| report.verdict);
        let json = serde_json::to_vec(checked)
            .map_err(|cause| StoreError::Corrupt { what: format!("a report ({cause})") })?;
        let sealed = self.sealer.seal(place(id), &json)?;
        let sql = "UPDATE shot SET verdict = ?2, score = ?3, sealed = ?4 WHERE id = ?1";
        one(self.database.prepare_cached(sql)?.execute((id, verdict_word(verdict), score, sealed))?, id)
    }

    /// Makes a shot the one of its person that is to be sent; the one before is kept.
    pub fn mark_shot(&self, id: &str, mark: Mark, at_ms: i64, actor: &str) -> Result<(), StoreError> {
        let sql = "UPDATE shot SET mark = NULL WHERE mark IS NOT NULL AND id <> ?1
                   AND subject = (SELECT subject FROM shot WHERE id = ?1)";
        self.database.prepare_cached(sql)?.execute([id])?;
        let sql = "UPDATE shot SET mark = ?2 WHERE id = ?1 AND subject IS NOT NULL";
        one(self.database.prepare_cached(sql)?.execute((id, mark.as_str()))?, id)?;
        self.append(at_ms, actor, &JournalEvent::ShotMarked { shot: id.to_owned() }).map(drop)
    }

    /// Says whose a shot is, or takes the doubt away; `by` is who said so.
    pub fn assign_shot(&self, id: &str, subject: &str, at_ms: i64, by: &str) -> Result<(), StoreError> {
        let sql = "UPDATE shot SET mark = CASE WHEN subject = ?2 THEN mark END, subject = ?2,
                   doubt = NULL, doubt_other = NULL
                   WHERE id = ?1 AND batch = (SELECT batch FROM subject WHERE id = ?2)";
        one(self.database.prepare_cached(sql)?.execute((id, subject))?, id)?;
        let event = JournalEvent::ShotAssigned { shot: id.to_owned(), subject: subject.to_owned() };
        self.append(at_ms, by, &event).map(drop)
    }

    /// Sets why a person must look; an older doubt stays.
    pub fn doubt_shot(&self, id: &str, doubt: Doubt, other: Option<&str>) -> Result<(), StoreError> {
        let sql = "UPDATE shot SET doubt = ?2, doubt_other = ?3 WHERE id = ?1 AND doubt IS NULL";
        self.database.prepare_cached(sql)?.execute((id, doubt.as_str(), other))?;
        Ok(())
    }

    /// Moves a shot by an event; refused where the states do not allow it.
    pub fn move_shot(
        &self,
        id: &str,
        event: ShotEvent,
        at_ms: i64,
        actor: &str,
    ) -> Result<ShotState, StoreError> {
        let from = self.shot(id)?.state;
        let to = next(from, event).map_err(|cause| StoreError::IllegalShot { id: id.to_owned(), cause })?;
        if to != from {
            let sql = "UPDATE shot SET state = ?2 WHERE id = ?1";
            one(self.database.prepare_cached(sql)?.execute((id, to.as_str()))?, id)?;
            self.append(at_ms, actor, &JournalEvent::ShotMoved { shot: id.to_owned(), from, to })?;
        }
        Ok(to)
    }

    /// Records the submission that the hub made of a shot.
    pub fn set_shot_submission(&self, id: &str, submission: &str) -> Result<(), StoreError> {
        let sql = "UPDATE shot SET submission = ?2 WHERE id = ?1";
        one(self.database.prepare_cached(sql)?.execute((id, submission))?, id)
    }

    /// A file of a watched folder was taken or passed over.
    pub fn keep_watched(&self, path: &str, bytes: u64, modified_ms: i64) -> Result<(), StoreError> {
        let key = self.sealer.lookup_key("watched_file", "", path);
        let sql = "INSERT INTO watched_file
                   (path_key, bytes, modified_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT (path_key) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms";
        self.database.prepare_cached(sql)?.execute((key, bytes as i64, modified_ms))?;
        Ok(())
    }

    /// Remembers a watched folder; true the first time.
    pub fn is_new_folder(&self, path: &str) -> Result<bool, StoreError> {
        let key = self.sealer.lookup_key("watched_folder", "", path);
        let sql = "INSERT INTO watched_folder (path_key) VALUES (?1) ON CONFLICT DO NOTHING";
        Ok(self.database.prepare_cached(sql)?.execute([key])? == 1)
    }
}

impl Store {
    pub fn shot(&self, id: &str) -> Result<Shot, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM shot WHERE id = ?1");
        let reader = self.reader();
        let found = reader.prepare_cached(&sql)?.query_row([id], |row| Ok(from_row(row))).optional()?;
        found.unwrap_or_else(|| Err(unknown(id)))
    }

    /// All shots of a batch in the order they were taken.
    pub fn shots(&self, batch: &str) -> Result<Vec<Shot>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM shot WHERE batch = ?1 ORDER BY number");
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([batch], |row| Ok(from_row(row)))?;
        rows.map(|row| row?).collect()
    }

    /// What the local check found; `None` before it ran.
    pub fn shot_report(&self, id: &str) -> Result<Option<Checked>, StoreError> {
        let sql = "SELECT sealed FROM shot WHERE id = ?1";
        let sealed: Option<Option<Vec<u8>>> =
            self.reader().prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
        let Some(sealed) = sealed.ok_or_else(|| unknown(id))? else { return Ok(None) };
        let json = self.sealer.open(place(id), &sealed)?;
        let checked = serde_json::from_slice(&json)
            .map_err(|cause| StoreError::Corrupt { what: format!("a report ({cause})") })?;
        Ok(Some(checked))
    }

    /// Whether this very file of a watched folder was taken or passed over.
    pub fn is_watched(&self, path: &str, bytes: u64, modified_ms: i64) -> Result<bool, StoreError> {
        let key = self.sealer.lookup_key("watched_file", "", path);
        let sql = "SELECT EXISTS (SELECT 1 FROM watched_file WHERE path_key = ?1 AND bytes = ?2 AND modified_ms = ?3)";
        Ok(self
            .reader()
            .prepare_cached(sql)?
            .query_row((key, bytes as i64, modified_ms), |row| row.get(0))?)
    }

    /// Deletes the file of a shot that the hub has proved to hold. The row stays.
    pub fn wipe_shot(&self, id: &str, at_ms: i64, actor: &str) -> Result<(), StoreError> {
        // The row first: a file without a row that wants it is litter, a row that wants a lost file is a loss.
        let sha256 = self.write(|tx| {
            tx.move_shot(id, ShotEvent::Wiped, at_ms, actor)?;
            let shot = tx.shot(id)?;
            let sql = "UPDATE shot SET sealed = NULL WHERE id = ?1";
            tx.database.prepare_cached(sql)?.execute([id])?;
            let sql = "SELECT EXISTS (SELECT 1 FROM submission WHERE photo_sha256 = ?1)
                           OR EXISTS (SELECT 1 FROM shot WHERE photo_sha256 = ?1 AND state <> 'wiped')";
            let is_wanted: bool = tx.database.query_row(sql, [&shot.photo_sha256], |row| row.get(0))?;
            Ok::<_, StoreError>((!is_wanted).then_some(shot.photo_sha256))
        })?;
        sha256.map_or(Ok(()), |sha256| self.blobs.remove(&self.sealer, &sha256))
    }
}

fn from_row(row: &Row<'_>) -> Result<Shot, StoreError> {
    let word = |column: usize| -> Result<Option<String>, StoreError> { Ok(row.get(column)?) };
    let state = word(5)?.as_deref().and_then(ShotState::from_word);
    Ok(Shot {
        id: row.get(0)?,
        batch: row.get(1)?,
        subject: row.get(2)?,
        photo_sha256: row.get(3)?,
        taken_at_ms: row.get(4)?,
        state: state.ok_or_else(|| StoreError::Corrupt { what: "a shot's state".to_owned() })?,
        mark: word(6)?.map(|word| if word == Mark::Hand.as_str() { Mark::Hand } else { Mark::Auto }),
        doubt: word(7)?.as_deref().and_then(Doubt::from_word),
        doubt_other: row.get(8)?,
        verdict: word(9)?.as_deref().and_then(verdict_from_word),
        score: row.get(10)?,
        submission: row.get(11)?,
    })
}

fn one(changed: usize, id: &str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(unknown(id)) }
}

fn unknown(id: &str) -> StoreError {
    StoreError::UnknownShot { id: id.to_owned() }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "shot", column: "sealed", row: id }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::{Desk, report};

    const BATCH: &str = "AAAAAA";

    fn subject(desk: &Desk, last_four: &str) -> String {
        desk.store.write(|tx| tx.add_unnamed(BATCH, last_four, 1)).unwrap()
    }

    fn take(desk: &Desk, content: &[u8], subject: Option<&str>) -> Option<String> {
        let photo_sha256 = desk.store.put_photo(content).unwrap();
        let shot = Shot {
            id: uuid::Uuid::now_v7().to_string(),
            batch: BATCH.to_owned(),
            subject: subject.map(str::to_owned),
            photo_sha256,
            taken_at_ms: 1,
            state: ShotState::Draft,
            mark: None,
            doubt: None,
            doubt_other: None,
            verdict: None,
            score: 0.0,
            submission: None,
        };
        let added = desk.store.write(|tx| tx.add_shot(&shot, content.len() as u64, "desk")).unwrap();
        added.then_some(shot.id)
    }

    #[test]
    fn a_file_is_taken_once_and_one_shot_of_a_person_is_marked() {
        let desk = Desk::with_batch(BATCH);
        let anna = subject(&desk, "002X");
        let one = take(&desk, b"one", Some(&anna)).unwrap();
        assert_eq!(take(&desk, b"one", Some(&anna)), None);
        let two = take(&desk, b"two", Some(&anna)).unwrap();
        for id in [&one, &two] {
            desk.store.write(|tx| tx.mark_shot(id, Mark::Auto, 2, "desk")).unwrap();
        }
        let marks: Vec<_> = desk.store.shots(BATCH).unwrap().into_iter().map(|shot| shot.mark).collect();
        assert_eq!(marks, [None, Some(Mark::Auto)]);
        desk.store.write(|tx| tx.set_shot_report(&one, &Ok(report(&[Verdict::Pass])), 0.5)).unwrap();
        assert!(desk.store.shot_report(&one).unwrap().unwrap().is_ok());
        assert!(desk.store.shot_report(&two).unwrap().is_none());
        assert_eq!(desk.store.subject_counts(BATCH).unwrap(), (1, 0));
    }

    #[test]
    fn a_shot_given_to_another_loses_mark_and_doubt() {
        let desk = Desk::with_batch(BATCH);
        let (anna, ben) = (subject(&desk, "1"), subject(&desk, "2"));
        let id = take(&desk, b"one", Some(&anna)).unwrap();
        desk.store
            .write(|tx| {
                tx.mark_shot(&id, Mark::Hand, 2, "desk")?;
                tx.doubt_shot(&id, Doubt::Late, Some(&ben))
            })
            .unwrap();
        desk.store.write(|tx| tx.assign_shot(&id, &ben, 3, "li")).unwrap();
        let shot = desk.store.shot(&id).unwrap();
        assert_eq!((shot.subject, shot.mark, shot.doubt, shot.doubt_other), (Some(ben), None, None, None));
    }

    #[test]
    fn a_file_is_wiped_only_when_it_is_safe() {
        let desk = Desk::with_batch(BATCH);
        let anna = subject(&desk, "1");
        let id = take(&desk, b"one", Some(&anna)).unwrap();
        let sha256 = desk.store.shot(&id).unwrap().photo_sha256;
        let move_by = |event| desk.store.write(|tx| tx.move_shot(&id, event, 2, "desk"));
        move_by(ShotEvent::Finalised).unwrap();
        move_by(ShotEvent::Sent).unwrap();
        assert_eq!(desk.store.wipe_shot(&id, 3, "desk").unwrap_err().code(), "illegal_transition");
        assert_eq!(desk.store.photo(&sha256).unwrap(), b"one");
        move_by(ShotEvent::Proved).unwrap();
        desk.store.wipe_shot(&id, 3, "desk").unwrap();
        assert_eq!(desk.store.photo(&sha256).unwrap_err().code(), "missing_photo");
        assert_eq!(desk.store.shot(&id).unwrap().state, ShotState::Wiped);
        desk.store.wipe_shot(&id, 4, "desk").unwrap();
    }

    #[test]
    fn a_watched_file_is_known_until_it_changes() {
        let desk = Desk::with_batch(BATCH);
        desk.store.write(|tx| tx.keep_watched("a.jpg", 5, 7)).unwrap();
        let known = |bytes, at| desk.store.is_watched("a.jpg", bytes, at).unwrap();
        assert!(known(5, 7) && !known(6, 7) && !known(5, 8));
        let new = || desk.store.write(|tx| tx.is_new_folder("folder")).unwrap();
        assert!(new() && !new());
    }
}
