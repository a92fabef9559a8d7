//! Exports whose sheets have not all come out: go on, give up, and say what became of doubtful sheets.

use std::path::{Path, PathBuf};

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
    /// What was said since the list was opened. Those sheets keep their rows, so that a second click never falls on
    /// another sheet.
    pub settled: Vec<SettledSheet>,
}

/// A sheet of which somebody said whether it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledSheet {
    pub job: String,
    pub sheet: usize,
    pub path: PathBuf,
    pub came_out: bool,
}

impl PrintingsCard {
    /// Where the file of a sheet is that may have come out.
    pub fn path_of(&self, job: &str, sheet: usize) -> Option<PathBuf> {
        let printing = self.printings.iter().find(|printing| printing.job == job)?;
        printing.doubtful.iter().find(|(number, _)| *number == sheet).map(|(_, path)| path.clone())
    }

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
                    let settled = self.settled.iter().filter(|settled| settled.job == printing.job);
                    row(ui, printing, settled, busy, actions);
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

fn row<'a>(
    ui: &mut Ui,
    printing: &OpenPrinting,
    settled: impl Iterator<Item = &'a SettledSheet>,
    busy: bool,
    actions: &mut Vec<Action>,
) {
    let counts = words!("printings.counts", printed = printing.printed, sheets = printing.sheets);
    ui.horizontal(|ui| {
        status::verdict_mark(ui, Verdict::Warn);
        label::emphasis(ui, &format!("{} · {counts}", printing.batch));
    });
    label::caption(ui, &printing.queue);
    let said = settled.map(|settled| (settled.sheet, &settled.path, Some(settled.came_out)));
    let open = printing.doubtful.iter().map(|(sheet, path)| (*sheet, path, None));
    let mut doubts: Vec<(usize, &PathBuf, Option<bool>)> = open.chain(said).collect();
    doubts.sort_by_key(|(sheet, ..)| *sheet);
    for (sheet, path, answer) in doubts {
        ui.add_space(space::XS);
        doubt(ui, (&printing.job, sheet, path), answer, busy, actions);
    }
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        let ready = !busy && printing.doubtful.is_empty();
        let go_on = Action::PrintSheets(printing.job.clone());
        button::plain_with(ui, go_on, &words!("printings.go_on"), ready, actions);
        let give_up = Action::GiveUpPrinting(printing.job.clone());
        button::plain_with(ui, give_up, &words!("printings.give_up"), !busy, actions);
    });
}

/// A sheet that may have come out, and the question or what was answered: equally high either way.
fn doubt(
    ui: &mut Ui,
    (job, sheet, path): (&str, usize, &Path),
    answer: Option<bool>,
    busy: bool,
    actions: &mut Vec<Action>,
) {
    let is_open = answer.is_none();
    let text = if is_open {
        words!("printings.doubtful", sheet = sheet)
    } else {
        words!("printings.settled", sheet = sheet)
    };
    ui.add(egui::Label::new(text).wrap());
    label::caption(ui, &path.display().to_string());
    let answers = [(true, words!("printings.came_out")), (false, words!("printings.not_come_out"))];
    ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        for (came_out, text) in answers {
            let settle = Action::SettleSheet { job: job.to_owned(), sheet, came_out };
            match answer {
                None => drop(button::plain_with(ui, settle, &text, !busy, actions)),
                Some(given) if given == came_out => drop(label::caption(ui, &text)),
                Some(_) => {}
            }
        }
    });
}
