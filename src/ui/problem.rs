//! An error in the reader's language: by its code where the locale has words for it, else as the program says it.

use crate::i18n::find;
use crate::workflow::DeskError;

/// The sentence for this error; `message` is the program's own, in English, with its remedy.
pub fn text(code: &str, message: &str) -> String {
    find(&format!("problem.{code}")).unwrap_or_else(|| message.to_owned())
}

/// What the desk could not do.
pub fn of(error: &DeskError) -> String {
    text(error.code(), &error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_error_is_said_in_the_readers_language_and_an_unknown_one_as_it_is() {
        crate::i18n::set_locale("zh-CN");
        assert!(text("truncated", "the photo is cut off").starts_with("照片不完整"));
        assert_eq!(text("never heard of", "as it is"), "as it is");
        crate::i18n::set_locale("en");
        assert_eq!(text("truncated", "the photo is cut off"), "the photo is cut off");
    }
}
