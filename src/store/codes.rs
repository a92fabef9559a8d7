//! Collection codes and tickets: each belongs to one person of its batch, once.

use super::db::{self, OptionalExtension};

use super::journal::JournalEvent;
use super::seal::{self, Place};
use super::{Store, StoreError, Tx};
use crate::onsite::ticket::{STATION_LENGTH, Ticket};
use crate::submission::{Person, SignatureCode, Subject};

const DESK: &str = "desk";

/// What became of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeBinding {
    Bound,
    /// The code was this person's already.
    Known,
    /// The code is another person's; nothing changed.
    OfAnother {
        subject: String,
    },
    /// The person has another code; nothing changed.
    HasAnother,
}

impl Tx<'_> {
    /// The person this code belongs to.
    pub fn subject_by_code(&self, batch: &str, code: &str) -> Result<Option<String>, StoreError> {
        let key = self.sealer.lookup_key("code_key", batch, code);
        let sql = "SELECT subject FROM collection_code WHERE batch = ?1 AND code_key = ?2";
        Ok(self.database.prepare_cached(sql)?.query_row((batch, key), |row| row.get(0)).optional()?)
    }

    /// Gives a code to a person. Neither a code nor a person is ever taken over from another.
    pub fn bind_code(
        &self,
        batch: &str,
        subject: &str,
        code: &str,
        at_ms: i64,
    ) -> Result<CodeBinding, StoreError> {
        match self.subject_by_code(batch, code)? {
            Some(owner) if owner == subject => return Ok(CodeBinding::Known),
            Some(owner) => return Ok(CodeBinding::OfAnother { subject: owner }),
            None => {}
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM collection_code WHERE subject = ?1)";
        if self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0))? {
            return Ok(CodeBinding::HasAnother);
        }
        let sealed = self.sealer.seal(code_place(subject), code.as_bytes())?;
        let key = self.sealer.lookup_key("code_key", batch, code);
        let sql = "INSERT INTO collection_code (batch, code_key, subject, sealed, bound_at_ms)
                   SELECT batch, ?2, id, ?3, ?4 FROM subject WHERE id = ?1 AND batch = ?5";
        let added = self.database.prepare_cached(sql)?.execute((subject, key, sealed, at_ms, batch))?;
        if added == 0 {
            return Err(StoreError::UnknownSubject { id: subject.to_owned() });
        }
        let event = JournalEvent::CodeBound { batch: batch.to_owned(), subject: subject.to_owned() };
        self.append(at_ms, DESK, &event)?;
        Ok(CodeBinding::Bound)
    }

    /// Takes a person's code away again, so that it can be given to whom it belongs; and the last four that came with it.
    pub fn unbind_code(&self, subject: &str, at_ms: i64, by: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM collection_code WHERE subject = ?1 RETURNING batch";
        let batch: Option<String> =
            self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0)).optional()?;
        let Some(batch) = batch else { return Ok(false) };
        self.set_last_four(subject, "")?;
        self.append(at_ms, by, &JournalEvent::CodeUnbound { batch, subject: subject.to_owned() })?;
        Ok(true)
    }

    /// Forgets how a person's code reads; its keyed code still finds whose it was.
    pub(super) fn erase_code(&self, subject: &str) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(code_place(subject), b"")?;
        let sql = "UPDATE collection_code SET sealed = ?2 WHERE subject = ?1";
        self.database.prepare_cached(sql)?.execute((subject, sealed))?;
        Ok(())
    }

    /// A person of whom at most the last four are known, as a collection code shows them.
    pub fn add_unnamed(&self, batch: &str, last_four: &str, at_ms: i64) -> Result<String, StoreError> {
        let id = self.add_person(batch, &Person::default(), at_ms)?;
        self.set_last_four(&id, last_four)?;
        Ok(id)
    }

    /// Sets the last four of a person whose whole number is not known.
    pub fn set_last_four(&self, subject: &str, last_four: &str) -> Result<(), StoreError> {
        let sql = "UPDATE subject SET last_four = ?2 WHERE id = ?1 AND document_key IS NULL";
        self.database.prepare_cached(sql)?.execute((subject, last_four))?;
        Ok(())
    }

    /// The two signs of this desk, drawn at the first call.
    pub fn station(&self) -> Result<String, StoreError> {
        let known: Option<String> = self
            .database
            .prepare_cached("SELECT tag FROM station")?
            .query_row([], |row| row.get(0))
            .optional()?;
        if let Some(tag) = known {
            return Ok(tag);
        }
        let mut random = [0; 32];
        seal::fill_random(&mut random)?;
        let drawn = SignatureCode::draw(&mut random.into_iter())
            .ok_or_else(|| StoreError::Corrupt { what: "the system's random numbers".to_owned() })?;
        let tag = drawn.as_str()[..STATION_LENGTH].to_owned();
        self.database.execute("INSERT INTO station (only_row, tag) VALUES (1, ?1)", [&tag])?;
        Ok(tag)
    }

    /// Gives out the next serials of this desk in a batch; each is durable before anybody sees it.
    pub fn issue_tickets(
        &self,
        batch: &SignatureCode,
        count: u32,
        at_ms: i64,
    ) -> Result<Vec<Ticket>, StoreError> {
        self.batch(batch.as_str())?;
        let station = self.station()?;
        let sql = "SELECT coalesce(max(serial), 0) FROM ticket WHERE batch = ?1 AND station = ?2";
        let last: u32 =
            self.database.prepare_cached(sql)?.query_row((batch.as_str(), &station), |row| row.get(0))?;
        let serials = last + 1..=last.saturating_add(2 * count + 2);
        let tickets: Vec<Ticket> = serials
            .filter_map(|serial| Ticket::new(batch.clone(), &station, serial))
            .take(count as usize)
            .collect();
        for ticket in &tickets {
            self.keep_ticket(ticket, at_ms)?;
        }
        let event = JournalEvent::TicketsIssued {
            batch: batch.to_string(),
            station,
            from: tickets.first().map_or(last + 1, |ticket| ticket.serial),
            count: tickets.len(),
        };
        self.append(at_ms, DESK, &event)?;
        Ok(tickets)
    }

    /// The person of this ticket, made at the first call. A ticket of another station counts too.
    pub fn subject_of_ticket(&self, ticket: &Ticket, at_ms: i64) -> Result<String, StoreError> {
        self.batch(ticket.batch.as_str())?;
        self.keep_ticket(ticket, at_ms)?;
        let (batch, station, serial) = (ticket.batch.as_str(), ticket.station(), ticket.serial);
        let sql = "SELECT subject FROM ticket WHERE batch = ?1 AND station = ?2 AND serial = ?3";
        let known: Option<String> =
            self.database.prepare_cached(sql)?.query_row((batch, station, serial), |row| row.get(0))?;
        if let Some(subject) = known {
            return Ok(subject);
        }
        let subject = self.add_unnamed(batch, "", at_ms)?;
        let sql = "UPDATE ticket SET subject = ?4 WHERE batch = ?1 AND station = ?2 AND serial = ?3";
        self.database.prepare_cached(sql)?.execute((batch, station, serial, &subject))?;
        let event = JournalEvent::TicketTaken { ticket: ticket.to_string(), subject: subject.clone() };
        self.append(at_ms, DESK, &event)?;
        Ok(subject)
    }

    /// The person of this ticket, when it was used.
    pub fn subject_with_ticket(&self, ticket: &Ticket) -> Result<Option<String>, StoreError> {
        let sql = "SELECT subject FROM ticket WHERE batch = ?1 AND station = ?2 AND serial = ?3";
        let place = (ticket.batch.as_str(), ticket.station(), ticket.serial);
        let found: Option<Option<String>> =
            self.database.prepare_cached(sql)?.query_row(place, |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    /// Whether the ticket was given out here, or a station brought it.
    pub fn has_ticket(&self, ticket: &Ticket) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM ticket WHERE batch = ?1 AND station = ?2 AND serial = ?3)";
        let place = (ticket.batch.as_str(), ticket.station(), ticket.serial);
        Ok(self.database.prepare_cached(sql)?.query_row(place, |row| row.get(0))?)
    }

    pub(super) fn keep_ticket(&self, ticket: &Ticket, at_ms: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO ticket (batch, station, serial, issued_at_ms) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        self.database.prepare_cached(sql)?.execute((
            ticket.batch.as_str(),
            ticket.station(),
            ticket.serial,
            at_ms,
        ))?;
        Ok(())
    }
}

impl Store {
    /// Whether the person has a collection code.
    pub fn has_code(&self, subject: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM collection_code WHERE subject = ?1)";
        Ok(self.reader().prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
    }

    /// The ticket a person was photographed with.
    pub fn ticket_of(&self, subject: &str) -> Result<Option<Ticket>, StoreError> {
        let sql = "SELECT batch, station, serial FROM ticket WHERE subject = ?1";
        let row = |row: &db::Row<'_>| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?))
        };
        let found = self.reader().prepare_cached(sql)?.query_row([subject], row).optional()?;
        Ok(found.and_then(|(batch, station, serial)| {
            Ticket::new(SignatureCode::parse(&batch).ok()?, &station, serial)
        }))
    }

    /// People of the batch whose last four are these, in the order of their list.
    pub fn subjects_by_last_four(&self, batch: &str, last_four: &str) -> Result<Vec<Subject>, StoreError> {
        let rows = self.subjects(batch)?.into_iter().map(|row| row.subject);
        Ok(rows.filter(|subject| subject.last_four.eq_ignore_ascii_case(last_four)).collect())
    }
}

pub(super) fn code_place(subject: &str) -> Place<'_> {
    Place { table: "collection_code", column: "sealed", row: subject }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    const BATCH: &str = "AAAAAA";

    fn code() -> SignatureCode {
        SignatureCode::parse(BATCH).unwrap()
    }

    #[test]
    fn a_code_is_one_persons_and_a_person_has_one_code() {
        let desk = Desk::with_batch(BATCH);
        let (one, two) = desk
            .store
            .write(|tx| {
                Ok::<_, StoreError>((tx.add_unnamed(BATCH, "002X", 1)?, tx.add_unnamed(BATCH, "6(A)", 1)?))
            })
            .unwrap();
        let bind =
            |subject: &str, code: &str| desk.store.write(|tx| tx.bind_code(BATCH, subject, code, 2)).unwrap();
        assert_eq!(bind(&one, "opaque one"), CodeBinding::Bound);
        assert_eq!(bind(&one, "opaque one"), CodeBinding::Known);
        assert_eq!(bind(&two, "opaque one"), CodeBinding::OfAnother { subject: one.clone() });
        assert_eq!(bind(&one, "opaque two"), CodeBinding::HasAnother);
        assert!(!desk.store.has_code(&two).unwrap());
        let found = desk.store.write(|tx| tx.subject_by_code(BATCH, "opaque one")).unwrap();
        assert_eq!(found, Some(one));
        let shown = desk.store.subjects_by_last_four(BATCH, "6(a)").unwrap();
        assert_eq!((shown.len(), shown[0].id.as_str()), (1, two.as_str()));
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            assert!(!bytes.windows(10).any(|window| window == b"opaque one"), "{file} holds a code");
        }
    }

    #[test]
    fn serials_are_given_out_once_and_a_ticket_is_one_person() {
        let desk = Desk::with_batch(BATCH);
        let issue = |count| desk.store.write(|tx| tx.issue_tickets(&code(), count, 1)).unwrap();
        let (first, second) = (issue(2), issue(1));
        let serials: Vec<u32> = first.iter().chain(&second).map(|ticket| ticket.serial).collect();
        assert!(serials.is_sorted_by(|one, next| one < next), "{serials:?}");
        assert_eq!(first[0].station(), second[0].station());
        let take = |ticket: &Ticket| desk.store.write(|tx| tx.subject_of_ticket(ticket, 2)).unwrap();
        let person = take(&first[0]);
        assert_eq!(take(&first[0]), person);
        assert_ne!(take(&first[1]), person);
        assert_eq!(desk.store.ticket_of(&person).unwrap(), Some(first[0].clone()));
        let foreign = Ticket::new(code(), "ZZ", 7).unwrap();
        let of_foreign = take(&foreign);
        assert_eq!(desk.store.ticket_of(&of_foreign).unwrap(), Some(foreign));
    }
}
