//! A key as it looks on the keyboard.

use egui::{Response, Role, Sense, TextStyle, Ui, WidgetInfo, vec2};

use crate::ui::theme::{hairline, palette, space};

const HEIGHT: f32 = 20.0;
const CORNER: u8 = 4;

/// Draws the key with its name.
pub fn show(ui: &mut Ui, key: &str) -> Response {
    let p = palette(ui);
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(key.to_owned(), font, p.text);
    let wide = (galley.size().x + 2.0 * space::XS + 2.0).max(HEIGHT);
    let (rect, response) = ui.allocate_exact_size(vec2(wide, HEIGHT), Sense::hover());
    ui.painter().rect(rect, CORNER, p.raised, hairline(ui), egui::StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, p.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, key));
    response
}
