//! The queue: a hundred thousand rows filtered within a blink.

use std::collections::HashMap;

use super::db::{Connection, Row, ToSql};
use super::submissions::{COLUMNS, PersonalField, item_from_row, verdict_word};
use super::{Store, StoreError, locked};
use crate::submission::{QueueFilter, QueueItem};

/// Places in a row that begins with [`COLUMNS`]; the number follows them.
const ID: usize = 0;
const MASKED_NAME: usize = 2;
const NUMBER: usize = 12;

/// File names opened once for searching, in lower case, by submission number. Never written anywhere.
#[derive(Default)]
pub(super) struct FileNames {
    by_number: HashMap<i64, String>,
    up_to: i64,
}

impl Store {
    /// The rows that match, oldest first.
    pub fn queue(&self, filter: &QueueFilter) -> Result<Vec<QueueItem>, StoreError> {
        let text = filter.text.trim().to_lowercase();
        if text.is_empty() {
            return select(&self.reader(), filter, |_| Ok(true));
        }
        let mut names = locked(&self.file_names);
        self.read_new_names(&mut names)?;
        select(&self.reader(), filter, |row| {
            Ok(names.by_number.get(&row.get(NUMBER)?).is_some_and(|name| name.contains(&text))
                || holds(row, MASKED_NAME, &text)?
                || holds(row, ID, &text)?)
        })
    }

    /// Up to `count` approved submissions of a batch with the bytes of their photos, in the order of their ids, from
    /// behind the id `after`.
    pub fn approved(
        &self,
        batch: &str,
        after: &str,
        count: usize,
    ) -> Result<Vec<(QueueItem, u64)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT bytes FROM photo WHERE sha256 = photo_sha256) FROM submission
             WHERE batch = ?1 AND state = 'approved' AND id > ?2 ORDER BY id LIMIT ?3"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query((batch, after, count as i64))?;
        let mut found = Vec::new();
        while let Some(row) = &rows.next()? {
            found.push((item_from_row(row)?, row.get::<_, i64>(NUMBER)? as u64));
        }
        Ok(found)
    }

    fn read_new_names(&self, names: &mut FileNames) -> Result<(), StoreError> {
        let reader = self.reader();
        let sql = "SELECT number, id, sealed FROM submission JOIN personal ON submission = id AND field = 'file_name'
                   WHERE number > ?1 ORDER BY number";
        let mut statement = reader.prepare_cached(sql)?;
        let mut rows = statement.query([names.up_to])?;
        while let Some(row) = &rows.next()? {
            let (number, id, sealed): (i64, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let name = self.open_text(PersonalField::FileName.place(&id), &sealed)?;
            names.by_number.insert(number, name.to_lowercase());
            names.up_to = number;
        }
        Ok(())
    }
}

/// Whether the text, already in small letters, stands in this column; copied only where it has capitals.
fn holds(row: &Row<'_>, column: usize, text: &str) -> Result<bool, StoreError> {
    let whole = row.text(column)?.as_str()?;
    Ok(whole.contains(text) || (whole.contains(char::is_uppercase) && whole.to_lowercase().contains(text)))
}

fn select(
    database: &Connection,
    filter: &QueueFilter,
    is_wanted: impl Fn(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<Vec<QueueItem>, StoreError> {
    let (condition, values) = condition(filter);
    // Every state means nearly every row: reading the table straight through beats an index, and rows mostly lie
    // in the order they came.
    let (source, order) = match (filter.state, filter.hold) {
        (None, None) => ("submission NOT INDEXED", "number"),
        _ => ("submission", "received_at_ms, number"),
    };
    let sql = format!("SELECT {COLUMNS}, number FROM {source} {condition} ORDER BY {order}");
    let mut statement = database.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut items = Vec::new();
    while let Some(row) = &rows.next()? {
        if is_wanted(row)? {
            items.push(item_from_row(row)?);
        }
    }
    // Stable: rows of the same moment keep the order of their numbers.
    items.sort_by_key(|item| item.received_at_ms);
    Ok(items)
}

/// What waits for review but is no longer held by this desk is another desk's work and not shown.
pub(super) const OURS: &str =
    "NOT (state = 'pending_review' AND id IN (SELECT submission FROM hub_item WHERE held = 0))";

const OF_SCHOOL: &str = "batch IN (SELECT code FROM batch WHERE school = ?)";

/// The rejection in force gave this reason.
const FOR_REASON: &str =
    "state = 'rejected' AND EXISTS (SELECT 1 FROM journal, json_each(journal.event, '$.reasons')
     WHERE journal.seq = decided_seq AND json_each.value = ?)";

fn condition(filter: &QueueFilter) -> (String, Vec<Box<dyn ToSql>>) {
    let batch = filter.batch.as_ref().map(|batch| ("batch = ?", text(batch)));
    let state = filter.state.map(|state| ("state = ?", text(state.as_str())));
    let hold = filter.hold.map(|hold| ("hold = ?", text(hold.as_str())));
    let school = filter.school.as_ref();
    let school = school.map(|school| (OF_SCHOOL, text(school)));
    let verdict = filter.verdict.map(|verdict| ("verdict = ?", text(verdict_word(verdict))));
    let reason = filter.reason.as_ref().map(|reason| (FOR_REASON, text(reason)));
    let attempt = filter.attempt.map(|attempt| ("attempt = ?", Box::new(attempt) as Box<dyn ToSql>));
    let all = [batch, state, hold, school, verdict, reason, attempt];
    let (conditions, values): (Vec<_>, Vec<_>) = all.into_iter().flatten().unzip();
    let all: Vec<&str> = conditions.into_iter().chain([OURS]).collect();
    (format!("WHERE {}", all.join(" AND ")), values)
}

fn text(value: &str) -> Box<dyn ToSql> {
    Box::new(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::store::fixture::{Desk, batch, report};
    use crate::store::journal::JournalEvent;
    use crate::submission::{Batch, Decision, State, Verb};

    fn found(desk: &Desk, filter: &QueueFilter) -> Vec<String> {
        desk.store.queue(filter).unwrap().into_iter().map(|item| item.submission).collect()
    }

    #[test]
    fn rows_are_filtered_by_batch_state_and_text() {
        let desk = Desk::with_batch("AAAAAA");
        desk.add_batch("BBBBBB");
        let one = desk.named_submission("AAAAAA", b"1", "吴小兰_IMG7.jpg");
        let two = desk.named_submission("AAAAAA", b"2", "赵一.jpg");
        let three = desk.named_submission("BBBBBB", b"3", "钱二.jpg");
        desk.store.write(|tx| tx.set_state(&two, State::Approved)).unwrap();

        let filter = |batch: Option<&str>, state, text: &str| QueueFilter {
            batch: batch.map(str::to_owned),
            state,
            text: text.to_owned(),
            ..QueueFilter::default()
        };
        assert_eq!(found(&desk, &QueueFilter::default()), [one.clone(), two.clone(), three.clone()]);
        assert_eq!(found(&desk, &filter(Some("AAAAAA"), None, "")), [one.clone(), two.clone()]);
        assert_eq!(found(&desk, &filter(None, Some(State::PendingReview), "")), [one.clone(), three.clone()]);
        assert_eq!(
            found(&desk, &filter(Some("AAAAAA"), Some(State::Approved), "")),
            std::slice::from_ref(&two)
        );
        assert_eq!(
            found(&desk, &filter(None, None, " 小兰 ")),
            std::slice::from_ref(&one),
            "part of the file name"
        );
        assert_eq!(
            found(&desk, &filter(None, None, "img7")),
            std::slice::from_ref(&one),
            "small letters find capitals"
        );
        assert_eq!(found(&desk, &filter(None, None, "吴*兰")), [one], "the masked name");
        assert_eq!(found(&desk, &filter(None, None, &three)), [three], "the id");
        let four = desk.named_submission("BBBBBB", b"4", "孙三.jpg");
        assert_eq!(found(&desk, &filter(None, None, "孙三")), [four], "what came after the first search");
    }

    #[test]
    fn rows_come_in_the_order_they_were_received_whatever_the_filter() {
        let desk = Desk::with_batch("AAAAAA");
        let photo_sha256 = desk.store.put_photo(b"photo").unwrap();
        desk.store
            .write(|tx| [5, 3, 5, 4].into_iter().try_for_each(|at| add_row(tx, at, &photo_sha256)))
            .unwrap();
        let by_state = QueueFilter { state: Some(State::PendingReview), ..QueueFilter::default() };
        let by_batch = QueueFilter { batch: Some("AAAAAA".into()), ..QueueFilter::default() };
        let in_time: Vec<String> = found(&desk, &by_state);
        let times: Vec<i64> =
            desk.store.queue(&by_state).unwrap().iter().map(|item| item.received_at_ms).collect();
        assert_eq!(times, [3, 4, 5, 5]);
        assert_eq!(found(&desk, &by_batch), in_time);
        assert_eq!(found(&desk, &QueueFilter::default()), in_time);
    }

    #[test]
    fn rows_are_filtered_by_school_verdict_reason_and_attempt() {
        let desk = Desk::with_batch("AAAAAA");
        let other = Batch { school: "北方学院".into(), ..batch("BBBBBB") };
        desk.store.write(|tx| tx.add_batch(&other, 0)).unwrap();
        let one = desk.submission("AAAAAA", b"1");
        let two = desk.submission("BBBBBB", b"2");
        let three = desk.submission("BBBBBB", b"3");
        let sha256 = desk.store.item(&two).unwrap().photo_sha256;
        desk.store.write(|tx| tx.set_report(&two, &sha256, &Ok(report(&[Verdict::Warn])))).unwrap();
        desk.store
            .write(|tx| {
                tx.database
                    .execute("UPDATE submission SET attempt = 2 WHERE id = ?1", [&one])
                    .map_err(StoreError::from)
            })
            .unwrap();
        for (id, reasons) in [(&one, ["G01", "B01"]), (&three, ["B01", "K01"])] {
            let decision = Decision {
                submission: id.clone(),
                photo_sha256: desk.store.item(id).unwrap().photo_sha256,
                revision: 1,
                verb: Verb::Reject,
                reasons: reasons.map(str::to_owned).to_vec(),
                reviewer: "li".into(),
            };
            let event = JournalEvent::Decision { decision, from: State::PendingReview, to: State::Rejected };
            desk.store
                .write(|tx| {
                    let seq = tx.append(1, "li", &event)?;
                    tx.set_decided(id, State::Rejected, Some(("li", seq)))
                })
                .unwrap();
        }
        let any = QueueFilter::default;
        let of = |filter: QueueFilter| found(&desk, &filter);
        assert_eq!(
            of(QueueFilter { school: Some("北方学院".into()), ..any() }),
            [two.clone(), three.clone()]
        );
        assert_eq!(of(QueueFilter { verdict: Some(Verdict::Warn), ..any() }), [two]);
        assert_eq!(of(QueueFilter { attempt: Some(2), ..any() }), std::slice::from_ref(&one));
        assert_eq!(of(QueueFilter { reason: Some("B01".into()), ..any() }), [one.clone(), three]);
        assert_eq!(of(QueueFilter { reason: Some("G01".into()), ..any() }), std::slice::from_ref(&one));
        desk.store.write(|tx| tx.set_decided(&one, State::PendingReview, None)).unwrap();
        assert!(
            of(QueueFilter { reason: Some("G01".into()), ..any() }).is_empty(),
            "no longer rejected for it"
        );
    }

    fn add_row(tx: &crate::store::Tx<'_>, row: i64, photo_sha256: &str) -> Result<(), StoreError> {
        let id = uuid::Uuid::now_v7().to_string();
        tx.add_submission(&crate::store::submissions::NewSubmission {
            id: &id,
            batch: "AAAAAA",
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256,
            photo_bytes: 5,
            received_at_ms: row,
        })?;
        tx.set_personal(&id, PersonalField::FileName, &format!("吴小兰{row}.jpg"))
    }
}
