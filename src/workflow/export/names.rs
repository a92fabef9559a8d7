//! Names of the electronic photos: a template filled for each person, legal on every system, no two alike.

use std::collections::HashMap;

use super::{Problem, people};
use crate::store::submissions::PersonalField;
use crate::submission::{Batch, QueueItem};
use crate::workflow::{Desk, DeskError};

/// The template that needs nothing but what every submission has.
pub const USUAL_NAMES: &str = "{submission}";
/// Extension of the electronic photos.
const EXTENSION: &str = ".jpg";
/// Longest part of a path in bytes that the usual file systems take, the extension included.
const LONGEST_PART_BYTES: usize = 255;
/// Longest path below the export's folder; Windows takes 260 characters with the folder.
const LONGEST_PATH_CHARS: usize = 150;
/// Names that Windows keeps for devices, with any extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// A field that a template may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    School,
    Title,
    Batch,
    Submission,
    StudentNumber,
    Number,
    Class,
}

impl Field {
    pub const ALL: [Self; 7] = [
        Self::School,
        Self::Title,
        Self::Batch,
        Self::Class,
        Self::Submission,
        Self::StudentNumber,
        Self::Number,
    ];

    /// As it stands between braces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Title => "title",
            Self::Batch => "batch",
            Self::Submission => "submission",
            Self::StudentNumber => "student_no",
            Self::Number => "number",
            Self::Class => "class",
        }
    }
}

/// A template taken apart: folders and the file, each of literal text and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTemplate {
    parts: Vec<Vec<Bit>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Bit {
    Text(String),
    Field(Field),
}

/// A template that cannot be used. The text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the name template has no field {{{0}}}; known are {known}", known = known_fields())]
    UnknownField(String),
    #[error("the name template {0:?} has a brace that is never closed; write fields as {{submission}}")]
    OpenBrace(String),
    #[error("the name template {0:?} names no file; write for example {{school}}/{{student_no}}")]
    Empty(String),
}

fn known_fields() -> String {
    Field::ALL.map(|field| format!("{{{}}}", field.name())).join(", ")
}

impl NameTemplate {
    /// Takes `{school}/{student_no}.jpg` apart; the extension may be left out.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let trimmed = text.trim();
        let lower = trimmed.to_ascii_lowercase();
        let bare =
            if lower.ends_with(EXTENSION) { &trimmed[..trimmed.len() - EXTENSION.len()] } else { trimmed };
        let parts = bare.split(['/', '\\']).map(|part| bits(part, text)).collect::<Result<Vec<_>, _>>()?;
        if parts.iter().any(Vec::is_empty) {
            return Err(TemplateError::Empty(text.into()));
        }
        Ok(Self { parts })
    }

    /// The path for these values with `/`, or why there is none.
    fn path(&self, value: impl Fn(Field) -> Option<String>) -> Result<String, String> {
        let mut path = Vec::new();
        for part in &self.parts {
            let mut name = String::new();
            for bit in part {
                match bit {
                    Bit::Text(text) => name.push_str(text),
                    Bit::Field(field) => {
                        let text = value(*field).filter(|text| !text.trim().is_empty());
                        name.push_str(&text.ok_or_else(|| format!("has no {}", field.name()))?);
                    }
                }
            }
            path.push(
                legal(&name).ok_or_else(|| format!("would get the name {name:?}, which no system takes"))?,
            );
        }
        let path = path.join("/") + EXTENSION;
        let longest = path.split('/').map(str::len).max().unwrap_or(0);
        if longest > LONGEST_PART_BYTES || path.chars().count() > LONGEST_PATH_CHARS {
            return Err(format!(
                "would get a name of {} characters, too long for some systems",
                path.chars().count()
            ));
        }
        Ok(path)
    }
}

fn bits(part: &str, whole: &str) -> Result<Vec<Bit>, TemplateError> {
    let (mut bits, mut rest) = (Vec::new(), part);
    while let Some((text, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').ok_or_else(|| TemplateError::OpenBrace(whole.into()))?;
        let field = Field::ALL.into_iter().find(|field| field.name() == name.trim());
        if !text.is_empty() {
            bits.push(Bit::Text(text.into()));
        }
        bits.push(Bit::Field(field.ok_or_else(|| TemplateError::UnknownField(name.into()))?));
        rest = after;
    }
    if !rest.is_empty() {
        bits.push(Bit::Text(rest.into()));
    }
    Ok(bits)
}

/// A name that Windows, macOS and Linux all take; nothing when nothing is left of it.
fn legal(name: &str) -> Option<String> {
    let plain = |c: char| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { '_' } else { c };
    let name: String = name.trim().chars().map(plain).collect();
    // Windows drops dots and spaces at the end, so that two names could become one.
    let name = name.trim_end_matches(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = NUMBERED_DEVICES.iter().any(|device| {
        stem.strip_prefix(device)
            .is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()))
    });
    let reserved = numbered || DEVICES.contains(&stem.as_str());
    (!name.is_empty()).then(|| if reserved { format!("_{name}") } else { name.to_owned() })
}

/// The names of everybody's photos in the items' order, and every problem with them.
pub(super) fn photo_names(
    desk: &Desk,
    batch: &Batch,
    template: &NameTemplate,
    items: &[QueueItem],
) -> Result<(Vec<String>, Vec<Problem>), DeskError> {
    let asks = |field| template.parts.iter().flatten().any(|bit| *bit == Bit::Field(field));
    let (asks_number, asks_person) =
        (asks(Field::StudentNumber), asks(Field::StudentNumber) || asks(Field::Class));
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    for (number, item) in (1..).zip(items) {
        let student_number = match asks_number {
            true => desk.store.personal(&item.submission, PersonalField::StudentNumber)?,
            false => None,
        };
        let person = if asks_person { people::person_of(desk, &item.submission)? } else { None };
        let path = template.path(|field| match field {
            Field::School => Some(batch.school.clone()),
            Field::Title => Some(batch.title.clone()),
            Field::Batch => Some(batch.code.clone()),
            Field::Submission => Some(item.submission.clone()),
            Field::StudentNumber => student_number
                .clone()
                .or_else(|| person.as_ref().and_then(|person| person.student_number.clone())),
            Field::Class => person.as_ref().and_then(|person| person.class.clone()),
            Field::Number => Some(format!("{number:04}")),
        });
        names.push(path.unwrap_or_else(|message| {
            let remedy = "choose another name template, or add what is missing";
            problems.push(Problem::of(&item.submission, message, remedy));
            String::new()
        }));
    }
    problems.extend(collisions(items, &names));
    Ok((names, problems))
}

/// Names that differ in case only are one file on some systems.
fn collisions(items: &[QueueItem], names: &[String]) -> Vec<Problem> {
    let mut taken: HashMap<String, &str> = HashMap::new();
    let mut problems = Vec::new();
    for (item, name) in items.iter().zip(names).filter(|(_, name)| !name.is_empty()) {
        if let Some(other) = taken.insert(name.to_lowercase(), &item.submission) {
            problems.push(
                Problem::of(
                    &item.submission,
                    format!("its photo would be called {name}, and so would that of {other}"),
                    "add {submission} or {number} to the name template",
                )
                .coded("same_name", &[name, &other]),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(template: &str, student_number: Option<&str>) -> Result<String, String> {
        NameTemplate::parse(template).unwrap().path(|field| match field {
            Field::School => Some("示范/大学".into()),
            Field::StudentNumber => student_number.map(String::from),
            other => Some(other.name().into()),
        })
    }

    #[test]
    fn fields_fill_folders_and_file() {
        assert_eq!(
            path("{school}/{batch}-{student_no}.JPG", Some("007")).unwrap(),
            "示范_大学/batch-007.jpg"
        );
        assert_eq!(path(r"a\{submission}", None).unwrap(), "a/submission.jpg");
        assert_eq!(path("{student_no}", Some(" ")).unwrap_err(), "has no student_no");
    }

    #[test]
    fn names_that_some_system_refuses_are_changed() {
        for (name, expect) in [
            ("a:b*c?", "a_b_c_"),
            ("con", "_con"),
            ("COM1.2", "_COM1.2"),
            ("COM10", "COM10"),
            ("end. .", "end"),
            ("line\nbreak", "line_break"),
        ] {
            assert_eq!(legal(name).as_deref(), Some(expect), "{name}");
        }
        assert_eq!(legal(" . "), None);
        assert_eq!(legal(".."), None);
        assert!(path("{student_no}", Some(&"长".repeat(90))).unwrap_err().contains("too long"));
    }

    #[test]
    fn templates_that_make_no_sense_are_told() {
        for (template, part) in
            [("{grade}", "no field {grade}"), ("{school", "never closed"), ("a//b", "no file")]
        {
            let error = NameTemplate::parse(template).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
