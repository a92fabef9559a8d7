//! Puts an import together: which batch, which files and folders.

use std::path::PathBuf;

use egui::{Context, Role, ScrollArea, TextEdit, Ui, WidgetInfo};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::{card, space};
use crate::ui::widgets::{button, combo, dialog, label};
use crate::workflow::desk::BatchSummary;

const PATH_ROWS_HEIGHT: f32 = 140.0;

/// The import while it is put together.
pub struct ImportForm {
    batch: Option<String>,
    paths: Vec<PathBuf>,
    typed: String,
}

impl ImportForm {
    /// `batch` is the one the person was looking at.
    pub fn new(batch: Option<String>, paths: &[PathBuf]) -> Self {
        let mut form = Self { batch, paths: Vec::new(), typed: String::new() };
        form.add(paths);
        form
    }

    /// Adds files and folders, each once.
    pub fn add(&mut self, paths: &[PathBuf]) {
        for path in paths {
            if !self.paths.contains(path) {
                self.paths.push(path.clone());
            }
        }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "import", &words!("import.title"), &mut asked, |ui, actions| {
            let entered = dialog::body(ui, |ui| {
                batch_choice(ui, scene, &mut self.batch);
                ui.horizontal(|ui| {
                    button::with_icon(ui, icons::FILES, Action::PickPhotos, true, actions);
                    button::with_icon(ui, icons::FOLDER, Action::PickPhotoFolder, true, actions);
                });
                let entered = self.typed_path(ui);
                ui.add_space(space::S);
                self.list(ui);
                entered
            });
            dialog::foot(ui, |ui| {
                let roster = Action::OpenRoster(self.batch.clone());
                let batch = self.batch.clone().unwrap_or_default();
                let ready = !batch.is_empty() && !self.paths.is_empty() && !scene.is_busy();
                let import = Action::Import { batch, paths: self.paths.clone() };
                if entered && ready {
                    actions.push(import.clone());
                }
                button::primary(ui, import, &words!("import.start", n = self.paths.len()), ready, actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    button::plain(ui, roster, !scene.is_busy(), actions);
                });
            });
        });
        scene.actions.append(&mut asked);
    }

    /// A path typed or pasted: for desks without system dialogs. Whether Enter was pressed with nothing typed, nor meant for
    /// anything else.
    fn typed_path(&mut self, ui: &mut Ui) -> bool {
        let line = ui.horizontal(|ui| {
            let line = ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let typed = PathBuf::from(self.typed.trim());
                let add = ui.add_enabled(
                    typed.exists() && !self.typed.trim().is_empty(),
                    egui::Button::new(words!("import.add_path")),
                );
                let hint = words!("import.path_hint");
                let field = TextEdit::singleline(&mut self.typed)
                    .hint_text(hint.as_ref())
                    .desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint.as_ref()));
                let pressed = ui.input(|input| input.key_pressed(egui::Key::Enter));
                let entered = response.lost_focus() && pressed;
                let for_nothing_else = entered || (pressed && ui.memory(|memory| memory.focused().is_none()));
                let nothing_typed = self.typed.trim().is_empty();
                if add.clicked() || (entered && typed.exists()) {
                    self.add(&[typed]);
                    self.typed.clear();
                }
                for_nothing_else && nothing_typed
            });
            line.inner
        });
        line.inner
    }

    fn list(&mut self, ui: &mut Ui) {
        card(ui).inner_margin(egui::Margin::same(space::S as i8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            if self.paths.is_empty() {
                label::weak(ui, &words!("import.nothing_yet"));
                return;
            }
            let mut removed = None;
            ScrollArea::vertical().max_height(PATH_ROWS_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                for (index, path) in self.paths.iter().enumerate() {
                    ui.horizontal(|ui| {
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            let name = words!("import.remove");
                            let icon = egui::RichText::new(icons::CLOSE).font(crate::ui::theme::icon_font());
                            let remove = ui.add(egui::Button::new(icon).small().frame(false));
                            remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_ref()));
                            let remove = remove.on_hover_text(name.as_ref());
                            if remove.clicked() {
                                removed = Some(index);
                            }
                            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                                label::line(ui, &path.display().to_string());
                            });
                        });
                    });
                }
            });
            if let Some(index) = removed {
                self.paths.remove(index);
            }
        });
    }
}

/// The batch something is imported into.
pub fn batch_choice(ui: &mut Ui, scene: &Scene<'_>, batch: &mut Option<String>) {
    let text = |summary: &BatchSummary| format!("{} · {}", summary.batch.code, summary.batch.full_name());
    let batches = &scene.overview.batches;
    let chosen = batches.iter().find(|summary| Some(&summary.batch.code) == batch.as_ref());
    let shown = chosen.map_or_else(|| words!("import.choose_batch").into_owned(), text);
    combo::show(ui, "import_batch", &words!("import.into"), &shown, |ui| {
        for summary in batches {
            let is_chosen = Some(&summary.batch.code) == batch.as_ref();
            if ui.selectable_label(is_chosen, text(summary)).clicked() {
                *batch = Some(summary.batch.code.clone());
            }
        }
    });
}
