//! What may be printed at the hub, batch by batch, to be brought here.

use egui::{Context, ScrollArea, Ui};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::hub_tie::AtHub;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label};

const LIST_HEIGHT: f32 = 320.0;

/// The hub's batches.
pub struct FetchCard {
    pub batches: Vec<AtHub>,
}

impl FetchCard {
    pub fn draw(&self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let busy = scene.is_busy();
        dialog::show_wide(ctx, "fetch", &words!("fetch.title"), &mut asked, |ui, actions| {
            ui.add(egui::Label::new(words!("fetch.what")).wrap());
            ui.add_space(space::S);
            if self.batches.is_empty() {
                label::weak(ui, &words!("fetch.none"));
            }
            ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
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
        let counts = words!("fetch.counts", n = at_hub.approved);
        label::caption(ui, &format!("{} · {} · {counts}", at_hub.batch.code, at_hub.batch.title));
        let fetch = Action::FetchApproved(at_hub.batch.code.clone());
        button::plain_with(ui, fetch, &words!("fetch.start"), !busy && at_hub.approved > 0, actions);
    });
}
