//! Reads layout expressions; every refusal points at the column and says what is expected there.

use super::{Item, Layout};
use crate::photo::units::Mm;
use crate::print::data::{self, UnknownName};
use crate::print::piece::{Piece, Pieces};

/// More pieces of one size than any sheet holds are a slip of the pen.
const LARGEST_COUNT: u32 = 999;
/// Lengths outside are no photo: smaller cannot be cut, larger has no paper.
const SHORTEST_MM: f64 = 5.0;
const LONGEST_MM: f64 = 1000.0;

/// Why a text is no layout. Columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("the layout is empty; write for example 1寸×8+2寸×4")]
    Empty,
    #[error("column {column}: {source}")]
    UnknownPiece { column: usize, source: UnknownName },
    #[error("column {column}: {expected}, {}", found_text(found))]
    Expected { column: usize, expected: &'static str, found: String },
    #[error("a count from 1 to 999 is expected for each size; {name} adds up to {count}")]
    TooMany { name: String, count: u32 },
}

impl LayoutError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "layout_empty",
            Self::UnknownPiece { .. } => "layout_unknown_piece",
            Self::Expected { .. } => "layout_syntax",
            Self::TooMany { .. } => "layout_too_many",
        }
    }
}

fn found_text(found: &str) -> String {
    if found.is_empty() { "but the text ends here".into() } else { format!("not \"{found}\"") }
}

const SIZE: &str = "a size such as 2寸 or 35mm×49mm is expected";
const TIMES: &str = "× and a count are expected";
const COUNT: &str = "a count from 1 to 999 is expected";
const LENGTH: &str = "a length from 5 to 1000 mm is expected";
const MILLIMETRES: &str = "millimetres are expected for a size of two lengths (33mm×48mm×6)";
const END: &str = "+ or the end is expected";

/// `item { + item }`, where an item is `name × count` or `length × length × count`.
pub(super) fn expression(text: &str, pieces: &Pieces) -> Result<Layout, LayoutError> {
    let words = words(text);
    if words.is_empty() {
        return Err(LayoutError::Empty);
    }
    let end = text.trim_end().chars().count() + 1;
    let mut items = Vec::new();
    for term in terms(&words, end) {
        items.push(item(&term, pieces)?);
    }
    let layout = Layout::from_items(items);
    match layout.items.iter().find(|item| item.count > LARGEST_COUNT) {
        Some(item) => Err(LayoutError::TooMany { name: item.piece.name.clone(), count: item.count }),
        None => Ok(layout),
    }
}

/// A stretch of the text without operators, or one operator.
#[derive(Clone, Debug)]
struct Word {
    kind: Kind,
    text: String,
    column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Times,
    Plus,
}

/// The words between two pluses, and where (and with what) the term ends.
struct Term<'a> {
    words: &'a [Word],
    after_text: String,
    after_column: usize,
}

fn words(text: &str) -> Vec<Word> {
    let chars: Vec<char> = text.chars().map(data::half_width).collect();
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (index, &c) in chars.iter().enumerate() {
        let kind = match c {
            '+' => Kind::Plus,
            '×' | '✕' | '✖' | '*' => Kind::Times,
            'x' | 'X' if is_sign(&chars, index) => Kind::Times,
            _ => Kind::Text,
        };
        match (kind, words.last_mut()) {
            (Kind::Text, Some(last)) if open => last.text.push(c),
            (Kind::Text, _) if c.is_whitespace() => {}
            _ => words.push(Word { kind, text: c.into(), column: index + 1 }),
        }
        open = words.last().is_some_and(|last| last.kind == Kind::Text);
    }
    for word in &mut words {
        word.text.truncate(word.text.trim_end().len());
    }
    words
}

/// The letter x multiplies where it does not stand inside a word: what follows is no letter.
fn is_sign(chars: &[char], index: usize) -> bool {
    let next = chars[index + 1..].iter().find(|c| !c.is_whitespace());
    next.is_none_or(|c| !c.is_alphabetic() || !c.is_ascii())
}

fn terms(words: &[Word], end: usize) -> Vec<Term<'_>> {
    let pluses: Vec<usize> = words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.kind == Kind::Plus)
        .map(|(index, _)| index)
        .collect();
    let mut terms = Vec::new();
    let mut from = 0;
    for &plus in &pluses {
        let (after_text, after_column) = (words[plus].text.clone(), words[plus].column);
        terms.push(Term { words: &words[from..plus], after_text, after_column });
        from = plus + 1;
    }
    // An expression that ends in a plus is missed where the next size would stand.
    let after_column = if from == words.len() { words[from - 1].column + 1 } else { end };
    terms.push(Term { words: &words[from..], after_text: String::new(), after_column });
    terms
}

fn item(term: &Term<'_>, pieces: &Pieces) -> Result<Item, LayoutError> {
    let name = expect_text(term, 0, SIZE)?;
    expect_times(term, 1)?;
    let second = expect_text(term, 2, COUNT)?;
    match term.words.len() {
        3 => {
            let piece = pieces
                .find(&name.text)
                .map_err(|source| LayoutError::UnknownPiece { column: name.column, source })?;
            Ok(Item { piece, count: count(second)? })
        }
        4 => Err(found(term, 4, COUNT)),
        5 => {
            let third = expect_text(term, 4, COUNT)?;
            Ok(Item { piece: sized(name, second)?, count: count(third)? })
        }
        _ => Err(found(term, 5, END)),
    }
}

fn expect_text<'a>(
    term: &'a Term<'_>,
    index: usize,
    expected: &'static str,
) -> Result<&'a Word, LayoutError> {
    match term.words.get(index) {
        Some(word) if word.kind == Kind::Text => Ok(word),
        _ => Err(found(term, index, expected)),
    }
}

fn expect_times(term: &Term<'_>, index: usize) -> Result<(), LayoutError> {
    match term.words.get(index) {
        Some(word) if word.kind == Kind::Times => Ok(()),
        _ => Err(found(term, index, TIMES)),
    }
}

/// The complaint that something else stands at this place of the term.
fn found(term: &Term<'_>, index: usize, expected: &'static str) -> LayoutError {
    let (column, found) = match term.words.get(index) {
        Some(word) => (word.column, word.text.clone()),
        None => (term.after_column, term.after_text.clone()),
    };
    LayoutError::Expected { column, expected, found }
}

fn count(word: &Word) -> Result<u32, LayoutError> {
    let digits: String = word.text.chars().filter(|c| !c.is_whitespace()).collect();
    match digits.parse::<u32>() {
        Ok(count) if (1..=LARGEST_COUNT).contains(&count) => Ok(count),
        _ => Err(LayoutError::Expected { column: word.column, expected: COUNT, found: word.text.clone() }),
    }
}

fn sized(width: &Word, height: &Word) -> Result<Piece, LayoutError> {
    let (width_mm, width_has_unit) = length(width)?;
    let (height_mm, height_has_unit) = length(height)?;
    if !width_has_unit && !height_has_unit {
        let found = format!("{}×{}", width.text, height.text);
        return Err(LayoutError::Expected { column: width.column, expected: MILLIMETRES, found });
    }
    Ok(Piece::from_size(width_mm, height_mm))
}

/// A length and whether it named its unit.
fn length(word: &Word) -> Result<(Mm, bool), LayoutError> {
    let plain: String = word.text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let number = plain.strip_suffix("mm").or(plain.strip_suffix("毫米")).or(plain.strip_suffix('㎜'));
    match number.unwrap_or(&plain).parse::<f64>() {
        Ok(mm) if (SHORTEST_MM..=LONGEST_MM).contains(&mm) => Ok((Mm::from_mm(mm), number.is_some())),
        _ => Err(LayoutError::Expected { column: word.column, expected: LENGTH, found: word.text.clone() }),
    }
}
