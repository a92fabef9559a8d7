//! Exports that a crash left unfinished: committed when their files are whole, else taken back.

use super::folder::{ExportFolder, JobRecord};
use super::{EXPORTER, manifest, take_back};
use crate::store::exports::OpenExport;
use crate::workflow::desk::now_ms;
use crate::workflow::{Desk, DeskError};

/// How an unfinished export ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// Its files were whole: the states have moved now.
    Finished { job: String, people: usize },
    /// Its files were not: they are gone, and its people are approved and free again.
    TakenBack { job: String, people: usize },
    /// Its drive is not there: nothing is known, so its people stay claimed until the drive is back.
    Waiting { job: String, people: usize },
}

/// Settles every export that was begun and has not ended. Only one desk has the store open, so none of them
/// still runs.
pub fn recover(desk: &Desk) -> Result<Vec<Recovered>, DeskError> {
    desk.store.open_exports()?.into_iter().map(|open| settle(desk, open)).collect()
}

fn settle(desk: &Desk, open: OpenExport) -> Result<Recovered, DeskError> {
    let OpenExport { job, request, people, .. } = open;
    let Ok(record) = serde_json::from_str::<JobRecord>(&request) else {
        desk.store.write(|tx| Ok::<_, DeskError>(tx.abandon_export(&job, now_ms(), EXPORTER)?))?;
        return Ok(Recovered::TakenBack { job, people });
    };
    let folder = ExportFolder::of_record(&job, record);
    if !folder.out().is_dir() && !folder.out().parent().is_some_and(std::path::Path::is_dir) {
        return Ok(Recovered::Waiting { job, people });
    }
    match manifest::read_back(&folder.place) {
        Ok(found) if found.manifest.job == job => {
            desk.store.write(|tx| {
                Ok::<_, DeskError>(tx.commit_export(&job, &found.sha256, now_ms(), EXPORTER)?)
            })?;
            Ok(Recovered::Finished { job, people })
        }
        _ => {
            take_back(desk, &folder)?;
            Ok(Recovered::TakenBack { job, people })
        }
    }
}
