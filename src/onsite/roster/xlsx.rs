//! Excel workbooks (.xlsx), cell by cell: a far-away cell costs nothing, a number cell is told from a text cell.

use std::io::Cursor;

use calamine::{Data, DataRef, Reader, Xlsx, XlsxError};

use super::file::{MAX_COLUMNS, MAX_ROWS, TableError};
use super::table::{Cell, Table};

pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let names = book.sheet_names();
    names.into_iter().map(|name| sheet(&mut book, name)).collect()
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: String) -> Result<Table, TableError> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    {
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet of charts has no cells.
            Err(XlsxError::NotAWorksheet(_)) => return Ok(Table { sheet: name, rows }),
            Err(error) => return Err(damaged(error)),
        };
        while let Some(found) = cells.next_cell().map_err(damaged)? {
            let (row, column) = found.get_position();
            let (row, column) = (row as usize, column as usize);
            let cell = read(found.get_value());
            // Formats reach far beyond the list; only what is filled counts.
            if cell.is_empty() {
                continue;
            }
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                return Err(TableError::TooLarge);
            }
            if rows.len() <= row {
                rows.resize_with(row + 1, Vec::new);
            }
            if rows[row].len() <= column {
                rows[row].resize_with(column + 1, Cell::default);
            }
            rows[row][column] = cell;
        }
    }
    Ok(Table { sheet: name, rows })
}

fn read(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Int(number) => Cell::Number(*number as f64),
        other => Cell::Other(Data::from(other.clone()).to_string()),
    }
}

fn damaged(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => TableError::OldExcel,
        other => TableError::Damaged { cause: other.to_string() },
    }
}
