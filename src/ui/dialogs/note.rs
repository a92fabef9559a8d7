//! Asks why a photo is set aside: optional for what a reviewer parks, needed for what a senior must decide.

use egui::{Context, Key, Role, TextEdit, WidgetInfo};

use crate::i18n::words;
use crate::submission::{Hold, HoldKind};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::widgets::{button, dialog, label};

const LONGEST_NOTE: usize = 200;

/// The note while it is written.
pub struct NoteForm {
    hold: Hold,
    note: String,
    /// False until the field has had the focus.
    focused: bool,
}

impl NoteForm {
    pub fn new(hold: Hold) -> Self {
        Self { hold, note: String::new(), focused: false }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let is_escalation = self.hold.hold == Some(HoldKind::Escalated);
        let (title, hint, text) = if is_escalation {
            (words!("note.escalate"), words!("note.escalate_hint"), words!("note.escalate_button"))
        } else {
            (words!("note.park"), words!("note.park_hint"), words!("note.park_button"))
        };
        dialog::show(ctx, "note", &title, &mut asked, |ui, actions| {
            let response = dialog::body(ui, |ui| {
                label::weak(ui, &hint);
                let field = TextEdit::singleline(&mut self.note)
                    .char_limit(LONGEST_NOTE)
                    .hint_text(words!("note.field_hint").as_ref())
                    .desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| {
                    WidgetInfo::labeled(Role::TextInput, true, words!("note.field").as_ref())
                });
                response
            });
            if !self.focused {
                response.request_focus();
                self.focused = true;
            }
            let ready = !is_escalation || !self.note.trim().is_empty();
            let done = Action::SetAside { hold: self.hold.clone(), note: self.note.trim().to_owned() };
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let mut wishes = Vec::new();
            if entered && ready {
                wishes.push(done.clone());
            } else if entered {
                response.request_focus();
            }
            dialog::foot(ui, |ui| {
                button::primary(ui, done, &text, ready, &mut wishes);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
            });
            if !wishes.is_empty() {
                actions.push(Action::CloseDialog);
                actions.append(&mut wishes);
            }
        });
        scene.actions.append(&mut asked);
    }
}
