//! The orders with their counts, and the batches with what is ready to print.

use egui::{ScrollArea, Ui};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::dialogs::order_state_name;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::part_bar::Parts;
use crate::ui::widgets::{button, label, list_card};

pub fn draw(ui: &mut Ui, chosen: Option<&str>, scene: &mut Scene<'_>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        orders(ui, scene);
        ui.spacing_mut().item_spacing.y = space::XS;
        label::section(ui, &words!("print.batches"));
        if scene.hub.url.is_some() {
            button::plain(ui, Action::OpenFetch, !scene.is_busy(), scene.actions);
        }
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

/// The states in which orders wait for something, with how many do.
fn orders(ui: &mut Ui, scene: &mut Scene<'_>) {
    let counts = scene.overview.orders.clone();
    if counts.is_empty() {
        return;
    }
    label::section(ui, &words!("print.orders"));
    for (state, count) in counts {
        let text = format!("{} · {count}", order_state_name(state));
        button::plain_with(ui, Action::OpenOrders(state), &text, true, scene.actions);
    }
    ui.add_space(space::M);
}
