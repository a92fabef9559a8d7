//! All known standards by id; the built-in ones and those of the user's own files.

use super::Standard;
use super::load::{self, CommonLimits, RawFile};

/// How alike two ids must be to be offered instead (Jaro-Winkler, 1 = equal).
const NEAR_ID: f64 = 0.75;
const NEAR_IDS_SHOWN: usize = 3;

macro_rules! standard_files {
    ($($id:literal),* $(,)?) => {
        /// Built-in files in the order they are shown.
        const BUILT_IN: &[(&str, &str)] =
            &[$((concat!($id, ".toml"), include_str!(concat!("../../assets/standards/", $id, ".toml")))),*];
    };
}

standard_files!(
    "chsi_2017",
    "chsi_centre",
    "chsi_white",
    "resident_id",
    "social_security",
    "exit_entry_print",
    "exit_entry_digital",
    "consular",
    "driving_licence",
    "postgraduate",
    "civil_service",
    "teacher",
    "putonghua",
    "cet",
    "ncre",
    "us_passport",
    "schengen",
    "uk_passport",
    "germany",
    "japan_passport",
    "korea_visa",
    "canada_passport",
    "australia",
    "icao",
);

const COMMON: (&str, &str) =
    ("common_limits.toml", include_str!("../../assets/standards/common_limits.toml"));

/// A standard could not be used. The text names file, key and remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandardError {
    #[error(
        "{file}, line {line}: this is no TOML ({what}). Correct that line; docs/standards.md shows an example."
    )]
    Syntax { file: String, line: usize, what: String },
    #[error(
        "{file} could not be read: {cause}. Remedy: save it as a text file in UTF-8, or take it out of the folder."
    )]
    Unreadable { file: String, cause: String },
    #[error("{file}: `{key}` {what}. Remedy: {remedy}.")]
    Field { file: String, key: String, what: String, remedy: String },
    #[error(
        "{file}: `id` is `{id}`, which {other} already uses. Remedy: choose another id, and take the figures over with `extends = \"{id}\"`."
    )]
    Duplicate { file: String, id: String, other: String },
    #[error("no standard is called `{id}`.{} Known: {}.", near_sentence(.near), .known.join(", "))]
    Unknown { id: String, near: Vec<String>, known: Vec<String> },
}

impl StandardError {
    /// Stable word for outputs that machines read.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "standard_syntax",
            Self::Unreadable { .. } => "standard_unreadable",
            Self::Field { .. } => "standard_field",
            Self::Duplicate { .. } => "standard_duplicate",
            Self::Unknown { .. } => "standard_unknown",
        }
    }
}

/// The known standards, in the order they are shown.
#[derive(Clone, Debug)]
pub struct Catalogue {
    standards: Vec<Standard>,
    refused: Vec<StandardError>,
    common: CommonLimits,
}

impl Catalogue {
    /// The standards that ship with the program.
    pub fn built_in() -> Result<Self, StandardError> {
        Self::with_user_files(&[])
    }

    /// The built-in standards and those of the user's files, given as (file name, text).
    /// A faulty user file is left out and told by [`Self::refused`]; the others still load.
    pub fn with_user_files(files: &[(String, String)]) -> Result<Self, StandardError> {
        let common = CommonLimits::parse(COMMON.0, COMMON.1)?;
        let mut raw = Vec::new();
        for (name, text) in BUILT_IN {
            raw.push(RawFile::parse(name, text)?);
        }
        let built_in_count = raw.len();
        let mut refused = Vec::new();
        for (name, text) in files {
            match RawFile::parse(name, text).and_then(|file| is_new(file, &raw)) {
                Ok(file) => raw.push(file),
                Err(error) => refused.push(error),
            }
        }
        let mut standards = Vec::new();
        for (index, file) in raw.iter().enumerate() {
            let find = |id: &str| raw.iter().find(|other| other.id() == id);
            match file.with_parents(&find).and_then(|table| load::standard(&file.name, table, &common)) {
                Ok(standard) => standards.push(standard),
                Err(error) if index < built_in_count => return Err(error),
                Err(error) => refused.push(error),
            }
        }
        Ok(Self { standards, refused, common })
    }

    pub fn all(&self) -> &[Standard] {
        &self.standards
    }

    /// Why some of the user's files are left out.
    pub fn refused(&self) -> &[StandardError] {
        &self.refused
    }

    /// Adds a file that is left out to those [`Self::refused`] tells.
    pub fn refuse(&mut self, error: StandardError) {
        self.refused.push(error);
    }

    /// The standard with this id or alias; the error lists ids near it, then all.
    pub fn get(&self, id: &str) -> Result<&Standard, StandardError> {
        let wanted = id.trim();
        self.standards
            .iter()
            .find(|standard| standard.id == wanted || standard.aliases.iter().any(|alias| alias == wanted))
            .ok_or_else(|| StandardError::Unknown {
                id: wanted.to_owned(),
                near: self.near(wanted),
                known: self.standards.iter().map(|standard| standard.id.clone()).collect(),
            })
    }

    /// Ids of the checks this program runs, each with limits in every standard.
    pub fn delivered_checks(&self) -> &[String] {
        self.common.delivered()
    }

    fn near(&self, wanted: &str) -> Vec<String> {
        let wanted = wanted.to_lowercase();
        let mut scored: Vec<(f64, &Standard)> = self
            .standards
            .iter()
            .map(|standard| (strsim::jaro_winkler(&standard.id, &wanted), standard))
            .filter(|(likeness, _)| *likeness >= NEAR_ID)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(NEAR_IDS_SHOWN).map(|(_, standard)| standard.id.clone()).collect()
    }
}

fn is_new(file: RawFile, known: &[RawFile]) -> Result<RawFile, StandardError> {
    match known.iter().find(|other| other.id() == file.id()) {
        Some(other) => Err(StandardError::Duplicate {
            id: file.id().to_owned(),
            file: file.name,
            other: other.name.clone(),
        }),
        None => Ok(file),
    }
}

fn near_sentence(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn with_file(text: &str) -> Catalogue {
        Catalogue::with_user_files(&[("mine.toml".to_owned(), text.to_owned())]).unwrap()
    }

    const HEAD: &str = "id = \"mine\"\nversion = 1\nzh = \"本校\"\nen = \"Ours\"\nextends = \"chsi_2017\"\n";

    fn refusal(rest: &str) -> String {
        let catalogue = with_file(&format!("{HEAD}{rest}"));
        catalogue.refused().first().map_or_else(|| "accepted".to_owned(), ToString::to_string)
    }

    #[test]
    fn every_built_in_file_loads_with_its_own_id() {
        let catalogue = Catalogue::built_in().unwrap();
        let ids: HashSet<&str> = catalogue.all().iter().map(|standard| standard.id.as_str()).collect();
        assert_eq!(ids.len(), BUILT_IN.len());
        for (name, _) in BUILT_IN {
            assert!(ids.contains(name.trim_end_matches(".toml")), "{name}");
        }
    }

    #[test]
    fn every_standard_has_limits_for_every_delivered_check() {
        let catalogue = Catalogue::built_in().unwrap();
        for standard in catalogue.all() {
            for check in catalogue.delivered_checks() {
                assert!(standard.checks.contains_key(check), "{} {check}", standard.id);
            }
        }
    }

    #[test]
    fn a_standard_survives_being_written_and_read() {
        let catalogue = Catalogue::built_in().unwrap();
        for standard in catalogue.all() {
            let text = toml::to_string(standard).unwrap();
            let again = load::standard("again.toml", text.parse().unwrap(), &catalogue.common).unwrap();
            assert_eq!(&again, standard);
        }
    }

    #[test]
    fn millimetres_agree_with_pixels() {
        for standard in Catalogue::built_in().unwrap().all() {
            let size = standard.size;
            for (mm, px) in [(size.width_mm, size.width_px), (size.height_mm, size.height_px)] {
                let Some(mm) = mm else { continue };
                assert!(mm.px(size.dpi).abs_diff(px) <= 1, "{}: {mm} mm is not {px} px", standard.id);
            }
        }
    }

    #[test]
    fn names_and_aliases_are_unambiguous() {
        let catalogue = Catalogue::built_in().unwrap();
        let mut names = HashSet::new();
        for standard in catalogue.all() {
            for name in std::iter::once(&standard.id).chain(&standard.aliases) {
                assert!(names.insert(name), "{name}");
            }
        }
    }

    #[test]
    fn targets_describe_a_possible_head() {
        for standard in Catalogue::built_in().unwrap().all() {
            let (geometry, height) = (&standard.geometry, f64::from(standard.size.height_px));
            let (Some(crown), Some(head)) = (geometry.crown_y.target, geometry.head_ratio.target) else {
                panic!("{} lacks a target for crown or head", standard.id);
            };
            let head_px = head * height;
            assert!(crown + head_px < height, "{}: no room below the chin", standard.id);
            if let Some(eye) = geometry.eye_y.target {
                let eye_share = (eye - crown) / head_px;
                assert!(
                    (0.45..0.56).contains(&eye_share),
                    "{}: eyes at {eye_share} of the head",
                    standard.id
                );
            }
            let face = geometry.face_width.target.unwrap_or_default() / head_px;
            assert!((0.55..0.70).contains(&face), "{}: face {face} of the head's height", standard.id);
        }
    }

    #[test]
    fn every_source_is_complete() {
        for standard in Catalogue::built_in().unwrap().all() {
            let source = &standard.source;
            for text in [&source.issuer, &source.document, &source.date] {
                assert!(!text.trim().is_empty(), "{}", standard.id);
            }
            assert!(!standard.clauses.is_empty(), "{}", standard.id);
        }
    }

    #[test]
    fn millimetres_of_the_document_are_the_pixels_of_the_crop() {
        let catalogue = Catalogue::built_in().unwrap();
        let crown = catalogue.get("exit_entry_print").unwrap().band("crown_margin", "value").unwrap();
        assert_eq!(
            (crown.warn_min.map(f64::round), crown.warn_max.map(f64::round)),
            (Some(35.0), Some(59.0))
        );
        let eyes = catalogue.get("resident_id").unwrap().band("eye_height", "value").unwrap();
        assert_eq!((eyes.warn_min, eyes.warn_max), (None, Some(234.0)));
        let body = catalogue.get("chsi_centre").unwrap().band("head_size", "body_ratio").unwrap();
        let percent = |share: Option<f64>| share.map(|share| (share * 100.0).round());
        assert_eq!((percent(body.warn_min), percent(body.pass_min)), (Some(25.0), Some(30.0)));
    }

    #[test]
    fn the_graduation_bands_are_those_of_the_document() {
        let catalogue = Catalogue::built_in().unwrap();
        let standard = catalogue.get("学信网").unwrap();
        let band = standard.band("crown_margin", "value").unwrap();
        assert_eq!(
            (standard.id.as_str(), standard.size.width_px, standard.size.height_px),
            ("chsi_2017", 480, 640)
        );
        assert_eq!(
            (band.warn_min, band.pass_min, band.pass_max, band.warn_max),
            (Some(50.0), Some(60.0), Some(100.0), Some(110.0))
        );
    }

    #[test]
    fn an_unknown_id_is_answered_with_the_nearest_ones() {
        let error = Catalogue::built_in().unwrap().get("chsi-2017").unwrap_err();
        assert!(error.to_string().contains("Did you mean chsi_2017"), "{error}");
        assert!(error.to_string().contains("Known: chsi_2017"), "{error}");
        assert_eq!(error.code(), "standard_unknown");
    }

    #[test]
    fn a_variant_inherits_all_it_does_not_state() {
        let catalogue = with_file(&format!("{HEAD}[checks.roll]\nseverity = \"warn\"\n"));
        assert_eq!(catalogue.refused(), []);
        let (mine, parent) = (catalogue.get("mine").unwrap(), catalogue.get("chsi_2017").unwrap());
        assert_eq!(mine.checks["roll"].bands, parent.checks["roll"].bands);
        assert_ne!(mine.checks["roll"].severity, parent.checks["roll"].severity);
        assert_eq!(mine.clauses, parent.clauses);
    }

    #[test]
    fn a_fault_names_file_key_and_remedy() {
        for (text, expect) in [
            ("[size\n", "mine.toml, line 6: this is no TOML"),
            (
                "[size]\nwidth_px = 480\nheight_px = 640\ndpi = \"many\"\n",
                "mine.toml: `size.dpi` cannot be used: invalid type",
            ),
            ("[geometry]\ncrown = {}\n", "mine.toml: `geometry.crown` cannot be used: unknown field"),
            ("[geometry]\neye_y = { min = 9, max = 2 }\n", "mine.toml: `geometry.eye_y` is not ordered"),
            (
                "[checks.roll.bands]\nvalue = { pass_max = 5, warn_max = 2 }\n",
                "mine.toml: `checks.roll.bands.value` is not ordered",
            ),
            (
                "[checks.roll.bands]\nvalue = { warn_max = 2 }\n",
                "mine.toml: `checks.roll.bands.value` is not ordered",
            ),
            (
                "[checks.aura]\nseverity = \"fail\"\nsource = \"-\"\n",
                "mine.toml: `checks.aura` is no check this program runs",
            ),
            (
                "[[clauses]]\nid = \"x\"\nzh = \"某\"\nen = \"x\"\nstate = \"checked\"\nchecks = []\n",
                "mine.toml: `clauses.x` is marked checked",
            ),
            (
                "[[clauses]]\nid = \"x\"\nzh = \"某\"\nen = \"x\"\nstate = \"operator_must_look\"\nchecks = [\"aura\"]\n",
                "mine.toml: `clauses.x` names a check that does not exist",
            ),
        ] {
            let told = refusal(text);
            assert!(told.starts_with(expect), "{text}: {told}");
        }
    }

    #[test]
    fn a_faulty_file_leaves_the_others_alone() {
        let catalogue = with_file("id = 5");
        assert_eq!(catalogue.all().len(), BUILT_IN.len());
        assert_eq!(catalogue.refused().len(), 1);
    }

    #[test]
    fn parents_that_do_not_exist_or_lead_in_a_circle_are_told() {
        let lost = with_file(&HEAD.replace("chsi_2017", "nowhere"));
        assert!(lost.refused()[0].to_string().contains("`nowhere`, which is no known standard"));
        let circle = with_file(&HEAD.replace("chsi_2017", "mine"));
        assert!(circle.refused()[0].to_string().contains("leads back to `mine`"));
    }

    #[test]
    fn an_id_in_use_is_refused() {
        let catalogue = with_file("id = \"chsi_2017\"\nversion = 1\nzh = \"重\"\nen = \"again\"\n");
        assert_eq!(catalogue.refused()[0].code(), "standard_duplicate");
    }
}
