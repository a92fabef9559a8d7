//! Keys of the on-site screen, which hold while the field has the focus: scanners type into it.

use egui::Ui;

use super::{OnSite, Wish};
use crate::ui::action::Action;
use crate::ui::keymap;

/// What can be asked for by a key of its own here.
const KEYED: [Wish; 4] = [Wish::FullScreen, Wish::Retake, Wish::MarkLast, Wish::Next];

/// What a key asks for now.
pub(super) fn read(ui: &Ui, screen: &OnSite) -> Option<Wish> {
    let is_pressed = |wish: &Wish| {
        let Some(shortcut) = Action::OnSite(wish.clone()).shortcut() else { return false };
        ui.input(|input| {
            input.events.iter().any(|event| {
                matches!(event, egui::Event::Key { key, pressed: true, repeat: false, modifiers, .. }
                    if keymap::is_pressed(shortcut, *key, *modifiers))
            })
        })
    };
    let wish = KEYED.into_iter().find(is_pressed)?;
    (wish == Wish::FullScreen || !screen.seen.is_empty()).then_some(wish)
}
