//! Tells the hub what was exported here, and publishes the processed photos that went out.

use sha2::{Digest, Sha256};

use super::{Round, RoundReport, SyncError};
use crate::store::StoreError;
use crate::store::export_reports::{ExportReport, Step};
use crate::sync::client::ClientError;
use crate::sync::protocol::{ExportRow, Exports, Fault, Publication};

/// A print that the hub refused to put on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedExport {
    pub job: String,
    pub submission: String,
    pub fault: Fault,
}

impl Round<'_> {
    /// Tells everything that was exported, then publishes what the hub has on record. A row that the hub refuses holds
    /// up no other.
    pub(super) fn report_exports(&self, report: &mut RoundReport) -> Result<(), SyncError> {
        loop {
            let waiting = self.store.export_reports(Step::Tell, self.limits.requests.max_decisions)?;
            if waiting.is_empty() {
                break;
            }
            self.tell(&waiting, report)?;
        }
        loop {
            let waiting = self.store.export_reports(Step::Publish, self.limits.requests.max_decisions)?;
            if waiting.is_empty() {
                return Ok(());
            }
            for exported in &waiting {
                if self.watcher.is_cancelled() {
                    return Ok(());
                }
                self.publish(exported, report)?;
            }
        }
    }

    fn tell(&self, waiting: &[ExportReport], report: &mut RoundReport) -> Result<(), SyncError> {
        let Some(first) = waiting.first() else { return Ok(()) };
        let rows = waiting.iter().map(|exported| ExportRow {
            submission: exported.submission.clone(),
            photo_sha256: exported.photo_sha256.clone(),
            revision: exported.revision,
        });
        let asked = Exports { job: first.job.clone(), rows: rows.collect() };
        let verdicts = self.client.export(&key_of(&asked), &asked)?.verdicts;
        let mut answered = Vec::new();
        for exported in waiting {
            let verdict = verdicts.iter().find(|verdict| verdict.submission == exported.submission);
            let Some(verdict) = verdict else {
                let cause = "some exports were not answered".to_owned();
                return Err(ClientError::NotUnderstood { cause }.into());
            };
            answered.push((exported, verdict.refused.as_ref()));
        }
        self.store.write(|tx| {
            answered.iter().try_for_each(|(exported, refused)| match refused {
                None => tx.told(exported),
                Some(fault) => tx.refuse_report(exported, &fault.code),
            })
        })?;
        for (exported, refused) in answered {
            match refused {
                None => report.exported += 1,
                Some(fault) => report.refused_exports.push(RefusedExport {
                    job: exported.job.clone(),
                    submission: exported.submission.clone(),
                    fault: fault.clone(),
                }),
            }
        }
        Ok(())
    }

    fn publish(&self, exported: &ExportReport, report: &mut RoundReport) -> Result<(), SyncError> {
        let end = || self.store.write(|tx| tx.end_report(exported)).map_err(SyncError::from);
        let Some(final_sha256) = exported.final_sha256.clone() else { return end() };
        let jpeg = match self.store.photo(&final_sha256) {
            Ok(jpeg) => jpeg,
            // The electronic photo was delivered with the export all the same.
            Err(StoreError::MissingPhoto { .. }) => return end(),
            Err(error) => return Err(error.into()),
        };
        self.client.put_photo(&final_sha256, jpeg)?;
        let asked = Publication {
            photo_sha256: exported.photo_sha256.clone(),
            revision: exported.revision,
            final_sha256,
        };
        let key = key_of(&(&exported.job, &exported.submission, &asked));
        match self.client.publish(&key, &exported.submission, &asked) {
            Ok(_) => report.published += 1,
            // Another desk was first, or the submission has moved on: following the hub tells how it stands.
            Err(ClientError::Refused(fault)) if is_about_the_submission(&fault) => {
                tracing::info!(code = fault.code, "a processed photo was not published");
            }
            Err(error) => return Err(error.into()),
        }
        end()
    }
}

/// Every try of the same request carries the same key.
pub(super) fn key_of(asked: &impl serde::Serialize) -> String {
    let text = serde_json::to_vec(asked).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}

/// Whether the refusal stands whenever it is asked again.
fn is_about_the_submission(fault: &Fault) -> bool {
    ["stale_photo", "illegal_transition", "unknown_submission"].contains(&fault.code.as_str())
}
