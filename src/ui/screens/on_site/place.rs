//! Where the parts stand: the people beside who stands there, below on a narrow window; what has no room scrolls.

use egui::{CentralPanel, Panel, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::{OnSite, people};
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space, surface};

/// Height that steps, field and the live picture need.
const LEAST_HEIGHT: f32 = 420.0;
/// Of the people below.
const PEOPLE_HEIGHT: f32 = 360.0;

pub(super) fn draw(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    let p = palette(ui);
    let is_narrow = ui.available_width() < size::NARROW;
    if !is_narrow {
        Panel::right("people")
            .exact_size(size::FACTS)
            .resizable(false)
            .frame(surface(p.panel, vec2(space::M, space::M)))
            .show(ui, |ui| people::draw(ui, screen, scene));
    }
    let margin = if is_narrow { vec2(space::M, space::S) } else { vec2(space::XL, space::L) };
    CentralPanel::default().frame(surface(p.window, margin)).show(ui, |ui| {
        let height = ui.available_height();
        if height >= LEAST_HEIGHT && !is_narrow {
            screen.draw_who(ui, scene);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            part(ui, height.max(LEAST_HEIGHT), |ui| screen.draw_who(ui, scene));
            if is_narrow {
                ui.separator();
                part(ui, PEOPLE_HEIGHT, |ui| people::draw(ui, screen, scene));
            }
        });
    });
}

/// A part of this height, whatever it holds.
fn part(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.scope_builder(UiBuilder::new().max_rect(rect), content);
}
