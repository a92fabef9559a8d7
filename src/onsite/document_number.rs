//! Document numbers as text: citizen identity numbers by GB 11643, others by their form; never a number type.

use jiff::civil::Date;
use serde::Deserialize;

const BUILT_IN: &str = include_str!("../../assets/onsite/document_numbers.toml");

/// Characters of a citizen identity number, the last of which is the check character.
const RESIDENT_LENGTH: usize = 18;
/// From this length on a row of digits can only be meant as a citizen identity number: fifteen was the old form.
const RESIDENT_FROM_LENGTH: usize = 14;

/// What a document number must satisfy; read from assets/onsite/document_numbers.toml, with its source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRules {
    areas: Vec<String>,
    earliest_birth_year: i16,
    other_min_length: usize,
    other_max_length: usize,
}

/// The data built into the program is broken: it was built wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {cause}; reinstall the program")]
pub struct OnsiteDataError {
    pub file: &'static str,
    pub cause: String,
}

/// Why a text is no document number. `code()` is stable; the text carries the remedy and never the number itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    #[error(
        "a spreadsheet has turned the number into a rounded one (it ends in E+17 or 000); format the column as text and enter the number again"
    )]
    Rounded,
    #[error("an identity number has 18 characters, this one has {length}; compare it with the document")]
    Length { length: usize },
    #[error(
        "the number contains a sign that no document has; letters, digits and a bracketed suffix are allowed"
    )]
    Signs,
    #[error("its first digits name no area; compare it with the document")]
    Area,
    #[error("digits 7 to 14 are no birth date; compare it with the document")]
    Birth,
    #[error(
        "its check character does not fit the other digits; one of them is wrong, compare it with the document"
    )]
    CheckCharacter,
}

impl BadNumber {
    /// Stable machine-readable code, also the locale key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rounded => "number_rounded",
            Self::Length { .. } => "number_length",
            Self::Signs => "number_signs",
            Self::Area => "number_area",
            Self::Birth => "number_birth",
            Self::CheckCharacter => "number_check",
        }
    }
}

impl NumberRules {
    pub fn built_in() -> Result<Self, OnsiteDataError> {
        toml::from_str(BUILT_IN).map_err(|error| OnsiteDataError {
            file: "assets/onsite/document_numbers.toml",
            cause: error.message().to_owned(),
        })
    }

    /// The number as it is stored and compared: half-width, capitals, no blanks. A text of digits as long as an
    /// identity number must be one (born before `today`); anything else is taken as another document.
    pub fn parse(&self, text: &str, today: Date) -> Result<String, BadNumber> {
        let number = normalised(text);
        if has_exponent(&number) {
            return Err(BadNumber::Rounded);
        }
        if is_meant_as_resident(&number) {
            self.check_resident(&number, today).map_err(|bad| match bad {
                BadNumber::CheckCharacter if ends_as_rounded(&number) => BadNumber::Rounded,
                bad => bad,
            })?;
        } else {
            self.check_other(&number)?;
        }
        Ok(number)
    }

    fn check_resident(&self, number: &str, today: Date) -> Result<(), BadNumber> {
        if number.len() != RESIDENT_LENGTH {
            return Err(BadNumber::Length { length: number.len() });
        }
        let digits: Vec<u32> =
            number.chars().map_while(|sign| if sign == 'X' { Some(10) } else { sign.to_digit(10) }).collect();
        if digits.len() != RESIDENT_LENGTH || digits[..RESIDENT_LENGTH - 1].contains(&10) {
            return Err(BadNumber::Signs);
        }
        if !self.areas.iter().any(|area| number.starts_with(area.as_str())) {
            return Err(BadNumber::Area);
        }
        let part = |range: std::ops::Range<usize>| number[range].parse::<i16>().unwrap_or(0);
        let birth = Date::new(part(6..10), part(10..12) as i8, part(12..14) as i8);
        if !birth.is_ok_and(|birth| birth.year() >= self.earliest_birth_year && birth <= today) {
            return Err(BadNumber::Birth);
        }
        if checksum(&digits) == 1 { Ok(()) } else { Err(BadNumber::CheckCharacter) }
    }

    fn check_other(&self, number: &str) -> Result<(), BadNumber> {
        let is_allowed = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '(' | ')' | '-');
        if !number.chars().all(is_allowed) {
            return Err(BadNumber::Signs);
        }
        let length = number.len();
        let fits = (self.other_min_length..=self.other_max_length).contains(&length);
        if fits { Ok(()) } else { Err(BadNumber::Length { length }) }
    }
}

/// Half-width capitals without blanks and without what spreadsheets put in front of a text.
pub fn normalised(text: &str) -> String {
    let text = text.trim().trim_start_matches(['\'', '‘', '’', '`']);
    let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    text.chars().filter(|sign| !sign.is_whitespace() && !is_invisible(*sign)).map(half_width).collect()
}

/// Signs that copy along unseen from web pages and chats.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

fn half_width(sign: char) -> char {
    let narrow = match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        other => other,
    };
    narrow.to_ascii_uppercase()
}

/// A spreadsheet keeps fifteen digits of a number: the last three of eighteen become zeros. One in about a thousand
/// true numbers ends so too.
pub fn ends_as_rounded(number: &str) -> bool {
    number.len() == RESIDENT_LENGTH && number.ends_with("000")
}

fn has_exponent(number: &str) -> bool {
    number.split_once("E+").is_some_and(|(mantissa, power)| {
        mantissa.starts_with(|sign: char| sign.is_ascii_digit())
            && power.chars().all(|sign| sign.is_ascii_digit())
    })
}

fn is_meant_as_resident(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let others = number.len().saturating_sub(digits);
    digits >= RESIDENT_FROM_LENGTH && (others == 0 || (others == 1 && number.ends_with('X')))
        || (number.len() == RESIDENT_LENGTH && digits >= RESIDENT_LENGTH - 2)
}

/// ISO 7064 MOD 11-2: 1 when the check character fits.
fn checksum(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |sum, digit| (sum * 2 + digit) % 11)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules() -> NumberRules {
        NumberRules::built_in().unwrap()
    }

    fn check(text: &str, expect: Result<&str, &str>) {
        let found = rules().parse(text, Date::constant(2026, 6, 1));
        let found = found.as_deref().map_err(BadNumber::code);
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn identity_numbers_are_checked_by_area_birth_and_check_character() {
        check("11010519491231002X", Ok("11010519491231002X"));
        check("440524188001010014", Err("number_birth"));
        check(" １１０１０５１９４９１２３１００２ｘ ", Ok("11010519491231002X"));
        check("'11010519491231002x", Ok("11010519491231002X"));
        check("=\"11010519491231002X\"", Ok("11010519491231002X"));
        check("110105194912310021", Err("number_check"));
        check("11010519491231102X", Err("number_check"));
        check("99010519491231002X", Err("number_check"));
        check("16010519491231002X", Err("number_area"));
        check("11010519491331002X", Err("number_birth"));
        check("11010520991231002X", Err("number_birth"));
        check("1101051949123100X2", Err("number_signs"));
        check("110105491231002", Err("number_length"));
        check("11010519491231002", Err("number_length"));
    }

    #[test]
    fn what_a_spreadsheet_rounded_is_told_apart() {
        check("1.10105E+17", Err("number_rounded"));
        check("110105194912310000", Err("number_rounded"));
    }

    #[test]
    fn other_documents_keep_their_letters_and_brackets() {
        check("C123456(A)", Ok("C123456(A)"));
        check("c123456（a）", Ok("C123456(A)"));
        check("EA1234567", Ok("EA1234567"));
        check("H01234567", Ok("H01234567"));
        check("12", Err("number_length"));
        check("吴小兰", Err("number_signs"));
    }

    proptest! {
        /// MOD 11-2 finds every single wrong digit and every swap of neighbours.
        #[test]
        fn a_slip_of_the_hand_is_found(at in 0..17_usize, digit in 0..10_u32, swap in 0..16_usize) {
            let number = "11010519491231002X";
            let mut slip: Vec<char> = number.chars().collect();
            slip[at] = char::from_digit(digit, 10).unwrap();
            let slip: String = slip.into_iter().collect();
            prop_assert_eq!(rules().parse(&slip, Date::constant(2026, 6, 1)).is_ok(), slip == number);
            let mut swapped: Vec<char> = number.chars().collect();
            swapped.swap(swap, swap + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert_eq!(rules().parse(&swapped, Date::constant(2026, 6, 1)).is_ok(), swapped == number);
        }
    }
}
