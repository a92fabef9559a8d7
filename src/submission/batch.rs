//! A collection job of one school, known by its signature code.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rules::BatchRules;

/// A collection job of one school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
pub struct Batch {
    /// Signature code, six characters A–Z 0–9.
    pub code: String,
    pub school: String,
    pub title: String,
    /// Standard id.
    pub standard: String,
    /// Background id of the standard for the final photo.
    pub background: String,
    /// Layout expressions offered.
    pub layouts: Vec<String>,
    pub max_attempts: u32,
    #[serde(default)]
    pub rules: BatchRules,
}

impl Batch {
    /// What the batch is called in a list: its school, or its title where no school was given.
    pub fn name(&self) -> &str {
        if self.school.is_empty() { &self.title } else { &self.school }
    }

    /// School and title, as far as they were given.
    pub fn full_name(&self) -> String {
        let given = [&self.school, &self.title].into_iter().filter(|name| !name.is_empty());
        given.cloned().collect::<Vec<_>>().join(" · ")
    }
}

/// A batch with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchSummary {
    pub batch: Batch,
    pub pending: usize,
    pub approved: usize,
    pub rejected: usize,
    pub in_production: usize,
    pub completed: usize,
    /// Of the pending ones, those a reviewer set aside.
    pub parked: usize,
    /// Of the pending ones, those that wait for a senior.
    pub escalated: usize,
    /// When the pending one that waits longest was received, in milliseconds since the Unix epoch.
    pub oldest_at_ms: Option<i64>,
}

impl BatchSummary {
    /// Pending submissions that nobody has set aside.
    pub fn waiting(&self) -> usize {
        self.pending.saturating_sub(self.parked + self.escalated)
    }
}

/// What is needed to open a batch. Without `code` a free signature code is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    pub code: Option<String>,
    pub school: String,
    pub title: String,
    pub standard: String,
    pub background: String,
    pub layouts: Vec<String>,
    pub max_attempts: u32,
}

impl NewBatch {
    /// The batch under this signature code.
    pub fn under(self, code: &SignatureCode) -> Batch {
        Batch {
            code: code.to_string(),
            school: self.school,
            title: self.title,
            standard: self.standard,
            background: self.background,
            layouts: self.layouts,
            max_attempts: self.max_attempts,
            rules: BatchRules::default(),
        }
    }
}

/// A checked signature code 特征码: exactly six characters A–Z 0–9.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureCode(String);

/// The text is no signature code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no signature code; it is six characters, A–Z and 0–9, for example B7K2QX")]
pub struct BadSignatureCode {
    pub given: String,
}

const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl SignatureCode {
    /// Length in characters.
    pub const LENGTH: usize = 6;

    /// Reads a code; small letters and surrounding blanks are forgiven.
    pub fn parse(text: &str) -> Result<Self, BadSignatureCode> {
        let code = text.trim().to_ascii_uppercase();
        let is_legal = code.len() == Self::LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        if is_legal { Ok(Self(code)) } else { Err(BadSignatureCode { given: text.to_owned() }) }
    }

    /// The code drawn by these random bytes; `None` when they run out first.
    pub fn draw(random: &mut impl Iterator<Item = u8>) -> Option<Self> {
        // 252 is the largest multiple of 36 in a byte; what lies above is thrown away.
        let unbiased = random.filter(|byte| *byte < 252).take(Self::LENGTH);
        let code: String =
            unbiased.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])).collect();
        (code.len() == Self::LENGTH).then_some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignatureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(SignatureCode::parse(text).ok().as_ref().map(SignatureCode::as_str), expect, "{text:?}");
    }

    #[test]
    fn a_batch_without_a_school_is_known_by_its_title() {
        let mut batch = Batch {
            code: "B7K2QX".into(),
            school: String::new(),
            title: "2026".into(),
            standard: "chsi_2017".into(),
            background: "light_blue".into(),
            layouts: Vec::new(),
            max_attempts: 3,
            rules: BatchRules::default(),
        };
        assert_eq!((batch.name(), batch.full_name().as_str()), ("2026", "2026"));
        batch.school = "示范大学".into();
        assert_eq!((batch.name(), batch.full_name().as_str()), ("示范大学", "示范大学 · 2026"));
    }

    #[test]
    fn six_letters_and_digits_are_a_code() {
        check("B7K2QX", Some("B7K2QX"));
        check(" b7k2qx ", Some("B7K2QX"));
        check("B7K2Q", None);
        check("B7K2QXX", None);
        check("B7K2Q-", None);
        check("采集码", None);
        check("", None);
    }

    #[test]
    fn drawing_skips_bytes_that_would_favour_some_letters() {
        let drawn = SignatureCode::draw(&mut [0_u8, 255, 35, 36, 252, 71, 1, 2].into_iter());
        assert_eq!(drawn.as_ref().map(SignatureCode::as_str), Some("A9A9BC"));
    }

    #[test]
    fn too_little_randomness_draws_nothing() {
        assert_eq!(SignatureCode::draw(&mut [1_u8, 2, 3].into_iter()), None);
    }
}
