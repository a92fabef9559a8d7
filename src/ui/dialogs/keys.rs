//! The sheet of keys, place by place, from the same list the keys are read from.

use egui::{Context, Grid, Ui};

use crate::i18n::words;
use crate::ui::action::{Action, PhotoTab, Place, catalogue};
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, keycap, label};

pub fn draw(ctx: &Context, scene: &mut Scene<'_>) {
    let mut asked = Vec::new();
    dialog::show(ctx, "keys", &words!("keys.title"), &mut asked, |ui, actions| {
        dialog::body(ui, |ui| {
            // What holds where the person is comes first.
            let mut places = Place::ALL;
            places.sort_by_key(|place| (!place.holds_in(scene.route), *place == Place::Everywhere));
            for place in places {
                section(ui, place);
            }
        });
        dialog::foot(ui, |ui| {
            button::plain(ui, Action::CloseDialog, true, actions);
        });
    });
    scene.actions.append(&mut asked);
}

fn section(ui: &mut Ui, place: Place) {
    let mut rows: Vec<(String, String)> = Vec::new();
    if place == Place::Review {
        rows.push(("1 … 9".to_owned(), words!("keys.digit").into_owned()));
        rows.push(("Shift+1 … 9".to_owned(), words!("keys.shift_digit").into_owned()));
        rows.push((words!("keys.space").into_owned(), words!("keys.flip").into_owned()));
    }
    if place == Place::Queue {
        rows.push(("↑ ↓".to_owned(), words!("keys.rows").into_owned()));
        rows.push(("Enter".to_owned(), words!("keys.open_row").into_owned()));
    }
    if place == Place::OnSite {
        rows.push((words!("keys.space").into_owned(), words!("onsite.release").into_owned()));
    }
    // Original and result are the two ends of one key.
    let listed = catalogue()
        .into_iter()
        .filter(|(of, action)| *of == place && !matches!(action, Action::Show(PhotoTab::Original)));
    rows.extend(listed.filter_map(|(_, action)| Some((action.key_text()?, button::verb(&action)))));
    if rows.is_empty() {
        return;
    }
    label::section(ui, &words!(place.label_key()));
    Grid::new(place.label_key()).num_columns(2).spacing([space::L, space::XS]).show(ui, |ui| {
        for (key, what) in rows {
            keycap::show(ui, &key);
            label::line(ui, &what);
            ui.end_row();
        }
    });
    ui.add_space(space::M);
}
