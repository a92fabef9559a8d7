//! What an export wrote, counted again from the disk.

use std::path::PathBuf;

use egui::{Context, RichText, Ui};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, palette, space};
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::export::ExportReport;

/// The result card of an export.
pub struct ExportedCard {
    pub report: ExportReport,
    /// The folder the sheets are in.
    pub folder: PathBuf,
}

impl ExportedCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let report = &self.report;
        let title = if report.cancelled { words!("exported.cancelled") } else { words!("exported.title") };
        dialog::show(ctx, "exported", &title, &mut asked, |ui, actions| {
            dialog::body(ui, |ui| self.contents(ui));
            dialog::foot(ui, |ui| {
                button::primary(ui, Action::CloseDialog, &words!("exported.done"), true, actions);
                button::with_icon(ui, icons::FOLDER, Action::OpenFolder(self.folder.clone()), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }

    fn contents(&self, ui: &mut Ui) {
        let report = &self.report;
        let reconciles = report.difference == 0;
        ui.horizontal(|ui| {
            status::verdict_mark(ui, if reconciles { Verdict::Pass } else { Verdict::Fail });
            let ink = if reconciles { palette(ui).text } else { palette(ui).fail };
            let counts = words!(
                "exported.counts",
                people = report.people,
                pieces = report.pieces,
                sheets = report.sheets,
                difference = report.difference
            );
            ui.label(RichText::new(counts).text_style(theme::emphasis()).color(ink));
        });
        if !reconciles {
            ui.add(egui::Label::new(words!("exported.difference_hint")).wrap());
        }
        ui.add_space(space::S);
        label::caption(ui, &self.folder.display().to_string());
        let manifest = report.manifest.file_name().map(|name| name.to_string_lossy().into_owned());
        label::caption(ui, &words!("exported.manifest", name = manifest.unwrap_or_default()));
    }
}
