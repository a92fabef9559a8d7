//! Cells in rows, each with the address a spreadsheet shows for it.

use std::fmt;

/// One cell as it stood in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// A number cell: a spreadsheet keeps fifteen digits of it and no leading zero.
    Number(f64),
    /// A date, a truth value or a formula's error, as the file shows it.
    Other(String),
}

impl Cell {
    /// What a person reads in the cell; whole numbers without a decimal point.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Other(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) | Self::Other(text) => text.trim().is_empty(),
            Self::Number(_) => false,
        }
    }
}

/// Where a cell stands, both counted from 0; shown as `B17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub row: usize,
    pub column: usize,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), self.row + 1)
    }
}

/// A column counted from 0 as a spreadsheet letters it: A, …, Z, AA, ….
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

/// A sheet: rows from the sheet's first, with gaps filled, so that an index is an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Name of the sheet; empty for a text file.
    pub sheet: String,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The cell there; empty beyond the table.
    pub fn cell(&self, at: Address) -> &Cell {
        self.rows.get(at.row).and_then(|row| row.get(at.column)).unwrap_or(&Cell::Empty)
    }

    /// Columns of the widest row.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_a_spreadsheet_names_them() {
        let check = |row, column, expect: &str| assert_eq!(Address { row, column }.to_string(), expect);
        check(0, 0, "A1");
        check(16, 1, "B17");
        check(0, 25, "Z1");
        check(0, 26, "AA1");
        check(9, 701, "ZZ10");
        check(9, 702, "AAA10");
    }

    #[test]
    fn whole_numbers_are_shown_without_a_point() {
        assert_eq!(Cell::Number(20_210_012_345.0).shown(), "20210012345");
        assert_eq!(Cell::Number(1.5).shown(), "1.5");
    }
}
