//! Text by key in the language this thread has chosen; the words themselves live in the locale files.

use std::cell::Cell;

thread_local! {
    static LOCALE: Cell<&'static str> = const { Cell::new("zh-CN") };
}

/// Chooses the language of this thread by its tag; other threads keep theirs.
pub fn set_locale(tag: &'static str) {
    LOCALE.set(tag);
}

/// The tag of this thread's language.
pub fn locale() -> &'static str {
    LOCALE.get()
}

/// The text of a key that is only known at run time, or `None` when no locale file has it.
pub fn find(key: &str) -> Option<String> {
    let text = crate::i18n::words!(key);
    (text != key && text != format!("{}.{key}", locale())).then(|| text.into_owned())
}

/// The text of a literal key, with its values filled in: `words!("queue.rows", n = 3)`.
macro_rules! words {
    ($($arguments:tt)*) => {
        rust_i18n::t!($($arguments)*, locale = $crate::i18n::locale())
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Keys written out in the sources: `words!("key"` and the label keys of actions.
    fn keys_in(folder: &Path, keys: &mut BTreeSet<String>) {
        for entry in
            walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file())
        {
            let source = std::fs::read_to_string(entry.path()).unwrap();
            for opening in ["words!(", "key("] {
                let quoted =
                    source.split(opening).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                keys.extend(quoted.filter_map(|rest| rest.split_once('"')).map(|(key, _)| key.to_owned()));
            }
        }
    }

    #[test]
    fn every_key_of_the_desk_has_words_in_both_languages() {
        let mut keys = BTreeSet::new();
        for room in ["src/ui", "src/hub/page"] {
            keys_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(room), &mut keys);
        }
        assert!(keys.len() > 50, "the scan found only {} keys", keys.len());
        for tag in ["zh-CN", "en"] {
            set_locale(tag);
            let missing: Vec<_> = keys.iter().filter(|key| find(key).is_none()).collect();
            assert!(missing.is_empty(), "{tag} lacks {missing:?}");
        }
    }

    #[test]
    fn an_unknown_key_is_told_apart() {
        assert_eq!(find("no.such.key"), None);
    }
}
