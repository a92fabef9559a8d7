//! The review without a photo: nothing waits, or everything is decided.

use egui::{CentralPanel, Ui, vec2};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::route::Route;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, space, surface};
use crate::ui::widgets::{button, empty};

/// No list is open: offers what is pending.
pub fn nothing_to_review(ui: &mut Ui, scene: &mut Scene<'_>) {
    let frame = surface(palette(ui).window, vec2(space::L, space::L));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let pending: usize = scene.overview.batches.iter().map(|summary| summary.waiting()).sum();
        if pending > 0 {
            empty::show(
                ui,
                icons::REVIEW,
                &words!("review.waiting", n = pending),
                &words!("review.waiting_hint"),
                |ui| {
                    let text = words!("queue.start_review", n = pending);
                    button::primary(ui, Action::ReviewPending(None), &text, true, scene.actions);
                },
            );
        } else {
            empty::show(ui, icons::DONE, &words!("review.nothing"), &words!("review.nothing_hint"), |ui| {
                button::plain(ui, Action::Go(Route::Queue), true, scene.actions);
            });
        }
    });
}

/// Everything in the open list is decided.
pub fn all_decided(ui: &mut Ui, batch: Option<String>, scene: &mut Scene<'_>) {
    empty::show(ui, icons::DONE, &words!("review.all_decided"), &words!("review.all_decided_hint"), |ui| {
        let approved: usize = scene.overview.batches.iter().map(|summary| summary.approved).sum();
        let text = words!("action.open_print_room");
        button::primary(ui, Action::OpenPrintRoom(batch), &text, approved > 0, scene.actions);
    });
}
