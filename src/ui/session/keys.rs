//! Keys and dropped files become actions.

use egui::{Context, Key, Modifiers};

use super::Session;
use crate::ui::action::{Action, PhotoTab};
use crate::ui::route::Route;
use crate::ui::screens::review::keys::{Press, digit, is_writing_text};

impl Session {
    pub(super) fn read_keys(&mut self, ctx: &Context) {
        if self.dialog.is_open() {
            return;
        }
        let global = [
            Action::Go(Route::Queue),
            Action::Go(Route::Review),
            Action::Go(Route::PrintRoom),
            Action::Go(Route::Settings),
            Action::OpenImport(Vec::new()),
        ];
        for action in global {
            if action
                .shortcut()
                .is_some_and(|shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut)))
            {
                self.actions.push(action);
            }
        }
        match self.route {
            Route::Review => self.read_review_keys(ctx),
            Route::PrintRoom if !is_writing_text(ctx) && !ctx.egui_wants_keyboard_input() => {
                for action in [Action::TurnSheet(-1), Action::TurnSheet(1)] {
                    if action
                        .shortcut()
                        .is_some_and(|shortcut| ctx.input(|input| input.key_pressed(shortcut.logical_key)))
                    {
                        self.actions.push(action);
                    }
                }
            }
            _ => {}
        }
    }

    fn read_review_keys(&mut self, ctx: &Context) {
        // Enter and Space belong to the button that has the focus.
        let on_button = ctx.egui_wants_keyboard_input();
        let Some(press) = self.review.keys.press(ctx) else { return };
        if on_button && matches!(press.key, Key::Enter | Key::Space) {
            return;
        }
        if let Some(action) = self.review_action(press) {
            self.actions.push(action);
        }
    }

    /// What a key means in the review.
    fn review_action(&self, press: Press) -> Option<Action> {
        if let Some(number) = digit(press.key).filter(|number| *number > 0) {
            let code = self.review.reason_at_digit(number, &self.desk.reasons)?;
            return match press.modifiers {
                Modifiers::NONE => Some(Action::RejectFor(code)),
                Modifiers::SHIFT => Some(Action::ToggleReason(code)),
                _ => None,
            };
        }
        if press.modifiers != Modifiers::NONE {
            return None;
        }
        let other_tab = match self.review.tab {
            PhotoTab::Original => PhotoTab::Result,
            PhotoTab::Result => PhotoTab::Original,
        };
        let plain = [
            Action::Approve,
            Action::RejectChosen,
            Action::TurnReasonPage,
            Action::Undo,
            Action::ToggleGuides,
            Action::Show(other_tab),
            Action::Look(-1),
            Action::Look(1),
        ];
        let by_shortcut = plain
            .into_iter()
            .find(|action| action.shortcut().is_some_and(|shortcut| shortcut.logical_key == press.key));
        by_shortcut.or(match press.key {
            Key::ArrowUp => Some(Action::Look(-1)),
            Key::ArrowDown => Some(Action::Look(1)),
            Key::Escape => Some(Action::Go(Route::Queue)),
            _ => None,
        })
    }

    pub(super) fn read_drops(&mut self, ctx: &Context) {
        let dropped: Vec<_> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !dropped.is_empty() && !self.dialog.add_photos(&dropped) {
            self.actions.push(Action::OpenImport(dropped));
        }
    }
}
