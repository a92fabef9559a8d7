//! What a student's progress is made of: the place in the queue, the pace of late, the times that count.

use super::{Store, StoreError, Tx};
use crate::submission::QueueItem;

/// Times of a submission, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When the photo was taken, as far as it is believed.
    pub captured_at_ms: i64,
    /// When the decision in force was taken.
    pub decided_at_ms: Option<i64>,
}

/// The processed photo that a student sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Of the photo it was made of.
    pub made_of_sha256: String,
    pub final_sha256: String,
    pub published_at_ms: i64,
}

impl Store {
    /// Submissions that wait for review before this one, which waits itself.
    pub fn waiting_before(&self, item: &QueueItem) -> Result<u64, StoreError> {
        let sql =
            "SELECT count(*) FROM submission WHERE state = 'pending_review' AND (received_at_ms, number) <
                   (SELECT received_at_ms, number FROM submission WHERE id = ?1)";
        let count: i64 =
            self.reader().prepare_cached(sql)?.query_row([&item.submission], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Submissions decided since a time and still so: one that was taken back does not count.
    pub fn decided_count_since(&self, since_ms: i64) -> Result<u64, StoreError> {
        let sql =
            "SELECT coalesce(sum(CASE WHEN event ->> '$.verb' = 'undo' THEN -1 ELSE 1 END), 0) FROM journal
                   WHERE kind = 'decision' AND at_ms >= ?1";
        let count: i64 = self.reader().prepare_cached(sql)?.query_row([since_ms], |row| row.get(0))?;
        Ok(count.max(0) as u64)
    }

    pub fn times(&self, id: &str) -> Result<Times, StoreError> {
        let sql = "SELECT coalesce(captured_at_ms, received_at_ms),
                   (SELECT at_ms FROM journal WHERE seq = decided_seq) FROM submission WHERE id = ?1";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        match rows.next()? {
            Some(row) => Ok(Times { captured_at_ms: row.get(0)?, decided_at_ms: row.get(1)? }),
            None => Err(StoreError::UnknownSubmission { id: id.to_owned() }),
        }
    }

    /// The processed photo of a submission, once it is published.
    pub fn published(&self, id: &str) -> Result<Option<Published>, StoreError> {
        let sql =
            "SELECT made_of_sha256, final_sha256, published_at_ms FROM published_photo WHERE submission = ?1";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        rows.next()?
            .map(|row| {
                Ok(Published {
                    made_of_sha256: row.get(0)?,
                    final_sha256: row.get(1)?,
                    published_at_ms: row.get(2)?,
                })
            })
            .transpose()
    }
}

impl Tx<'_> {
    /// When the decision in force of a submission was taken.
    pub fn decided_at_ms(&self, id: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT (SELECT at_ms FROM journal WHERE seq = decided_seq) FROM submission WHERE id = ?1";
        Ok(self.database.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
    }

    /// The processed photo, which must be stored; a later one takes the place of an earlier.
    pub fn set_published(&self, id: &str, published: &Published) -> Result<(), StoreError> {
        let sql = "INSERT INTO published_photo
                   (submission, made_of_sha256, final_sha256, published_at_ms)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (submission) DO UPDATE SET made_of_sha256 = excluded.made_of_sha256, final_sha256 = excluded.final_sha256, published_at_ms = excluded.published_at_ms";
        let Published { made_of_sha256, final_sha256, published_at_ms } = published;
        self.database.prepare_cached(sql)?.execute((id, made_of_sha256, final_sha256, published_at_ms))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fixture::Desk;
    use crate::store::journal::JournalEvent;
    use crate::submission::{Decision, State, Verb};

    #[test]
    fn the_place_is_counted_by_arrival_among_those_that_wait() {
        let desk = Desk::with_batch("AAAAAA");
        let ids: Vec<String> = [b"1", b"2", b"3"].map(|content| desk.submission("AAAAAA", content)).to_vec();
        let place = |id: &String| desk.store.waiting_before(&desk.store.item(id).unwrap()).unwrap();
        assert_eq!(ids.iter().map(place).collect::<Vec<_>>(), [0, 1, 2], "equal times go by their numbers");
        desk.store.write(|tx| tx.set_state(&ids[0], State::Paid)).unwrap();
        assert_eq!(place(&ids[2]), 1, "who is gone stands in nobody's way");
        desk.store.write(|tx| tx.set_waiting_since(&ids[1], 9)).unwrap();
        assert_eq!((place(&ids[1]), place(&ids[2])), (1, 0));
    }

    #[test]
    fn a_decision_taken_back_counts_for_nothing() {
        let desk = Desk::with_batch("AAAAAA");
        let id = desk.submission("AAAAAA", b"1");
        let entry = |verb, at_ms| {
            let decision = Decision {
                submission: id.clone(),
                photo_sha256: "a".into(),
                revision: 1,
                verb,
                reasons: Vec::new(),
                reviewer: "li".into(),
            };
            let event = JournalEvent::Decision { decision, from: State::PendingReview, to: State::Approved };
            desk.store.write(|tx| tx.append(at_ms, "li", &event)).unwrap()
        };
        entry(Verb::Approve, 10);
        entry(Verb::Undo, 20);
        entry(Verb::Approve, 30);
        assert_eq!(desk.store.decided_count_since(0).unwrap(), 1);
        assert_eq!(desk.store.decided_count_since(30).unwrap(), 1);
        assert_eq!(desk.store.decided_count_since(31).unwrap(), 0);
    }
}
