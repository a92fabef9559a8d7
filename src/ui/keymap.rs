//! Which key asks for what: the keys the actions come with, and the person's own in their place.

use std::cell::RefCell;
use std::collections::BTreeMap;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::action::{Action, PhotoTab, Place, catalogue};
use crate::i18n::words;

thread_local! {
    /// The keys of this thread's window, by the action's id.
    static OWN: RefCell<BTreeMap<String, KeyboardShortcut>> = const { RefCell::new(BTreeMap::new()) };
}

/// Keys that always mean the same: reasons, the way out, the flip, the walk through rows and fields.
const RESERVED: [Key; 14] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Escape,
    Key::Space,
    Key::Tab,
    Key::ArrowUp,
    Key::ArrowDown,
];

/// Why a key is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyRefused {
    /// It always means the same in every place.
    Reserved,
    /// Another action that holds in the same place has it.
    Taken(Box<Action>),
}

/// Takes the person's own keys, by action id and written as on buttons; what cannot be read or would clash is left out,
/// and the action keeps the key it comes with.
pub fn install(written: &BTreeMap<String, String>) {
    let actions: Vec<Action> = catalogue().into_iter().map(|(_, action)| action).collect();
    let of_id = |id: &str| actions.iter().find(|action| id_of(action) == Some(id));
    // All at once, so that two actions may have changed keys with each other; then what clashes goes.
    let read: BTreeMap<String, KeyboardShortcut> = written
        .iter()
        .filter_map(|(id, text)| of_id(id).and_then(|_| parse(text)).map(|key| (id.clone(), key)))
        .collect();
    OWN.set(read.clone());
    for (id, shortcut) in read {
        if of_id(&id).is_some_and(|action| check(action, shortcut).is_err()) {
            OWN.with_borrow_mut(|own| own.remove(&id));
        }
    }
}

/// What an action's own key is kept under; both ends of one key share it.
pub fn id_of(action: &Action) -> Option<&'static str> {
    match action {
        Action::Show(PhotoTab::Original) => Action::Show(PhotoTab::Result).label_key(),
        action => action.label_key(),
    }
}

/// The key that asks for the action now.
pub fn shortcut(action: &Action) -> Option<KeyboardShortcut> {
    let own = id_of(action).and_then(|id| OWN.with_borrow(|own| own.get(id).copied()));
    own.or_else(|| action.usual_shortcut())
}

/// Whether the action may have this key beside all the others.
pub fn check(action: &Action, wanted: KeyboardShortcut) -> Result<(), KeyRefused> {
    let all = catalogue();
    let places: Vec<Place> =
        all.iter().filter(|(_, other)| id_of(other) == id_of(action)).map(|(place, _)| *place).collect();
    // Enter opens rows and presses buttons everywhere but in the review.
    let opens_rows = wanted.logical_key == Key::Enter && places != [Place::Review];
    if (RESERVED.contains(&wanted.logical_key) || opens_rows) && !wanted.modifiers.command {
        return Err(KeyRefused::Reserved);
    }
    let clashes = |other: &Place| {
        places.iter().any(|mine| mine == other || *mine == Place::Everywhere || *other == Place::Everywhere)
    };
    let taken = all.into_iter().find(|(place, other)| {
        id_of(other) != id_of(action) && clashes(place) && shortcut(other) == Some(wanted)
    });
    match taken {
        Some((_, other)) => Err(KeyRefused::Taken(Box::new(other))),
        None => Ok(()),
    }
}

/// The key as it is written on buttons and in the settings file.
pub fn text(shortcut: KeyboardShortcut) -> String {
    let name = match shortcut.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::Comma => ",",
        Key::Period => ".",
        Key::Slash => "/",
        Key::Questionmark => "?",
        Key::Plus => "+",
        Key::Minus => "-",
        other => other.name(),
    };
    let shift = if shortcut.modifiers.shift { "Shift+" } else { "" };
    let command = if shortcut.modifiers.command { "Ctrl+" } else { "" };
    format!("{command}{shift}{name}")
}

/// A key from how [`text`] writes it.
pub fn parse(text: &str) -> Option<KeyboardShortcut> {
    let (command, rest) = text.strip_prefix("Ctrl+").map_or((false, text), |rest| (true, rest));
    let (shift, name) = rest.strip_prefix("Shift+").map_or((false, rest), |rest| (true, rest));
    let key = match name {
        "←" => Key::ArrowLeft,
        "→" => Key::ArrowRight,
        "-" => Key::Minus,
        other => Key::from_name(other)?,
    };
    let mut modifiers = if command { Modifiers::COMMAND } else { Modifiers::NONE };
    modifiers.shift = shift;
    Some(KeyboardShortcut::new(modifiers, key))
}

/// Whether this press is the shortcut.
pub fn is_pressed(shortcut: KeyboardShortcut, key: Key, modifiers: Modifiers) -> bool {
    let same_key = shortcut.logical_key == key
        // Without Shift the key of the plus sign writes another one.
        || (shortcut.logical_key == Key::Plus && key == Key::Equals);
    same_key
        && shortcut.modifiers.command == modifiers.command
        && !modifiers.alt
        && (shortcut.modifiers.shift == modifiers.shift || !writes_letter(key))
}

/// With other keys Shift only writes another sign, which is then the key itself.
fn writes_letter(key: Key) -> bool {
    key.name().len() == 1
}

/// The press of this frame as a key to be given to an action, which then goes nowhere else; modifiers alone are none.
pub fn take_pressed(ctx: &egui::Context) -> Option<KeyboardShortcut> {
    ctx.input_mut(|input| {
        let found = input.events.iter().find_map(|event| match event {
            egui::Event::Key { key, pressed: true, repeat: false, modifiers, .. } if !is_modifier(*key) => {
                let mut kept = if modifiers.command { Modifiers::COMMAND } else { Modifiers::NONE };
                kept.shift = modifiers.shift && writes_letter(*key);
                Some(KeyboardShortcut::new(kept, *key))
            }
            _ => None,
        });
        if found.is_some() {
            input.events.retain(|event| !matches!(event, egui::Event::Key { .. } | egui::Event::Text(_)));
        }
        found
    })
}

/// Shift and its like are reported as keys too; alone they ask for nothing.
pub fn is_modifier(key: Key) -> bool {
    matches!(
        key,
        Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
    )
}

impl KeyRefused {
    /// The sentence shown beside the key.
    pub fn sentence(&self, wanted: KeyboardShortcut) -> String {
        let written = text(wanted);
        match self {
            Self::Reserved => words!("keys.reserved", key = written).into_owned(),
            Self::Taken(other) => {
                let verb = super::widgets::button::verb(other);
                words!("keys.taken", key = written, action = verb).into_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(id: &str, key: &str) -> BTreeMap<String, String> {
        [(id.to_owned(), key.to_owned())].into()
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        for (_, action) in catalogue() {
            if let Some(shortcut) = action.usual_shortcut() {
                assert_eq!(parse(&text(shortcut)), Some(shortcut), "{action:?}");
            }
        }
        assert_eq!(parse("Ctrl+Shift+A").map(text).as_deref(), Some("Ctrl+Shift+A"));
        assert_eq!(parse("Hyper+A"), None);
    }

    #[test]
    fn an_own_key_takes_the_place_of_the_usual_one() {
        install(&own("action.approve", "J"));
        assert_eq!(shortcut(&Action::Approve).map(text).as_deref(), Some("J"));
        assert_eq!(shortcut(&Action::Skip).map(text).as_deref(), Some("S"));
        install(&BTreeMap::new());
        assert_eq!(shortcut(&Action::Approve).map(text).as_deref(), Some("A"));
    }

    #[test]
    fn a_key_is_refused_where_it_already_means_something() {
        install(&BTreeMap::new());
        let check = |action: &Action, key: &str| parse(key).map(|wanted| check(action, wanted));
        assert_eq!(check(&Action::Approve, "S"), Some(Err(KeyRefused::Taken(Box::new(Action::Skip)))));
        assert_eq!(check(&Action::Approve, "1"), Some(Err(KeyRefused::Reserved)));
        assert_eq!(check(&Action::Approve, "A"), Some(Ok(())), "its own");
        assert_eq!(check(&Action::FocusSearch, "S"), Some(Ok(())), "it holds in the queue alone");
        assert_eq!(
            check(&Action::FocusSearch, "Ctrl+K"),
            Some(Err(KeyRefused::Taken(Box::new(Action::OpenPalette))))
        );
        install(&own("action.approve", "S"));
        assert_eq!(
            shortcut(&Action::Approve).map(text).as_deref(),
            Some("A"),
            "a clash in the file is left out"
        );
    }
}
