//! Papers, pieces and layouts as data: how their files are read and how names are compared.

use serde::de::DeserializeOwned;

/// A data file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("{file}: {reason}; correct the entry and start again")]
    Syntax { file: String, reason: String },
    #[error("{file}: {key} of \"{name}\" {reason}")]
    Entry { file: String, name: String, key: &'static str, reason: String },
}

impl DataError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "print_data_syntax",
            Self::Entry { .. } => "print_data_entry",
        }
    }
}

/// A name that no catalogue entry carries; says which ones exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {what} is called \"{name}\"; known are {}", known.join(", "))]
pub struct UnknownName {
    /// `paper`, `piece size` or `layout`.
    pub what: &'static str,
    pub name: String,
    pub known: Vec<String>,
}

pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|error| DataError::Syntax { file: file.into(), reason: error.to_string() })
}

/// The form in which names are compared: no spaces, lower case, ASCII digits, 寸 for inch, 1 for 一.
pub(super) fn folded(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(fold_char).collect();
    plain.replace("英寸", "寸").replace("inches", "寸").replace("inch", "寸").replace('-', "")
}

/// Whether `wanted` (already folded) is this entry's name or one of its aliases.
pub(super) fn is_called(wanted: &str, name: &str, name_en: &str, aliases: &[String]) -> bool {
    [name, name_en].into_iter().chain(aliases.iter().map(String::as_str)).any(|known| folded(known) == wanted)
}

fn fold_char(c: char) -> Vec<char> {
    let c = half_width(c);
    match c {
        '吋' => vec!['寸'],
        '十' => vec!['1', '0'],
        '两' => vec!['2'],
        '×' | '✕' | '*' => vec!['x'],
        _ => match "〇一二三四五六七八九".chars().position(|numeral| numeral == c) {
            Some(value) => value.to_string().chars().collect(),
            None => c.to_lowercase().collect(),
        },
    }
}

/// The ASCII twin of a full-width character; other characters stay.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_together() {
        for spelling in ["1寸", "一寸", "1 inch", "１寸", "1吋", "1 英寸", "1-Inch"] {
            assert_eq!(folded(spelling), "1寸", "{spelling}");
        }
        assert_eq!(folded("十寸"), "10寸");
        assert_eq!(folded("4×6"), folded("4x6"));
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error =
            UnknownName { what: "paper", name: "9寸".into(), known: vec!["6寸".into(), "A4".into()] };
        assert_eq!(error.to_string(), "no paper is called \"9寸\"; known are 6寸, A4");
    }
}
