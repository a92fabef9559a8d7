//! What an import of a list did: counts that add up, who has no photo, which photos are nobody's.

use egui::{Context, Ui};

use super::preview;
use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::roster::RosterReport;

/// The result card of a list's import.
pub struct RosterCard {
    pub report: RosterReport,
}

impl RosterCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let report = &self.report;
        let counts = report.counts;
        let rejected = report.roster.rejected.len() + report.two_people.len();
        let rows = counts.added + counts.updated + counts.unchanged + rejected;
        dialog::show(ctx, "roster_done", &words!("roster.done", n = rows), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| self.counts(ui, rejected));
            dialog::foot(ui, |ui| {
                button::plain(ui, Action::CloseDialog, true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn counts(&self, ui: &mut Ui, rejected: usize) {
        let report = &self.report;
        let counts = report.counts;
        let lines = [
            (Verdict::Pass, words!("roster.added", n = counts.added), counts.added),
            (Verdict::Pass, words!("roster.updated", n = counts.updated), counts.updated),
            (Verdict::Unknown, words!("roster.unchanged", n = counts.unchanged), counts.unchanged),
            (Verdict::Fail, words!("roster.rejected", n = rejected), rejected),
            (Verdict::Pass, words!("roster.bound", n = report.binding.bound), report.binding.bound),
            (
                Verdict::Warn,
                words!("roster.unmatched", n = report.binding.unmatched.len()),
                report.binding.unmatched.len(),
            ),
            (
                Verdict::Unknown,
                words!("roster.without_photo", n = report.without_photo, all = report.people),
                report.without_photo,
            ),
        ];
        for (mark, text, _) in lines.into_iter().filter(|(_, _, count)| *count > 0) {
            ui.horizontal(|ui| {
                status::verdict_mark(ui, mark);
                label::line(ui, &text);
            });
        }
        preview::rejected(ui, &report.roster.rejected);
        ui.add_space(space::XS);
        for known in &report.two_people {
            label::line(ui, &words!("roster.two_people", row = known.row + 1));
        }
    }
}
