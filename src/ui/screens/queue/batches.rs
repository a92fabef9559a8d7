//! The batches as cards with a four-part bar and their counts.

use egui::{ScrollArea, Ui};

use crate::i18n::words;
use crate::ui::action::{Action, Filter};
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::part_bar::Parts;
use crate::ui::widgets::{button, label, list_card};
use crate::workflow::desk::{BatchSummary, QueueFilter};

pub fn draw(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        label::section(ui, &words!("queue.batches"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            button::with_icon(ui, icons::ADD, Action::OpenNewBatch, true, scene.actions);
        });
    });
    ui.add_space(space::XS);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let summaries = &scene.overview.batches;
        if summaries.len() > 1 && every_batch(ui, summaries, filter.batch.is_none()) {
            scene.actions.push(Action::Narrow(Filter::Batch(None)));
        }
        for summary in summaries {
            if one_batch(ui, summary, filter.batch.as_ref() == Some(&summary.batch.code)) {
                scene.actions.push(Action::Narrow(Filter::Batch(Some(summary.batch.code.clone()))));
            }
        }
    });
}

fn every_batch(ui: &mut Ui, summaries: &[BatchSummary], chosen: bool) -> bool {
    let parts = summaries.iter().map(Parts::from).fold(Parts::default(), |sum, parts| sum + parts);
    let (name, below) = (words!("queue.all_batches"), words!("queue.batch_count", n = summaries.len()));
    let counts = parts.sentence();
    list_card::show(ui, &list_card::Text { name: &name, below: &below, counts: &counts }, parts, chosen)
}

fn one_batch(ui: &mut Ui, summary: &BatchSummary, chosen: bool) -> bool {
    let parts = Parts::from(summary);
    let below = format!("{} · {}", summary.batch.code, summary.batch.title);
    let counts = parts.sentence();
    list_card::show(
        ui,
        &list_card::Text { name: summary.batch.name(), below: &below, counts: &counts },
        parts,
        chosen,
    )
}
