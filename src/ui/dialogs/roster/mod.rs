//! Brings a list of people into a batch: the file, what its columns hold, a look at what would be taken.

mod imported;
mod preview;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Role, TextEdit, Ui, WidgetInfo};

pub use imported::RosterCard;

use super::batch_choice;
use crate::i18n::{find, words};
use crate::onsite::roster::{Field, Roster};
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label};
use crate::workflow::roster::RosterFile;

/// The import of a list while it is put together.
pub struct RosterForm {
    batch: Option<String>,
    typed: String,
    read: Option<ReadRoster>,
    /// A file or a changed column is being read.
    reading: bool,
}

/// A list that was read, with what an import would take and reject.
pub struct ReadRoster {
    pub path: PathBuf,
    pub file: Arc<RosterFile>,
    pub roster: Roster,
}

impl RosterForm {
    /// `batch` is the one the person was looking at.
    pub fn new(batch: Option<String>) -> Self {
        Self { batch, typed: String::new(), read: None, reading: false }
    }

    /// The file is being read.
    pub fn await_read(&mut self) {
        self.reading = true;
    }

    /// Takes what was read; `None` after a failure, which keeps what was there.
    pub fn arrived(&mut self, read: Option<ReadRoster>) {
        self.reading = false;
        if read.is_some() {
            self.read = read;
        }
    }

    /// The list that was read last.
    pub fn file(&self) -> Option<(PathBuf, Arc<RosterFile>)> {
        self.read.as_ref().map(|read| (read.path.clone(), read.file.clone()))
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show_wide(ctx, "roster", &words!("roster.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                batch_choice(ui, scene, &mut self.batch);
                self.file_choice(ui, actions);
                ui.add_space(space::S);
                match &self.read {
                    Some(read) => preview::draw(ui, read, actions),
                    None => {
                        label::weak(ui, &words!("roster.nothing_yet"));
                    }
                }
            });
            self.foot(ui, scene, actions);
        });
        scene.actions.append(&mut asked);
    }

    fn file_choice(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            button::with_icon(ui, icons::FILES, Action::PickRoster, !self.reading, actions);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let typed = PathBuf::from(self.typed.trim());
                let open = Action::ReadRoster(typed.clone());
                let ready = typed.is_file() && !self.reading;
                button::plain_with(ui, open.clone(), &words!("roster.open_path"), ready, actions);
                let hint = words!("roster.path_hint");
                let field = TextEdit::singleline(&mut self.typed)
                    .hint_text(hint.as_ref())
                    .desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint.as_ref()));
                let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if entered && ready {
                    actions.push(open);
                }
            });
        });
    }

    fn foot(&self, ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
        dialog::foot(ui, |ui| {
            let batch = self.batch.clone().unwrap_or_default();
            let people = self.read.as_ref().map_or(0, |read| read.roster.entries.len());
            let is_enough = self.read.as_ref().is_some_and(|read| read.file.mapping.is_enough());
            let ready = !batch.is_empty() && is_enough && people > 0 && !self.reading && !scene.is_busy();
            let import =
                Action::ImportRoster { batch, file: self.read.as_ref().map(|read| read.file.clone()) };
            button::primary(ui, import, &words!("roster.start", n = people), ready, actions);
            button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            if self.read.is_some() && !is_enough {
                label::caption(ui, &words!("roster.columns_missing"));
            }
        });
    }
}

/// A field's name in the chosen language.
fn field_name(field: Field) -> String {
    find(&format!("roster.field.{}", field.as_str())).unwrap_or_default()
}
