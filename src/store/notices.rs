//! Messages to students: written in the transaction of the change they tell of, then every try to send them.

use super::db::{self, Connection, OptionalExtension, Row};

use super::journal::JournalEvent;
use super::seal::Place;
use super::{Store, StoreError, Tx};
use crate::submission::State;
use crate::submission::notice::{Notice, NoticeKind, NoticeState, NoticeWay};

const COLUMNS: &str =
    "id, way, kind, submission, revision, reasons, print_order, state, tries, made_at_ms, due_at_ms,
    last_error";
/// What stands against a message whose way the hub is not set up for any more.
const NO_SUCH_WAY: &str = "the hub is not set up for this way";

/// A photo that its student wants by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoByMail<'a> {
    pub submission: &'a str,
    pub revision: u32,
    pub address: &'a str,
}

/// How many messages stand in each state.
pub type NoticeCounts = Vec<(NoticeState, u64)>;

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    Sent,
    /// To be tried again then.
    InVain {
        why: String,
        again_at_ms: i64,
    },
    /// Not to be tried again: given up, moot, or without an address.
    Over {
        why: String,
        state: NoticeState,
    },
}

impl Tx<'_> {
    /// Sets the ways messages are sent by, with how long each message waits before its first try. What waits for another
    /// way is given up.
    pub fn set_notice_ways(&self, ways: &[(NoticeWay, i64)], now_ms: i64) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM notice_way", [])?;
        for (way, settle_ms) in ways {
            let sql = "INSERT INTO notice_way (way, settle_ms) VALUES (?1, ?2)";
            self.database.prepare_cached(sql)?.execute((way.as_str(), settle_ms))?;
        }
        let sql = "UPDATE notice SET state = 'given_up', ended_at_ms = ?1, last_error = ?2, sealed = NULL
                   WHERE state = 'waiting' AND way NOT IN (SELECT way FROM notice_way)";
        self.database.prepare_cached(sql)?.execute((now_ms, NO_SUCH_WAY))?;
        Ok(())
    }

    /// Writes down what a student is to be told of an entry of the journal; nothing where no way is set up.
    pub(super) fn tell_of(&self, at_ms: i64, event: &JournalEvent) -> Result<(), StoreError> {
        let Some(told) = Told::of(event) else { return Ok(()) };
        let sql = "SELECT way, settle_ms FROM notice_way ORDER BY way";
        let mut statement = self.database.prepare_cached(sql)?;
        let ways = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        for way in ways {
            let (way, settle_ms) = way?;
            let reasons = serde_json::to_string(told.reasons).unwrap_or_else(|_| "[]".to_owned());
            let sql = "INSERT INTO notice
                (id, way, kind, submission, revision, reasons, print_order, made_at_ms, due_at_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            self.database.prepare_cached(sql)?.execute((
                uuid::Uuid::now_v7().to_string(),
                way,
                told.kind.as_str(),
                told.submission,
                told.revision,
                reasons,
                told.print_order,
                at_ms,
                at_ms + settle_ms,
            ))?;
        }
        Ok(())
    }

    /// Asks for a photo by mail; `false` when `at_most` were asked for since `since_ms`. The address is kept until the
    /// message has ended.
    pub fn mail_photo(
        &self,
        asked: PhotoByMail<'_>,
        at_most: u32,
        since_ms: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM notice WHERE submission = ?1 AND kind = 'photo' AND made_at_ms >= ?2";
        let many: u32 =
            self.database.prepare_cached(sql)?.query_row((asked.submission, since_ms), |row| row.get(0))?;
        if many >= at_most {
            return Ok(false);
        }
        let id = uuid::Uuid::now_v7().to_string();
        let sealed = self.sealer.seal(place(&id), asked.address.as_bytes())?;
        let sql = "INSERT INTO notice (id, way, kind, submission, revision, sealed, made_at_ms, due_at_ms)
                   VALUES (?1, 'mail', 'photo', ?2, ?3, ?4, ?5, ?5)";
        self.database.prepare_cached(sql)?.execute((
            &id,
            asked.submission,
            asked.revision,
            sealed,
            now_ms,
        ))?;
        Ok(true)
    }

    /// Takes a message that is due, so that nobody else sends it before `until_ms`; `false` when somebody did before.
    pub fn take_notice(&self, notice: &Notice, until_ms: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE notice SET due_at_ms = ?3 WHERE id = ?1 AND state = 'waiting' AND due_at_ms = ?2";
        Ok(self.database.prepare_cached(sql)?.execute((&notice.id, notice.due_at_ms, until_ms))? == 1)
    }

    /// Writes down a try. A message that has ended meanwhile stays as it is.
    pub fn tried(&self, notice: &str, now_ms: i64, tried: &Tried) -> Result<(), StoreError> {
        let (state, due_at_ms, ended_at_ms, why) = match tried {
            Tried::Sent => (NoticeState::Sent, None, Some(now_ms), None),
            Tried::InVain { why, again_at_ms } => (NoticeState::Waiting, Some(again_at_ms), None, Some(why)),
            Tried::Over { why, state } => (*state, None, Some(now_ms), Some(why)),
        };
        let sql = "UPDATE notice SET state = ?2, tries = tries + 1, due_at_ms = coalesce(?3, due_at_ms),
                   ended_at_ms = ?4, last_error = ?5, sealed = CASE WHEN ?4 IS NULL THEN sealed END
                   WHERE id = ?1 AND state = 'waiting' RETURNING tries";
        let number: Option<u32> = self
            .database
            .prepare_cached(sql)?
            .query_row((notice, state.as_str(), due_at_ms, ended_at_ms, why), |row| row.get(0))
            .optional()?;
        let Some(number) = number else { return Ok(()) };
        let sql = "INSERT INTO notice_try (notice, number, at_ms, outcome) VALUES (?1, ?2, ?3, ?4)";
        let outcome = why.map_or(state.as_str(), String::as_str);
        self.database.prepare_cached(sql)?.execute((notice, number, now_ms, outcome))?;
        Ok(())
    }

    /// Puts every message that was given up and still has where to go back among those that wait; gives how many.
    pub fn try_notices_again(&self, now_ms: i64) -> Result<usize, StoreError> {
        let sql = "UPDATE notice SET state = 'waiting', due_at_ms = ?1, ended_at_ms = NULL
                   WHERE state = 'given_up' AND kind <> 'photo'";
        Ok(self.database.prepare_cached(sql)?.execute([now_ms])?)
    }

    /// Forgets messages that ended before a time, and their tries.
    pub fn forget_notices(&self, before_ms: i64) -> Result<usize, StoreError> {
        let sql = "DELETE FROM notice_try WHERE notice IN (SELECT id FROM notice WHERE ended_at_ms < ?1)";
        self.database.prepare_cached(sql)?.execute([before_ms])?;
        Ok(self.database.prepare_cached("DELETE FROM notice WHERE ended_at_ms < ?1")?.execute([before_ms])?)
    }
}

impl Store {
    /// Messages of a way whose time has come, oldest first.
    pub fn due_notices(&self, way: NoticeWay, now_ms: i64, count: usize) -> Result<Vec<Notice>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notice WHERE state = 'waiting' AND way = ?1 AND due_at_ms <= ?2
             ORDER BY due_at_ms, id LIMIT ?3"
        );
        notices(&self.reader(), &sql, (way.as_str(), now_ms, count as i64))
    }

    /// The latest messages in this state, or in any; newest first.
    pub fn notices(&self, state: Option<NoticeState>, count: usize) -> Result<Vec<Notice>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notice WHERE ?1 IS NULL OR state = ?1 ORDER BY made_at_ms DESC, id DESC LIMIT ?2"
        );
        notices(&self.reader(), &sql, (state.map(NoticeState::as_str), count as i64))
    }

    /// The last time this photo was asked for by mail.
    pub fn last_mailed(&self, submission: &str) -> Result<Option<Notice>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notice WHERE submission = ?1 AND kind = 'photo' ORDER BY made_at_ms DESC LIMIT 1"
        );
        Ok(notices(&self.reader(), &sql, [submission])?.pop())
    }

    /// Where a photo was asked to be sent; `None` once its message has ended. Personal data, not for screens or logs.
    pub fn notice_address(&self, notice: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT sealed FROM notice WHERE id = ?1";
        let sealed: Option<Option<Vec<u8>>> =
            self.reader().prepare_cached(sql)?.query_row([notice], |row| row.get(0)).optional()?;
        sealed.flatten().map(|sealed| self.open_text(place(notice), &sealed)).transpose()
    }

    /// Tries of a message, oldest first: when, and what came of it.
    pub fn notice_tries(&self, notice: &str) -> Result<Vec<(i64, String)>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT at_ms, outcome FROM notice_try WHERE notice = ?1 ORDER BY number";
        let mut statement = reader.prepare_cached(sql)?;
        let rows = statement.query_map([notice], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages stand in each state, and when the oldest that waits was made.
    pub fn notice_counts(&self) -> Result<(NoticeCounts, Option<i64>), StoreError> {
        let reader = self.reader();
        let mut counts: NoticeCounts = NoticeState::ALL.map(|state| (state, 0)).into();
        let mut statement = reader.prepare_cached("SELECT state, count(*) FROM notice GROUP BY state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = &rows.next()? {
            let (word, count): (String, i64) = (row.get(0)?, row.get(1)?);
            for known in counts.iter_mut().filter(|(state, _)| state.as_str() == word) {
                known.1 = count as u64;
            }
        }
        let sql = "SELECT min(made_at_ms) FROM notice WHERE state = 'waiting'";
        let oldest = reader.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok((counts, oldest))
    }
}

/// What an entry of the journal tells a student.
struct Told<'a> {
    kind: NoticeKind,
    submission: &'a str,
    revision: u32,
    reasons: &'a [String],
    print_order: Option<&'a str>,
}

impl<'a> Told<'a> {
    fn of(event: &'a JournalEvent) -> Option<Self> {
        let moved = |submission: &'a str, revision: u32, to: State, reasons: &'a [String]| {
            Some(Self { kind: NoticeKind::of(to)?, submission, revision, reasons, print_order: None })
        };
        match event {
            JournalEvent::Decision { decision, to, .. } => {
                moved(&decision.submission, decision.revision, *to, &decision.reasons)
            }
            JournalEvent::Moved { submission, revision, to, .. }
            | JournalEvent::Published { submission, revision, to, .. } => {
                moved(submission, *revision, *to, &[])
            }
            JournalEvent::OrderShipped { order, submission, .. } => Some(Self {
                kind: NoticeKind::Shipped,
                submission,
                revision: 0,
                reasons: &[],
                print_order: Some(order),
            }),
            _ => None,
        }
    }
}

fn notices(database: &Connection, sql: &str, parameters: impl db::Params) -> Result<Vec<Notice>, StoreError> {
    let mut statement = database.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut notices = Vec::new();
    while let Some(row) = &rows.next()? {
        notices.push(from_row(row)?);
    }
    Ok(notices)
}

fn from_row(row: &Row<'_>) -> Result<Notice, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "a message to a student".to_owned() };
    let word = |column: usize| row.get::<_, String>(column);
    Ok(Notice {
        id: row.get(0)?,
        way: NoticeWay::from_word(&word(1)?).ok_or_else(corrupt)?,
        kind: NoticeKind::from_word(&word(2)?).ok_or_else(corrupt)?,
        submission: row.get(3)?,
        revision: row.get(4)?,
        reasons: serde_json::from_str(&word(5)?).map_err(|_| corrupt())?,
        print_order: row.get(6)?,
        state: NoticeState::from_word(&word(7)?).ok_or_else(corrupt)?,
        tries: row.get(8)?,
        made_at_ms: row.get(9)?,
        due_at_ms: row.get(10)?,
        last_error: row.get(11)?,
    })
}

fn place(id: &str) -> Place<'_> {
    Place { table: "notice", column: "sealed", row: id }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;
    use crate::submission::{Decision, Event, Verb};

    const BATCH: &str = "AAAAAA";

    fn rejects(desk: &Desk, id: &str) {
        let decision = Decision {
            submission: id.to_owned(),
            photo_sha256: desk.store.item(id).unwrap().photo_sha256,
            revision: 1,
            verb: Verb::Reject,
            reasons: vec!["G01".to_owned()],
            reviewer: "li".to_owned(),
        };
        let event = JournalEvent::Decision { decision, from: State::PendingReview, to: State::Rejected };
        desk.store.write(|tx| tx.append(100, "li", &event)).unwrap();
    }

    fn set_up(desk: &Desk, ways: &[(NoticeWay, i64)]) {
        desk.store.write(|tx| tx.set_notice_ways(ways, 0)).unwrap();
    }

    fn only(desk: &Desk) -> Notice {
        let mut all = desk.store.notices(None, 9).unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn a_message_is_written_with_its_decision_for_each_way_that_is_set_up() {
        let desk = Desk::with_batch(BATCH);
        let id = desk.submission(BATCH, b"photo");
        rejects(&desk, &id);
        assert!(desk.store.notices(None, 9).unwrap().is_empty(), "a desk tells nobody");
        set_up(&desk, &[(NoticeWay::Webhook, 50), (NoticeWay::Mail, 0)]);
        rejects(&desk, &id);
        let due = desk.store.due_notices(NoticeWay::Webhook, 150, 9).unwrap();
        assert_eq!((due.len(), due[0].reasons.as_slice()), (1, &["G01".to_owned()][..]));
        assert!(desk.store.due_notices(NoticeWay::Webhook, 149, 9).unwrap().is_empty());
        assert_eq!(desk.store.due_notices(NoticeWay::Mail, 100, 9).unwrap().len(), 1);
        let moved = JournalEvent::Moved {
            submission: id,
            event: Event::Confirmed,
            revision: 1,
            from: State::AwaitingConfirmation,
            to: State::PendingReview,
        };
        desk.store.write(|tx| tx.append(200, "x", &moved)).unwrap();
        assert_eq!(desk.store.notices(None, 9).unwrap().len(), 2, "waiting for review is no news");
    }

    #[test]
    fn every_try_is_on_record_and_the_last_one_ends_it() {
        let desk = Desk::with_batch(BATCH);
        let id = desk.submission(BATCH, b"photo");
        set_up(&desk, &[(NoticeWay::Webhook, 0)]);
        rejects(&desk, &id);
        let notice = only(&desk).id;
        let again = Tried::InVain { why: "503".into(), again_at_ms: 900 };
        desk.store.write(|tx| tx.tried(&notice, 200, &again)).unwrap();
        assert_eq!((only(&desk).tries, only(&desk).due_at_ms), (1, 900));
        let over = Tried::Over { why: "410".into(), state: NoticeState::GivenUp };
        desk.store.write(|tx| tx.tried(&notice, 900, &over)).unwrap();
        desk.store.write(|tx| tx.tried(&notice, 901, &Tried::Sent)).unwrap();
        assert_eq!(only(&desk).state, NoticeState::GivenUp, "what has ended stays so");
        let tries = desk.store.notice_tries(&notice).unwrap();
        assert_eq!(tries, [(200, "503".to_owned()), (900, "410".to_owned())]);
        assert_eq!(desk.store.write(|tx| tx.try_notices_again(1000)).unwrap(), 1);
        desk.store.write(|tx| tx.tried(&notice, 1001, &Tried::Sent)).unwrap();
        let (counts, oldest) = desk.store.notice_counts().unwrap();
        assert!(counts.contains(&(NoticeState::Sent, 1)) && oldest.is_none());
        assert_eq!(desk.store.write(|tx| tx.forget_notices(1002)).unwrap(), 1);
    }

    #[test]
    fn an_address_is_sealed_limited_and_gone_when_its_photo_was_sent() {
        let desk = Desk::with_batch(BATCH);
        let id = desk.submission(BATCH, b"photo");
        set_up(&desk, &[(NoticeWay::Mail, 50)]);
        let asked = PhotoByMail { submission: &id, revision: 1, address: "lan@example.com" };
        assert!(desk.store.write(|tx| tx.mail_photo(asked, 1, 0, 100)).unwrap());
        assert!(!desk.store.write(|tx| tx.mail_photo(asked, 1, 0, 101)).unwrap(), "enough for a day");
        let notice = only(&desk).id;
        assert_eq!(desk.store.notice_address(&notice).unwrap().unwrap(), "lan@example.com");
        let on_disk = std::fs::read(desk.folder().join("desk.db-wal")).unwrap();
        assert!(!on_disk.windows(15).any(|bytes| bytes == b"lan@example.com"));
        desk.store.write(|tx| tx.tried(&notice, 200, &Tried::Sent)).unwrap();
        assert_eq!(desk.store.notice_address(&notice).unwrap(), None);
        assert!(desk.store.last_mailed(&id).unwrap().is_some());
    }

    #[test]
    fn what_waits_for_a_way_that_is_gone_is_given_up() {
        let desk = Desk::with_batch(BATCH);
        let id = desk.submission(BATCH, b"photo");
        set_up(&desk, &[(NoticeWay::Mail, 0)]);
        rejects(&desk, &id);
        set_up(&desk, &[(NoticeWay::Webhook, 0)]);
        assert_eq!(only(&desk).state, NoticeState::GivenUp);
    }
}
