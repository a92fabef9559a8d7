//! Export jobs: what is being exported is claimed, and the states move with the files or not at all.

use super::db::OptionalExtension;

use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};
use crate::submission::state::{Event, next};
use crate::submission::{QueueItem, State};

/// An export that was begun and has not ended: its program stopped, or it is running now.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenExport {
    pub job: String,
    pub batch: String,
    /// What was asked for, as JSON text.
    pub request: String,
    pub people: usize,
    pub begun_at_ms: i64,
}

impl Tx<'_> {
    /// Claims approved submissions for a new job. All must be approved and free.
    pub fn begin_export(
        &self,
        job: &str,
        batch: &str,
        request_json: &str,
        submissions: &[String],
        at_ms: i64,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.batch(batch)?;
        self.database
            .prepare_cached(
                "INSERT INTO export_job (id, batch, request, state, people, begun_at_ms)
                 VALUES (?1, ?2, ?3, 'exporting', ?4, ?5)",
            )?
            .execute((job, batch, request_json, submissions.len() as i64, at_ms))?;
        for id in submissions {
            self.claim(job, id)?;
        }
        let event = JournalEvent::ExportBegun {
            job: job.to_owned(),
            batch: batch.to_owned(),
            people: submissions.len(),
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    /// Ends a job whose files are written and verified: every claimed submission goes into production.
    pub fn commit_export(
        &self,
        job: &str,
        manifest_sha256: &str,
        at_ms: i64,
        actor: &str,
    ) -> Result<usize, StoreError> {
        let claimed = self.claimed(job)?;
        for id in &claimed {
            self.export_one(job, id, at_ms, actor)?;
        }
        self.finish_print_orders(job, at_ms, actor)?;
        self.end(job, "committed", Some(manifest_sha256), at_ms)?;
        let event = JournalEvent::ExportCommitted {
            job: job.to_owned(),
            people: claimed.len(),
            manifest_sha256: manifest_sha256.to_owned(),
        };
        self.append(at_ms, actor, &event)?;
        Ok(claimed.len())
    }

    /// Gives up a job: its submissions are free again and stay approved.
    pub fn abandon_export(&self, job: &str, at_ms: i64, actor: &str) -> Result<(), StoreError> {
        self.end(job, "abandoned", None, at_ms)?;
        self.free_print_orders(job)?;
        self.append(at_ms, actor, &JournalEvent::ExportAbandoned { job: job.to_owned() })?;
        Ok(())
    }

    /// Records that a submission was printed again; gives the number of this reprint, counted from 1.
    pub fn record_reprint(
        &self,
        job: &str,
        submission: &str,
        (photo_sha256, revision): (&str, u32),
        at_ms: i64,
        actor: &str,
    ) -> Result<usize, StoreError> {
        let before: i64 = self
            .database
            .prepare_cached("SELECT count(*) FROM journal WHERE submission = ?1 AND kind = 'reprinted'")?
            .query_row([submission], |row| row.get(0))?;
        let number = before as usize + 1;
        let event = JournalEvent::Reprinted {
            submission: submission.to_owned(),
            job: job.to_owned(),
            photo_sha256: photo_sha256.to_owned(),
            revision,
            number,
        };
        self.append(at_ms, actor, &event)?;
        Ok(number)
    }

    /// Whether this job put the submission into production.
    pub fn was_exported_by(&self, submission: &str, job: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM journal
                   WHERE submission = ?1 AND kind = 'exported' AND event ->> '$.job' = ?2)";
        Ok(self.database.prepare_cached(sql)?.query_row((submission, job), |row| row.get(0))?)
    }

    fn claim(&self, job: &str, id: &str) -> Result<(), StoreError> {
        let standing = self.standing(id)?;
        if let Some(job) = standing.export_job {
            return Err(StoreError::BeingExported { id: id.to_owned(), job });
        }
        let QueueItem { state, photo_sha256, revision, .. } = standing.item;
        next(state, Event::ExportCommitted)
            .map_err(|cause| StoreError::Illegal { id: id.to_owned(), cause })?;
        self.database
            .prepare_cached(
                "INSERT INTO export_item (job, submission, photo_sha256, revision) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((job, id, photo_sha256, revision))?;
        Ok(())
    }

    fn claimed(&self, job: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .database
            .prepare_cached("SELECT submission FROM export_item WHERE job = ?1 ORDER BY submission")?;
        let ids = statement.query_map([job], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    fn export_one(&self, job: &str, id: &str, at_ms: i64, actor: &str) -> Result<(), StoreError> {
        let item = self.standing(id)?.item;
        let to = next(item.state, Event::ExportCommitted)
            .map_err(|cause| StoreError::Illegal { id: id.to_owned(), cause })?;
        self.set_state(id, to)?;
        self.post_export(job, &item)?;
        let event = JournalEvent::Exported {
            submission: id.to_owned(),
            job: job.to_owned(),
            photo_sha256: item.photo_sha256,
            revision: item.revision,
            from: item.state,
            to,
        };
        self.append(at_ms, actor, &event)?;
        Ok(())
    }

    fn end(
        &self,
        job: &str,
        state: &str,
        manifest_sha256: Option<&str>,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let changed = self
            .database
            .prepare_cached(
                "UPDATE export_job SET state = ?2, manifest_sha256 = ?3, ended_at_ms = ?4
                 WHERE id = ?1 AND state = 'exporting'",
            )?
            .execute((job, state, manifest_sha256, at_ms))?;
        if changed == 1 { Ok(()) } else { Err(StoreError::UnknownExport { job: job.to_owned() }) }
    }
}

impl Store {
    /// Exports that were begun and have not ended, oldest first.
    pub fn open_exports(&self) -> Result<Vec<OpenExport>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT id, batch, request, people, begun_at_ms FROM export_job WHERE state = 'exporting'
             ORDER BY begun_at_ms, id",
        )?;
        let jobs = statement.query_map([], |row| {
            Ok(OpenExport {
                job: row.get(0)?,
                batch: row.get(1)?,
                request: row.get(2)?,
                people: row.get::<_, i64>(3)? as usize,
                begun_at_ms: row.get(4)?,
            })
        })?;
        Ok(jobs.collect::<Result<_, _>>()?)
    }

    /// What the ended exports of a batch were asked for, as JSON text, and the SHA-256 of their manifests, oldest first.
    pub fn committed_exports(&self, batch: &str) -> Result<Vec<(String, String)>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT request, manifest_sha256 FROM export_job
             WHERE batch = ?1 AND state = 'committed' AND manifest_sha256 IS NOT NULL ORDER BY begun_at_ms, id",
        )?;
        let exports = statement.query_map([batch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(exports.collect::<Result<_, _>>()?)
    }

    /// Approved submissions of a batch that no running export holds, oldest first.
    pub fn exportable(&self, batch: &str) -> Result<Vec<QueueItem>, StoreError> {
        let filter = crate::submission::QueueFilter {
            batch: Some(batch.to_owned()),
            state: Some(State::Approved),
            ..Default::default()
        };
        let held = self.held(batch)?;
        let mut items = self.queue(&filter)?;
        items.retain(|item| !held.contains(&item.submission));
        Ok(items)
    }

    /// The job that put this submission into production.
    pub fn exported_by(&self, submission: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT job FROM export_item JOIN export_job ON id = job
                   WHERE submission = ?1 AND state = 'committed' ORDER BY ended_at_ms DESC LIMIT 1";
        Ok(self.reader().prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?)
    }

    fn held(&self, batch: &str) -> Result<std::collections::HashSet<String>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT submission FROM export_item JOIN export_job ON id = job WHERE batch = ?1 AND state = 'exporting'",
        )?;
        let ids = statement.query_map([batch], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    fn approved(desk: &Desk, content: &[u8]) -> String {
        let id = desk.submission("AAAAAA", content);
        desk.store.write(|tx| tx.set_state(&id, State::Approved)).unwrap();
        id
    }

    fn begin(desk: &Desk, job: &str, ids: &[&String]) -> Result<(), StoreError> {
        let ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        desk.store.write(|tx| tx.begin_export(job, "AAAAAA", "{}", &ids, 5, "print room"))
    }

    #[test]
    fn committing_moves_every_claimed_submission_and_no_other() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, two, three) = (approved(&desk, b"1"), approved(&desk, b"2"), approved(&desk, b"3"));
        begin(&desk, "job", &[&one, &two]).unwrap();
        assert_eq!(desk.store.exportable("AAAAAA").unwrap().len(), 1);
        assert_eq!(desk.store.open_exports().unwrap()[0].people, 2);
        assert_eq!(desk.store.write(|tx| tx.commit_export("job", "m", 6, "print room")).unwrap(), 2);
        let state = |id: &String| desk.store.item(id).unwrap().state;
        assert_eq!(
            [state(&one), state(&two), state(&three)],
            [State::InProduction, State::InProduction, State::Approved]
        );
        assert_eq!(desk.store.exported_by(&one).unwrap().as_deref(), Some("job"));
        assert!(desk.store.open_exports().unwrap().is_empty());
        assert_eq!(desk.store.verify_journal().unwrap(), 5);
    }

    #[test]
    fn a_job_ends_once() {
        let desk = Desk::with_batch("AAAAAA");
        let one = approved(&desk, b"1");
        begin(&desk, "job", &[&one]).unwrap();
        desk.store.write(|tx| tx.commit_export("job", "m", 6, "p")).unwrap();
        let again = desk.store.write(|tx| tx.commit_export("job", "m", 6, "p"));
        assert!(again.is_err());
        assert_eq!(desk.store.verify_journal().unwrap(), 4, "the refused end left no entry");
    }

    #[test]
    fn a_claimed_submission_is_refused_to_a_second_job_until_the_first_is_given_up() {
        let desk = Desk::with_batch("AAAAAA");
        let one = approved(&desk, b"1");
        begin(&desk, "first", &[&one]).unwrap();
        assert_eq!(begin(&desk, "second", &[&one]).err().unwrap().code(), "being_exported");
        desk.store.write(|tx| tx.abandon_export("first", 6, "p")).unwrap();
        assert_eq!(desk.store.item(&one).unwrap().state, State::Approved);
        begin(&desk, "second", &[&one]).unwrap();
    }

    #[test]
    fn what_is_not_approved_cannot_be_exported_and_nothing_is_claimed() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, waiting) = (approved(&desk, b"1"), desk.submission("AAAAAA", b"2"));
        assert_eq!(begin(&desk, "job", &[&one, &waiting]).err().unwrap().code(), "illegal_transition");
        assert_eq!(desk.store.exportable("AAAAAA").unwrap().len(), 1);
        assert!(desk.store.open_exports().unwrap().is_empty());
    }
}
