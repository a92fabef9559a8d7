//! What this desk exported of its hub's submissions, on its way to the hub: durable together with the states that moved.

use super::{Store, StoreError, Tx};
use crate::submission::QueueItem;

/// One exported submission that the hub has not heard everything of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportReport {
    pub seq: i64,
    pub job: String,
    pub submission: String,
    pub photo_sha256: String,
    pub revision: u32,
    /// The processed photo that went out with it.
    pub final_sha256: Option<String>,
}

/// What is to be done with a report next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The hub is to be told that the print is on record.
    Tell,
    /// The hub knows; the processed photo is to be published.
    Publish,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Tell => "exported",
            Self::Publish => "told",
        }
    }
}

impl Tx<'_> {
    /// Puts an exported submission on its way; nothing to do for one of this desk alone.
    pub(super) fn post_export(&self, job: &str, item: &QueueItem) -> Result<(), StoreError> {
        if self.hub_item(&item.submission)?.is_none() {
            return Ok(());
        }
        let sql = "INSERT INTO export_report (job, submission, photo_sha256, revision, final_sha256)
                   SELECT ?1, ?2, ?3, ?4, (SELECT final_sha256 FROM final_photo
                                           WHERE final_photo.submission = ?2 AND final_photo.photo_sha256 = ?3)";
        let row = (job, &item.submission, &item.photo_sha256, item.revision);
        self.database.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// The hub has the export on record. A report without a processed photo ends here.
    pub fn told(&self, report: &ExportReport) -> Result<(), StoreError> {
        if report.final_sha256.is_none() {
            return self.end_report(report);
        }
        let sql = "UPDATE export_report SET state = 'told' WHERE seq = ?1 AND state = 'exported'";
        self.database.prepare_cached(sql)?.execute([report.seq])?;
        Ok(())
    }

    /// Everything was said.
    pub fn end_report(&self, report: &ExportReport) -> Result<(), StoreError> {
        self.database.prepare_cached("DELETE FROM export_report WHERE seq = ?1")?.execute([report.seq])?;
        Ok(())
    }

    /// The hub does not know this photo as approved: the print must not be given out.
    pub fn refuse_report(&self, report: &ExportReport, code: &str) -> Result<(), StoreError> {
        let sql = "UPDATE export_report SET state = 'refused', code = ?2 WHERE seq = ?1";
        self.database.prepare_cached(sql)?.execute((report.seq, code))?;
        Ok(())
    }

    /// Whether the hub has yet to be told that this submission was exported.
    pub fn has_untold_export(&self, submission: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM export_report WHERE submission = ?1 AND state = 'exported')";
        Ok(self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0))?)
    }
}

impl Store {
    /// The oldest reports that wait for this step, at most `count`, all of one job.
    pub fn export_reports(&self, step: Step, count: usize) -> Result<Vec<ExportReport>, StoreError> {
        let sql = "SELECT seq, job, submission, photo_sha256, revision, final_sha256 FROM export_report
                   WHERE state = ?1 AND job = (SELECT job FROM export_report WHERE state = ?1 ORDER BY seq LIMIT 1)
                   ORDER BY seq LIMIT ?2";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let reports = statement.query_map((step.word(), count as i64), |row| {
            Ok(ExportReport {
                seq: row.get(0)?,
                job: row.get(1)?,
                submission: row.get(2)?,
                photo_sha256: row.get(3)?,
                revision: row.get(4)?,
                final_sha256: row.get(5)?,
            })
        })?;
        Ok(reports.collect::<Result<_, _>>()?)
    }

    /// How many reports wait for one step or the other.
    pub fn export_reports_waiting(&self) -> Result<usize, StoreError> {
        let sql = "SELECT count(*) FROM export_report WHERE state <> 'refused'";
        let count: i64 = self.reader().prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(count as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;
    use crate::store::hub_link::HubItem;
    use crate::submission::State;

    fn exported(desk: &Desk, job: &str, ids: &[String]) {
        for id in ids {
            desk.store.write(|tx| tx.set_state(id, State::Approved)).unwrap();
        }
        desk.store.write(|tx| tx.begin_export(job, "AAAAAA", "{}", ids, 5, "print")).unwrap();
        desk.store.write(|tx| tx.commit_export(job, "m", 6, "print")).unwrap();
    }

    fn of_hub(desk: &Desk, content: &[u8]) -> String {
        let id = desk.submission("AAAAAA", content);
        let item = HubItem { token: 1, until_ms: 0, is_held: false };
        desk.store.write(|tx| tx.set_hub_item(&id, &item)).unwrap();
        id
    }

    #[test]
    fn only_the_hub_s_submissions_are_reported_and_each_step_once() {
        let desk = Desk::with_batch("AAAAAA");
        let (own, of_hub) = (desk.submission("AAAAAA", b"own"), of_hub(&desk, b"hub's"));
        let sha256 = desk.store.put_photo(b"final").unwrap();
        let key = crate::store::finals::FinalKey { standard: "s@1", background: "white" };
        let item = desk.store.item(&of_hub).unwrap();
        desk.store.write(|tx| tx.set_final(&item, &key, "{}", &sha256, 5, 1)).unwrap();
        exported(&desk, "job", &[own, of_hub.clone()]);
        let waiting = desk.store.export_reports(Step::Tell, 10).unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(
            (waiting[0].submission.as_str(), &waiting[0].final_sha256),
            (of_hub.as_str(), &Some(sha256))
        );
        assert!(desk.store.write(|tx| tx.has_untold_export(&of_hub)).unwrap());
        desk.store.write(|tx| tx.told(&waiting[0])).unwrap();
        assert!(!desk.store.write(|tx| tx.has_untold_export(&of_hub)).unwrap());
        assert_eq!(desk.store.export_reports(Step::Tell, 10).unwrap(), []);
        assert_eq!(desk.store.export_reports(Step::Publish, 10).unwrap(), waiting);
        desk.store.write(|tx| tx.end_report(&waiting[0])).unwrap();
        assert_eq!(desk.store.export_reports_waiting().unwrap(), 0);
    }

    #[test]
    fn jobs_are_reported_one_after_the_other_and_one_without_a_processed_photo_ends_when_told() {
        let desk = Desk::with_batch("AAAAAA");
        let (one, other) = (of_hub(&desk, b"1"), of_hub(&desk, b"2"));
        exported(&desk, "a", &[one]);
        exported(&desk, "b", &[other]);
        assert_eq!(desk.store.export_reports_waiting().unwrap(), 2);
        for job in ["a", "b"] {
            let waiting = desk.store.export_reports(Step::Tell, 10).unwrap();
            assert_eq!(waiting.iter().map(|report| report.job.as_str()).collect::<Vec<_>>(), [job]);
            desk.store.write(|tx| tx.told(&waiting[0])).unwrap();
        }
        assert_eq!(desk.store.export_reports_waiting().unwrap(), 0);
    }

    #[test]
    fn a_refused_print_is_recalled_until_a_person_settles_it() {
        let desk = Desk::with_batch("AAAAAA");
        let id = of_hub(&desk, b"1");
        exported(&desk, "job", std::slice::from_ref(&id));
        assert!(!desk.store.recalls_changed().unwrap());
        let waiting = desk.store.export_reports(Step::Tell, 1).unwrap();
        desk.store.write(|tx| tx.refuse_report(&waiting[0], "stale_photo")).unwrap();
        assert!(desk.store.recalls_changed().unwrap());
        assert_eq!(desk.store.write(|tx| tx.notice_recalls(7, "print")).unwrap(), 1);
        assert_eq!(desk.store.write(|tx| tx.notice_recalls(8, "print")).unwrap(), 0);
        assert_eq!(desk.store.open_recalls().unwrap()[0].submission, id);
        desk.store.write(|tx| tx.settle_recall("job", &id, false, 9, "li")).unwrap();
        assert!(desk.store.open_recalls().unwrap().is_empty() && !desk.store.recalls_changed().unwrap());
        assert_eq!(desk.store.export_reports_waiting().unwrap(), 0);
    }
}
