//! Small choices in a row that read as a sentence.

use egui::{Button, CornerRadius, Response, RichText, Role, TextStyle, Ui, WidgetInfo, vec2};

use crate::ui::theme::{palette, size};

/// A rounded choice with an optional count; a count of nothing is left out.
pub fn show(ui: &mut Ui, text: &str, count: Option<usize>, selected: bool) -> Response {
    let p = palette(ui);
    let full = match count {
        Some(count) if count > 0 => format!("{text}  {count}"),
        _ => text.to_owned(),
    };
    let ink = if selected { p.text } else { p.weak };
    let label = RichText::new(&full).text_style(TextStyle::Button).color(ink);
    let button = Button::selectable(selected, label)
        .frame_when_inactive(true)
        .corner_radius(CornerRadius::same((size::CONTROL / 2.0) as u8))
        .min_size(vec2(0.0, size::CONTROL));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, &full));
    response
}
