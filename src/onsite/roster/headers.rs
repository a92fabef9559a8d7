//! Which column holds what: headers recognised by the words of assets/onsite/roster_headers.toml.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::{Address, Table};
use crate::onsite::document_number::OnsiteDataError;

const BUILT_IN: &str = include_str!("../../../assets/onsite/roster_headers.toml");
/// Titles and remarks stand above the header row; further down there are people.
const HEADER_SEARCHED_ROWS: usize = 20;

/// What a column of a roster can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    DocumentNumber,
    StudentNumber,
    School,
    College,
    Major,
    Class,
    Level,
    Type,
    Email,
    Phone,
}

impl Field {
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::DocumentNumber,
        Self::StudentNumber,
        Self::School,
        Self::College,
        Self::Major,
        Self::Class,
        Self::Level,
        Self::Type,
        Self::Email,
        Self::Phone,
    ];

    /// The snake_case word used on the command line and as locale key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DocumentNumber => "document_number",
            Self::StudentNumber => "student_number",
            Self::School => "school",
            Self::College => "college",
            Self::Major => "major",
            Self::Class => "class",
            Self::Level => "level",
            Self::Type => "type",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// The field with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }
}

/// Where the header row is and which column holds which field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// Row of the headers, counted from 0; people stand below it.
    pub header_row: usize,
    columns: BTreeMap<Field, usize>,
}

impl Mapping {
    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns.get(&field).copied()
    }

    /// What this column holds.
    pub fn field(&self, column: usize) -> Option<Field> {
        self.columns.iter().find(|(_, at)| **at == column).map(|(field, _)| *field)
    }

    /// Gives a column to a field, or takes it away. A column holds one field, a field stands in one column.
    pub fn set(&mut self, column: usize, field: Option<Field>) {
        self.columns.retain(|_, at| *at != column);
        if let Some(field) = field {
            self.columns.insert(field, column);
        }
    }

    /// A person can be read: a name, and a number that tells people apart.
    pub fn is_enough(&self) -> bool {
        self.columns.contains_key(&Field::Name)
            && (self.columns.contains_key(&Field::DocumentNumber)
                || self.columns.contains_key(&Field::StudentNumber))
    }
}

/// The words headers are known by.
#[derive(Clone, Debug)]
pub struct HeaderWords(BTreeMap<Field, Vec<String>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    headers: Vec<String>,
}

impl HeaderWords {
    pub fn built_in() -> Result<Self, OnsiteDataError> {
        let file: BTreeMap<Field, Words> = toml::from_str(BUILT_IN).map_err(|error| OnsiteDataError {
            file: "assets/onsite/roster_headers.toml",
            cause: error.message().to_owned(),
        })?;
        let bare = |words: Words| words.headers.iter().map(|header| bare(header)).collect();
        Ok(Self(file.into_iter().map(|(field, words)| (field, bare(words))).collect()))
    }

    /// The header row with the most known headers, and what its columns hold. The first of two columns with the same
    /// meaning counts. Without a known header the first row is taken and nothing is mapped.
    pub fn recognise(&self, table: &Table) -> Mapping {
        let searched = 0..table.rows.len().min(HEADER_SEARCHED_ROWS);
        let mut best = Mapping::default();
        for header_row in searched {
            let found = self.in_row(table, header_row);
            if found.columns.len() > best.columns.len() {
                best = found;
            }
        }
        best
    }

    fn in_row(&self, table: &Table, header_row: usize) -> Mapping {
        let mut mapping = Mapping { header_row, columns: BTreeMap::new() };
        for column in 0..table.rows[header_row].len() {
            let header = bare(&table.cell(Address { row: header_row, column }).shown());
            let field = Field::ALL.into_iter().find(|field| {
                !header.is_empty() && self.0.get(field).is_some_and(|words| words.contains(&header))
            });
            if let Some(field) = field {
                mapping.columns.entry(field).or_insert(column);
            }
        }
        mapping
    }
}

/// A header without blanks, punctuation, bracketed remarks and letter case.
fn bare(header: &str) -> String {
    let before_bracket = header.split(['(', '（', '[', '【']).next().unwrap_or(header);
    let text = if before_bracket.trim().is_empty() { header } else { before_bracket };
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::Cell;
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let row = |row: &&[&str]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        Table { sheet: String::new(), rows: rows.iter().map(row).collect() }
    }

    #[test]
    fn chinese_headers_are_recognised_below_a_title() {
        let words = HeaderWords::built_in().unwrap();
        let table = table(&[
            &["示范大学 2026 届毕业生名单"],
            &[],
            &["序号", "姓 名", "身份证号码*", "学号（必填）", "院系", "手机号", "备注"],
            &["1", "吴小兰", "11010519491231002X", "20210012345", "物理", "13800000000", ""],
        ]);
        let mapping = words.recognise(&table);
        assert_eq!(mapping.header_row, 2);
        let found = Field::ALL.map(|field| mapping.column(field));
        assert_eq!(found, [Some(1), Some(2), Some(3), None, Some(4), None, None, None, None, None, Some(5)]);
        assert!(mapping.is_enough());
    }

    #[test]
    fn english_headers_are_recognised_and_unknown_ones_map_nothing() {
        let words = HeaderWords::built_in().unwrap();
        let mapping = words.recognise(&table(&[&["Student No.", "Full Name"]]));
        assert_eq!((mapping.column(Field::StudentNumber), mapping.column(Field::Name)), (Some(0), Some(1)));
        let nothing = words.recognise(&table(&[&["甲", "乙"], &["丙", "丁"]]));
        assert_eq!(nothing, Mapping::default());
        assert!(!nothing.is_enough());
    }

    #[test]
    fn a_column_holds_one_field_and_a_field_stands_in_one_column() {
        let mut mapping = Mapping::default();
        mapping.set(3, Some(Field::Name));
        mapping.set(4, Some(Field::Name));
        assert_eq!((mapping.field(3), mapping.field(4)), (None, Some(Field::Name)));
        mapping.set(4, Some(Field::Phone));
        assert_eq!((mapping.column(Field::Name), mapping.field(4)), (None, Some(Field::Phone)));
        mapping.set(4, None);
        assert_eq!(mapping.field(4), None);
    }
}
