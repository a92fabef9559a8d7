//! Leases of the hub: one row a submission, read and written inside the transaction that decides.

use super::db::OptionalExtension;

use super::submissions::{COLUMNS, item_from_row};
use super::{Store, StoreError, Tx};
use crate::submission::{Lease, QueueItem};

/// A batch's counts for the health of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Submissions that wait for review, leased ones included.
    pub pending: u64,
    pub leased: u64,
    /// When the one that waits longest was received, in milliseconds since the Unix epoch.
    pub oldest_received_at_ms: Option<i64>,
}

impl Tx<'_> {
    pub fn lease(&self, submission: &str) -> Result<Lease, StoreError> {
        let sql = "SELECT token, device, until_ms FROM lease WHERE submission = ?1";
        let found = self
            .database
            .prepare_cached(sql)?
            .query_row([submission], |row| {
                Ok(Lease { token: row.get::<_, i64>(0)? as u64, holder: row.get(1)?, until_ms: row.get(2)? })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    pub fn set_lease(&self, submission: &str, lease: &Lease) -> Result<(), StoreError> {
        let sql = "INSERT INTO lease (submission, token, device, until_ms) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (submission) DO UPDATE
                   SET token = excluded.token, device = excluded.device, until_ms = excluded.until_ms";
        self.database.prepare_cached(sql)?.execute((
            submission,
            lease.token as i64,
            &lease.holder,
            lease.until_ms,
        ))?;
        Ok(())
    }

    /// Up to `count` submissions that wait for review and that nobody holds, oldest first.
    pub fn free_to_claim(
        &self,
        batch: Option<&str>,
        now_ms: i64,
        count: usize,
    ) -> Result<Vec<QueueItem>, StoreError> {
        // Only one transaction writes at a time; this holds even beside somebody's who keeps no such order.
        let lock = self.database.word("", "FOR UPDATE OF submission SKIP LOCKED");
        let of_batch = if batch.is_some() { "batch = ?3 AND" } else { "?3 IS NULL AND" };
        let sql = format!(
            "SELECT {COLUMNS} FROM submission WHERE {of_batch} state = 'pending_review' AND NOT EXISTS (
                 SELECT 1 FROM lease WHERE lease.submission = submission.id
                 AND lease.device IS NOT NULL AND lease.until_ms > ?1)
             ORDER BY received_at_ms, number LIMIT ?2 {lock}"
        );
        let mut statement = self.database.prepare_cached(&sql)?;
        let mut rows = statement.query((now_ms, count as i64, batch))?;
        let mut items = Vec::with_capacity(count);
        while let Some(row) = &rows.next()? {
            items.push(item_from_row(row)?);
        }
        Ok(items)
    }
}

impl Store {
    pub fn waiting(&self, now_ms: i64) -> Result<Waiting, StoreError> {
        let reader = self.reader();
        let sql = "SELECT count(*), min(received_at_ms) FROM submission WHERE state = 'pending_review'";
        let (pending, oldest_received_at_ms) = reader
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))?;
        let sql = "SELECT count(*) FROM lease JOIN submission ON id = submission
                   WHERE device IS NOT NULL AND until_ms > ?1 AND state = 'pending_review'";
        let leased: i64 = reader.prepare_cached(sql)?.query_row([now_ms], |row| row.get(0))?;
        Ok(Waiting { pending, leased: leased as u64, oldest_received_at_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::devices::{Device, Role};
    use crate::store::fixture::Desk;
    use crate::submission::State;

    fn hub() -> Desk {
        let desk = Desk::with_batch("AAAAAA");
        let device = Device {
            id: "d".into(),
            name: "desk 1".into(),
            role: Role::Reviewer,
            enrolled_at_ms: None,
            revoked_at_ms: None,
        };
        desk.store.write(|tx| tx.announce_device(&device, "CODE", 0)).unwrap();
        desk
    }

    fn free(desk: &Desk, batch: Option<&str>, now_ms: i64) -> Vec<String> {
        let items = desk.store.write(|tx| tx.free_to_claim(batch, now_ms, 8)).unwrap();
        items.into_iter().map(|item| item.submission).collect()
    }

    #[test]
    fn what_is_held_or_decided_is_not_offered() {
        let desk = hub();
        let (one, two) = (desk.submission("AAAAAA", b"1"), desk.submission("AAAAAA", b"2"));
        let three = desk.submission("AAAAAA", b"3");
        desk.store.write(|tx| tx.set_state(&three, State::Approved)).unwrap();
        let lease = Lease { token: 4, holder: Some("d".into()), until_ms: 100 };
        desk.store.write(|tx| tx.set_lease(&one, &lease)).unwrap();
        assert_eq!(free(&desk, None, 99), std::slice::from_ref(&two));
        assert_eq!(free(&desk, Some("AAAAAA"), 100), [one.clone(), two]);
        assert!(free(&desk, Some("BBBBBB"), 100).is_empty());
        assert_eq!(desk.store.write(|tx| tx.lease(&one)).unwrap(), lease);
        assert_eq!(desk.store.write(|tx| tx.lease(&three)).unwrap(), Lease::default());
        let waiting = Waiting { pending: 2, leased: 1, oldest_received_at_ms: Some(1) };
        assert_eq!(desk.store.waiting(99).unwrap(), waiting);
    }

    #[test]
    fn revoking_a_device_frees_what_it_holds() {
        let desk = hub();
        let one = desk.submission("AAAAAA", b"1");
        let lease = Lease { token: 4, holder: Some("d".into()), until_ms: 100 };
        desk.store.write(|tx| tx.set_lease(&one, &lease)).unwrap();
        desk.store.write(|tx| tx.revoke_device("d", 5)).unwrap();
        assert_eq!(free(&desk, None, 5), [one]);
    }
}
