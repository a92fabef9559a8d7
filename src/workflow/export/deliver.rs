//! Brings an export's sheets into a watched folder: by rename only, each once, the ticket last.
//!
//! A copy of every sheet waits in the export's own folder, on the same drive. Renaming it into the watched folder is
//! one step, so that after a crash what still waits has not been delivered and what is gone has: nothing is ever
//! printed twice, and nothing is left out.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::FileEntry;
use super::{ExportRequest, Problem, io_error};
use crate::durable::sync_folder;
use crate::print::Paper;
use crate::print::hot_folder::{HotFolder, HotFolderError, HotFolderOrder, HotFolders, TicketSheet};
use crate::print::sheet::SheetFormat;
use crate::workflow::DeskError;
use crate::workflow::job::map_in_parallel;

/// Folder of an export in which copies wait to be delivered.
pub(super) const WAITING: &str = "hot-folder";
/// Folder inside the watched one that holds the exports themselves; no print software looks for sheets there.
pub(super) const JOBS: &str = ".photodesk";

/// One file on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delivery {
    /// Name among the waiting files.
    pub from: String,
    /// Place in the watched folder, with `/`.
    pub to: String,
    pub sha256: String,
}

/// A watched folder and the rules of its software.
pub(super) struct Target {
    pub hot_folder: HotFolder,
    /// The watched folder.
    pub root: PathBuf,
}

impl Target {
    /// The request's watched folder; nothing when the export is to be taken from its own folder.
    pub fn of(request: &ExportRequest) -> Result<Option<Self>, DeskError> {
        let Some(id) = &request.hot_folder else { return Ok(None) };
        let refused = |code, message| DeskError::Refused { code, message };
        let known = HotFolders::built_in().map_err(|error| refused(error.code(), error.to_string()))?;
        let hot_folder = known.find(id).map_err(|error| refused("unknown_hot_folder", error.to_string()))?;
        Ok(Some(Self { hot_folder: hot_folder.clone(), root: request.out.clone() }))
    }

    /// What stands in the way, before anything is written.
    pub fn problems(&self, paper: &Paper, format: SheetFormat, sheets: usize) -> Vec<Problem> {
        let order = HotFolderOrder { batch: "", job: "", paper, format, sheets };
        let (places, folder) = (self.places(&order), self.hot_folder.folder(paper).unwrap_or(""));
        let problem = |message: String, remedy: &str| Problem::new(message, remedy);
        let mut problems = Vec::new();
        if let Err(error) = places {
            let text = error.to_string();
            let (message, remedy) = text.split_once("; ").unwrap_or((&text, "choose another hot folder"));
            problems.push(problem(message.to_owned(), remedy));
        }
        if self.hot_folder.folders_exist && !self.root.join(folder).is_dir() {
            let missing = self.root.join(folder);
            problems.push(problem(
                format!("the print software's folder {} is not there", missing.display()),
                "start the print software, or name with the output folder the one that holds its size folders",
            ));
        }
        if let Some((ticket, _)) = self.hot_folder.ticket(&order, &[])
            && self.root.join(&ticket).exists()
        {
            problems.push(problem(
                format!("{} still holds an order that was not taken", self.root.join(ticket).display()),
                "print that order first, or move its ticket away",
            ));
        }
        problems
    }

    fn places(&self, order: &HotFolderOrder<'_>) -> Result<Vec<String>, HotFolderError> {
        self.hot_folder.places(order, |path| self.root.join(path).exists())
    }

    /// Copies the written sheets to where they wait; gives the deliveries in order, the ticket last.
    pub fn stage(
        &self,
        stage: &Path,
        order: &HotFolderOrder<'_>,
        sheets: &[(&FileEntry, usize)],
    ) -> Result<Vec<Delivery>, DeskError> {
        let places = self
            .places(order)
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
        let waiting = stage.join(WAITING);
        fs::create_dir(&waiting).map_err(|cause| io_error("made", &waiting, &cause))?;
        let (mut deliveries, mut listed) = (Vec::new(), Vec::new());
        for (number, ((entry, people), to)) in (1..).zip(sheets.iter().zip(places)) {
            let from = format!("{number:06}");
            let target = waiting.join(&from);
            fs::copy(stage.join(&entry.path), &target)
                .map_err(|cause| io_error("written", &target, &cause))?;
            listed.push(TicketSheet { path: to.clone(), sha256: entry.sha256.clone(), people: *people });
            deliveries.push(Delivery { from, to, sha256: entry.sha256.clone() });
        }
        if let Some((to, bytes)) = self.hot_folder.ticket(order, &listed) {
            let target = waiting.join("ticket");
            fs::write(&target, &bytes).map_err(|cause| io_error("written", &target, &cause))?;
            let sha256 = hex::encode(Sha256::digest(&bytes));
            deliveries.push(Delivery { from: "ticket".into(), to, sha256 });
        }
        let synced = map_in_parallel(&deliveries, |delivery| {
            let path = waiting.join(&delivery.from);
            let synced = File::options().write(true).open(&path).and_then(|file| file.sync_all());
            synced.map_err(|cause| io_error("synced", &path, &cause))
        });
        synced.into_iter().collect::<Result<(), _>>()?;
        sync_folder(&waiting).map_err(|cause| io_error("synced", &waiting, &cause))?;
        Ok(deliveries)
    }
}

/// Renames whatever still waits in `place` into the watched folder, in order. What is already gone was delivered
/// before; whatever the print software has done with it since is no concern of ours.
pub(super) fn deliver(place: &Path, root: &Path, deliveries: &[Delivery]) -> Result<(), DeskError> {
    let waiting = place.join(WAITING);
    for delivery in deliveries {
        let from = waiting.join(&delivery.from);
        if !from.exists() {
            continue;
        }
        let to = root.join(&delivery.to);
        if to.exists() {
            return Err(DeskError::Refused {
                code: "hot_folder_taken",
                message: format!("{} is taken by another file; move that file away", to.display()),
            });
        }
        let folder = to.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(|cause| io_error("made", folder, &cause))?;
        fs::rename(&from, &to).map_err(|cause| io_error("named", &to, &cause))?;
        sync_folder(folder).map_err(|cause| io_error("synced", folder, &cause))?;
    }
    match fs::remove_dir(&waiting) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(io_error("removed", &waiting, &cause))
        }
        _ => Ok(()),
    }
}
