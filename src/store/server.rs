//! A store whose rows lie on a PostgreSQL server, where several hub processes work on them at the same time. Key, and
//! photos unless they lie elsewhere too, are in a folder that each process has.

use std::path::Path;

use super::db::postgres::{Purpose, Session};
use super::db::{Connection, OptionalExtension, Transaction};
use super::seal::Sealer;
use super::{Store, StoreError, migrate, profile};

pub use super::db::postgres::{Address, AddressError};

/// The number after a step, and the step. The first brings an empty database to the form that SQLite's have then.
const STEPS: &[(u32, &str)] = &[
    (16, include_str!("migrations/postgres/0016_hub.sql")),
    (17, include_str!("migrations/postgres/0017_to_hub.sql")),
    (18, include_str!("migrations/postgres/0018_erasure.sql")),
    (19, include_str!("migrations/postgres/0019_countersign.sql")),
];

/// Connections of one process, to write and to read.
const OWN_SESSIONS: i64 = 2;

/// What every process wants to know all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Number of the journal's last entry.
    pub journal_end: u64,
    /// The server's time in milliseconds since the Unix epoch: the one clock that all processes have in common.
    pub now_ms: i64,
}

impl Store {
    /// Whether other processes may work on the same rows.
    pub fn is_shared(&self) -> bool {
        super::locked(&self.writer).sqlite().is_none()
    }

    /// Refuses while another process has these rows open. On SQLite whoever has them open has locked the folder.
    pub(super) fn require_alone(&self, folder: &Path) -> Result<(), StoreError> {
        let reader = self.reader();
        if reader.sqlite().is_some() {
            return Ok(());
        }
        let sql = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = current_setting('application_name')";
        let sessions: i64 = reader.query_row(sql, [], |row| row.get(0))?;
        if sessions > OWN_SESSIONS {
            return Err(StoreError::InUse { folder: folder.to_owned() });
        }
        Ok(())
    }

    /// The journal's end and the server's time; `None` where the database is a file.
    pub fn pulse(&self) -> Result<Option<Pulse>, StoreError> {
        let reader = self.reader();
        if reader.sqlite().is_some() {
            return Ok(None);
        }
        let sql = "SELECT coalesce(max(seq), 0), CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)
                   FROM journal";
        let read = |row: &super::db::Row<'_>| {
            Ok(Pulse { journal_end: row.get::<_, i64>(0)? as u64, now_ms: row.get(1)? })
        };
        Ok(Some(reader.query_row(sql, [], read)?))
    }
}

/// Connects twice, to write and to read, and brings the database to this program's form.
pub(super) fn connect(
    address: Address,
    sealer: &Sealer,
    folder: &Path,
) -> Result<(Connection, Connection), StoreError> {
    let writer = Connection::Postgres(Box::new(Session::open(address.clone(), Purpose::Writing)?));
    if folder.join(profile::DATABASE_NAME).exists() && form(&writer.snapshot()?)?.is_none() {
        return Err(StoreError::NotMoved { folder: folder.to_owned() });
    }
    migrate_with(&writer, sealer, STEPS)?;
    Ok((writer, Connection::Postgres(Box::new(Session::open(address, Purpose::Reading)?))))
}

/// Connects to write to a database of this program's form.
pub(super) fn prepared(address: Address, sealer: &Sealer) -> Result<Connection, StoreError> {
    let writer = Connection::Postgres(Box::new(Session::open(address, Purpose::Writing)?));
    migrate_with(&writer, sealer, STEPS)?;
    Ok(writer)
}

/// Runs the missing steps, all or none. The copy of a server's database is its keeper's to make.
fn migrate_with(writer: &Connection, sealer: &Sealer, steps: &[(u32, &str)]) -> Result<(), StoreError> {
    let tx = writer.writing()?;
    let known = migrate::known_form();
    let found = match form(&tx)? {
        Some((_, check)) if check != sealer.database_code() => return Err(StoreError::OtherKey),
        Some((found, _)) => found,
        None => {
            tx.execute_batch(
                "CREATE TABLE form (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL,
                 key_check BYTEA NOT NULL)",
            )?;
            let sql = "INSERT INTO form (only_row, version, key_check) VALUES (1, 0, ?1)";
            tx.execute(sql, [sealer.database_code()])?;
            0
        }
    };
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    for (version, step) in steps.iter().filter(|(version, _)| *version > found) {
        tx.execute_batch(step)?;
        tx.execute("UPDATE form SET version = ?1", [*version])?;
    }
    Ok(tx.commit()?)
}

/// Number of the database's form, and a code of the key it was made with.
fn form(tx: &Transaction<'_>) -> Result<Option<(u32, [u8; 32])>, StoreError> {
    let is_there: bool = tx.query_row("SELECT to_regclass('form') IS NOT NULL", [], |row| row.get(0))?;
    if !is_there {
        return Ok(None);
    }
    let read = |row: &super::db::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(tx.query_row("SELECT version, key_check FROM form", [], read).optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_number_of_steps() {
        assert_eq!(STEPS.last().map(|(version, _)| *version), Some(migrate::known_form()));
    }
}
