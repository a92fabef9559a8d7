//! Carries what was committed over from the write-ahead log into the database, beside the writing connection: there it
//! would hold up whoever commits next.

use std::path::Path;

use rusqlite::Connection;

use super::{Store, StoreError, connect};

/// Pages of 4 KiB after which a commit carries over by itself all the same, so that the log cannot grow for ever.
const AT_MOST_PAGES: u32 = 16_384;

/// A connection of its own for this work.
pub struct Checkpoints(Connection);

impl Checkpoints {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        connect(path).map(Self)
    }

    /// Carries over what no reader needs in the log any more; waits for nobody.
    pub fn carry_over(&self) -> Result<(), StoreError> {
        Ok(self.0.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }
}

impl Store {
    /// Leaves this work to whoever calls [`Checkpoints::carry_over`] often; `None` where a server does it.
    pub fn checkpoints(&self) -> Result<Option<Checkpoints>, StoreError> {
        let connection = super::locked(&self.writer);
        let Some(writer) = connection.sqlite() else { return Ok(None) };
        writer.pragma_update(None, "wal_autocheckpoint", AT_MOST_PAGES)?;
        let path = writer.path().map(str::to_owned).unwrap_or_default();
        Checkpoints::open(Path::new(&path)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;

    #[test]
    fn the_log_begins_anew_once_it_was_carried_over() {
        let desk = Desk::with_batch("AAAAAA");
        let checkpoints = desk.store.checkpoints().unwrap().unwrap();
        let log_bytes = || std::fs::metadata(desk.folder().join("desk.db-wal")).unwrap().len();
        let submissions = |range: std::ops::Range<u32>| {
            range.for_each(|number| drop(desk.submission("AAAAAA", &number.to_be_bytes())));
        };
        submissions(0..20);
        checkpoints.carry_over().unwrap();
        let once = log_bytes();
        for round in 1..5 {
            submissions(round * 20..round * 20 + 20);
            checkpoints.carry_over().unwrap();
        }
        assert!(log_bytes() < once * 2, "{once} bytes, then {}", log_bytes());
        assert_eq!(desk.store.verify_journal().unwrap(), 1);
    }
}
