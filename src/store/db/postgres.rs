//! A connection to PostgreSQL: made again when it breaks off between transactions, never within one.

mod address;
mod cell;
mod tls;

use std::cell::{Cell as Flag, RefCell};
use std::collections::HashMap;
use std::error::Error as _;
use std::io;

use postgres::types::Type;
use postgres::{Client, Error, Row};

use super::params::{Kind, ToSql, Value};
use super::{DbError, Result, words};

pub use address::{Address, AddressError};
pub use cell::Cell;

/// Statements kept prepared; with more, all are let go and prepared anew.
const PREPARED: usize = 256;
/// Whoever writes holds this until the commit: the journal has one end, and what a transaction reads must stay so.
const WRITING: i64 = 0x7068_6f74_6f64_6573;
/// Who waits for that lock longer than this is told so.
const PATIENCE: &str = "10s";
/// A process that stands still inside a transaction must not hold up the others for ever.
const STANDSTILL: &str = "60s";

/// One connection and the statements prepared on it.
pub struct Session {
    address: Address,
    purpose: Purpose,
    client: RefCell<Client>,
    prepared: RefCell<HashMap<String, Vec<Prepared>>>,
    in_transaction: Flag<bool>,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Writing,
    Reading,
}

#[derive(Clone)]
struct Prepared {
    kinds: Vec<Kind>,
    statement: postgres::Statement,
}

impl Session {
    pub fn open(address: Address, purpose: Purpose) -> Result<Self> {
        let client = RefCell::new(connect(&address, purpose)?);
        Ok(Self { address, purpose, client, prepared: RefCell::default(), in_transaction: Flag::new(false) })
    }

    /// Gives how many rows were changed.
    pub(super) fn execute(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<usize> {
        let values = values(parameters);
        self.with(|| {
            let statement = self.prepared(sql, &values)?;
            let changed = self.client.borrow_mut().execute(&statement, &bound(&values))?;
            Ok(changed as usize)
        })
    }

    pub(super) fn query(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<Vec<Row>> {
        let values = values(parameters);
        self.with(|| {
            let statement = self.prepared(sql, &values)?;
            Ok(self.client.borrow_mut().query(&statement, &bound(&values))?)
        })
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.with(|| Ok(self.client.borrow_mut().batch_execute(sql)?))
    }

    /// Takes rows in bulk, inside a transaction.
    pub(super) fn copy_in<E: From<DbError>>(
        &self,
        sql: &str,
        feed: impl FnOnce(&mut dyn io::Write) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut client = self.client.borrow_mut();
        let mut writer = client.copy_in(sql).map_err(DbError::from)?;
        feed(&mut writer)?;
        writer.finish().map_err(DbError::from)?;
        Ok(())
    }

    pub(super) fn begin_writing(&self) -> Result<()> {
        self.begin(&format!("BEGIN; SELECT pg_advisory_xact_lock({WRITING})"))
    }

    pub(super) fn begin_reading(&self) -> Result<()> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn begin(&self, sql: &str) -> Result<()> {
        match self.batch(sql) {
            Ok(()) => self.in_transaction.set(true),
            Err(error) => {
                // The lock may have been refused after the transaction was begun.
                drop(self.client.borrow_mut().batch_execute("ROLLBACK"));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Makes all of it durable, or nothing. After a commit whose answer was lost nobody here knows whether it counts: whoever
    /// asked asks again with the same key.
    pub(super) fn commit(&self) -> Result<()> {
        // A transaction in which something failed would answer COMMIT by a rollback, and without an error.
        let ended = self.batch("SELECT 1; COMMIT");
        if ended.is_err() {
            drop(self.batch("ROLLBACK"));
        }
        self.in_transaction.set(false);
        ended
    }

    pub(super) fn roll_back(&self) -> Result<()> {
        let ended = self.batch("ROLLBACK");
        self.in_transaction.set(false);
        ended
    }

    /// Once more on a new connection when the old one is gone and nothing was under way on it.
    fn with<T>(&self, work: impl Fn() -> Result<T>) -> Result<T> {
        match work() {
            Err(_) if !self.in_transaction.get() && self.client.borrow().is_closed() => {
                *self.client.borrow_mut() = connect(&self.address, self.purpose)?;
                self.prepared.borrow_mut().clear();
                work()
            }
            done => done,
        }
    }

    fn prepared(&self, sql: &str, values: &[Value<'_>]) -> Result<postgres::Statement> {
        let kinds = || values.iter().map(Value::kind);
        let mut prepared = self.prepared.borrow_mut();
        if let Some(known) = prepared.get(sql)
            && let Some(known) = known.iter().find(|known| known.kinds.iter().copied().eq(kinds()))
        {
            return Ok(known.statement.clone());
        }
        let types: Vec<Type> = kinds().map(type_of).collect();
        let statement = self.client.borrow_mut().prepare_typed(&words::postgres(sql), &types)?;
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        let known = Prepared { kinds: kinds().collect(), statement: statement.clone() };
        prepared.entry(sql.to_owned()).or_default().push(known);
        Ok(statement)
    }
}

/// What the server said, or why it said nothing; without the statement's values.
pub(super) fn said(error: &Error) -> String {
    match error.as_db_error() {
        Some(told) => format!("{}: {}", told.code().code(), told.message()),
        None => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("{error}{cause}")
        }
    }
}

/// Whether the server could not be reached, or sent everybody away: the same may succeed later.
pub(super) fn is_away(error: &Error) -> bool {
    // Classes 08 (connection) and 57P (the operator intervenes); too many connections; a lock that others keep too long.
    let code = error.code().map(|code| code.code());
    error.is_closed()
        || error.source().is_some_and(|cause| cause.is::<io::Error>())
        || code.is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P") || ["53300", "55P03"].contains(&code)
        })
}

fn connect(address: &Address, purpose: Purpose) -> Result<Client> {
    let mut client = address.connect()?;
    client.batch_execute(&format!(
        "SET lock_timeout = '{PATIENCE}'; SET idle_in_transaction_session_timeout = '{STANDSTILL}';
         SET client_min_messages = warning;
         SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') IN ('off', 'local')"
    ))?;
    if purpose == Purpose::Reading {
        client.batch_execute("SET default_transaction_read_only = on")?;
    }
    Ok(client)
}

fn values<'v>(parameters: &'v [&'v dyn ToSql]) -> Vec<Value<'v>> {
    parameters.iter().map(|parameter| parameter.value()).collect()
}

fn bound<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn postgres::types::ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn postgres::types::ToSql + Sync)).collect()
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8,
        Kind::Real => Type::FLOAT8,
        Kind::Text => Type::TEXT,
        Kind::Blob => Type::BYTEA,
    }
}
