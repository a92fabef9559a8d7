//! Writes a batch into one encrypted file for another station, or merges such a file.

use std::path::{Path, PathBuf};

use egui::{Context, Key, Response, Role, TextEdit, Ui, WidgetInfo};
use zeroize::Zeroizing;

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::screens::on_site::{BundleWay, Passphrase, Wish};
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{button, dialog, label};

pub(super) const NAME_WIDTH: f32 = 136.0;
/// Signs below which the store refuses a passphrase.
const SHORTEST: usize = 8;

/// The form while it is filled in.
pub struct BundleForm {
    way: BundleWay,
    batch: Option<String>,
    /// Folder to write into, or file to be read.
    path: String,
    passphrase: Zeroizing<String>,
    again: Zeroizing<String>,
    /// False until the first field that asks for something has had the focus.
    focused: bool,
}

impl BundleForm {
    pub fn new(way: BundleWay, batch: Option<String>, folder: PathBuf) -> Self {
        let path = match way {
            BundleWay::Save => folder.display().to_string(),
            BundleWay::Merge => String::new(),
        };
        Self {
            way,
            batch,
            path,
            passphrase: Zeroizing::default(),
            again: Zeroizing::default(),
            focused: false,
        }
    }

    pub fn set_path(&mut self, path: &Path) {
        self.path = path.display().to_string();
        self.focused = false;
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let (title, hint) = match self.way {
            BundleWay::Save => {
                let batch = self.batch.clone().unwrap_or_default();
                (words!("bundle.save_title", batch = batch), words!("bundle.save_hint"))
            }
            BundleWay::Merge => (words!("bundle.merge_title"), words!("bundle.merge_hint")),
        };
        dialog::show(ctx, "bundle", &title, &mut asked, |ui, actions| {
            let last = dialog::body(ui, |ui| {
                label::weak(ui, &hint);
                ui.add_space(space::S);
                self.place(ui, actions);
                self.secrets(ui)
            });
            let is_ready = self.is_ready() && !scene.is_busy();
            if is_ready && last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                actions.push(self.action());
            }
            dialog::foot(ui, |ui| {
                let text = match self.way {
                    BundleWay::Save => words!("bundle.save"),
                    BundleWay::Merge => words!("bundle.merge"),
                };
                button::primary(ui, self.action(), &text, is_ready, actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn place(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let name = match self.way {
            BundleWay::Save => words!("bundle.folder"),
            BundleWay::Merge => words!("bundle.file"),
        };
        ui.horizontal(|ui| {
            label::field_name(ui, &name, NAME_WIDTH);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let pick = Action::OnSite(Wish::PickBundle(self.way));
                button::plain_with(ui, pick, &words!("bundle.pick"), true, actions);
                let field = TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name.as_ref()));
                if self.path.is_empty() && !std::mem::replace(&mut self.focused, true) {
                    response.request_focus();
                }
            });
        });
        if !self.path.trim().is_empty() && !self.is_there() {
            ui.colored_label(palette(ui).warn, words!("bundle.not_there"));
        }
    }

    /// The fields of the passphrase; gives the last one.
    fn secrets(&mut self, ui: &mut Ui) -> Response {
        let first = secret(ui, &words!("bundle.passphrase"), &mut self.passphrase);
        if !std::mem::replace(&mut self.focused, true) {
            first.request_focus();
        }
        if self.way == BundleWay::Merge {
            return first;
        }
        let last = secret(ui, &words!("bundle.again"), &mut self.again);
        if !self.again.is_empty() && self.again != self.passphrase {
            ui.colored_label(palette(ui).warn, words!("bundle.differs"));
        } else if !self.passphrase.is_empty() && self.passphrase.chars().count() < SHORTEST {
            ui.colored_label(palette(ui).warn, words!("bundle.short", n = SHORTEST));
        }
        last
    }

    fn is_there(&self) -> bool {
        let path = Path::new(self.path.trim());
        match self.way {
            BundleWay::Save => path.is_dir(),
            BundleWay::Merge => path.is_file(),
        }
    }

    fn is_ready(&self) -> bool {
        let is_said = match self.way {
            BundleWay::Save => self.passphrase == self.again && self.passphrase.chars().count() >= SHORTEST,
            BundleWay::Merge => !self.passphrase.is_empty(),
        };
        is_said && self.is_there()
    }

    fn action(&self) -> Action {
        let (path, passphrase) = (PathBuf::from(self.path.trim()), Passphrase(self.passphrase.clone()));
        Action::OnSite(match self.way {
            BundleWay::Save => Wish::SaveBundle { folder: path, passphrase },
            BundleWay::Merge => Wish::MergeBundle { file: path, passphrase },
        })
    }
}

/// A field whose text is not shown.
pub(super) fn secret(ui: &mut Ui, name: &str, text: &mut Zeroizing<String>) -> Response {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        let width = ui.available_width().max(size::FIELD);
        let text: &mut String = text;
        let response = ui.add(TextEdit::singleline(text).password(true).desired_width(width));
        response.widget_info(|| WidgetInfo::labeled(Role::PasswordInput, true, name));
        response
    })
    .inner
}
