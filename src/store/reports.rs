//! Reports of the local check: sealed, one for each submission's present photo.

use super::db::{Connection, OptionalExtension};

use super::seal::{Place, Sealer};
use super::submissions::verdict_word;
use super::{Store, StoreError, Tx};
use crate::inspect::{Report, Verdict};
use crate::submission::PhotoFault;

/// What the local check left: its report, or why the photo cannot be read.
pub type Checked = Result<Report, PhotoFault>;

impl Tx<'_> {
    /// Stores the report and its counts. A report on a photo that is no longer the submission's is dropped
    /// (`false`): a newer revision has come.
    pub fn set_report(
        &self,
        submission: &str,
        photo_sha256: &str,
        checked: &Checked,
    ) -> Result<bool, StoreError> {
        let (verdict, failed, warned) = counts(checked);
        let sql = "UPDATE submission SET verdict = ?3, failed_checks = ?4, warned_checks = ?5, damaged = ?6
                   WHERE id = ?1 AND photo_sha256 = ?2";
        let changed = self.database.prepare_cached(sql)?.execute((
            submission,
            photo_sha256,
            verdict_word(verdict),
            failed,
            warned,
            checked.is_err(),
        ))?;
        if changed == 0 {
            return Ok(false);
        }
        let json = serde_json::to_vec(checked)
            .map_err(|cause| StoreError::Corrupt { what: format!("a report ({cause})") })?;
        let sealed = self.sealer.seal(place(submission), &json)?;
        self.database
            .prepare_cached(
                "INSERT INTO report
                   (submission, photo_sha256, sealed) VALUES (?1, ?2, ?3)
                   ON CONFLICT (submission) DO UPDATE SET photo_sha256 = excluded.photo_sha256, sealed = excluded.sealed",
            )?
            .execute((submission, photo_sha256, sealed))?;
        Ok(true)
    }

    /// The report on the submission's present photo; `None` before the check ran.
    pub fn report(&self, submission: &str) -> Result<Option<Checked>, StoreError> {
        report(&self.database, self.sealer, submission)
    }
}

impl Store {
    /// The report on the submission's present photo; `None` before the check ran.
    pub fn report(&self, submission: &str) -> Result<Option<Checked>, StoreError> {
        report(&self.reader(), &self.sealer, submission)
    }
}

fn report(database: &Connection, sealer: &Sealer, submission: &str) -> Result<Option<Checked>, StoreError> {
    let sql = "SELECT report.sealed FROM report JOIN submission ON submission.id = report.submission
               AND submission.photo_sha256 = report.photo_sha256 WHERE report.submission = ?1";
    let sealed: Option<Vec<u8>> =
        database.prepare_cached(sql)?.query_row([submission], |row| row.get(0)).optional()?;
    let Some(sealed) = sealed else { return Ok(None) };
    let json = sealer.open(place(submission), &sealed)?;
    let checked = serde_json::from_slice(&json)
        .map_err(|cause| StoreError::Corrupt { what: format!("a report ({cause})") })?;
    Ok(Some(checked))
}

/// Verdict, failed checks, checks a person must look at.
fn counts(checked: &Checked) -> (Verdict, u32, u32) {
    let Ok(report) = checked else { return (Verdict::Fail, 1, 0) };
    let count = |wanted: &[Verdict]| {
        report.findings.iter().filter(|finding| wanted.contains(&finding.verdict)).count() as u32
    };
    (report.verdict, count(&[Verdict::Fail]), count(&[Verdict::Warn, Verdict::Unknown]))
}

fn place(submission: &str) -> Place<'_> {
    Place { table: "report", column: "sealed", row: submission }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::{Desk, report};

    #[test]
    fn a_report_comes_back_and_fills_the_queue_row() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"photo");
        let sha256 = desk.store.item(&id).unwrap().photo_sha256;
        assert!(desk.store.report(&id).unwrap().is_none());
        let report = report(&[Verdict::Pass, Verdict::Fail, Verdict::Warn, Verdict::Unknown]);
        assert!(desk.store.write(|tx| tx.set_report(&id, &sha256, &Ok(report.clone()))).unwrap());
        let item = desk.store.item(&id).unwrap();
        assert_eq!((item.verdict, item.failed_checks, item.warned_checks), (Some(Verdict::Fail), 1, 2));
        assert_eq!(desk.store.report(&id).unwrap().unwrap().unwrap().findings, report.findings);
    }

    #[test]
    fn a_damaged_photo_keeps_its_fault() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"photo");
        let sha256 = desk.store.item(&id).unwrap().photo_sha256;
        let fault = PhotoFault { code: "truncated".into(), message: "the file ends early".into() };
        desk.store.write(|tx| tx.set_report(&id, &sha256, &Err(fault.clone()))).unwrap();
        assert_eq!(desk.store.report(&id).unwrap().unwrap().unwrap_err(), fault);
        assert!(desk.store.standing(&id).unwrap().is_damaged);
        assert_eq!(desk.store.item(&id).unwrap().verdict, Some(Verdict::Fail));
    }

    #[test]
    fn a_report_on_another_photo_is_dropped() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"photo");
        let kept = desk.store.write(|tx| tx.set_report(&id, &"0".repeat(64), &Ok(report(&[Verdict::Pass]))));
        assert!(!kept.unwrap());
        assert!(desk.store.report(&id).unwrap().is_none());
    }
}
