//! What stands beside the sheet: the list on its left and the options on its right, or both in one panel of a narrow
//! window, where a tab chooses between them.

use egui::{Panel, Ui, vec2};

use super::{PrintRoom, how, what};
use crate::i18n::words;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space, surface};
use crate::ui::widgets::chip;

/// Of the window's width, the least that stays for the sheet.
const SHEET_SHARE: f32 = 0.5;

/// What the one panel of a narrow window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    Batches,
    #[default]
    Options,
}

/// Draws the panels and leaves the rest of `ui` to the sheet.
pub fn draw(ui: &mut Ui, room: &mut PrintRoom, scene: &mut Scene<'_>) {
    let apart = size::SHEET_LIST + size::SHEET_OPTIONS;
    if ui.available_width() >= apart + size::SHEET_LEAST {
        beside(ui, room, scene);
    } else {
        shared(ui, room, scene);
    }
}

fn beside(ui: &mut Ui, room: &mut PrintRoom, scene: &mut Scene<'_>) {
    let p = palette(ui);
    Panel::left("print_what")
        .exact_size(size::SHEET_LIST)
        .resizable(false)
        .frame(surface(p.panel, vec2(space::M, space::M)))
        .show(ui, |ui| what::draw(ui, room.batch.as_deref(), scene));
    Panel::right("print_how")
        .exact_size(size::SHEET_OPTIONS)
        .resizable(false)
        .frame(surface(p.panel, vec2(space::L, space::M)))
        .show(ui, |ui| how::draw(ui, room, scene));
}

fn shared(ui: &mut Ui, room: &mut PrintRoom, scene: &mut Scene<'_>) {
    let for_sheet = ui.ctx().content_rect().width() * SHEET_SHARE;
    let width = (ui.available_width() - for_sheet).min(size::SHEET_OPTIONS);
    Panel::right("print_side")
        .exact_size(width)
        .resizable(false)
        .frame(surface(palette(ui).panel, vec2(space::M, space::S)))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                for (side, name) in
                    [(Side::Batches, words!("print.batches")), (Side::Options, words!("print.options"))]
                {
                    if chip::show(ui, &name, None, room.side == side).clicked() {
                        room.side = side;
                    }
                }
            });
            match room.side {
                Side::Batches => what::draw(ui, room.batch.as_deref(), scene),
                Side::Options => how::draw(ui, room, scene),
            }
        });
}
