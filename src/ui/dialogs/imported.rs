//! What an import did: the counts add up, and every refused file says why.

use std::path::Path;

use egui::{Context, Ui};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::problem;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::intake::ImportReport;

/// The result card of an import.
pub struct ImportedCard {
    pub batch: String,
    pub report: ImportReport,
}

impl ImportedCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let report = &self.report;
        let seen = report.added.len() + report.duplicates.len() + report.refused.len() + report.not_reached;
        dialog::show(ctx, "imported", &words!("imported.title", n = seen), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                self.counts(ui);
                self.refused(ui);
            });
            dialog::foot(ui, |ui| {
                let added = report.added.len();
                if added > 0 {
                    let review = Action::ReviewPending(Some(self.batch.clone()));
                    button::primary(ui, review, &words!("imported.review"), true, actions);
                }
                button::plain(ui, Action::CloseDialog, true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn counts(&self, ui: &mut Ui) {
        let report = &self.report;
        let lines = [
            (Verdict::Pass, words!("imported.added", n = report.added.len()), report.added.len()),
            (
                Verdict::Unknown,
                words!("imported.duplicates", n = report.duplicates.len()),
                report.duplicates.len(),
            ),
            (Verdict::Warn, words!("imported.unmatched", n = report.unmatched.len()), report.unmatched.len()),
            (Verdict::Fail, words!("imported.refused", n = report.refused.len()), report.refused.len()),
            (Verdict::Warn, words!("imported.not_reached", n = report.not_reached), report.not_reached),
        ];
        for (mark, text, count) in lines {
            if count > 0 || mark == Verdict::Pass {
                ui.horizontal(|ui| {
                    status::verdict_mark(ui, mark);
                    label::line(ui, &text);
                });
            }
        }
    }

    fn refused(&self, ui: &mut Ui) {
        if self.report.refused.is_empty() {
            return;
        }
        ui.add_space(space::S);
        for refusal in &self.report.refused {
            label::line(ui, &file_name(&refusal.path)).on_hover_text(refusal.path.display().to_string());
            label::small(ui, &problem::text(&refusal.code, &refusal.message));
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
