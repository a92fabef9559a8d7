//! A roster file's bytes to a table: what kind it is is read from its content, not from its name.

use super::table::Table;
use super::{text, xlsx};

/// Rows and columns a roster may have; beyond it the file is no list of one school's people.
pub(super) const MAX_ROWS: usize = 200_000;
pub(super) const MAX_COLUMNS: usize = 256;
/// The largest roster file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
const OLD_EXCEL_MAGIC: &[u8] = b"\xd0\xcf\x11\xe0";

/// Why a file is no readable roster. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("the file is empty; export the list again")]
    Empty,
    #[error("this is an old Excel file (.xls) or one with a password; save it as .xlsx without a password")]
    OldExcel,
    #[error("the Excel file cannot be read ({cause}); open it in a spreadsheet and save it as .xlsx again")]
    Damaged { cause: String },
    #[error(
        "the text is neither UTF-8 nor GB18030 (first wrong at byte {at}); save the list as .xlsx or as CSV UTF-8"
    )]
    Encoding { at: usize },
    #[error("the list has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns; remove what is no person")]
    TooLarge,
}

impl TableError {
    /// Stable machine-readable code, also the locale key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "roster_empty",
            Self::OldExcel => "roster_old_excel",
            Self::Damaged { .. } => "roster_damaged",
            Self::Encoding { .. } => "roster_encoding",
            Self::TooLarge => "roster_too_large",
        }
    }
}

/// The sheets of the file that hold anything, in their order; a text file is one sheet.
pub fn tables(bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    let tables = if bytes.starts_with(ZIP_MAGIC) {
        xlsx::sheets(bytes)?
    } else if bytes.starts_with(OLD_EXCEL_MAGIC) {
        return Err(TableError::OldExcel);
    } else {
        vec![text::table(bytes)?]
    };
    let tables: Vec<Table> =
        tables.into_iter().filter(|table| table.rows.iter().flatten().any(|cell| !cell.is_empty())).collect();
    if tables.is_empty() { Err(TableError::Empty) } else { Ok(tables) }
}
