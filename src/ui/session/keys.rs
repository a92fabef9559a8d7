//! Keys and dropped files become actions.

use egui::{Context, Event, Key, Modifiers};

use super::Session;
use crate::ui::action::{Action, PhotoTab, Place, catalogue};
use crate::ui::keymap;
use crate::ui::route::Route;
use crate::ui::screens::on_site::Wish;
use crate::ui::screens::review::keys::{Press, digit, is_writing_text};

impl Session {
    pub(super) fn read_keys(&mut self, ctx: &Context) {
        if self.dialog.is_open() {
            return;
        }
        let here: Vec<(Place, Action)> =
            catalogue().into_iter().filter(|(place, _)| place.holds_in(self.route)).collect();
        for (_, action) in &here {
            let chord = action.shortcut().filter(|shortcut| shortcut.modifiers.command);
            if chord.is_some_and(|shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut))) {
                self.actions.push(action.clone());
            }
        }
        if is_writing_text(ctx) {
            return;
        }
        // In the review every other key goes past the guard against slips.
        let on_button = ctx.egui_wants_keyboard_input();
        let plain = here.into_iter().filter(|(place, action)| match place {
            Place::Review => false,
            // On site the screen itself reads them, for its field has the focus.
            Place::OnSite => false,
            Place::PrintRoom | Place::Statistics => !on_button,
            // Away from the photo a decision is taken back only while the quiet line offers it.
            Place::Queue if *action == Action::Undo => self.notice.as_ref().is_some_and(|notice| notice.undo),
            Place::Everywhere | Place::Queue => !(on_button && is_enter(action)),
        });
        for (_, action) in plain {
            if is_asked(ctx, &action) {
                self.actions.push(action);
                return;
            }
        }
        match self.route {
            Route::Queue if !on_button => self.actions.extend(self.queue.read_keys(ctx)),
            Route::Review => self.read_review_keys(ctx),
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
        if press.modifiers.command || press.modifiers.alt {
            return None;
        }
        let by_shortcut = catalogue().into_iter().find(|(place, action)| {
            let is_key = |shortcut| keymap::is_pressed(shortcut, press.key, press.modifiers);
            *place == Place::Review && action.shortcut().is_some_and(is_key)
        });
        let by_shortcut = by_shortcut.map(|(_, action)| match action {
            Action::Show(tab) => Action::Show(self.tab_by_key(tab)),
            action => action,
        });
        by_shortcut.or(match press.key {
            _ if press.modifiers.shift => None,
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
        if dropped.is_empty() || self.dialog.add_photos(&dropped) {
            return;
        }
        // Whoever collects on campus drops pictures of codes.
        let is_collecting =
            self.route == Route::OnSite && !self.dialog.is_open() && self.on_site.batch().is_some();
        self.actions.push(if is_collecting {
            Action::OnSite(Wish::ReadPaths(dropped))
        } else {
            Action::OpenImport(dropped)
        });
    }
}

fn is_enter(action: &Action) -> bool {
    action.shortcut().is_some_and(|shortcut| matches!(shortcut.logical_key, Key::Enter | Key::Space))
}

/// True when the action's key without Ctrl was pressed; the press goes nowhere else.
fn is_asked(ctx: &Context, action: &Action) -> bool {
    let Some(shortcut) = action.shortcut().filter(|shortcut| !shortcut.modifiers.command) else {
        return false;
    };
    match shortcut.logical_key {
        Key::Questionmark => typed(ctx, Key::Questionmark, &["?", "？"]),
        Key::Slash => typed(ctx, Key::Slash, &["/", "、"]),
        _ => ctx.input_mut(|input| {
            let is_it = |event: &Event| {
                matches!(event, Event::Key { key, pressed: true, repeat: false, modifiers, .. }
                if keymap::is_pressed(shortcut, *key, *modifiers))
            };
            let found = input.events.iter().any(is_it);
            input.events.retain(|event| !is_it(event));
            found
        }),
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
