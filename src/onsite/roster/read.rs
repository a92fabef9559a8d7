//! Rows to people: each row is taken whole or rejected by the address of the cell that is at fault.

use std::collections::HashMap;

use jiff::civil::Date;

use super::headers::{Field, Mapping};
use super::table::{Address, Cell, Table};
use crate::onsite::document_number::{BadNumber, NumberRules, ends_as_rounded, normalised};
use crate::submission::Person;

/// The longest text a field may hold, in characters; longer ones are a slipped paste.
const LONGEST_TEXT: usize = 200;
/// A number cell holds this many digits without loss.
const EXACT_DIGITS: f64 = 1e15;

/// One person of the roster.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Row in the table, counted from 0.
    pub row: usize,
    pub person: Person,
}

/// A row that was not taken: the cell at fault and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    pub at: Address,
    pub field: Field,
    pub fault: RowFault,
}

/// A row that was taken, with something a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub at: Address,
    pub field: Field,
}

/// What a roster gave. Every filled row below the headers is in `entries` or in `rejected`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    pub entries: Vec<Entry>,
    pub rejected: Vec<Rejection>,
    /// Number cells read as digits: a leading zero would be lost.
    pub from_number_cells: Vec<Notice>,
}

/// Why a row is rejected. `code()` is stable; the text carries the remedy and never the cell's content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    #[error("the cell is empty; every person needs a name")]
    NoName,
    #[error("no document number and no student number; fill in one of them")]
    NoNumber,
    #[error("{0}")]
    Number(#[from] BadNumber),
    #[error(
        "the number is in a number cell, which keeps fifteen digits only; format the column as text and enter it again"
    )]
    NumberCell,
    #[error(
        "a date, a formula's error or a truth value stands where text is expected; format the column as text"
    )]
    NotText,
    #[error(
        "a character was lost when the list was saved (a question mark or a replacement sign); save it as .xlsx or CSV UTF-8"
    )]
    LostCharacter,
    #[error("the text has line breaks or more than {LONGEST_TEXT} characters; enter it again")]
    TooLong,
    #[error("the same number stands in row {first} already; remove one of the two rows")]
    Twice { first: usize },
}

impl RowFault {
    /// Stable machine-readable code, also the locale key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoName => "row_no_name",
            Self::NoNumber => "row_no_number",
            Self::Number(bad) => bad.code(),
            Self::NumberCell => "row_number_cell",
            Self::NotText => "row_not_text",
            Self::LostCharacter => "row_lost_character",
            Self::TooLong => "row_too_long",
            Self::Twice { .. } => "row_twice",
        }
    }
}

/// Reads every row below the headers. `today` bounds birth dates.
pub fn read(table: &Table, mapping: &Mapping, rules: &NumberRules, today: Date) -> Roster {
    let mut reading =
        Reading { table, mapping, rules, today, roster: Roster::default(), seen: HashMap::new() };
    for row in mapping.header_row + 1..table.rows.len() {
        if table.rows[row].iter().any(|cell| !cell.is_empty()) {
            match reading.person(row) {
                Ok(person) => reading.roster.entries.push(Entry { row, person }),
                Err(rejection) => reading.roster.rejected.push(rejection),
            }
        }
    }
    reading.reject_all_rounded();
    reading.roster
}

struct Reading<'a> {
    table: &'a Table,
    mapping: &'a Mapping,
    rules: &'a NumberRules,
    today: Date,
    roster: Roster,
    /// Numbers of the rows taken so far, with their row.
    seen: HashMap<(Field, String), usize>,
}

impl Reading<'_> {
    fn person(&mut self, row: usize) -> Result<Person, Rejection> {
        let name = self.text(row, Field::Name)?.unwrap_or_default();
        if name.is_empty() {
            return Err(self.rejection(row, Field::Name, RowFault::NoName));
        }
        if name.contains(['?', '？', '\u{fffd}']) {
            return Err(self.rejection(row, Field::Name, RowFault::LostCharacter));
        }
        let document_number = self.document_number(row)?;
        let student_number = self.digits(row, Field::StudentNumber)?.map(|number| normalised(&number));
        if document_number.is_none() && student_number.is_none() {
            let known = [Field::DocumentNumber, Field::StudentNumber];
            let field = known.into_iter().find(|field| self.mapping.column(*field).is_some());
            return Err(self.rejection(row, field.unwrap_or(Field::StudentNumber), RowFault::NoNumber));
        }
        let person = Person {
            name,
            document_number,
            student_number,
            school: self.text(row, Field::School)?,
            college: self.text(row, Field::College)?,
            major: self.text(row, Field::Major)?,
            class: self.text(row, Field::Class)?,
            level: self.text(row, Field::Level)?,
            kind: self.text(row, Field::Type)?,
            email: self.text(row, Field::Email)?,
            phone: self.digits(row, Field::Phone)?,
        };
        self.note_numbers(row, &person)?;
        Ok(person)
    }

    fn at(&self, row: usize, field: Field) -> Address {
        Address { row, column: self.mapping.column(field).unwrap_or(0) }
    }

    fn cell(&self, row: usize, field: Field) -> &Cell {
        self.mapping.column(field).map_or(&Cell::Empty, |column| self.table.cell(Address { row, column }))
    }

    fn rejection(&self, row: usize, field: Field, fault: RowFault) -> Rejection {
        Rejection { at: self.at(row, field), field, fault }
    }

    /// The cell's text; a number as its digits.
    fn text(&self, row: usize, field: Field) -> Result<Option<String>, Rejection> {
        let text = match self.cell(row, field) {
            Cell::Other(_) => return Err(self.rejection(row, field, RowFault::NotText)),
            cell => cell.shown().trim().to_owned(),
        };
        if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return Err(self.rejection(row, field, RowFault::TooLong));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A number that may stand in a number cell, as long as the cell keeps all its digits.
    fn digits(&mut self, row: usize, field: Field) -> Result<Option<String>, Rejection> {
        if let Cell::Number(number) = *self.cell(row, field) {
            let is_exact = number.fract() == 0.0 && (0.0..EXACT_DIGITS).contains(&number);
            if !is_exact {
                return Err(self.rejection(row, field, RowFault::NumberCell));
            }
            let at = self.at(row, field);
            self.roster.from_number_cells.push(Notice { at, field });
        }
        self.text(row, field)
    }

    fn document_number(&self, row: usize) -> Result<Option<String>, Rejection> {
        let field = Field::DocumentNumber;
        if matches!(self.cell(row, field), Cell::Number(_)) {
            return Err(self.rejection(row, field, RowFault::NumberCell));
        }
        let Some(text) = self.text(row, field)? else { return Ok(None) };
        let number = self.rules.parse(&text, self.today);
        number.map(Some).map_err(|bad| self.rejection(row, field, bad.into()))
    }

    fn note_numbers(&mut self, row: usize, person: &Person) -> Result<(), Rejection> {
        let numbers = [
            (Field::DocumentNumber, &person.document_number),
            (Field::StudentNumber, &person.student_number),
        ];
        let numbers: Vec<(Field, String)> =
            numbers.into_iter().filter_map(|(field, number)| Some((field, number.clone()?))).collect();
        for key in &numbers {
            if let Some(first) = self.seen.get(key) {
                return Err(self.rejection(row, key.0, RowFault::Twice { first: first + 1 }));
            }
        }
        self.seen.extend(numbers.into_iter().map(|key| (key, row)));
        Ok(())
    }

    /// Once one number of the list was rounded, one that merely looks so is not to be trusted either: one rounded
    /// number in eleven fits its check character by chance.
    fn reject_all_rounded(&mut self) {
        let was_rounded = |rejection: &Rejection| rejection.fault == RowFault::Number(BadNumber::Rounded);
        if !self.roster.rejected.iter().any(was_rounded) {
            return;
        }
        let looks_rounded =
            |entry: &mut Entry| entry.person.document_number.as_deref().is_some_and(ends_as_rounded);
        let entries: Vec<Entry> = self.roster.entries.extract_if(.., looks_rounded).collect();
        for entry in entries {
            let fault = RowFault::Number(BadNumber::Rounded);
            self.roster.rejected.push(self.rejection(entry.row, Field::DocumentNumber, fault));
        }
        self.roster.rejected.sort_by_key(|rejection| rejection.at);
    }
}

#[cfg(test)]
mod tests {
    use super::super::headers::HeaderWords;
    use super::*;

    const HEADERS: [&str; 4] = ["姓名", "身份证号", "学号", "手机号"];

    fn read_rows(rows: Vec<Vec<Cell>>) -> Roster {
        let headers = HEADERS.map(|text| Cell::Text(text.to_owned())).to_vec();
        let table = Table { sheet: String::new(), rows: [vec![headers], rows].concat() };
        let mapping = HeaderWords::built_in().unwrap().recognise(&table);
        read(&table, &mapping, &NumberRules::built_in().unwrap(), Date::constant(2026, 6, 1))
    }

    fn texts(cells: [&str; 3]) -> Vec<Cell> {
        cells.map(|text| Cell::Text(text.to_owned())).to_vec()
    }

    fn faults(roster: &Roster) -> Vec<(String, &'static str)> {
        roster.rejected.iter().map(|rejection| (rejection.at.to_string(), rejection.fault.code())).collect()
    }

    #[test]
    fn rows_are_read_as_text_and_rejected_by_cell() {
        let roster = read_rows(vec![
            texts(["吴小兰", "11010519491231002x", "0012345"]),
            texts(["", "11010519491231002X", "1"]),
            vec![],
            texts(["赵一", "110105194912310021", "2"]),
            texts(["钱二", "", ""]),
            texts(["孙?三", "", "4"]),
            vec![Cell::Text("李四".into()), Cell::Number(110_105_194_912_310_020.0), Cell::Text("5".into())],
            vec![Cell::Text("周五".into()), Cell::Empty, Cell::Number(1e20)],
            texts(["吴六", "", "0012345"]),
            vec![Cell::Other("#N/A".into()), Cell::Empty, Cell::Text("7".into())],
        ]);
        let person = &roster.entries[0].person;
        assert_eq!(roster.entries.len(), 1);
        assert_eq!(person.document_number.as_deref(), Some("11010519491231002X"));
        assert_eq!(person.student_number.as_deref(), Some("0012345"), "leading zeros stay");
        let expect = [
            ("A3", "row_no_name"),
            ("B5", "number_check"),
            ("B6", "row_no_number"),
            ("A7", "row_lost_character"),
            ("B8", "row_number_cell"),
            ("C9", "row_number_cell"),
            ("C10", "row_twice"),
            ("A11", "row_not_text"),
        ];
        assert_eq!(faults(&roster), expect.map(|(at, code)| (at.to_owned(), code)));
    }

    #[test]
    fn short_number_cells_are_read_and_pointed_at() {
        let roster = read_rows(vec![vec![
            Cell::Text("吴小兰".into()),
            Cell::Empty,
            Cell::Number(20_210_012_345.0),
            Cell::Number(13_800_000_000.0),
        ]]);
        assert_eq!(roster.entries[0].person.student_number.as_deref(), Some("20210012345"));
        let places: Vec<String> =
            roster.from_number_cells.iter().map(|notice| notice.at.to_string()).collect();
        assert_eq!(places, ["C2", "D2"]);
    }

    /// A true number may end in 000; beside one that was rounded it is rejected with it.
    #[test]
    fn one_rounded_number_makes_its_like_suspect() {
        let genuine = "110105194912061000";
        let alone = read_rows(vec![texts(["吴小兰", genuine, "1"])]);
        assert_eq!((alone.entries.len(), faults(&alone)), (1, vec![]));
        let beside =
            read_rows(vec![texts(["吴小兰", genuine, "1"]), texts(["赵一", "110105194912310000", "2"])]);
        let expect = [("B2", "number_rounded"), ("B3", "number_rounded")];
        assert_eq!(
            (beside.entries.len(), faults(&beside)),
            (0, expect.map(|(at, code)| (at.to_owned(), code)).to_vec())
        );
    }

    #[test]
    fn rare_characters_stay_as_they_are() {
        for name in ["㛃𠮷𬭎", "阿卜杜拉·买买提", "\u{e863}某"] {
            let roster = read_rows(vec![texts([name, "", "1"])]);
            assert_eq!(roster.entries[0].person.name, name);
        }
    }
}
