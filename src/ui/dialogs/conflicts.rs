//! Decisions the hub refused: which, why, and what to do.

use egui::{Context, Label, RichText, ScrollArea, Ui};

use crate::i18n::words;
use crate::submission::Verb;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, space};
use crate::ui::widgets::{button, dialog, label};
use crate::workflow::hub_state::Conflict;

const LIST_HEIGHT: f32 = 320.0;

/// What was refused when the card was opened, newest first.
pub struct ConflictsCard {
    conflicts: Vec<Conflict>,
}

impl ConflictsCard {
    pub fn new(oldest_first: &[Conflict]) -> Self {
        Self { conflicts: oldest_first.iter().rev().cloned().collect() }
    }

    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "conflicts", &words!("conflicts.title"), &mut asked, |ui, actions| {
            label::weak(ui, &words!("conflicts.hint"));
            ui.add_space(space::S);
            ScrollArea::vertical().max_height(LIST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                if self.conflicts.is_empty() {
                    label::line(ui, &words!("conflicts.none"));
                }
                for conflict in &self.conflicts {
                    row(ui, conflict, scene);
                }
            });
            dialog::foot(ui, |ui| {
                button::primary(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn row(ui: &mut Ui, conflict: &Conflict, scene: &Scene<'_>) {
    let who = scene.desk.item(&conflict.decision.submission).map_or_else(
        |_| conflict.decision.submission.clone(),
        |item| format!("{} · {}", item.masked_name, item.batch),
    );
    let verb = match conflict.decision.verb {
        Verb::Approve => words!("conflicts.approve"),
        Verb::Reject => words!("conflicts.reject"),
        Verb::Undo => words!("conflicts.undo"),
    };
    label::line(ui, &format!("{who} · {verb}"));
    let why = crate::i18n::find(&format!("conflict.{}", conflict.code))
        .unwrap_or_else(|| format!("{}; {}", conflict.message, conflict.remedy));
    ui.add(Label::new(RichText::new(why).small().color(palette(ui).weak)).wrap());
    ui.add_space(space::S);
}
