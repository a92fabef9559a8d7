//! A hub's rows brought from SQLite to a server: all in one transaction, compared row by row before it counts.
//!
//! SQLite stays what counts until then, and is only read. Broken off at any time, the same call begins anew; once all is
//! there, it only compares.

mod photos;

use std::path::Path;

use sha2::{Digest, Sha256};

use super::db::postgres::{Address, Cell};
use super::db::{Connection, Row, Rows, Transaction};
use super::keys::KeyStore;
use super::{Store, StoreError, durable, profile, server};

pub use photos::{PhotosMoved, photos_to_objects};

/// Rows of the server read at a time.
const TOGETHER: usize = 5000;

/// What was brought over, and proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub tables: usize,
    pub rows: u64,
    /// Entries of the journal, whose chain was walked at both ends.
    pub entries: u64,
}

/// A table, with its columns in an order and its rows in an order.
struct Table {
    name: String,
    columns: String,
    count: usize,
    order: String,
}

/// Count and SHA-256 of all rows.
type Sum = (u64, [u8; 32]);

/// Brings everything that lies in SQLite in `folder` to the server, whose database must be empty or hold just that. The
/// photos stay where they are. Refused while the folder is open elsewhere.
pub fn to_server(folder: &Path, keys: &dyn KeyStore, address: Address) -> Result<Moved, StoreError> {
    let from = Store::open_rows(folder, keys)?;
    let entries = from.verify_journal()?;
    let target = server::prepared(address.clone(), &from.sealer)?;
    let source = from.reader();
    let tables = tables(&source, &target)?;
    let tx = target.writing()?;
    if is_empty(&tx, &tables)? {
        for table in &tables {
            copy(&source, &tx, table)?;
        }
        continue_numbers(&tx)?;
    }
    let mut rows = 0;
    for table in &tables {
        let sum = sum_of_file(&source, table)?;
        if sum != sum_of_server(&tx, table)? {
            return Err(StoreError::OtherRows { table: table.name.clone() });
        }
        rows += sum.0;
    }
    tx.commit()?;
    drop(source);
    drop(from);
    let moved = Store::open_rows_on(folder, keys, &address)?.verify_journal()?;
    if moved != entries {
        return Err(StoreError::OtherRows { table: "journal".to_owned() });
    }
    // From now on nobody works on the old rows by mistake.
    let mark = folder.join(profile::MOVED_NAME);
    durable::write_file(folder, &mark, b"The rows of this folder are on a database server.\n")
        .map_err(|cause| StoreError::Io { path: mark, cause })?;
    Ok(Moved { tables: tables.len(), rows, entries })
}

/// Whether a hub's rows lie in its folder.
pub fn rows_lie_in(folder: &Path) -> bool {
    folder.join(profile::DATABASE_NAME).exists() && !folder.join(profile::MOVED_NAME).exists()
}

/// In an order in which no row comes before one that it names.
fn tables(source: &Connection, target: &Connection) -> Result<Vec<Table>, StoreError> {
    // As they were made.
    let sql = "SELECT CAST(relname AS TEXT) FROM pg_class
               WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'form'
               ORDER BY oid";
    let mut statement = target.prepare_cached(sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    names.into_iter().map(|name| table(source, name)).collect()
}

fn table(source: &Connection, name: String) -> Result<Table, StoreError> {
    // Without the columns that both databases make themselves.
    let sql = "SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid";
    let mut statement = source.prepare_cached(sql)?;
    let columns = statement.query_map([name.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns: Vec<(String, i64)> = columns.collect::<Result<_, _>>()?;
    let mut key: Vec<_> = columns.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| *place);
    let listed = |names: Vec<&str>| names.join(", ");
    Ok(Table {
        columns: listed(columns.iter().map(|(name, _)| name.as_str()).collect()),
        count: columns.len(),
        order: listed(key.into_iter().map(|(name, _)| name.as_str()).collect()),
        name,
    })
}

fn is_empty(tx: &Transaction<'_>, tables: &[Table]) -> Result<bool, StoreError> {
    for table in tables {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
        if tx.query_row(&sql, [], |row| row.get(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn select(table: &Table) -> String {
    format!("SELECT {} FROM {} ORDER BY {}", table.columns, table.name, table.order)
}

fn copy(source: &Connection, tx: &Transaction<'_>, table: &Table) -> Result<(), StoreError> {
    let mut statement = source.prepare_cached(&select(table))?;
    let mut rows = statement.query([])?;
    let into = format!("COPY {} ({}) FROM STDIN", table.name, table.columns);
    tx.copy_in(&into, |out| {
        let mut line = Vec::new();
        while let Some(row) = rows.next()? {
            line.clear();
            for column in 0..table.count {
                line.extend((column > 0).then_some(b'\t'));
                write_field(&mut line, row.cell(column)?);
            }
            line.push(b'\n');
            out.write_all(&line).map_err(|cause| StoreError::Broken { cause })?;
        }
        Ok(())
    })
}

/// As COPY reads it.
fn write_field(line: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => line.extend(b"\\N"),
        Cell::Integer(value) => line.extend(value.to_string().bytes()),
        Cell::Real(value) => line.extend(value.to_string().bytes()),
        Cell::Blob(value) => {
            line.extend(b"\\\\x");
            line.extend(hex::encode(value).bytes());
        }
        Cell::Text(value) => {
            for byte in value.bytes() {
                match byte {
                    b'\\' => line.extend(b"\\\\"),
                    b'\n' => line.extend(b"\\n"),
                    b'\r' => line.extend(b"\\r"),
                    b'\t' => line.extend(b"\\t"),
                    _ => line.push(byte),
                }
            }
        }
    }
}

/// Lets the server give out numbers after those that came.
fn continue_numbers(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
               WHERE table_schema = current_schema() AND is_identity = 'YES'";
    let mut statement = tx.prepare_cached(sql)?;
    let numbered = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (table, column) in numbered.collect::<Result<Vec<(String, String)>, _>>()? {
        tx.execute_batch(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 1),
             max({column}) IS NOT NULL) FROM {table}"
        ))?;
    }
    Ok(())
}

fn sum_of_file(source: &Connection, table: &Table) -> Result<Sum, StoreError> {
    let mut statement = source.prepare_cached(&select(table))?;
    let mut sum = Summing::default();
    sum.add(statement.query([])?, table.count)?;
    Ok(sum.done())
}

fn sum_of_server(tx: &Transaction<'_>, table: &Table) -> Result<Sum, StoreError> {
    let walk = format!("walk_{}", table.name);
    tx.execute_batch(&format!("DECLARE {walk} CURSOR FOR {}", select(table)))?;
    let mut statement = tx.prepare_cached(&format!("FETCH {TOGETHER} FROM {walk}"))?;
    let mut sum = Summing::default();
    while sum.add(statement.query([])?, table.count)? > 0 {}
    tx.execute_batch(&format!("CLOSE {walk}"))?;
    Ok(sum.done())
}

#[derive(Default)]
struct Summing {
    rows: u64,
    hasher: Sha256,
}

impl Summing {
    /// Gives how many rows these were.
    fn add(&mut self, mut rows: Rows<'_>, columns: usize) -> Result<u64, StoreError> {
        let before = self.rows;
        while let Some(row) = rows.next()? {
            self.rows += 1;
            self.add_row(&row, columns)?;
        }
        Ok(self.rows - before)
    }

    fn add_row(&mut self, row: &Row<'_>, columns: usize) -> Result<(), StoreError> {
        for column in 0..columns {
            let (kind, bytes) = match row.cell(column)? {
                Cell::Null => (b'n', Vec::new()),
                Cell::Integer(value) => (b'i', value.to_be_bytes().to_vec()),
                Cell::Real(value) => (b'r', value.to_be_bytes().to_vec()),
                Cell::Text(value) => (b't', value.as_bytes().to_vec()),
                Cell::Blob(value) => (b'b', value.to_vec()),
            };
            self.hasher.update([kind]);
            self.hasher.update((bytes.len() as u64).to_be_bytes());
            self.hasher.update(bytes);
        }
        Ok(())
    }

    fn done(self) -> Sum {
        (self.rows, self.hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_as_copy_reads_it() {
        let check = |cell: Cell<'_>, expected: &str| {
            let mut line = Vec::new();
            write_field(&mut line, cell);
            assert_eq!(String::from_utf8_lossy(&line), expected);
        };
        check(Cell::Null, "\\N");
        check(Cell::Text("a\\N\tb\n吴"), "a\\\\N\\tb\\n吴");
        check(Cell::Blob(&[0, 255]), "\\\\x00ff");
        check(Cell::Integer(-3), "-3");
        check(Cell::Real(0.1), "0.1");
    }
}
