//! A list to choose one from, named for those who cannot see what stands before it.

use egui::{ComboBox, Role, Ui, WidgetInfo};

use crate::ui::theme::size;

/// As wide as the room, yet not wider than a dialog; what is chosen ends in an ellipsis where it is too long, and is
/// whole in the tooltip.
pub fn show(ui: &mut Ui, id: &str, name: &str, shown: &str, content: impl FnOnce(&mut Ui)) {
    let width = ui.available_width().min(size::DIALOG);
    let combo = ComboBox::from_id_salt(id).selected_text(shown).width(width).truncate();
    let response = combo.show_ui(ui, content).response.on_hover_text(shown);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, name);
        info.current_text_value = Some(shown.to_owned());
        info
    });
}
