//! Exports whose sheets have not all come out: go on, give up, and say what became of doubtful sheets.

use egui::{Context, Ui};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::export::printing::OpenPrinting;

/// The list of what is left to print.
pub struct PrintingsCard {
    pub printings: Vec<OpenPrinting>,
}

impl PrintingsCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let busy = scene.is_busy();
        dialog::show_wide(ctx, "printings", &words!("printings.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                let is_empty = self.printings.is_empty();
                let what = if is_empty { words!("printings.none") } else { words!("printings.what") };
                ui.add(egui::Label::new(what).wrap());
                ui.add_space(space::S);
                for printing in &self.printings {
                    row(ui, printing, busy, actions);
                    ui.add_space(space::M);
                }
            });
            dialog::foot(ui, |ui| {
                button::plain_with(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn row(ui: &mut Ui, printing: &OpenPrinting, busy: bool, actions: &mut Vec<Action>) {
    let counts = words!("printings.counts", printed = printing.printed, sheets = printing.sheets);
    ui.horizontal(|ui| {
        status::verdict_mark(ui, Verdict::Warn);
        label::emphasis(ui, &format!("{} · {counts}", printing.batch));
    });
    label::caption(ui, &printing.queue);
    for (sheet, path) in &printing.doubtful {
        ui.add(egui::Label::new(words!("printings.doubtful", sheet = sheet)).wrap());
        label::caption(ui, &path.display().to_string());
        ui.horizontal(|ui| {
            for (came_out, text) in
                [(true, words!("printings.came_out")), (false, words!("printings.not_come_out"))]
            {
                let settle = Action::SettleSheet { job: printing.job.clone(), sheet: *sheet, came_out };
                button::plain_with(ui, settle, &text, !busy, actions);
            }
        });
    }
    ui.horizontal(|ui| {
        let ready = !busy && printing.doubtful.is_empty();
        let go_on = Action::PrintSheets(printing.job.clone());
        button::plain_with(ui, go_on, &words!("printings.go_on"), ready, actions);
        let give_up = Action::GiveUpPrinting(printing.job.clone());
        button::plain_with(ui, give_up, &words!("printings.give_up"), !busy, actions);
    });
}
