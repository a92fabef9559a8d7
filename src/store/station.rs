//! People of another station: taken in under the name they have here, or as they are, by the rules of `onsite::merge`.

use super::db::OptionalExtension;

use super::codes::{CodeBinding, code_place};
use super::journal::JournalEvent;
use super::{Store, StoreError, Tx};
use crate::onsite::merge::{ConflictKind, Pointers, Whom};
use crate::onsite::ticket::Ticket;
use crate::submission::subject::KnownPerson;

/// A person of another station, as they stand here now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenIn {
    pub subject: String,
    pub is_new: bool,
    /// The person had a code here before.
    pub had_code: bool,
    /// The last four of the person were known here before.
    pub had_last_four: bool,
    /// What is said differently, with what stands against it.
    pub conflicts: Vec<(ConflictKind, String)>,
}

impl Tx<'_> {
    /// Takes in a person of another station. Neither a code nor a ticket is taken over from anybody.
    pub fn take_in_person(
        &self,
        batch: &str,
        theirs: &KnownPerson,
        at_ms: i64,
    ) -> Result<TakenIn, StoreError> {
        let mut conflicts = Vec::new();
        let ticket = theirs.ticket.as_deref().and_then(|ticket| Ticket::parse(ticket).ok());
        let (subject, is_new) = match self.pointers(batch, theirs, ticket.as_ref())?.whom() {
            Whom::Known(subject) => (subject, false),
            Whom::Two(subject, other) => {
                conflicts.push((ConflictKind::TwoPeople, other));
                (subject, false)
            }
            Whom::New => {
                self.add_person_as(&theirs.id, batch, &theirs.person, at_ms)?;
                (theirs.id.clone(), true)
            }
        };
        let had_code = !is_new && self.has_code(&subject)?;
        let had_last_four = !is_new && self.has_last_four(&subject)?;
        if !is_new && conflicts.is_empty() {
            self.complete_person(&subject, batch, &theirs.person)?;
        }
        if !theirs.last_four.is_empty() {
            let sql = "UPDATE subject SET last_four = ?2 WHERE id = ?1 AND last_four = ''";
            self.database.prepare_cached(sql)?.execute((&subject, &theirs.last_four))?;
        }
        if let Some(code) = &theirs.code
            && let CodeBinding::HasAnother = self.bind_code(batch, &subject, code, at_ms)?
        {
            conflicts.push((ConflictKind::OtherCode, theirs.id.clone()));
        }
        if let Some(ticket) = &ticket {
            self.take_ticket(ticket, &subject, at_ms)?;
        }
        Ok(TakenIn { subject, is_new, had_code, had_last_four, conflicts })
    }

    fn pointers(
        &self,
        batch: &str,
        theirs: &KnownPerson,
        ticket: Option<&Ticket>,
    ) -> Result<Pointers, StoreError> {
        let by_code = |code: &str| self.subject_by_code(batch, code);
        let (document, student) = self.subjects_of_numbers(batch, &theirs.person)?;
        let sql = "SELECT id FROM subject WHERE id = ?1 AND batch = ?2";
        let same_id =
            self.database.prepare_cached(sql)?.query_row((&theirs.id, batch), |row| row.get(0)).optional()?;
        let ticket = match ticket {
            Some(ticket) => self.subject_with_ticket(ticket)?,
            None => None,
        };
        let code = theirs.code.as_deref().map(by_code).transpose()?.flatten();
        Ok(Pointers { code, document, student, ticket, same_id })
    }

    /// The ticket is this person's unless it is somebody's already.
    fn take_ticket(&self, ticket: &Ticket, subject: &str, at_ms: i64) -> Result<(), StoreError> {
        self.keep_ticket(ticket, at_ms)?;
        let sql = "UPDATE ticket SET subject = ?4 WHERE batch = ?1 AND station = ?2 AND serial = ?3
                   AND subject IS NULL AND NOT EXISTS (SELECT 1 FROM ticket WHERE subject = ?4)";
        let (batch, station, serial) = (ticket.batch.as_str(), ticket.station(), ticket.serial);
        if self.database.prepare_cached(sql)?.execute((batch, station, serial, subject))? == 1 {
            let event = JournalEvent::TicketTaken { ticket: ticket.to_string(), subject: subject.to_owned() };
            self.append(at_ms, "desk", &event)?;
        }
        Ok(())
    }

    fn has_last_four(&self, subject: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM subject WHERE id = ?1 AND last_four <> '')";
        Ok(self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
    }

    fn has_code(&self, subject: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM collection_code WHERE subject = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
    }

    /// The submission of this person that is not over.
    pub fn submission_of_subject(&self, subject: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM submission WHERE subject = ?1
                   AND state NOT IN ('closed', 'refunded', 'erased') ORDER BY number LIMIT 1";
        Ok(self.database.prepare_cached(sql)?.query_row([subject], |row| row.get(0)).optional()?)
    }
}

impl Store {
    /// The submission of this person that is not over, else the one that was over last.
    pub fn latest_submission_of(&self, subject: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM submission WHERE subject = ?1
                   ORDER BY state IN ('closed', 'refunded', 'erased'), number DESC LIMIT 1";
        Ok(self.reader().prepare_cached(sql)?.query_row([subject], |row| row.get(0)).optional()?)
    }

    /// Everything that is known of a person, for another station or the hub: personal data.
    pub fn known_person(&self, subject: &str) -> Result<KnownPerson, StoreError> {
        let person = self.person(subject)?;
        let last_four = self.subject(subject)?.last_four;
        let sql = "SELECT sealed FROM collection_code WHERE subject = ?1";
        let sealed: Option<Vec<u8>> =
            self.reader().prepare_cached(sql)?.query_row([subject], |row| row.get(0)).optional()?;
        let code = sealed.map(|sealed| self.open_text(code_place(subject), &sealed)).transpose()?;
        let ticket = self.ticket_of(subject)?.map(|ticket| ticket.to_string());
        Ok(KnownPerson { id: subject.to_owned(), person, last_four, code, ticket })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;
    use crate::submission::Person;

    const BATCH: &str = "AAAAAA";

    fn person(id: &str, code: Option<&str>, student: Option<&str>) -> KnownPerson {
        KnownPerson {
            id: id.to_owned(),
            person: Person { student_number: student.map(str::to_owned), ..Person::default() },
            last_four: "002X".to_owned(),
            code: code.map(str::to_owned),
            ticket: None,
        }
    }

    fn take_in(desk: &Desk, theirs: &KnownPerson) -> TakenIn {
        desk.store.write(|tx| tx.take_in_person(BATCH, theirs, 5)).unwrap()
    }

    #[test]
    fn a_code_makes_two_stations_people_one_and_a_second_time_changes_nothing() {
        let desk = Desk::with_batch(BATCH);
        let first = take_in(&desk, &person("one", Some("opaque a"), None));
        assert!(first.is_new && first.conflicts.is_empty());
        let same = take_in(&desk, &person("two", Some("opaque a"), Some("17")));
        assert_eq!((same.subject.as_str(), same.is_new, same.had_code), ("one", false, true));
        assert_eq!(desk.store.person("one").unwrap().student_number.as_deref(), Some("17"));
        assert_eq!(take_in(&desk, &person("two", Some("opaque a"), Some("17"))).conflicts, []);
        assert_eq!(desk.store.subjects(BATCH).unwrap().len(), 1);
        let known = desk.store.known_person("one").unwrap();
        assert_eq!((known.code.as_deref(), known.last_four.as_str()), (Some("opaque a"), "002X"));
    }

    #[test]
    fn what_is_said_differently_is_told_and_nothing_is_taken_over() {
        let desk = Desk::with_batch(BATCH);
        take_in(&desk, &person("one", Some("opaque a"), Some("1")));
        take_in(&desk, &person("two", None, Some("2")));
        let other_code = take_in(&desk, &person("x", Some("opaque b"), Some("1")));
        assert_eq!(other_code.conflicts, [(ConflictKind::OtherCode, "x".to_owned())]);
        let two = take_in(&desk, &person("y", Some("opaque a"), Some("2")));
        assert_eq!(two.conflicts, [(ConflictKind::TwoPeople, "two".to_owned())]);
        assert_eq!(two.subject, "one");
        assert_eq!(desk.store.known_person("two").unwrap().code, None);
        assert_eq!(desk.store.subjects(BATCH).unwrap().len(), 2);
    }

    #[test]
    fn a_ticket_is_one_person_on_both_stations() {
        let desk = Desk::with_batch(BATCH);
        let ticket = Ticket::parse(
            &desk
                .store
                .write(|tx| {
                    let code = crate::submission::SignatureCode::parse(BATCH).unwrap();
                    Ok::<_, StoreError>(tx.issue_tickets(&code, 1, 1)?[0].to_string())
                })
                .unwrap(),
        )
        .unwrap();
        let with_ticket =
            |id: &str| KnownPerson { ticket: Some(ticket.to_string()), ..person(id, None, None) };
        assert!(take_in(&desk, &with_ticket("one")).is_new);
        assert_eq!(take_in(&desk, &with_ticket("two")).subject, "one");
        assert_eq!(desk.store.ticket_of("one").unwrap(), Some(ticket));
    }
}
