//! Bundles of stations, and the one list of what is said differently.

use std::path::PathBuf;

use super::Session;
use crate::i18n::words;
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{BundleForm, Dialog};
use crate::ui::problem;
use crate::ui::screens::on_site::{BundleWay, OnSiteDone, Passphrase, ShownConflict};
use crate::workflow::bundle::{self, Bundled, Merged};
use crate::workflow::conflicts::OpenConflict;
use crate::workflow::{Desk, DeskError, conflicts, preview};

impl Session {
    pub(super) fn open_bundle(&mut self, way: BundleWay, batch: Option<String>, equipment: &Equipment) {
        let folder = equipment.settings.export_folder.clone().unwrap_or_default();
        self.dialog = Dialog::Bundle(BundleForm::new(way, batch, folder));
    }

    pub(super) fn save_bundle(
        &mut self,
        batch: String,
        folder: PathBuf,
        passphrase: Passphrase,
        crew: &Crew,
    ) {
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        let today = jiff::Zoned::now().strftime("%Y%m%d-%H%M").to_string();
        self.run(words!("bundle.saving"), crew, move |desk, job| {
            let path = folder.join(format!("{batch}-{today}.bundle"));
            let written = bundle::write(desk, &batch, &path, &passphrase.0, job);
            let written = written.map(|bundled| (path, bundled)).map_err(|error| problem::of(&error));
            Done::OnSite(OnSiteDone::Bundled(written))
        });
    }

    pub(super) fn merge_bundle(&mut self, file: PathBuf, passphrase: Passphrase, crew: &Crew) {
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        self.run(words!("bundle.merging"), crew, move |desk, job| {
            let merged = bundle::merge(desk, &file, &passphrase.0, job);
            Done::OnSite(OnSiteDone::Merged(merged.map_err(|error| problem::of(&error))))
        });
    }

    pub(super) fn bundled(&mut self, result: Result<(PathBuf, Bundled), String>) {
        self.running = None;
        match result {
            Ok((path, done)) => {
                let short = done.sha256.get(..8).unwrap_or_default();
                let text = words!(
                    "bundle.saved",
                    path = path.display(),
                    people = done.people,
                    shots = done.shots,
                    sha256 = short
                );
                self.say_done(text.into_owned(), false);
            }
            Err(problem) => self.say_problem(problem),
        }
    }

    pub(super) fn merged(&mut self, result: Result<Merged, String>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(merged) => {
                let text = words!(
                    "bundle.merged",
                    station = merged.station,
                    people = merged.people_added,
                    known = merged.people_known,
                    shots = merged.shots_added,
                    shots_known = merged.shots_known,
                    conflicts = merged.conflicts.len()
                );
                self.say_done(text.into_owned(), false);
                if self.on_site.batch().is_none() {
                    self.on_site.choose_batch(&merged.batch);
                }
                if !merged.conflicts.is_empty() {
                    self.show_conflicts(crew);
                }
            }
            Err(problem) => self.say_problem(problem),
        }
        self.on_site.people_changed();
        self.refresh(crew);
    }

    /// Reads what stations say differently, and shows it beside what the hub refused.
    pub(super) fn show_conflicts(&self, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || read(&desk));
    }

    /// Something was settled: the list is read again.
    pub(super) fn settle(
        &self,
        crew: &Crew,
        equipment: &Equipment,
        work: impl FnOnce(&Desk, &str) -> Result<(), DeskError> + Send + 'static,
    ) {
        let (desk, by) = (self.desk.clone(), equipment.settings.reviewer.clone());
        crew.send(Lane::Desk, move || match work(&desk, &by) {
            Ok(()) => read(&desk),
            Err(error) => Done::OnSite(OnSiteDone::Conflicts(Err(problem::of(&error)))),
        });
    }

    pub(super) fn conflicts_shown(&mut self, result: Result<Vec<ShownConflict>, String>, crew: &Crew) {
        match result {
            Ok(stations) => {
                let card = crate::ui::dialogs::ConflictsCard::new(&self.conflicts, stations, crew.context());
                self.dialog = Dialog::Conflicts(card);
            }
            Err(problem) => self.say_problem(problem),
        }
        self.on_site.people_changed();
    }
}

fn read(desk: &Desk) -> Done {
    Done::OnSite(OnSiteDone::Conflicts(shown(desk).map_err(|error| problem::of(&error))))
}

fn shown(desk: &Desk) -> Result<Vec<ShownConflict>, DeskError> {
    let with_pictures = |open: OpenConflict| -> Result<_, DeskError> {
        Ok(ShownConflict { pictures: preview::of_shots(desk, &open.photos)?, open })
    };
    conflicts::open(desk)?.into_iter().map(with_pictures).collect()
}
