//! Connects this desk to a hub: its address and the one-time code of its administrator.

use egui::{Context, Role, TextEdit, Ui, WidgetInfo};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::widgets::{button, dialog, label};

/// The form while it is filled in.
pub struct ConnectForm {
    url: String,
    code: String,
}

impl Default for ConnectForm {
    fn default() -> Self {
        Self { url: "https://".to_owned(), code: String::new() }
    }
}

impl ConnectForm {
    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "connect", &words!("connect.title"), &mut asked, |ui, actions| {
            label::weak(ui, &words!("connect.hint"));
            field(ui, &words!("connect.url"), &mut self.url);
            field(ui, &words!("connect.code"), &mut self.code);
            let (url, code) = (self.url.trim().to_owned(), self.code.trim().to_owned());
            let has_host = url.split_once("://").is_some_and(|(_, host)| !host.is_empty());
            let ready = has_host && !code.is_empty();
            dialog::foot(ui, |ui| {
                let text = words!("connect.button");
                button::primary(ui, Action::Connect { url, code }, &text, ready, actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn field(ui: &mut Ui, name: &str, text: &mut String) {
    label::section(ui, name);
    let response = ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
}
