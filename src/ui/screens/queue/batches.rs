//! The batches as cards with a four-part bar and their counts.

use egui::{ScrollArea, Ui};

use crate::i18n::words;
use crate::ui::action::{Action, Filter};
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::screens::statistics::duration;
use crate::ui::theme::space;
use crate::ui::widgets::part_bar::Parts;
use crate::ui::widgets::{button, combo, label, list_card};
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
        let (summaries, look_ms) = (&scene.overview.batches, scene.overview.look_ms);
        if summaries.len() > 1 && every_batch(ui, summaries, filter.batch.is_none(), look_ms) {
            scene.actions.push(Action::Narrow(Filter::Batch(None)));
        }
        for summary in summaries {
            if one_batch(ui, summary, filter.batch.as_ref() == Some(&summary.batch.code), look_ms) {
                scene.actions.push(Action::Narrow(Filter::Batch(Some(summary.batch.code.clone()))));
            }
        }
    });
}

/// The batches as one list to choose from, where there is no room for their cards.
pub fn choice(ui: &mut Ui, filter: &QueueFilter, scene: &mut Scene<'_>) {
    let every = words!("queue.all_batches");
    let text = |summary: &BatchSummary| format!("{} · {}", summary.batch.code, summary.batch.full_name());
    let summaries = &scene.overview.batches;
    let chosen = summaries.iter().find(|summary| Some(&summary.batch.code) == filter.batch.as_ref());
    let shown = chosen.map_or_else(|| every.clone().into_owned(), text);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            button::with_icon(ui, icons::ADD, Action::OpenNewBatch, true, scene.actions);
            combo::show(ui, "batches", &words!("queue.batches"), &shown, |ui| {
                let mut narrow = |ui: &mut Ui, batch: Option<&String>, text: String| {
                    if ui.selectable_label(filter.batch.as_ref() == batch, text).clicked() {
                        scene.actions.push(Action::Narrow(Filter::Batch(batch.cloned())));
                    }
                };
                narrow(ui, None, every.into_owned());
                for summary in summaries {
                    narrow(ui, Some(&summary.batch.code), text(summary));
                }
            });
        });
    });
}

fn every_batch(ui: &mut Ui, summaries: &[BatchSummary], chosen: bool, look_ms: Option<f64>) -> bool {
    let parts = summaries.iter().map(Parts::from).fold(Parts::default(), |sum, parts| sum + parts);
    let (name, below) = (words!("queue.all_batches"), words!("queue.batch_count", n = summaries.len()));
    let oldest = summaries.iter().filter_map(|summary| summary.oldest_at_ms).min();
    let waiting = summaries.iter().map(BatchSummary::waiting).sum();
    let counts = with_wait(parts.sentence(), waiting, oldest, look_ms);
    list_card::show(ui, &list_card::Text { name: &name, below: &below, counts: &counts }, parts, chosen)
}

/// The counts, and below them how long the oldest has waited and when the work will be done at the pace of late.
fn with_wait(counts: String, waiting: usize, oldest_at_ms: Option<i64>, look_ms: Option<f64>) -> String {
    let Some(oldest_at_ms) = oldest_at_ms else { return counts };
    let age_ms = (jiff::Timestamp::now().as_millisecond() - oldest_at_ms).max(0);
    let oldest = words!("queue.oldest", time = duration(age_ms));
    let forecast = look_ms.filter(|_| waiting > 0).map(|look_ms| (look_ms * waiting as f64) as i64);
    match forecast {
        Some(left_ms) => {
            format!("{counts}\n{oldest} · {}", words!("queue.forecast", time = duration(left_ms)))
        }
        None => format!("{counts}\n{oldest}"),
    }
}

fn one_batch(ui: &mut Ui, summary: &BatchSummary, chosen: bool, look_ms: Option<f64>) -> bool {
    let parts = Parts::from(summary);
    let below = format!("{} · {}", summary.batch.code, summary.batch.title);
    let counts = with_wait(parts.sentence(), summary.waiting(), summary.oldest_at_ms, look_ms);
    list_card::show(
        ui,
        &list_card::Text { name: summary.batch.name(), below: &below, counts: &counts },
        parts,
        chosen,
    )
}
