//! The batches with what is ready to print.

use egui::{ScrollArea, Ui};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::part_bar::Parts;
use crate::ui::widgets::{label, list_card};

pub fn draw(ui: &mut Ui, chosen: Option<&str>, scene: &mut Scene<'_>) {
    label::section(ui, &words!("print.batches"));
    ui.add_space(space::XS);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for summary in &scene.overview.batches {
            let parts = Parts::from(summary);
            let below = format!("{} · {}", summary.batch.code, summary.batch.title);
            let counts =
                words!("print.counts", ready = parts.approved, waiting = parts.pending, made = parts.made);
            let text = list_card::Text { name: summary.batch.name(), below: &below, counts: &counts };
            if list_card::show(ui, &text, parts, chosen == Some(summary.batch.code.as_str())) {
                scene.actions.push(Action::OpenPrintRoom(Some(summary.batch.code.clone())));
            }
        }
    });
}
