//! The database behind the store: SQLite on a desk, SQLite or PostgreSQL at a hub, asked in the same words.
//!
//! SQL is written once, in what both understand: parameters are `?1`, a member of JSON text is `column ->> '$.name'`.
//! Where one must be told more than the other, [`Connection::word`] chooses. An error inside a transaction ends the
//! part of the work it happened in: PostgreSQL carries out nothing more until that part is taken back.

#[cfg_attr(not(feature = "hub"), allow(dead_code, reason = "only a server asks for the kind of a value"))]
mod params;
#[cfg(feature = "hub")]
pub mod postgres;
mod row;
#[cfg(feature = "hub")]
mod words;

use std::cell::Cell;
use std::ops::Deref;

pub use params::{Params, ToSql};
pub use row::{MappedRows, Row, Rows};

#[cfg(feature = "hub")]
use self::postgres::Session;

/// An open database. Every connection has its own statements, prepared once.
pub enum Connection {
    Sqlite(rusqlite::Connection),
    #[cfg(feature = "hub")]
    Postgres(Box<Session>),
}

/// A prepared statement.
pub enum Statement<'c> {
    Sqlite(rusqlite::CachedStatement<'c>),
    #[cfg(feature = "hub")]
    Postgres {
        session: &'c Session,
        sql: String,
    },
}

/// A transaction; dropped before its commit, it leaves no trace.
pub struct Transaction<'c> {
    connection: &'c Connection,
    is_open: Cell<bool>,
}

/// The database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[cfg(feature = "hub")]
    #[error("{}", postgres::said(.0))]
    Postgres(#[from] ::postgres::Error),
    #[cfg(feature = "hub")]
    #[error(transparent)]
    Address(#[from] postgres::AddressError),
    #[error("a row that must be there is not")]
    NoRow,
    #[error("column {column} has an unexpected kind of value")]
    OtherKind { column: usize },
}

impl DbError {
    /// Whether the same may succeed later, because nobody answered.
    pub fn is_away(&self) -> bool {
        match self {
            #[cfg(feature = "hub")]
            Self::Postgres(error) => postgres::is_away(error),
            _ => false,
        }
    }
}

pub type Result<T> = std::result::Result<T, DbError>;

/// A row that may be absent.
pub trait OptionalExtension<T> {
    fn optional(self) -> Result<Option<T>>;
}

impl<T> OptionalExtension<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(DbError::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Connection {
    /// Prepared at the first call with this text.
    pub fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        Ok(match self {
            Self::Sqlite(database) => Statement::Sqlite(database.prepare_cached(sql)?),
            #[cfg(feature = "hub")]
            Self::Postgres(session) => Statement::Postgres { session, sql: sql.to_owned() },
        })
    }

    /// Gives how many rows were changed.
    pub fn execute(&self, sql: &str, parameters: impl Params) -> Result<usize> {
        self.prepare_cached(sql)?.execute(parameters)
    }

    /// Reads the first row.
    pub fn query_row<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.prepare_cached(sql)?.query_row(parameters, read)
    }

    /// Carries out statements without parameters, one after the other.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(database) => Ok(database.execute_batch(sql)?),
            #[cfg(feature = "hub")]
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// Takes rows in bulk, inside a transaction; only a server does.
    #[cfg(feature = "hub")]
    pub fn copy_in<E: From<DbError>>(
        &self,
        sql: &str,
        feed: impl FnOnce(&mut dyn std::io::Write) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        match self {
            Self::Sqlite(_) => Err(DbError::Sqlite(rusqlite::Error::InvalidQuery).into()),
            Self::Postgres(session) => session.copy_in(sql, feed),
        }
    }

    /// A transaction that writes. It is the only one: others, of other processes too, begin after its end, so that what
    /// it reads stays so until its commit.
    pub fn writing(&self) -> Result<Transaction<'_>> {
        match self {
            Self::Sqlite(database) => database.execute_batch("BEGIN IMMEDIATE")?,
            #[cfg(feature = "hub")]
            Self::Postgres(session) => session.begin_writing()?,
        }
        Ok(Transaction { connection: self, is_open: Cell::new(true) })
    }

    /// A transaction whose reads all see the same moment.
    pub fn snapshot(&self) -> Result<Transaction<'_>> {
        match self {
            Self::Sqlite(database) => database.execute_batch("BEGIN DEFERRED")?,
            #[cfg(feature = "hub")]
            Self::Postgres(session) => session.begin_reading()?,
        }
        Ok(Transaction { connection: self, is_open: Cell::new(true) })
    }

    /// The word that this database understands.
    pub fn word<'w>(&self, sqlite: &'w str, postgres: &'w str) -> &'w str {
        if self.sqlite().is_some() { sqlite } else { postgres }
    }

    /// SQLite itself, for what only a file can be asked; `None` where the database is a server.
    pub fn sqlite(&self) -> Option<&rusqlite::Connection> {
        match self {
            Self::Sqlite(database) => Some(database),
            #[cfg(feature = "hub")]
            Self::Postgres(_) => None,
        }
    }
}

impl Statement<'_> {
    /// Gives how many rows were changed.
    pub fn execute(&mut self, parameters: impl Params) -> Result<usize> {
        parameters.bound(|bound| match self {
            Self::Sqlite(statement) => Ok(statement.execute(params::sqlite(bound))?),
            #[cfg(feature = "hub")]
            Self::Postgres { session, sql } => session.execute(sql, bound),
        })
    }

    pub fn query(&mut self, parameters: impl Params) -> Result<Rows<'_>> {
        parameters.bound(|bound| match self {
            Self::Sqlite(statement) => Ok(Rows::Sqlite(statement.query(params::sqlite(bound))?)),
            #[cfg(feature = "hub")]
            Self::Postgres { session, sql } => {
                Ok(Rows::Postgres { rows: session.query(sql, bound)?, next: 0 })
            }
        })
    }

    pub fn query_map<T, F: FnMut(&Row<'_>) -> Result<T>>(
        &mut self,
        parameters: impl Params,
        read: F,
    ) -> Result<MappedRows<'_, F>> {
        Ok(MappedRows { rows: self.query(parameters)?, read })
    }

    /// Reads the first row.
    pub fn query_row<T>(
        &mut self,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        match self.query(parameters)?.next()? {
            Some(row) => read(&row),
            None => Err(DbError::NoRow),
        }
    }
}

impl Transaction<'_> {
    /// Makes all of it durable.
    pub fn commit(self) -> Result<()> {
        self.is_open.set(false);
        match self.connection {
            Connection::Sqlite(database) => match database.execute_batch("COMMIT") {
                Ok(()) => Ok(()),
                Err(error) => {
                    drop(database.execute_batch("ROLLBACK"));
                    Err(error.into())
                }
            },
            #[cfg(feature = "hub")]
            Connection::Postgres(session) => session.commit(),
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.is_open.get() {
            return;
        }
        match self.connection {
            // One that SQLite has ended by itself is gone already.
            Connection::Sqlite(database) => drop(database.execute_batch("ROLLBACK")),
            #[cfg(feature = "hub")]
            Connection::Postgres(session) => drop(session.roll_back()),
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
