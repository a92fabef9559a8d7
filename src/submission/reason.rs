//! The preset rejection reasons: code, title, cause and remedy in both languages.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

pub use crate::standard::Text;

const FILE: &str = "reasons.toml";
const BUILT_IN: &str = include_str!("../../assets/reasons.toml");

/// Whether the local check may name this reason by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The check alone is enough.
    Auto,
    /// The check may name it, a person confirms.
    AutoThenHuman,
    /// Only a person may say so.
    Human,
    /// Raised by the system, not by looking at the photo.
    System,
}

/// One preset reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable code: `G01`, `F03`, `A01` …
    pub code: String,
    pub title: Text,
    pub cause: Text,
    pub remedy: Text,
    /// Check ids that suggest it.
    pub checks: Vec<String>,
    pub judge: Judge,
}

/// All preset reasons, in catalogue order.
#[derive(Clone, Debug)]
pub struct ReasonCatalogue {
    reasons: Vec<Reason>,
    usual: Vec<String>,
}

/// The catalogue could not be read. The text names file, key and remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    #[error("{file}: {what}. Correct the file as the comment at its head describes.")]
    Unreadable { file: String, what: String },
    #[error("{file}: reason `{code}` {what}. Remedy: {remedy}.")]
    Faulty { file: String, code: String, what: &'static str, remedy: &'static str },
}

impl ReasonError {
    /// Stable word for outputs that machines read.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "reasons_unreadable",
            Self::Faulty { .. } => "reason_faulty",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonFile {
    usual: Vec<String>,
    reason: Vec<Reason>,
}

impl ReasonCatalogue {
    /// The reasons that ship with the program.
    pub fn built_in() -> Result<Self, ReasonError> {
        Self::parse(FILE, BUILT_IN)
    }

    /// Reasons from TOML text; `name` is the file's name for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, ReasonError> {
        let file: ReasonFile = toml::from_str(text)
            .map_err(|error| ReasonError::Unreadable { file: name.to_owned(), what: error.to_string() })?;
        let catalogue = Self { reasons: file.reason, usual: file.usual };
        catalogue.validate(name)?;
        Ok(catalogue)
    }

    pub fn all(&self) -> &[Reason] {
        &self.reasons
    }

    /// The reason with this code.
    pub fn get(&self, code: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.code == code)
    }

    /// The reasons a check can suggest, in catalogue order.
    pub fn for_check(&self, check: &str) -> Vec<&Reason> {
        self.reasons.iter().filter(|reason| reason.checks.iter().any(|id| id == check)).collect()
    }

    /// What a reviewer may choose: the usual reasons first, then the others; none that only the system raises.
    pub fn presets(&self) -> Vec<&Reason> {
        let usual = self.usual.iter().filter_map(|code| self.get(code));
        let others = self.reasons.iter().filter(|reason| !self.usual.contains(&reason.code));
        usual.chain(others).filter(|reason| reason.judge != Judge::System).collect()
    }

    fn validate(&self, name: &str) -> Result<(), ReasonError> {
        let fault = |code: &str, what, remedy| {
            Err(ReasonError::Faulty { file: name.to_owned(), code: code.to_owned(), what, remedy })
        };
        let mut codes = HashSet::new();
        for reason in &self.reasons {
            if !codes.insert(&reason.code) {
                return fault(&reason.code, "occurs twice", "give each reason its own code");
            }
            if reason.texts().iter().any(|text| text.trim().is_empty()) {
                return fault(
                    &reason.code,
                    "has an empty text",
                    "write title, cause and remedy in zh and en",
                );
            }
        }
        match self.usual.iter().find(|code| self.get(code).is_none()) {
            Some(code) => {
                fault(code, "is listed as usual but not defined", "define it or take it off `usual`")
            }
            None => Ok(()),
        }
    }
}

impl Reason {
    fn texts(&self) -> [&str; 6] {
        let [title, cause, remedy] = [&self.title, &self.cause, &self.remedy];
        [&title.zh, &title.en, &cause.zh, &cause.en, &remedy.zh, &remedy.en]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::CheckId;
    use crate::standard::Catalogue;

    fn built_in() -> ReasonCatalogue {
        ReasonCatalogue::built_in().unwrap()
    }

    /// A catalogue of one reason with the given code, repeated `times`, with this title.
    fn text_with(code: &str, title_en: &str, times: usize, usual: &str) -> String {
        let reason = format!(
            "[[reason]]\ncode = \"{code}\"\njudge = \"auto\"\nchecks = []\ntitle = {{ zh = \"题\", en = \"{title_en}\" }}\n\
             cause = {{ zh = \"因\", en = \"c\" }}\nremedy = {{ zh = \"解\", en = \"r\" }}\n"
        );
        format!("usual = [{usual}]\n{}", reason.repeat(times))
    }

    #[test]
    fn the_whole_catalogue_is_there() {
        let expected =
            [("G", 12), ("F", 11), ("A", 9), ("K", 7), ("B", 5), ("L", 8), ("Q", 5), ("R", 8), ("P", 1)];
        let catalogue = built_in();
        for (group, count) in expected {
            for number in 1..=count {
                assert!(catalogue.get(&format!("{group}{number:02}")).is_some(), "{group}{number:02}");
            }
        }
        assert_eq!(catalogue.all().len(), expected.iter().map(|(_, count)| count).sum::<usize>());
    }

    #[test]
    fn the_student_is_spoken_to_calmly() {
        for reason in built_in().all() {
            for text in reason.texts() {
                assert!(!text.contains(['!', '！']), "{}: {text}", reason.code);
            }
        }
    }

    #[test]
    fn linked_checks_are_checks() {
        let standards = Catalogue::built_in().unwrap();
        for reason in built_in().all() {
            for check in &reason.checks {
                assert!(standards.delivered_checks().contains(check), "{} names {check}", reason.code);
            }
        }
    }

    #[test]
    fn limits_and_inspection_know_the_same_checks() {
        let is_check_id = |id: &String| serde_json::from_value::<CheckId>(id.as_str().into()).is_ok();
        let standards = Catalogue::built_in().unwrap();
        let missing: Vec<&String> =
            standards.delivered_checks().iter().filter(|id| !is_check_id(id)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_delivered_check_has_a_reason_to_give() {
        let (standards, reasons) = (Catalogue::built_in().unwrap(), built_in());
        for check in standards.delivered_checks() {
            assert!(!reasons.for_check(check).is_empty(), "{check}");
        }
    }

    #[test]
    fn presets_put_the_usual_first_and_leave_out_the_system_s_own() {
        let catalogue = built_in();
        let presets = catalogue.presets();
        assert_eq!(presets[0].code, "A01");
        assert_eq!(presets.len(), catalogue.all().len() - 1);
        assert!(presets.iter().all(|reason| reason.code != "P01"));
        let unique: HashSet<&str> = presets.iter().map(|reason| reason.code.as_str()).collect();
        assert_eq!(unique.len(), presets.len());
    }

    #[test]
    fn a_fault_names_file_reason_and_remedy() {
        for (text, expect) in [
            (text_with("G01", "t", 2, ""), "mine.toml: reason `G01` occurs twice. Remedy: give each"),
            (text_with("G01", " ", 1, ""), "mine.toml: reason `G01` has an empty text"),
            (text_with("G01", "t", 1, "\"X\""), "mine.toml: reason `X` is listed as usual"),
            ("usual = []".to_owned(), "mine.toml: "),
        ] {
            let error = ReasonCatalogue::parse("mine.toml", &text).unwrap_err();
            assert!(error.to_string().starts_with(expect), "{error}");
        }
    }
}
