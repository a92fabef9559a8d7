//! The language of a page: the one chosen on it, else the first that the browser asks for and we speak.

use crate::i18n;
use crate::standard::Text;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// The language whose tag begins like this one.
    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The best of an `Accept-Language` header; Chinese when it names none that we speak.
    pub(super) fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|entry| {
            let mut parts = entry.split(';');
            let language = Self::from_tag(parts.next()?)?;
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            Some((language, weight.unwrap_or(1.0)))
        });
        let best = weighed.filter(|(_, weight)| *weight > 0.0).reduce(|best, other| {
            // Of equal weight the earlier one counts.
            if other.1 > best.1 { other } else { best }
        });
        best.map(|(language, _)| language).unwrap_or_default()
    }

    /// For `lang` attributes and the locale files.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// Its own name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    pub(super) fn of(self, text: &Text) -> &str {
        self.choose(&text.zh, &text.en)
    }

    pub(super) fn choose<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// Runs `work` with the words of this language.
    pub(super) fn speaking<T>(self, work: impl FnOnce() -> T) -> T {
        let before = i18n::locale();
        i18n::set_locale(self.tag());
        let done = work();
        i18n::set_locale(before);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_first_known_language_counts() {
        let accepted = Language::accepted;
        assert_eq!(accepted("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese);
        assert_eq!(accepted("en-GB,en;q=0.9,zh;q=0.8"), Language::English);
        assert_eq!(accepted("fr;q=1, en;q=0.5, zh;q=0.7"), Language::Chinese);
        assert_eq!(accepted("en;q=0, zh-Hant"), Language::Chinese);
        assert_eq!(accepted("fr, de"), Language::Chinese);
        assert_eq!(accepted(""), Language::Chinese);
    }
}
