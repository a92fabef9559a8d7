//! Traces that editing programs and screenshots leave in a file; read from assets/standards/traces.toml.

use std::sync::OnceLock;

use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../assets/standards/traces.toml");

/// What gives an edited file or a screenshot away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    editors: Vec<Editor>,
    screens: Vec<Screen>,
}

/// A program that changes pictures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Editor {
    pub name: String,
    /// Lower-case words, any of which the EXIF software field contains.
    pub words: Vec<String>,
}

/// A telephone's screen, upright.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Screen {
    width_px: u32,
    height_px: u32,
}

impl Traces {
    /// The lists that ship with the program. A test holds that the file can be read.
    pub fn built_in() -> &'static Self {
        static TRACES: OnceLock<Traces> = OnceLock::new();
        TRACES.get_or_init(|| toml::from_str(BUILT_IN).unwrap_or_default())
    }

    /// The editing program an EXIF software field names.
    pub fn editor(&self, software: &str) -> Option<&Editor> {
        let software = software.to_lowercase();
        self.editors.iter().find(|editor| editor.words.iter().any(|word| software.contains(word.as_str())))
    }

    /// Whether a picture has exactly the size of a known screen, upright or on its side.
    pub fn is_screen(&self, width_px: u32, height_px: u32) -> bool {
        let (short, long) = (width_px.min(height_px), width_px.max(height_px));
        self.screens.iter().any(|screen| (screen.width_px, screen.height_px) == (short, long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read_and_are_in_order() {
        let traces: Traces = toml::from_str(BUILT_IN).unwrap();
        assert!(traces.editors.len() >= 10 && traces.screens.len() >= 10);
        for editor in &traces.editors {
            assert!(editor.words.iter().all(|word| *word == word.to_lowercase()), "{}", editor.name);
        }
        assert!(traces.screens.iter().all(|screen| screen.width_px < screen.height_px));
    }

    #[test]
    fn an_editor_is_known_by_its_words_and_firmware_is_none() {
        fn check(software: &str, expect: Option<&str>) {
            let found = Traces::built_in().editor(software).map(|editor| editor.name.as_str());
            assert_eq!(found, expect, "{software}");
        }
        check("Adobe Photoshop CC 2019 (Windows)", Some("Adobe Photoshop"));
        check("美图秀秀 10.2", Some("Meitu"));
        check("17.4.1", None);
        check("HarmonyOS 4.0", None);
    }

    #[test]
    fn a_screenshot_has_a_screens_size_either_way_round() {
        assert!(Traces::built_in().is_screen(1170, 2532));
        assert!(Traces::built_in().is_screen(2532, 1170));
        assert!(!Traces::built_in().is_screen(3000, 4000));
    }
}
