//! Decisions on their way to the hub, and those the hub refused: durable before the screen moves on, sent in order.

use super::{Store, StoreError, Tx};
use crate::submission::Decision;

/// A decision that waits to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    pub seq: i64,
    /// Idempotency key: the same for every try.
    pub key: String,
    /// Fencing token of the lease under which it was taken.
    pub token: u64,
    pub decision: Decision,
    /// Milliseconds since the Unix epoch on this desk's clock.
    pub at_ms: i64,
}

/// A decision the hub refused, with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub decision: Decision,
    pub code: String,
    pub message: String,
    pub remedy: String,
    /// When this desk learnt of it, in milliseconds since the Unix epoch.
    pub at_ms: i64,
}

impl Tx<'_> {
    /// Puts a decision on a hub's submission into the outbox; nothing to do for a submission of this desk alone.
    pub fn post(&self, decision: &Decision, at_ms: i64) -> Result<(), StoreError> {
        let Some(item) = self.hub_item(&decision.submission)? else { return Ok(()) };
        let sql = "INSERT INTO outbox (key, submission, token, decision, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
        let key = uuid::Uuid::now_v7().to_string();
        let row = (key, &decision.submission, item.token as i64, text(decision)?, at_ms);
        self.database.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Whether a decision on this submission waits to be sent.
    pub fn has_outgoing(&self, submission: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE submission = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([submission], |row| row.get(0))?)
    }

    /// Whether the hub has yet to hear of anything that was decided or exported here.
    pub fn has_unsent(&self, submission: &str) -> Result<bool, StoreError> {
        Ok(self.has_outgoing(submission)? || self.has_untold_export(submission)?)
    }

    /// Takes an answered decision out of the outbox; `false` when it was answered before.
    pub fn settle(&self, seq: i64) -> Result<bool, StoreError> {
        Ok(self.database.prepare_cached("DELETE FROM outbox WHERE seq = ?1")?.execute([seq])? == 1)
    }

    /// Keeps a refused decision for a person to look at.
    pub fn keep_conflict(&self, conflict: &Conflict) -> Result<(), StoreError> {
        let sql = "INSERT INTO hub_conflict (submission, decision, code, message, remedy, at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.database.prepare_cached(sql)?.execute((
            &conflict.decision.submission,
            text(&conflict.decision)?,
            &conflict.code,
            &conflict.message,
            &conflict.remedy,
            conflict.at_ms,
        ))?;
        Ok(())
    }
}

impl Store {
    /// The oldest decisions that wait, at most `count`, in the order they were taken.
    pub fn outgoing(&self, count: usize) -> Result<Vec<Outgoing>, StoreError> {
        let reader = self.reader();
        let mut statement = reader
            .prepare_cached("SELECT seq, key, token, decision, at_ms FROM outbox ORDER BY seq LIMIT ?1")?;
        let mut rows = statement.query([count as i64])?;
        let mut outgoing = Vec::new();
        while let Some(row) = &rows.next()? {
            outgoing.push(Outgoing {
                seq: row.get(0)?,
                key: row.get(1)?,
                token: row.get::<_, i64>(2)? as u64,
                decision: decision(&row.get::<_, String>(3)?)?,
                at_ms: row.get(4)?,
            });
        }
        Ok(outgoing)
    }

    /// How many decisions wait, and since when the oldest does.
    pub fn outbox_depth(&self) -> Result<(usize, Option<i64>), StoreError> {
        let sql = "SELECT count(*), min(at_ms) FROM outbox";
        let row = self
            .reader()
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as usize, row.get(1)?)))?;
        Ok(row)
    }

    /// Refused decisions, oldest first.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        let reader = self.reader();
        let mut statement = reader
            .prepare_cached("SELECT decision, code, message, remedy, at_ms FROM hub_conflict ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut conflicts = Vec::new();
        while let Some(row) = &rows.next()? {
            conflicts.push(Conflict {
                decision: decision(&row.get::<_, String>(0)?)?,
                code: row.get(1)?,
                message: row.get(2)?,
                remedy: row.get(3)?,
                at_ms: row.get(4)?,
            });
        }
        Ok(conflicts)
    }
}

fn text(decision: &Decision) -> Result<String, StoreError> {
    serde_json::to_string(decision)
        .map_err(|cause| StoreError::Corrupt { what: format!("a decision ({cause})") })
}

fn decision(text: &str) -> Result<Decision, StoreError> {
    serde_json::from_str(text)
        .map_err(|cause| StoreError::Corrupt { what: format!("a decision in the outbox ({cause})") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;
    use crate::store::hub_link::HubItem;
    use crate::submission::Verb;

    fn approve(submission: &str) -> Decision {
        Decision {
            submission: submission.to_owned(),
            photo_sha256: "0".repeat(64),
            revision: 1,
            verb: Verb::Approve,
            reasons: Vec::new(),
            reviewer: "li".to_owned(),
        }
    }

    #[test]
    fn only_decisions_on_the_hub_s_submissions_wait_and_in_their_order() {
        let desk = Desk::with_batch("AAAAAA");
        let (own, first, second) = (
            desk.submission("AAAAAA", b"1"),
            desk.submission("AAAAAA", b"2"),
            desk.submission("AAAAAA", b"3"),
        );
        desk.store
            .write(|tx| {
                for (id, token) in [(&first, 7), (&second, 8)] {
                    tx.set_hub_item(id, &HubItem { token, until_ms: 5, is_held: true })?;
                }
                [&second, &own, &first].into_iter().try_for_each(|id| tx.post(&approve(id), 3))
            })
            .unwrap();
        let waiting = desk.store.outgoing(10).unwrap();
        let seen: Vec<_> = waiting.iter().map(|row| (row.decision.submission.clone(), row.token)).collect();
        assert_eq!(seen, [(second.clone(), 8), (first, 7)]);
        assert_eq!(desk.store.outbox_depth().unwrap(), (2, Some(3)));
        let settled = |seq| desk.store.write(|tx| tx.settle(seq)).unwrap();
        assert!(settled(waiting[0].seq) && !settled(waiting[0].seq));
        assert!(!desk.store.write(|tx| tx.has_outgoing(&second)).unwrap());
    }

    #[test]
    fn a_refused_decision_is_kept_with_its_answer() {
        let desk = Desk::new();
        let conflict = Conflict {
            decision: approve("s"),
            code: "stale_withdrawn".into(),
            message: "m".into(),
            remedy: "r".into(),
            at_ms: 4,
        };
        desk.store.write(|tx| tx.keep_conflict(&conflict)).unwrap();
        assert_eq!(desk.store.conflicts().unwrap(), [conflict]);
    }
}
