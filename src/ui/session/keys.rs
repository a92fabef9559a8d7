//! Keys and dropped files become actions.

use egui::{Context, Event, Key, Modifiers};

use super::Session;
use crate::ui::action::{Action, PhotoTab, Place, catalogue};
use crate::ui::route::Route;
use crate::ui::screens::review::keys::{Press, digit, is_writing_text};

impl Session {
    pub(super) fn read_keys(&mut self, ctx: &Context) {
        if self.dialog.is_open() {
            return;
        }
        let chords = catalogue().into_iter().filter(|(place, _)| place.holds_in(self.route));
        for (_, action) in chords {
            let chord = action.shortcut().filter(|shortcut| shortcut.modifiers.command);
            if chord.is_some_and(|shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut))) {
                self.actions.push(action);
            }
        }
        if is_writing_text(ctx) {
            return;
        }
        if typed(ctx, Key::Questionmark, &["?", "？"]) {
            self.actions.push(Action::OpenKeys);
            return;
        }
        match self.route {
            Route::Queue => self.read_queue_keys(ctx),
            Route::Review => self.read_review_keys(ctx),
            Route::PrintRoom if !ctx.egui_wants_keyboard_input() => {
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

    /// The slash goes to the search, and the arrows walk the rows while nothing else has the focus.
    fn read_queue_keys(&mut self, ctx: &Context) {
        if typed(ctx, Key::Slash, &["/", "、"]) {
            self.actions.push(Action::FocusSearch);
        } else if !ctx.egui_wants_keyboard_input() {
            self.actions.extend(self.queue.read_keys(ctx));
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
        let by_shortcut = catalogue().into_iter().find(|(place, action)| {
            let is_key = |shortcut: egui::KeyboardShortcut| shortcut.logical_key == press.key;
            *place == Place::Review && action.shortcut().is_some_and(is_key)
        });
        let by_shortcut = by_shortcut.map(|(_, action)| match action {
            Action::Show(tab) => Action::Show(self.tab_by_key(tab)),
            action => action,
        });
        by_shortcut.or(match press.key {
            Key::ArrowUp => Some(Action::Look(-1)),
            Key::ArrowDown => Some(Action::Look(1)),
            Key::Escape => Some(Action::Go(Route::Queue)),
            _ => None,
        })
    }

    /// A tab's key shows the tab, and pressed again the original.
    fn tab_by_key(&self, tab: PhotoTab) -> PhotoTab {
        let asked = if tab == PhotoTab::Compare { PhotoTab::Compare } else { PhotoTab::Result };
        if self.review.tab == asked { PhotoTab::Original } else { asked }
    }

    pub(super) fn read_drops(&mut self, ctx: &Context) {
        let dropped: Vec<_> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !dropped.is_empty() && !self.dialog.add_photos(&dropped) {
            self.actions.push(Action::OpenImport(dropped));
        }
    }
}

/// True when this sign was typed, on whatever keyboard; the sign itself goes nowhere else.
fn typed(ctx: &Context, key: Key, signs: &[&str]) -> bool {
    ctx.input_mut(|input| {
        let is_it = |event: &Event| match event {
            Event::Key { key: pressed, pressed: true, repeat: false, modifiers, .. } => {
                *pressed == key && !modifiers.command && !modifiers.alt
            }
            Event::Text(text) => signs.contains(&text.as_str()),
            _ => false,
        };
        let found = input.events.iter().any(is_it);
        input.events.retain(|event| !is_it(event));
        found
    })
}
