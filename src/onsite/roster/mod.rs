//! Rosters: a table from a file, its columns recognised, each row read into a person or rejected by cell address.

pub mod file;
pub mod headers;
pub mod read;
pub mod table;
mod text;
mod xlsx;

pub use headers::{Field, HeaderWords, Mapping};
pub use read::{Entry, Notice, Rejection, Roster, RowFault};
pub use table::{Address, Cell, Table};
