//! The keys of the desk, each to be changed for another: a key that already means something there is refused.

use egui::{Button, Context, Grid, Key, Role, Ui, WidgetInfo, vec2};

use crate::i18n::words;
use crate::settings::Settings;
use crate::ui::action::{Action, PhotoTab, Place, catalogue};
use crate::ui::keymap;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{button, dialog, label};

const KEY_WIDTH: f32 = 132.0;
const NAME_WIDTH: f32 = 200.0;

/// The change under way.
#[derive(Default)]
pub struct OwnKeys {
    /// The action whose new key is waited for.
    waits: Option<&'static str>,
    /// Why the last press was refused, and for which action.
    refused: Option<(&'static str, String)>,
}

impl OwnKeys {
    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        self.take_key(ctx, &mut asked);
        let settings = scene.settings;
        dialog::show(ctx, "own_keys", &words!("settings.keys"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                label::weak(ui, &words!("settings.keys_hint"));
                // Most of a day is spent in the review.
                for place in [Place::Review, Place::Queue, Place::PrintRoom, Place::Everywhere] {
                    self.section(ui, place, settings);
                }
            });
            dialog::foot(ui, |ui| {
                button::plain(ui, Action::CloseDialog, true, actions);
                let own = !settings.keys.is_empty();
                button::plain_with(ui, Action::UsualKeys, &words!("settings.usual_keys"), own, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    /// Gives the pressed key to the action that waits; Escape leaves it as it was.
    fn take_key(&mut self, ctx: &Context, asked: &mut Vec<Action>) {
        let Some(id) = self.waits else { return };
        let Some(wanted) = keymap::take_pressed(ctx) else { return };
        self.waits = None;
        self.refused = None;
        let of_id = |action: &Action| keymap::id_of(action) == Some(id);
        let Some(action) = catalogue().into_iter().map(|(_, action)| action).find(of_id) else { return };
        if wanted.logical_key == Key::Escape {
            return;
        }
        match keymap::check(&action, wanted) {
            Ok(()) if action.usual_shortcut() == Some(wanted) => {
                asked.push(Action::ChooseKey { id, key: None })
            }
            Ok(()) => asked.push(Action::ChooseKey { id, key: Some(keymap::text(wanted)) }),
            Err(why) => self.refused = Some((id, why.sentence(wanted))),
        }
    }

    fn section(&mut self, ui: &mut Ui, place: Place, settings: &Settings) {
        // Original and result are the two ends of one key.
        let listed = catalogue()
            .into_iter()
            .filter(|(of, action)| *of == place && !matches!(action, Action::Show(PhotoTab::Original)));
        let listed: Vec<Action> = listed.map(|(_, action)| action).collect();
        if listed.is_empty() {
            return;
        }
        ui.add_space(space::S);
        label::section(ui, &words!(place.label_key()));
        Grid::new(("keys", place.label_key())).num_columns(3).spacing([space::M, space::XS]).show(ui, |ui| {
            for action in listed {
                let Some(id) = keymap::id_of(&action) else { continue };
                self.row(ui, id, &action, settings);
                ui.end_row();
            }
        });
    }

    fn row(&mut self, ui: &mut Ui, id: &'static str, action: &Action, settings: &Settings) {
        let verb = button::verb(action);
        label::field_name(ui, &verb, NAME_WIDTH);
        let is_waiting = self.waits == Some(id);
        let key = action.key_text();
        let shown = match (&key, is_waiting) {
            (_, true) => words!("settings.press_key").into_owned(),
            (Some(key), _) => key.clone(),
            (None, _) => words!("settings.no_key").into_owned(),
        };
        let own = settings.keys.contains_key(id);
        let ink = if own { palette(ui).accent } else { palette(ui).text };
        let text = egui::RichText::new(shown.as_str()).color(ink);
        let key_button = Button::new(text).selected(is_waiting).min_size(vec2(KEY_WIDTH, size::CONTROL));
        let response = ui.add(key_button);
        let name = words!("settings.key_of", action = verb, key = key.unwrap_or_default());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_waiting, name.as_ref()));
        if response.clicked() {
            // The key goes to the action, not to the button.
            response.surrender_focus();
            self.waits = (!is_waiting).then_some(id);
            self.refused = None;
        }
        if let Some((_, why)) = self.refused.as_ref().filter(|(of, _)| *of == id) {
            ui.end_row();
            let text = egui::RichText::new(why).small().color(palette(ui).fail);
            ui.add(egui::Label::new(text).wrap());
        }
    }
}
