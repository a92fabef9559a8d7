//! Who signs at this desk in which role, and how much of the work is looked at again.

use egui::{Context, Slider, TextEdit, Ui};

use crate::i18n::{find, words};
use crate::submission::Role;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{button, chip, dialog, label};
use crate::workflow::quality::{self, Shares};

const NAME_WIDTH: f32 = 116.0;
const PERCENT_STEP: f64 = 1.0;

/// What is remembered while a field is being edited.
#[derive(Default)]
pub struct PeopleForm {
    newcomer: String,
    /// The batch whose shares are shown; `None` for the desk's.
    batch: Option<String>,
    /// The shares while a slider is held, or while they are being written.
    held: Option<Shares>,
    /// The batch and its shares as they were read last.
    read: Option<(Option<String>, Shares)>,
}

impl PeopleForm {
    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "people", &words!("settings.people"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| self.contents(ui, scene));
            dialog::foot(ui, |ui| {
                button::plain(ui, Action::CloseDialog, true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn contents(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let may_set = scene.overview.watch.is_senior() || !scene.overview.watch.has_senior();
        colleagues(ui, may_set, scene);
        if may_set {
            self.newcomer(ui, scene);
        }
        let hint = match (scene.overview.watch.has_senior(), may_set) {
            (false, _) => words!("people.no_senior"),
            (true, true) => words!("people.hint"),
            (true, false) => words!("people.ask_senior"),
        };
        label::small(ui, &hint);
        ui.add_space(space::S);
        ui.separator();
        ui.add_space(space::S);
        self.shares(ui, may_set, scene);
    }

    fn newcomer(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        row(ui, &words!("people.add"), |ui| {
            let field = TextEdit::singleline(&mut self.newcomer)
                .hint_text(words!("people.name").as_ref())
                .desired_width(size::FIELD)
                .char_limit(40);
            let response = ui.add(field);
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, words!("people.name").as_ref())
            });
            let name = self.newcomer.trim().to_owned();
            let add = Action::SetRole { name: name.clone(), role: Role::Senior };
            if button::plain_with(ui, add, &words!("people.add_senior"), !name.is_empty(), scene.actions)
                .clicked()
            {
                self.newcomer.clear();
            }
        });
    }

    fn shares(&mut self, ui: &mut Ui, may_set: bool, scene: &mut Scene<'_>) {
        row(ui, &words!("people.shares_of"), |ui| {
            ui.horizontal_wrapped(|ui| {
                let desk = [(None, words!("people.desk").into_owned())];
                let batches = scene.overview.batches.iter().map(|summary| &summary.batch.code);
                let batches = batches.map(|code| (Some(code.clone()), code.clone()));
                for (batch, name) in desk.into_iter().chain(batches) {
                    if chip::show(ui, &name, None, self.batch == batch).clicked() {
                        (self.batch, self.held) = (batch, None);
                    }
                }
            });
        });
        let Some(known) = self.known(scene) else { return };
        let mut shares = self.held.unwrap_or(known);
        let mut done = false;
        ui.add_enabled_ui(may_set, |ui| {
            done |= share(ui, &words!("people.second"), &mut shares.second_percent);
            done |= share(ui, &words!("people.known"), &mut shares.known_percent);
        });
        if done {
            scene.ask(Action::SetShares { batch: self.batch.clone(), shares });
            self.read = Some((self.batch.clone(), shares));
            self.held = None;
        } else if shares != known {
            self.held = Some(shares);
        }
        label::caption(ui, &words!("people.identity"));
    }

    /// The shares in force, read once for each choice: the desk's from the overview, a batch's from the store.
    fn known(&mut self, scene: &Scene<'_>) -> Option<Shares> {
        if self.read.as_ref().is_none_or(|(batch, _)| *batch != self.batch) {
            let shares = match &self.batch {
                None => scene.overview.shares?,
                Some(code) => quality::shares(scene.desk, Some(code)).ok()?.0,
            };
            self.read = Some((self.batch.clone(), shares));
        }
        self.read.as_ref().map(|(_, shares)| *shares)
    }
}

fn colleagues(ui: &mut Ui, may_set: bool, scene: &mut Scene<'_>) {
    for colleague in scene.overview.watch.colleagues.clone() {
        row(ui, &colleague.name, |ui| {
            for role in Role::ALL {
                let name = find(&format!("role.{}", role.as_str())).unwrap_or_default();
                let chosen = colleague.role == role;
                let clicked =
                    ui.add_enabled_ui(may_set || chosen, |ui| chip::show(ui, &name, None, chosen)).inner;
                if clicked.clicked() && !chosen {
                    scene.ask(Action::SetRole { name: colleague.name.clone(), role });
                }
            }
        });
    }
}

fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        content(ui);
    });
}

/// A share in percent; true when the person has let go of it.
fn share(ui: &mut Ui, name: &str, percent: &mut f64) -> bool {
    let mut done = false;
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        ui.spacing_mut().slider_width = size::FIELD - size::RAIL;
        let response =
            ui.add(Slider::new(percent, 0.0..=100.0).step_by(PERCENT_STEP).fixed_decimals(0).suffix(" %"));
        response.widget_info(|| egui::WidgetInfo::slider(true, *percent, name));
        done = response.drag_stopped() || (response.changed() && !response.dragged());
    });
    done
}
