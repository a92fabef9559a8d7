//! The settings: language, look, scale, the reviewer's name, where the data lies, and what this program is.

use std::cell::OnceCell;

use egui::{CentralPanel, ScrollArea, Slider, TextEdit, Ui, vec2};

use super::Scene;
use crate::i18n::words;
use crate::settings::{Language, SCALE_RANGE_PERCENT, ThemeChoice};
use crate::ui::action::{Action, Choice};
use crate::ui::hub_tie::HubTie;
use crate::ui::theme::{card, palette, size, space, surface};
use crate::ui::widgets::{bottom_bar, button, chip, label};

const NAME_WIDTH: f32 = 140.0;
const SCALE_STEP: f64 = 25.0;

/// What the settings screen remembers while a field is being edited.
#[derive(Default)]
pub struct SettingsScreen {
    reviewer: Option<String>,
    scale: Option<u16>,
    /// Name of the desk's own face descriptor or what is wrong with it; it is read once, as the model itself is.
    descriptor: OnceCell<Option<Result<String, String>>>,
}

impl SettingsScreen {
    pub fn draw(&mut self, ui: &mut Ui, profile: &std::path::Path, scene: &mut Scene<'_>) {
        let p = palette(ui);
        CentralPanel::default().frame(surface(p.window, vec2(space::XL, space::L))).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(size::DIALOG + size::FIELD));
                label::title(ui, &words!("route.settings"));
                ui.add_space(space::M);
                group(ui, &words!("settings.look"), |ui| {
                    language(ui, scene);
                    theme(ui, scene);
                    self.scale(ui, scene);
                });
                group(ui, &words!("settings.work"), |ui| self.reviewer(ui, scene));
                if HubTie::IS_BUILT_IN {
                    group(ui, &words!("settings.hub"), |ui| hub(ui, scene));
                }
                group(ui, &words!("settings.keys"), |ui| keys(ui, scene));
                group(ui, &words!("settings.data"), |ui| {
                    row(ui, &words!("settings.profile"), |ui| {
                        let whole = std::path::absolute(profile).unwrap_or_else(|_| profile.to_owned());
                        label::line(ui, &whole.display().to_string());
                    });
                    label::caption(ui, &words!("settings.sealed"));
                });
                group(ui, &words!("settings.about"), |ui| {
                    about(ui);
                    let own = self.descriptor.get_or_init(|| scene.desk.own_face_descriptor());
                    if let Some(own) = own {
                        descriptor(ui, own);
                    }
                });
            });
        });
    }

    fn scale(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        row(ui, &words!("settings.scale"), |ui| {
            let mut percent = self.scale.unwrap_or(scene.settings.scale_percent);
            ui.spacing_mut().slider_width = size::FIELD - size::RAIL;
            let slider = Slider::new(&mut percent, SCALE_RANGE_PERCENT).step_by(SCALE_STEP).suffix(" %");
            let response = ui.add(slider);
            response.widget_info(|| {
                egui::WidgetInfo::slider(true, f64::from(percent), words!("settings.scale").as_ref())
            });
            // The scale is applied when the hand lets go: a slider that moves while it grows cannot be held.
            if response.drag_stopped() || (response.changed() && !response.dragged()) {
                scene.ask(Action::Choose(Choice::ScalePercent(percent)));
                self.scale = None;
            } else if response.dragged() {
                self.scale = Some(percent);
            }
        });
    }

    fn reviewer(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        row(ui, &words!("settings.reviewer"), |ui| {
            let mut name = self.reviewer.clone().unwrap_or_else(|| scene.settings.reviewer.clone());
            // The button beside it has room on a narrow window, too.
            let width = size::FIELD.min(ui.available_width() / 2.0);
            let response = ui.add(TextEdit::singleline(&mut name).desired_width(width).char_limit(40));
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, words!("settings.reviewer").as_ref())
            });
            button::plain(ui, Action::OpenPeople, true, scene.actions);
            if response.changed() {
                self.reviewer = Some(name);
            }
            if response.lost_focus()
                && let Some(name) = self.reviewer.take()
            {
                scene.ask(Action::Choose(Choice::Reviewer(name.trim().to_owned())));
            }
        });
        label::caption(ui, &words!("settings.reviewer_hint"));
    }
}

fn language(ui: &mut Ui, scene: &mut Scene<'_>) {
    row(ui, &words!("settings.language"), |ui| {
        for language in Language::ALL {
            if chip::show(ui, language.own_name(), None, scene.settings.language == language).clicked() {
                scene.ask(Action::Choose(Choice::Language(language)));
            }
        }
    });
}

fn theme(ui: &mut Ui, scene: &mut Scene<'_>) {
    row(ui, &words!("settings.theme"), |ui| {
        let choices = [
            (ThemeChoice::Dark, words!("settings.dark")),
            (ThemeChoice::Light, words!("settings.light")),
            (ThemeChoice::Grey, words!("settings.grey")),
        ];
        for (choice, name) in choices {
            if chip::show(ui, &name, None, scene.settings.theme == choice).clicked() {
                scene.ask(Action::Choose(Choice::Theme(choice)));
            }
        }
    });
}

fn hub(ui: &mut Ui, scene: &mut Scene<'_>) {
    row(ui, &words!("settings.hub_address"), |ui| {
        label::line(ui, scene.hub.url.as_deref().unwrap_or("–"));
        button::plain(ui, Action::OpenConnect, true, scene.actions);
    });
    label::caption(ui, &bottom_bar::hub_sentence(scene.hub.state));
}

fn keys(ui: &mut Ui, scene: &mut Scene<'_>) {
    row(ui, &words!("settings.own_keys"), |ui| {
        label::line(ui, &words!("settings.own_keys_n", n = scene.settings.keys.len()));
        button::plain(ui, Action::OpenOwnKeys, true, scene.actions);
    });
}

fn about(ui: &mut Ui) {
    row(ui, &words!("settings.version"), |ui| {
        label::line(ui, concat!("Photodesk 验像台 ", env!("CARGO_PKG_VERSION")));
    });
    row(ui, &words!("settings.licence"), |ui| {
        label::line(ui, env!("CARGO_PKG_LICENSE"));
    });
    row(ui, &words!("settings.fonts"), |ui| {
        label::line(ui, "Noto Sans SC (OFL 1.1) · Material Symbols (Apache-2.0)");
    });
    row(ui, &words!("settings.models"), |ui| {
        label::line(ui, "MediaPipe · U²-Net (Apache-2.0) · face-api (MIT)");
    });
}

fn descriptor(ui: &mut Ui, own: &Result<String, String>) {
    row(ui, &words!("settings.descriptor"), |ui| {
        match own {
            Ok(name) => label::line(ui, name),
            Err(cause) => label::small(ui, cause),
        };
    });
}

fn group(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    label::section(ui, name);
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
    ui.add_space(space::L);
}

fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        content(ui);
    });
}
