//! An empty place that says what it is and what to do next.

use egui::{Align, Layout, RichText, Ui, UiBuilder};

use crate::ui::theme::{self, palette, size, space};
use crate::ui::widgets::label;

/// Fills the place with an icon, a sentence, a hint and the next steps.
pub fn show(ui: &mut Ui, icon: &str, title: &str, hint: &str, steps: impl FnOnce(&mut Ui)) {
    let place = ui.available_rect_before_wrap();
    let mut middle = place.shrink2(egui::vec2((place.width() - size::CARD).max(0.0) / 2.0, 0.0));
    middle.min.y += (place.height() * 0.32).min(place.height() - 200.0).max(0.0);
    ui.scope_builder(UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center)), |ui| {
        ui.label(RichText::new(icon).font(theme::empty_icon_font()).color(palette(ui).weak));
        ui.add_space(space::S);
        label::title(ui, title);
        ui.label(RichText::new(hint).color(palette(ui).weak));
        ui.add_space(space::L);
        steps(ui);
    });
}
