//! The batches as cards with a four-part bar and their counts.

use egui::{CornerRadius, Frame, Margin, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, WidgetType};

use crate::i18n::words;
use crate::ui::action::{Action, Filter};
use crate::ui::icons;
use crate::ui::screens::Scene;
use crate::ui::theme::{RADIUS, palette, space};
use crate::ui::widgets::part_bar::{self, Parts};
use crate::ui::widgets::{button, label};
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
        if summaries.len() > 1 {
            let all = summaries.iter().map(Parts::from).fold(Parts::default(), |sum, parts| sum + parts);
            let name = words!("queue.all_batches");
            let text = CardText { name: &name, below: &words!("queue.batch_count", n = summaries.len()) };
            if card(ui, &text, all, filter.batch.is_none()) {
                scene.actions.push(Action::Narrow(Filter::Batch(None)));
            }
        }
        for summary in summaries {
            if batch_card(ui, summary, filter) {
                scene.actions.push(Action::Narrow(Filter::Batch(Some(summary.batch.code.clone()))));
            }
        }
    });
}

struct CardText<'a> {
    name: &'a str,
    below: &'a str,
}

fn batch_card(ui: &mut Ui, summary: &BatchSummary, filter: &QueueFilter) -> bool {
    let below = format!("{} · {}", summary.batch.code, summary.batch.title);
    let text = CardText { name: &summary.batch.school, below: &below };
    card(ui, &text, Parts::from(summary), filter.batch.as_ref() == Some(&summary.batch.code))
}

/// A card that can be clicked; true when it was.
fn card(ui: &mut Ui, text: &CardText<'_>, parts: Parts, chosen: bool) -> bool {
    let builder = UiBuilder::new().id_salt((text.name, text.below)).sense(Sense::click());
    let response = ui
        .scope_builder(builder, |ui| {
            let response = ui.response();
            let p = palette(ui);
            let fill = if chosen {
                p.selected
            } else if response.hovered() {
                p.raised
            } else {
                p.panel
            };
            let stroke = if response.has_focus() { ui.visuals().widgets.active.bg_stroke } else { Stroke::NONE };
            let frame = Frame::new().fill(fill).stroke(stroke).corner_radius(CornerRadius::same(RADIUS));
            frame.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| contents(ui, text, parts));
        })
        .response;
    let name = format!("{} {} {}", text.name, text.below, parts.sentence());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, &name));
    response.clicked()
}

fn contents(ui: &mut Ui, text: &CardText<'_>, parts: Parts) {
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = 3.0;
    label::line(ui, text.name);
    label::caption(ui, text.below);
    part_bar::show(ui, parts);
    label::caption(ui, &parts.sentence());
}
