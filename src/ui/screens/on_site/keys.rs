//! Keys of the on-site screen. Function keys only: the field for codes keeps the focus, for scanners type into it.

use egui::{Key, Ui};

use super::{OnSite, Wish};

pub const RETAKE: Key = Key::F2;
pub const MARK: Key = Key::F3;
pub const NEXT: Key = Key::F4;
pub const FULL_SCREEN: Key = Key::F11;

/// What a key asks for now.
pub(super) fn read(ui: &Ui, screen: &OnSite) -> Option<Wish> {
    let pressed = |key: Key| ui.input(|input| input.key_pressed(key));
    if pressed(FULL_SCREEN) {
        return Some(Wish::FullScreen);
    }
    let last = screen.seen.last()?;
    if pressed(RETAKE) {
        return Some(Wish::Retake);
    }
    if pressed(MARK) && !last.is_marked {
        return Some(Wish::Mark(last.id.clone()));
    }
    pressed(NEXT).then_some(Wish::Next)
}
