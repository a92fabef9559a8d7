//! Text in the roles of the type scale.

use egui::{Label, Response, RichText, TextStyle, Ui};

use crate::ui::theme::{self, palette};

/// The name of a place or a card.
pub fn title(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(RichText::new(text).text_style(TextStyle::Heading)).truncate())
}

/// The name of a part.
pub fn section(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).text_style(TextStyle::Small).color(palette(ui).weak))
}

/// What stands out in its part; one line, cut with an ellipsis.
pub fn emphasis(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(RichText::new(text).text_style(theme::emphasis())).truncate())
}

/// A quiet line.
pub fn weak(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).color(palette(ui).weak))
}

/// A small quiet line, cut with an ellipsis.
pub fn caption(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(RichText::new(text).text_style(TextStyle::Small).color(palette(ui).weak)).truncate())
}

/// Small quiet text on as many lines as it needs.
pub fn small(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(RichText::new(text).text_style(TextStyle::Small).color(palette(ui).weak)).wrap())
}

/// One line, cut with an ellipsis and whole in its tooltip.
pub fn line(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(text).truncate())
}

/// A name before a field, so that fields line up.
pub fn field_name(ui: &mut Ui, text: &str, width: f32) -> Response {
    ui.allocate_ui_with_layout(
        egui::vec2(width, theme::size::CONTROL),
        egui::Layout::left_to_right(egui::Align::Center),
        |ui| {
            ui.set_min_width(width);
            ui.add(Label::new(RichText::new(text).color(palette(ui).weak)).truncate())
        },
    )
    .inner
}
