//! Connects the desk to a hub with a one-time code.

use egui::{Context, Key, Role, TextEdit, Ui, WidgetInfo};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{button, dialog, label};

const NAME_WIDTH: f32 = 96.0;
const LONGEST_URL: usize = 200;
const LONGEST_CODE: usize = 32;

/// The address and the code while they are typed.
#[derive(Default)]
pub struct ConnectForm {
    url: String,
    code: String,
    /// False until the first field has had the focus.
    focused: bool,
}

impl ConnectForm {
    pub fn new(url: Option<&str>) -> Self {
        Self { url: url.unwrap_or_default().to_owned(), ..Self::default() }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(ctx, "connect", &words!("connect.title"), &mut asked, |ui, actions| {
            let (url, code) = dialog::body(ui, |ui| {
                label::weak(ui, &words!("connect.hint"));
                ui.add_space(space::S);
                let url = field(ui, &words!("connect.url"), "https://", LONGEST_URL, &mut self.url);
                (url, field(ui, &words!("connect.code"), "K7QF-2M9X-ABCD", LONGEST_CODE, &mut self.code))
            });
            if !self.focused {
                url.request_focus();
                self.focused = true;
            }
            let ready = !self.url.trim().is_empty() && !self.code.trim().is_empty();
            let connect =
                Action::Connect { url: self.url.trim().to_owned(), code: self.code.trim().to_owned() };
            if ready && code.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                actions.push(connect.clone());
            }
            dialog::foot(ui, |ui| {
                button::primary(ui, connect, &words!("connect.start"), ready, actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn field(ui: &mut Ui, name: &str, hint: &str, longest: usize, text: &mut String) -> egui::Response {
    ui.horizontal(|ui| {
        label::field_name(ui, name, NAME_WIDTH);
        let width = ui.available_width().max(size::FIELD);
        let response =
            ui.add(TextEdit::singleline(text).hint_text(hint).char_limit(longest).desired_width(width));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
        response
    })
    .inner
}
