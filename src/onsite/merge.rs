//! Two stations into one: which of their people are the same, and what they say differently.
//!
//! 1. A collection code names a person before anything else, then the document number, the student number, the ticket.
//! 2. Names that point at two known people are a conflict: nothing is bound anew.
//! 3. Both photos of a student whom two stations photographed are kept. The newer is not chosen by its age: the one of
//!    the station that had the code stays marked, otherwise a person chooses.

use serde::{Deserialize, Serialize};

/// What is said differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Codes, numbers and tickets of one person point at two people here.
    TwoPeople,
    /// The person has another collection code here.
    OtherCode,
    /// Two stations photographed the same student.
    TwoPhotos,
    /// The very same file stands under another student here.
    PhotoOfAnother,
    /// The hub has a photo of this student already.
    HubHasPhoto,
}

impl ConflictKind {
    pub const ALL: [Self; 5] =
        [Self::TwoPeople, Self::OtherCode, Self::TwoPhotos, Self::PhotoOfAnother, Self::HubHasPhoto];

    /// The snake_case word used in the database, in JSON and as locale key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TwoPeople => "two_people",
            Self::OtherCode => "other_code",
            Self::TwoPhotos => "two_photos",
            Self::PhotoOfAnother => "photo_of_another",
            Self::HubHasPhoto => "hub_has_photo",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The people that the names of one foreign person point at here, by rule 1 in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointers {
    pub code: Option<String>,
    pub document: Option<String>,
    pub student: Option<String>,
    pub ticket: Option<String>,
    /// The very same row, from an earlier merge.
    pub same_id: Option<String>,
}

/// Who a foreign person is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    New,
    Known(String),
    /// The first by rule 1, and another that is meant as well.
    Two(String, String),
}

impl Pointers {
    pub fn whom(&self) -> Whom {
        let all = [&self.code, &self.document, &self.student, &self.ticket, &self.same_id];
        let mut found = all.into_iter().flatten();
        let Some(first) = found.next() else { return Whom::New };
        match found.find(|other| *other != first) {
            None => Whom::Known(first.clone()),
            Some(other) => Whom::Two(first.clone(), other.clone()),
        }
    }
}

/// What to do with the marks of two photos of one student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    Ours,
    Theirs,
    /// Ours stays for now and a person chooses.
    PersonChooses,
}

/// Rule 3. A code counts where its station had it bound to the student.
pub fn marks(ours_has_code: bool, theirs_has_code: bool) -> Marks {
    match (ours_has_code, theirs_has_code) {
        (true, false) => Marks::Ours,
        (false, true) => Marks::Theirs,
        _ => Marks::PersonChooses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_names_before_the_ticket_and_two_names_are_told() {
        let id = |text: &str| Some(text.to_owned());
        let whom = |code, ticket| Pointers { code, ticket, ..Pointers::default() }.whom();
        assert_eq!(whom(None, None), Whom::New);
        assert_eq!(whom(None, id("a")), Whom::Known("a".into()));
        assert_eq!(whom(id("a"), id("a")), Whom::Known("a".into()));
        assert_eq!(whom(id("a"), id("b")), Whom::Two("a".into(), "b".into()));
    }

    #[test]
    fn a_photo_with_a_code_beats_one_without_and_otherwise_a_person_chooses() {
        assert_eq!(marks(true, false), Marks::Ours);
        assert_eq!(marks(false, true), Marks::Theirs);
        assert_eq!(marks(true, true), Marks::PersonChooses);
        assert_eq!(marks(false, false), Marks::PersonChooses);
    }

    #[test]
    fn words_come_back() {
        assert!(ConflictKind::ALL.iter().all(|kind| ConflictKind::from_word(kind.as_str()) == Some(*kind)));
    }
}
