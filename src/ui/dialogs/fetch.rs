//! What may be printed at the hub, batch by batch, to be brought here.

use egui::{Align, Context, Layout, Ui};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::hub_tie::AtHub;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label};

/// The hub's batches.
pub struct FetchCard {
    pub batches: Vec<AtHub>,
}

impl FetchCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let busy = scene.is_busy();
        dialog::show_wide(ctx, "fetch", &words!("fetch.title"), &mut asked, |ui, actions| {
            dialog::body(ui, |ui| {
                ui.add(egui::Label::new(words!("fetch.what")).wrap());
                ui.add_space(space::S);
                if self.batches.is_empty() {
                    label::weak(ui, &words!("fetch.none"));
                }
                for at_hub in &self.batches {
                    row(ui, at_hub, busy, actions);
                    ui.add_space(space::S);
                }
            });
            dialog::foot(ui, |ui| {
                button::plain_with(ui, Action::FetchOrders, &words!("fetch.orders"), !busy, actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn row(ui: &mut Ui, at_hub: &AtHub, busy: bool, actions: &mut Vec<Action>) {
    label::emphasis(ui, at_hub.batch.name());
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let fetch = Action::FetchApproved(at_hub.batch.code.clone());
            button::plain_with(ui, fetch, &words!("fetch.start"), !busy && at_hub.approved > 0, actions);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let counts = words!("fetch.counts", n = at_hub.approved);
                label::caption(ui, &format!("{} · {counts} · {}", at_hub.batch.code, at_hub.batch.title));
            });
        });
    });
}
