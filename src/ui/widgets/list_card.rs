//! A card in a list: a name, a line below, a four-part bar and its counts; the whole card can be clicked.

use egui::{CornerRadius, Frame, Margin, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo};

use super::label;
use super::part_bar::{self, Parts};
use crate::ui::theme::{RADIUS, palette};

/// The words of a card.
pub struct Text<'a> {
    pub name: &'a str,
    pub below: &'a str,
    pub counts: &'a str,
}

/// Draws the card; true when it was clicked.
pub fn show(ui: &mut Ui, text: &Text<'_>, parts: Parts, chosen: bool) -> bool {
    let builder = UiBuilder::new().id_salt((text.name, text.below)).sense(Sense::click());
    let drawn = ui.scope_builder(builder, |ui| {
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
    });
    let response = drawn.response;
    let name = format!("{} {} {}", text.name, text.below, text.counts.replace('\n', " "));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    response.clicked()
}

fn contents(ui: &mut Ui, text: &Text<'_>, parts: Parts) {
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = 3.0;
    label::line(ui, text.name);
    label::caption(ui, text.below);
    part_bar::show(ui, parts);
    label::small(ui, text.counts);
}
