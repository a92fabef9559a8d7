//! The command palette: every action that can be asked for here, found by a few letters.

use egui::{Align, Context, Key, Modifiers, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::i18n::words;
use crate::settings::Language;
use crate::ui::action::{Action, Place, catalogue};
use crate::ui::route::Route;
use crate::ui::screens::Scene;
use crate::ui::theme::{RADIUS, palette, size, space};
use crate::ui::widgets::{button, dialog, keycap, label};

/// The palette while it is open.
#[derive(Default)]
pub struct PaletteForm {
    query: String,
    /// The entry Enter stands for.
    at: usize,
}

/// One line of the palette.
struct Entry {
    action: Action,
    place: Place,
    text: String,
}

impl PaletteForm {
    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let found = matching(&self.query, scene.route);
        let mut asked = Vec::new();
        let mut chosen = None;
        dialog::show(ctx, "palette", &words!("palette.title"), &mut asked, |ui, _| {
            let moved = self.read_arrows(ui, found.len());
            let hint = words!("palette.hint");
            let field =
                TextEdit::singleline(&mut self.query).hint_text(hint.as_ref()).desired_width(f32::INFINITY);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint.as_ref()));
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if response.changed() {
                self.at = 0;
            }
            if entered {
                chosen = found.get(self.at).map(|entry| entry.action.clone());
            }
            // The field keeps the focus as long as the palette is open.
            response.request_focus();
            ui.add_space(space::S);
            self.list(ui, &found, moved, &mut chosen);
        });
        if let Some(action) = chosen {
            asked.extend([Action::CloseDialog, action]);
        }
        scene.actions.append(&mut asked);
    }

    /// True when the arrows moved to another entry.
    fn read_arrows(&mut self, ui: &Ui, count: usize) -> bool {
        let step = |key| isize::from(ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
        let step = step(Key::ArrowDown) - step(Key::ArrowUp);
        self.at = self.at.saturating_add_signed(step).min(count.saturating_sub(1));
        step != 0
    }

    fn list(&self, ui: &mut Ui, found: &[Entry], moved: bool, chosen: &mut Option<Action>) {
        if found.is_empty() {
            label::weak(ui, &words!("palette.nothing"));
            return;
        }
        dialog::body(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, entry) in found.iter().enumerate() {
                let response = row(ui, entry, index == self.at);
                if moved && index == self.at {
                    response.scroll_to_me(Some(Align::Center));
                }
                if response.clicked() {
                    *chosen = Some(entry.action.clone());
                }
            }
        });
    }
}

fn row(ui: &mut Ui, entry: &Entry, is_at: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_at, &entry.text));
    let p = palette(ui);
    if is_at || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, if is_at { p.selected } else { p.raised });
    }
    let mut line = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(space::S, 0.0)))
            .layout(egui::Layout::right_to_left(Align::Center)),
    );
    if let Some(key) = entry.action.key_text() {
        keycap::show(&mut line, &key);
    }
    if entry.place != Place::Everywhere {
        label::caption(&mut line, &words!(entry.place.label_key()));
    }
    line.with_layout(egui::Layout::left_to_right(Align::Center), |ui| label::line(ui, &entry.text));
    response
}

/// The entries that hold here and contain every word of the query, best first: those that begin with it.
fn matching(query: &str, route: Route) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let entries = catalogue()
        .into_iter()
        .filter(|(place, action)| place.holds_in(route) && !matches!(action, Action::OpenPalette));
    let entries = entries.map(|(place, action)| Entry { text: button::verb(&action), action, place });
    let contains = |entry: &Entry| {
        let text = searched(&entry.action);
        query.split_whitespace().all(|word| text.contains(word))
    };
    let mut found: Vec<Entry> = entries.filter(contains).collect();
    // Stable: what belongs to this place comes before what holds everywhere.
    found.sort_by_key(|entry| {
        (!entry.text.to_lowercase().starts_with(&query), entry.place == Place::Everywhere)
    });
    found
}

/// The action's words in every language, in small letters: an English word finds it in a Chinese window too.
fn searched(action: &Action) -> String {
    let key = action.label_key().unwrap_or_default();
    let words = Language::ALL.map(|language| rust_i18n::t!(key, locale = language.tag()).to_lowercase());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_an_action_and_only_those_of_the_place() {
        crate::i18n::set_locale("en");
        let texts = |query: &str, route| -> Vec<String> {
            matching(query, route).into_iter().map(|entry| entry.text).collect()
        };
        assert_eq!(texts("appr", Route::Review), ["Approve"]);
        assert!(texts("appr", Route::Queue).is_empty());
        assert_eq!(texts("batch new", Route::Queue), ["New batch"]);
        assert_eq!(texts("通过", Route::Review), ["Approve"], "the other language finds it too");
        assert!(texts("", Route::Review).len() > texts("", Route::Queue).len());
    }
}
