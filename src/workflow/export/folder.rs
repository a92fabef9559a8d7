//! The folder of one export: hidden while it is written, published by one rename.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::deliver::{self, Delivery};
use super::{io_error, manifest};
use crate::durable::sync_folder;
use crate::workflow::DeskError;

/// Where one export writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExportFolder {
    pub job: String,
    /// Written here; the name tells people and print software to leave it alone.
    pub stage: PathBuf,
    /// Found here once it is whole.
    pub place: PathBuf,
    /// The watched folder that its sheets go to.
    pub hot_folder: Option<PathBuf>,
}

/// What the store keeps of a running export, enough to finish it or take it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JobRecord {
    pub layout: String,
    pub paper: String,
    pub stage: PathBuf,
    pub place: PathBuf,
    #[serde(default)]
    pub hot_folder: Option<PathBuf>,
}

pub(super) const SHEETS: &str = "sheets";
pub(super) const PHOTOS: &str = "photos";

impl ExportFolder {
    /// Chooses a name that no earlier export has. Nothing is made yet but `out` itself: a job is recorded before
    /// it leaves anything that a crash could leave behind.
    pub fn new(out: &Path, batch: &str, now_ms: i64) -> Result<Self, DeskError> {
        let job = uuid::Uuid::now_v7().to_string();
        fs::create_dir_all(out).map_err(|cause| io_error("made", out, &cause))?;
        // Recovery may run from another working folder.
        let out = fs::canonicalize(out).map_err(|cause| io_error("found", out, &cause))?;
        let place = free_name(&out, &format!("{batch}-{}", time_stamp(now_ms)));
        let stage = out.join(format!(".{job}.part"));
        Ok(Self { job, stage, place, hot_folder: None })
    }

    /// An export whose sheets go into the watched folder `root`; its own folder lies inside, where no print software
    /// looks, so that delivering a sheet is a rename on one drive.
    pub fn watched(root: &Path, batch: &str, now_ms: i64) -> Result<Self, DeskError> {
        let own = Self::new(&root.join(deliver::JOBS), batch, now_ms)?;
        let root = own.out().parent().unwrap_or(root).to_owned();
        Ok(Self { hot_folder: Some(root), ..own })
    }

    /// Brings the published sheets into the watched folder, or what is left of them.
    pub fn deliver(&self, deliveries: &[Delivery]) -> Result<(), DeskError> {
        let Some(root) = &self.hot_folder else { return Ok(()) };
        deliver::deliver(&self.place, root, deliveries).map_err(|error| DeskError::Refused {
            code: "hot_folder_interrupted",
            message: format!(
                "{error}; sheets already delivered are not repeated, the others follow when the desk is opened again"
            ),
        })
    }

    /// Makes the hidden folder.
    pub fn make(&self) -> Result<(), DeskError> {
        for folder in [self.stage.clone(), self.stage.join(SHEETS), self.stage.join(PHOTOS)] {
            fs::create_dir(&folder).map_err(|cause| io_error("made", &folder, &cause))?;
        }
        Ok(())
    }

    /// The folder of a job that was begun earlier.
    pub fn of_record(job: &str, record: JobRecord) -> Self {
        let JobRecord { stage, place, hot_folder, .. } = record;
        Self { job: job.to_owned(), stage, place, hot_folder }
    }

    /// The job's record as JSON text.
    pub fn record(&self, layout: &str, paper: &str) -> String {
        let (stage, place) = (self.stage.clone(), self.place.clone());
        let (layout, paper, hot_folder) = (layout.to_owned(), paper.to_owned(), self.hot_folder.clone());
        let record = JobRecord { layout, paper, stage, place, hot_folder };
        serde_json::json!(record).to_string()
    }

    /// Makes everything in the hidden folder durable and gives it its name.
    pub fn publish(&self) -> Result<(), DeskError> {
        let entries = walkdir::WalkDir::new(&self.stage).contents_first(true).into_iter().flatten();
        for folder in entries.filter(|entry| entry.file_type().is_dir()) {
            sync_folder(folder.path()).map_err(|cause| io_error("synced", folder.path(), &cause))?;
        }
        fs::rename(&self.stage, &self.place).map_err(|cause| io_error("named", &self.place, &cause))?;
        let out = self.out();
        sync_folder(out).map_err(|cause| io_error("synced", out, &cause))
    }

    /// Removes whatever this export has written. What cannot be removed stays hidden or unclaimed; nothing
    /// in the store refers to it. A published folder is removed only when its manifest names this job: another
    /// export may have taken the name first.
    pub fn remove(&self) {
        let own_place = manifest::job_of(&self.place).is_some_and(|job| job == self.job);
        for folder in [Some(&self.stage), Some(&self.place).filter(|_| own_place)].into_iter().flatten() {
            if folder.exists()
                && let Err(error) = fs::remove_dir_all(folder)
            {
                tracing::warn!(job = self.job, %error, "the folder of an abandoned export stays behind");
            }
        }
    }

    /// The folder that holds this export's folder.
    pub fn out(&self) -> &Path {
        self.place.parent().unwrap_or(Path::new("."))
    }
}

fn free_name(out: &Path, name: &str) -> PathBuf {
    let first = out.join(name);
    let numbered = (2..).map(|number: u32| out.join(format!("{name}-{number}")));
    std::iter::once(first).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| out.join(name))
}

/// Local time as `yyyyMMdd-HHmmss`.
fn time_stamp(now_ms: i64) -> String {
    let now = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y%m%d-%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_export_is_never_overwritten() {
        let out = tempfile::tempdir().unwrap();
        let first = ExportFolder::new(out.path(), "AB12CD", 0).unwrap();
        first.make().unwrap();
        first.publish().unwrap();
        let second = ExportFolder::new(out.path(), "AB12CD", 0).unwrap();
        assert_ne!(first.place, second.place);
        second.make().unwrap();
        second.publish().unwrap();
        assert!(first.place.join(SHEETS).is_dir() && second.place.join(PHOTOS).is_dir());
        assert!(!second.stage.exists());
    }

    #[test]
    fn taking_back_spares_the_folder_of_another_export_that_took_the_name_first() {
        let out = tempfile::tempdir().unwrap();
        let [first, second] = [0, 0].map(|now_ms| ExportFolder::new(out.path(), "AB12CD", now_ms).unwrap());
        assert_eq!(first.place, second.place);
        for folder in [&first, &second] {
            folder.make().unwrap();
            fs::write(folder.stage.join("manifest.json"), format!("{{\"job\":\"{}\"}}", folder.job)).unwrap();
        }
        first.publish().unwrap();
        assert!(second.publish().is_err());
        second.remove();
        assert!(first.place.join(SHEETS).is_dir() && !second.stage.exists());
        first.remove();
        assert!(!first.place.exists());
    }

    #[test]
    fn the_record_leads_back_to_the_folder() {
        let out = tempfile::tempdir().unwrap();
        let folder = ExportFolder::new(out.path(), "AB12CD", 0).unwrap();
        let record: JobRecord = serde_json::from_str(&folder.record("2寸×8", "6寸")).unwrap();
        assert_eq!(ExportFolder::of_record(&folder.job, record), folder);
    }
}
