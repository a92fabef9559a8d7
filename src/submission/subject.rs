//! The person who is photographed: what a roster row or a collection code says of them.

use serde::{Deserialize, Serialize};

use super::mask::masked;

/// Characters of a document number that a collection code shows.
const SHOWN_SIGNS: usize = 4;

/// What is known of a subject. Personal data: sealed where it is stored, masked where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Person {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub student_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub college: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub major: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "type")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Person {
    pub fn masked_name(&self) -> String {
        masked(&self.name)
    }

    /// The last four of the document number as a collection code shows them: a bracketed suffix counts bracket and
    /// letter. Empty when no document number is known.
    pub fn last_four(&self) -> String {
        last_four(self.document_number.as_deref().unwrap_or_default())
    }
}

/// A person as one station tells another or the hub. Personal data: travels sealed or encrypted only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KnownPerson {
    /// Id at the station that tells.
    pub id: String,
    pub person: Person,
    pub last_four: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// The last four characters of a number.
pub fn last_four(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    signs[signs.len().saturating_sub(SHOWN_SIGNS)..].iter().collect()
}

/// A subject as a screen shows it: masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub id: String,
    pub batch: String,
    /// Place in the batch, from 1.
    pub serial: u32,
    pub masked_name: String,
    pub last_four: String,
}

/// How it is known whose photo it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundBy {
    /// A number in the file's name is this person's alone.
    FileName,
    /// The person was on the screen when the shutter was released.
    Capture,
    /// The student gave the code or ticket on the student's page and submitted it there.
    Page,
}

/// A list of people taken into a batch; the counts and the rejected rows add up to the rows of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RosterCounts {
    pub added: usize,
    /// Known by a number; something else changed.
    pub updated: usize,
    /// Known, and nothing changed.
    pub unchanged: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_count_a_bracketed_suffix() {
        assert_eq!(last_four("11010519491231002X"), "002X");
        assert_eq!(last_four("C123456(A)"), "6(A)");
        assert_eq!(last_four("12"), "12");
        assert_eq!(Person::default().last_four(), "");
    }
}
