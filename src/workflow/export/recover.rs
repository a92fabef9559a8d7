//! Exports that a crash left unfinished: committed when their files are whole, else taken back.

use super::folder::{ExportFolder, JobRecord};
use super::{EXPORTER, manifest, take_back};
use crate::store::exports::OpenExport;
use crate::workflow::desk::now_ms;
use crate::workflow::{Desk, DeskError};

/// How an unfinished export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Its files were whole: the states have moved now.
    Finished,
    /// Its files were not: they are gone, and its people are approved and free again.
    TakenBack,
    /// Its drive is not there: nothing is known, so its people stay claimed until the drive is back.
    Waiting,
}

/// Settles every export that was begun and has not ended. Only one desk has the store open, so none of them
/// still runs. One that cannot be settled now stays claimed and is tried again at the next opening.
pub(in crate::workflow) fn recover(desk: &Desk) -> Result<(), DeskError> {
    for open in desk.store.open_exports()? {
        let (job, people) = (open.job.clone(), open.people);
        match settle(desk, open) {
            Ok(outcome) => tracing::info!(job, people, ?outcome, "an unfinished export was settled"),
            Err(error) => tracing::warn!(job, people, %error, "an unfinished export could not be settled"),
        }
    }
    Ok(())
}

fn settle(desk: &Desk, open: OpenExport) -> Result<Outcome, DeskError> {
    let OpenExport { job, request, .. } = open;
    let Ok(record) = serde_json::from_str::<JobRecord>(&request) else {
        desk.store.write(|tx| Ok::<_, DeskError>(tx.abandon_export(&job, now_ms(), EXPORTER)?))?;
        return Ok(Outcome::TakenBack);
    };
    let folder = ExportFolder::of_record(&job, record);
    if !folder.out().is_dir() && !folder.out().parent().is_some_and(std::path::Path::is_dir) {
        return Ok(Outcome::Waiting);
    }
    match manifest::read_back(&folder.place) {
        Ok(found) if found.manifest.job == job => {
            folder.deliver(&found.manifest.deliveries)?;
            super::commit(desk, &found)?;
            Ok(Outcome::Finished)
        }
        _ => {
            take_back(desk, &folder)?;
            Ok(Outcome::TakenBack)
        }
    }
}
