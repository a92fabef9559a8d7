//! Lists of people: read, mapped and imported off the window's thread.

use std::path::PathBuf;
use std::sync::Arc;

use super::Session;
use crate::i18n::words;
use crate::onsite::roster::{Field, Roster};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{Dialog, NewBatchForm, ReadRoster, RosterCard, RosterForm};
use crate::ui::widgets::progress::Running;
use crate::workflow::DeskError;
use crate::workflow::roster::{self, RosterFile, RosterReport};

impl Session {
    pub(super) fn open_roster(&mut self, batch: Option<String>, equipment: &Equipment) {
        if self.overview.batches.is_empty() {
            self.dialog = Dialog::NewBatch(Box::new(NewBatchForm::new(&self.desk, &equipment.shop)));
            self.say_done(words!("import.batch_first").into_owned(), false);
            return;
        }
        let only = match self.overview.batches.as_slice() {
            [summary] => Some(summary.batch.code.clone()),
            _ => None,
        };
        let batch = batch.or_else(|| self.queue.filter.batch.clone()).or(only);
        self.dialog = Dialog::Roster(Box::new(RosterForm::new(batch)));
    }

    pub(super) fn read_roster(&mut self, path: PathBuf, crew: &Crew) {
        let Dialog::Roster(form) = &mut self.dialog else { return };
        form.await_read();
        crew.send(Lane::Desk, move || {
            let result = roster::open(&path).and_then(previewed);
            Done::RosterRead { path, result }
        });
    }

    pub(super) fn map_column(&mut self, column: usize, field: Option<Field>, crew: &Crew) {
        let Dialog::Roster(form) = &mut self.dialog else { return };
        let Some((path, file)) = form.file() else { return };
        form.await_read();
        crew.send(Lane::Desk, move || {
            let mut file = RosterFile::clone(&file);
            file.mapping.set(column, field);
            Done::RosterRead { path, result: previewed(file) }
        });
    }

    pub(super) fn roster_read(
        &mut self,
        path: PathBuf,
        result: Result<(Arc<RosterFile>, Roster), DeskError>,
    ) {
        let (read, error) = match result {
            Ok((file, roster)) => (Some(ReadRoster { path, file, roster }), None),
            Err(error) => (None, Some(error)),
        };
        if let Dialog::Roster(form) = &mut self.dialog {
            form.arrived(read);
        }
        if let Some(error) = error {
            self.say_error(&error);
        }
    }

    pub(super) fn import_roster(&mut self, batch: String, file: Option<Arc<RosterFile>>, crew: &Crew) {
        let Some(file) = file.filter(|_| self.running.is_none()) else { return };
        self.running = Some(Running::start(words!("roster.running").into_owned()));
        self.dialog = Dialog::None;
        let desk = self.desk.clone();
        crew.start(move || Done::RosterImported(roster::import(&desk, &batch, &file)));
    }

    pub(super) fn roster_imported(&mut self, result: Result<RosterReport, DeskError>, crew: &Crew) {
        self.running = None;
        self.on_site.people_changed();
        match result {
            Ok(report) => self.dialog = Dialog::RosterDone(Box::new(RosterCard { report })),
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }
}

fn previewed(file: RosterFile) -> Result<(Arc<RosterFile>, Roster), DeskError> {
    let roster = roster::preview(&file)?;
    Ok((Arc::new(file), roster))
}
