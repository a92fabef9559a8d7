//! Prints that must not be given out: where each lies, who else is on its sheet, and what to do.

use egui::{Context, Ui};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::export::recall::Recall;

/// The list of recalls of a batch.
pub struct RecallsCard {
    pub recalls: Vec<Recall>,
}

impl RecallsCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let busy = scene.is_busy();
        dialog::show_wide(ctx, "recalls", &words!("recalls.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                let what =
                    if self.recalls.is_empty() { words!("recalls.none") } else { words!("recalls.what") };
                ui.add(egui::Label::new(what).wrap());
                ui.add_space(space::S);
                for recall in &self.recalls {
                    row(ui, recall, busy, actions);
                    ui.add_space(space::S);
                }
            });
            dialog::foot(ui, |ui| {
                button::primary(ui, Action::CloseDialog, &words!("exported.done"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn row(ui: &mut Ui, recall: &Recall, busy: bool, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        status::verdict_mark(ui, Verdict::Fail);
        label::emphasis(ui, &format!("{} · {}", recall.masked_name, recall.submission));
    });
    let Some(print) = &recall.print else {
        label::caption(ui, &words!("recalls.lost", job = recall.job));
        return;
    };
    let place = match (print.page, print.place) {
        (Some(page), Some(place)) => words!("recalls.page_place", page = page, place = place),
        (Some(page), None) => words!("recalls.page", page = page),
        (None, Some(place)) => words!("recalls.place", place = place),
        (None, None) => words!("recalls.whole"),
    };
    label::caption(ui, &format!("{} · {place}", print.sheet.display()));
    ui.horizontal(|ui| {
        let destroyed =
            Action::SettleRecall { job: recall.job.clone(), submission: recall.submission.clone() };
        button::plain_with(ui, destroyed, &words!("recalls.destroyed"), !busy, actions);
        if !print.others.is_empty() {
            let others = Action::PrintAgain {
                people: print.others.clone(),
                layout: print.layout.clone(),
                paper: print.paper.clone(),
            };
            let text = words!("recalls.others", n = print.others.len());
            button::plain_with(ui, others, &text, !busy, actions);
        }
    });
}
