//! What comes out of a statement.

use rusqlite::types::FromSql;

use super::{DbError, Result};

/// The rows of a statement, read one after the other.
pub enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    #[cfg(feature = "hub")]
    Postgres {
        rows: Vec<::postgres::Row>,
        next: usize,
    },
}

/// The row that a statement is at.
#[derive(Clone, Copy)]
pub enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    #[cfg(feature = "hub")]
    Postgres(&'r ::postgres::Row),
}

/// Rows that are made into something else as they are read.
pub struct MappedRows<'s, F> {
    pub(super) rows: Rows<'s>,
    pub(super) read: F,
}

/// A number of a column, from 0.
pub trait Column {
    fn number(self) -> usize;
}

/// What a column may be read as.
pub trait Read: FromSql {
    /// `None` for a value of another kind.
    #[cfg(feature = "hub")]
    fn of(cell: super::postgres::Cell<'_>) -> Option<Self>;
}

/// A column read in place.
pub struct Text<'r>(Option<&'r str>, usize);

impl Rows<'_> {
    pub fn next(&mut self) -> Result<Option<Row<'_>>> {
        match self {
            Self::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
            #[cfg(feature = "hub")]
            Self::Postgres { rows, next } => {
                *next += 1;
                Ok(rows.get(*next - 1).map(Row::Postgres))
            }
        }
    }
}

impl<'r> Row<'r> {
    pub fn get<C: Column, T: Read>(&self, column: C) -> Result<T> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column.number())?),
            #[cfg(feature = "hub")]
            Self::Postgres(row) => {
                let column = column.number();
                T::of(row.try_get(column)?).ok_or(DbError::OtherKind { column })
            }
        }
    }

    /// Whatever it is, without a copy.
    #[cfg(feature = "hub")]
    pub fn cell(&self, column: usize) -> Result<super::postgres::Cell<'r>> {
        match *self {
            Self::Sqlite(row) => Ok(super::postgres::Cell::try_from(row.get_ref(column)?)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A text without a copy of it.
    pub fn text(&self, column: usize) -> Result<Text<'r>> {
        match *self {
            Self::Sqlite(row) => {
                let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
                Ok(Text(text, column))
            }
            #[cfg(feature = "hub")]
            Self::Postgres(row) => Ok(Text(row.try_get(column)?, column)),
        }
    }

    /// Bytes without a copy of them.
    pub fn bytes(&self, column: usize) -> Result<&'r [u8]> {
        match *self {
            Self::Sqlite(row) => Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?),
            #[cfg(feature = "hub")]
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

impl<'r> Text<'r> {
    pub fn as_str(&self) -> Result<&'r str> {
        self.0.ok_or(DbError::OtherKind { column: self.1 })
    }

    pub fn as_str_or_null(&self) -> Option<&'r str> {
        self.0
    }
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for MappedRows<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        match self.rows.next() {
            Ok(row) => row.map(|row| (self.read)(&row)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The only one, so that a plain number is taken for it.
impl Column for usize {
    fn number(self) -> usize {
        self
    }
}

macro_rules! read {
    ($type:ty, $cell:ident => $value:expr) => {
        impl Read for $type {
            #[cfg(feature = "hub")]
            fn of(cell: super::postgres::Cell<'_>) -> Option<Self> {
                let $cell = cell;
                $value
            }
        }
    };
}

read!(i64, cell => cell.integer());
read!(i32, cell => cell.integer()?.try_into().ok());
read!(u32, cell => cell.integer()?.try_into().ok());
read!(bool, cell => Some(cell.integer()? != 0));
read!(f64, cell => cell.real());
read!(String, cell => Some(cell.text()?.to_owned()));
read!(Vec<u8>, cell => Some(cell.blob()?.to_owned()));
read!([u8; 32], cell => cell.blob()?.try_into().ok());

impl<T: Read> Read for Option<T> {
    #[cfg(feature = "hub")]
    fn of(cell: super::postgres::Cell<'_>) -> Option<Self> {
        if cell.is_null() { Some(None) } else { T::of(cell).map(Some) }
    }
}
