//! Which key presses count: no repeats, none within 120 ms of the last, one a frame, none while text is written.

use egui::{Context, Event, ImeEvent, Key, Modifiers};

use crate::ui::keymap::is_modifier;

/// Presses closer than this to the last one are slips of the hand.
const GUARD_S: f64 = 0.120;

/// Remembers when the last press counted, and whether an input method composes.
#[derive(Debug, Default)]
pub struct KeyGuard {
    last_s: Option<f64>,
    composing: bool,
}

/// One press that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    pub key: Key,
    pub modifiers: Modifiers,
}

impl KeyGuard {
    /// The press of this frame that counts, if any.
    pub fn press(&mut self, ctx: &Context) -> Option<Press> {
        let (now_s, press) = ctx.input(|input| {
            let composed = self.follow_composition(&input.events);
            (input.time, input.events.iter().find_map(first_press).filter(|_| !composed))
        });
        if self.composing || ctx.text_edit_focused() {
            return None;
        }
        self.admit(press?, now_s)
    }

    /// Notes where a composition stands; true when the input method had a hand in this frame.
    fn follow_composition(&mut self, events: &[Event]) -> bool {
        let mut touched = false;
        for event in events {
            if let Event::Ime(event) = event {
                self.composing = matches!(event, ImeEvent::Preedit { text, .. } if !text.is_empty());
                touched = true;
            }
        }
        touched
    }

    fn admit(&mut self, press: Press, now_s: f64) -> Option<Press> {
        let too_soon = self.last_s.is_some_and(|last_s| now_s - last_s < GUARD_S);
        if too_soon {
            return None;
        }
        self.last_s = Some(now_s);
        Some(press)
    }
}

/// True while a text field has the focus.
pub fn is_writing_text(ctx: &Context) -> bool {
    ctx.text_edit_focused()
}

fn first_press(event: &Event) -> Option<Press> {
    match event {
        Event::Key { key, physical_key, pressed: true, repeat: false, modifiers } if !is_modifier(*key) => {
            // With Shift a digit's key writes another sign, and on some keyboards it does so without.
            let digit = physical_key.filter(|key| digit(*key).is_some());
            Some(Press { key: digit.unwrap_or(*key), modifiers: *modifiers })
        }
        _ => None,
    }
}

/// The digit of a key, 0 to 9.
pub fn digit(key: Key) -> Option<usize> {
    const DIGITS: [Key; 10] = [
        Key::Num0,
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    DIGITS.iter().position(|candidate| *candidate == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_within_the_guard_are_dropped() {
        let mut guard = KeyGuard::default();
        let press = Press { key: Key::A, modifiers: Modifiers::NONE };
        let admitted: Vec<bool> =
            [0.0, 0.05, 0.119, 0.121, 0.2, 0.3].iter().map(|at| guard.admit(press, *at).is_some()).collect();
        assert_eq!(admitted, [true, false, false, true, false, true]);
    }

    #[test]
    fn an_input_method_holds_the_keys_until_it_is_done() {
        let mut guard = KeyGuard::default();
        let preedit =
            |text: &str| Event::Ime(ImeEvent::Preedit { text: text.into(), active_range_chars: None });
        assert!(guard.follow_composition(&[preedit("li")]) && guard.composing);
        assert!(!guard.follow_composition(&[]) && guard.composing, "still composing without news");
        assert!(guard.follow_composition(&[Event::Ime(ImeEvent::Commit("李".into()))]) && !guard.composing);
    }

    #[test]
    fn a_digit_is_known_by_its_place_on_the_keyboard() {
        // Shift and 1 as a window reports them.
        let event = Event::Key {
            key: Key::Exclamationmark,
            physical_key: Some(Key::Num1),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::SHIFT,
        };
        assert_eq!(first_press(&event), Some(Press { key: Key::Num1, modifiers: Modifiers::SHIFT }));
        // The Shift before it is no press of its own, or it would use up the guard.
        let shift = Event::Key {
            key: Key::ShiftLeft,
            physical_key: Some(Key::ShiftLeft),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::SHIFT,
        };
        assert_eq!(first_press(&shift), None);
    }

    #[test]
    fn held_keys_do_not_count() {
        let event = |repeat| Event::Key {
            key: Key::A,
            physical_key: None,
            pressed: true,
            repeat,
            modifiers: Modifiers::NONE,
        };
        assert!(first_press(&event(false)).is_some());
        assert!(first_press(&event(true)).is_none());
    }
}
